/* sa/assignment.h - what a Configuration payload has said: addresses and other settings that the
 * responder assigns to the initiator. RFC 7296 2.19, 3.15. */
#ifndef SA_ASSIGNMENT_H
#define SA_ASSIGNMENT_H

#include "policy/narrow.h"
#include "sa/exchange.h"

enum { ASSIGNMENT_MAX = 64 }; /* attributes of one payload */

/* A list of attributes with their values in one block; outputs view it. */
struct assignment {
    struct grave grave;
    struct output out;       /* EVENT_CONFIG */
    size_t size;
    bool is_ours;            /* assigned to us; the roles of a rekeyed SA do not tell it */
    size_t n;
    ike2_cfg_attr list[];    /* the octets are behind it */
};

/* Copies attributes, at most ASSIGNMENT_MAX; NULL: no memory. */
struct assignment *ike2_assignment_new(struct host *host, const ike2_cfg_attr *list, size_t n);
/* Can it be written? */
bool ike2_assignment_fits(const ike2_cfg_attr *attr);
/* Released at the next poll; NULL is allowed. */
void ike2_assignment_bury(struct host *host, struct assignment *a);

/* Step of a responder, before the child: asks, or takes what the definition replies. Refused, the
 * stage of the child says INTERNAL_ADDRESS_FAILURE. */
enum verdict ike2_assignment_give(struct sa *sa, struct exchange *x);
/* Step of an initiator: keeps the reply. */
enum verdict ike2_assignment_take(struct sa *sa, struct exchange *x);
/* The SA is up: the integrator of an initiator learns what it was given. */
void ike2_assignment_announce(struct sa *sa);
/* It has become this SA's: what has not been polled yet is about it. */
void ike2_assignment_rename(struct sa *sa);
/* The answer to ASK_CONFIG: IKE2_ERR_ARGUMENT, _MEMORY. */
ike2_err ike2_assignment_answer(struct exchange *x, const ike2_cfg_attr *list, size_t n);

void ike2_assignment_write_request(ike2_writer *w, const struct sa *sa);
void ike2_assignment_write_reply(ike2_writer *w, const struct exchange *x);

/* The addresses assigned to us, or to the peer, as selectors; before an initiator has some, what it
 * may get: all. False: there are none, the end's own address counts. */
bool ike2_assignment_allow(const struct sa *sa, bool ours, struct selectors *out);

/* ASK_CONFIG, EVENT_CONFIG. */
void ike2_assignment_fill_ask(const struct exchange *x, ike2_output *out);
void ike2_assignment_fill(const struct sa *sa, ike2_output *out);

#endif
