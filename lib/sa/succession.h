/* sa/succession.h - one IKE SA takes the place of another: its name, its children, its peer. RFC
 * 7296 1.3.2, 2.8, 2.8.1, 2.18. */
#ifndef SA_SUCCESSION_H
#define SA_SUCCESSION_H

#include "sa/ke.h"
#include "sa/sa.h"

/* A rekeying of the IKE SA that we have begun, from the request to what is made of the response. */
struct succession {
    struct ke_stage ke;
    ike2_suite suite;
    uint8_t number;       /* when the peer asks: of the proposal that it was chosen from */
    struct sa *heir;      /* ours, in STATE_HEIR; NULL: not made yet */
    struct sa *rival;     /* made by the peer at the same time; NULL: there is none */
    struct nonce rivals_lowest; /* of the two of its exchange */
};

/* NULL: no memory. */
struct succession *ike2_succession_acquire(struct host *host);
/* With its heir; NULL is allowed. */
void ike2_succession_release(struct host *host, struct succession *s);

/* Makes sa->exchanges.succession; IKE2_ERR_MEMORY. */
ike2_err ike2_succession_new(struct sa *sa);
/* Forgets it and our heir; the peer's rival takes the place if it is still wanted. */
void ike2_succession_free(struct sa *sa);
/* The heir gets its keys, 2.18. On failure nothing has happened. */
ike2_err ike2_succession_key(const struct sa *old, struct sa *heir, const ike2_suite *suite,
                             const struct ke_stage *ke);
/* `heir` is the SA from now on; `old` is a former one, without name and children. */
void ike2_succession_hand_over(struct sa *old, struct sa *heir);
/* The peer has made another heir while our request is open. */
void ike2_succession_meet(struct sa *sa, struct sa *rival, const struct ke_stage *theirs);
/* The rival has lost: its creator deletes it. */
void ike2_succession_disown(struct sa *rival);
/* Something has come for an SA that may be a rival: a peer that knows all four nonces uses it only
 * if it has won. */
void ike2_succession_on_message(struct sa *sa, const struct message *m);
/* Is ours the one with the lowest of the four nonces, which its creator closes? */
bool ike2_succession_has_lost(const struct sa *sa);

#endif
