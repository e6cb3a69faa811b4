/* sa/auth.h - IKE_AUTH, both roles. RFC 7296 1.2, 2.15, 2.21.2. */
#ifndef SA_AUTH_H
#define SA_AUTH_H

#include "sa/exchange.h"

/* Initiator: goes on after IKE_SA_INIT; the response. Responder: the request. */
extern const struct script ike2_auth_begin, ike2_auth_response, ike2_auth_request;

/* --- Shared by both roles ------------------------------------------------------------ */

/* The pre-shared key of one side, IKE2_SECRET_*: the definition's, or asked for. */
enum verdict ike2_auth_take_psk(struct sa *sa, struct exchange *x, uint8_t whose);
/* The AUTH value of one side, the original initiator or not, over its ID payload's body. */
ike2_err ike2_auth_compute(const struct sa *sa, bool by_initiator, ike2_bytes id_body,
                           const ike2_key *psk, struct psk_value *out);
/* What the peer claims to be is what the definition wants, or the integrator agrees. */
enum verdict ike2_auth_check_identity(struct sa *sa, struct exchange *x);
/* What the two ends have proven themselves with, for those who look; before ike2_auth_establish. */
void ike2_auth_note_methods(const struct exchange *x);
/* Both are authenticated: STATE_UP, EVENT_SA_UP. Before: ike2_sa_set_ids. */
void ike2_auth_establish(struct sa *sa);

static inline const ike2_id *auth_local_id(const struct sa *sa, const struct exchange *x)
{
    return sa->role == INITIATOR ? &x->auth.id_i : &x->auth.id_r;
}

static inline const ike2_id *auth_remote_id(const struct sa *sa, const struct exchange *x)
{
    return sa->role == INITIATOR ? &x->auth.id_r : &x->auth.id_i;
}

#endif
