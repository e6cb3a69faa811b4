/* policy/search.h - the candidates of a peer's SA payload, best first, and what the policies say
 * of them. RFC 7296 2.7. */
#ifndef POLICY_SEARCH_H
#define POLICY_SEARCH_H

#include "policy/offer.h"

/* A peer chooses how many candidates there are; a policy is asked about this many at most, and
 * what follows counts as refused. */
enum { SEARCH_QUERIES_MAX = 4096 };

struct search {
    const struct select_args *args;
    struct selection found;
    uint64_t chosen;     /* bits of the offer that was found */
    const char *refusal; /* what a policy said of the best candidate it refused, or NULL */
    unsigned n_queries;
};

/* Is the body a list of proposals from the first octet to the last? */
bool ike2_search_parses(ike2_bytes sa_body);
/* The best allowed candidate in one of the peer's proposals, or in all of them in order. `found`
 * and `chosen` are written if there is one. */
bool ike2_search_proposal(struct search *s, const struct offer *o, const ike2_proposal *p,
                          ike2_bytes transforms);
bool ike2_search_body(struct search *s, const struct offer *o, ike2_bytes sa_body);
/* The responder's whole choice, our order first. */
bool ike2_search_run(struct search *s, const struct offers *offers, ike2_bytes sa_body);

#endif
