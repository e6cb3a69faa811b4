/* sa/lifetime.h - the times of pairs and children: when to rekey, when to switch, when to end. RFC
 * 7296 2.8. One timer of the SA stands for all of them. */
#ifndef SA_LIFETIME_H
#define SA_LIFETIME_H

#include "sa/child.h"

/* The hard lifetime, seconds, for a soft one; IKE2_NEVER. `configured` as it is in ike2_config, 0 =
 * so much longer than the soft one that a request may be retransmitted meanwhile. */
uint32_t ike2_lifetime_hard(uint32_t soft, uint32_t configured);
/* Soft and hard lifetime of a pair that has been agreed upon. */
void ike2_lifetime_plan(struct pair *pair);
/* Sets TIMER_CHILDREN to the first of all their times. */
void ike2_lifetime_arm(struct sa *sa);
/* TIMER_CHILDREN. */
void ike2_lifetime_on_timer(struct sa *sa);
/* The peer has asked again, so it has no answer yet: pairs that wait to be switched to wait on. */
void ike2_lifetime_wait_on(struct sa *sa);
/* A hard lifetime is over: the pair ends, and with its last one the child. */
void ike2_lifetime_expire(struct pair *pair);
/* What a data plane has seen; IKE2_ERR_STALE: of a pair whose place another one has taken. */
ike2_err ike2_lifetime_report(struct pair *pair, const ike2_report *report);

#endif
