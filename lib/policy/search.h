/* policy/search.h - the candidates of a peer's SA payload, best first, and what the policies say
 * of them. RFC 7296 2.7. */
#ifndef POLICY_SEARCH_H
#define POLICY_SEARCH_H

#include "policy/offer.h"

/* A peer chooses how many candidates there are; a policy is asked about this many at most, and
 * what follows counts as refused. */
enum { SEARCH_QUERIES_MAX = 4096 };

/* RFC 7296 3.3.1: the number of a proposal is an octet. What follows is passed over. */
enum { SEARCH_PROPOSALS_MAX = 255 };

struct search {
    const struct select_args *args;
    struct selection found;
    uint64_t chosen;     /* bits of the offer that was found */
    const char *refusal; /* what a policy said of the best candidate it refused, or NULL */
    struct passed_over passed_over; /* that candidate, if `refusal` */
    unsigned n_queries;
    /* What the policies said of the peer's proposals, by position; NULL allows. */
    const char *refused[SEARCH_PROPOSALS_MAX];
};

/* Is the body a list of proposals from the first octet to the last? */
bool ike2_search_parses(ike2_bytes sa_body);
/* Asks the policies about each of the peer's proposals; comes before what follows. */
void ike2_search_begin(struct search *s, ike2_bytes sa_body);
/* The best allowed candidate in the peer's proposals, in their order. `found` and `chosen` are
 * written if there is one. */
bool ike2_search_body(struct search *s, const struct offer *o, ike2_bytes sa_body);
/* The responder's whole choice, our order first; begins by itself. */
bool ike2_search_run(struct search *s, const struct offers *offers, ike2_bytes sa_body);

#endif
