/* sa/contact.h - which IKE SAs there are between the same two identities, and what a new one means
 * for the others: INITIAL_CONTACT, and at most one of them. RFC 7296 2.4. */
#ifndef SA_CONTACT_H
#define SA_CONTACT_H

#include "sa/exchange.h"
#include "sa/pair.h"

/* Notes the SA, whose identities are known, by them; harmless if it is noted. One with an anonymous
 * peer is not, RFC 7619 2.3. IKE2_ERR_MEMORY. */
ike2_err ike2_contact_add(const struct exchange *x);
/* Harmless if it is not noted. */
void ike2_contact_remove(struct sa *sa);
/* `heir` has the name and the identities of `old` now. Never allocates. */
void ike2_contact_pass(struct sa *old, struct sa *heir);

/* Step, once the peer has proven who it is: IKE2_UNIQUE_REFUSE. */
enum verdict ike2_contact_check(struct sa *sa, struct exchange *x);
/* Do older ones end when this one comes up? */
bool ike2_contact_supersedes(const struct exchange *x);
/* A new SA is up; its message says INITIAL_CONTACT or not: older ones end, as the definition has
 * it. Those of which the peer knows nothing any more, or (`known`) the others, which are deleted
 * once the peer has been answered. */
void ike2_contact_supersede(const struct exchange *x, bool known);
/* Does another SA between these identities carry the same traffic as the new pair? Then that one
 * goes on until the peer shows that it is ready, as in a rekeying: it may be authenticating anew,
 * 2.8.3. */
bool ike2_contact_carries(const struct sa *sa, const struct pair *pair);
/* The SA ends: pairs of others that have waited for that are sent on. */
void ike2_contact_yield(struct sa *sa);
/* INITIAL_CONTACT, if there is no other SA with this peer. */
void ike2_contact_write(ike2_writer *w, const struct sa *sa, const struct exchange *x);

#endif
