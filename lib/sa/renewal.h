/* sa/renewal.h - an IKE SA is authenticated anew: another one comes up beside it, takes its name
 * and its children, and when each of these has a pair of the new SA the old one is deleted: make
 * before break. RFC 7296 2.8.3; RFC 4478. */
#ifndef SA_RENEWAL_H
#define SA_RENEWAL_H

#include "sa/exchange.h"

/* Sets TIMER_REAUTH for an SA that has been authenticated. */
void ike2_renewal_plan(struct sa *sa);
/* TIMER_REAUTH. */
void ike2_renewal_on_timer(struct sa *sa);
/* Begins what is wanted, deletes the old SA when it has served. After every change. */
void ike2_renewal_settle(struct sa *sa);
/* One of the two ends: the new one with the old one; the old one goes on without the new one. */
void ike2_renewal_part(struct sa *sa);
/* It has gone; the other one may have waited for that. */
void ike2_renewal_on_finished(struct sa *sa);
/* It is destroyed. */
void ike2_renewal_cut(struct sa *sa);

/* Step of IKE_AUTH: the new SA has been authenticated. Takes name and children; what is under way
 * in the old one is forgotten. */
void ike2_renewal_take_over(struct sa *heir);
/* The children of the new SA, but for `first`, get pairs of it one by one. */
void ike2_renewal_plan_children(struct sa *heir, const struct child *first);
/* The child that IKE_AUTH of `heir` is to renew; NULL: there is none. */
struct child *ike2_renewal_first_child(const struct sa *heir);

/* AUTH_LIFETIME, RFC 4478 3: a responder's, if it demands one; an initiator keeps to it. */
void ike2_renewal_write_lifetime(ike2_writer *w, const struct sa *sa);
void ike2_renewal_read_lifetime(struct sa *sa, const ike2_notify *n);

#endif
