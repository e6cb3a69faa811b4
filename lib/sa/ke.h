/* sa/ke.h - one key exchange: nonces, public values and the shared secret. Its two steps run inline
 * or as jobs. RFC 7296 1.2, 1.3, 2.10, 2.14, 2.17. */
#ifndef SA_KE_H
#define SA_KE_H

#include "sa/exchange.h"

/* RFC 7296 2.10: 16 to 256 octets. */
enum { NONCE_OURS = 32, NONCE_MIN = 16, NONCE_MAX = 256 };
struct nonce {
    uint8_t octets[NONCE_MAX];
    size_t len;
};

struct ke_stage {
    struct nonce ni, nr;     /* of the exchange's initiator and responder */
    uint16_t method;         /* IKE2_KE_*; 0: nonces only */
    ike2_ke_state *state;    /* between the two steps */
    ike2_key *shared;        /* g^ir */
    uint8_t *ours;           /* our public value */
    size_t ours_len;
    unsigned rounds;         /* INVALID_KE_PAYLOAD answered so far */
};

static inline ike2_bytes nonce_bytes(const struct nonce *n)
{
    return (ike2_bytes){ .ptr = n->octets, .len = n->len };
}

ike2_err ike2_nonce_draw(const struct host *host, struct nonce *n);
/* False: the message has none of a legal length. */
bool ike2_nonce_of(const struct message *m, struct nonce *n);

/* The KE payload; of method 0 and empty if there is none that parses. */
ike2_ke_payload ike2_ke_of(const struct message *m);

/* Our public value of `method`. WAIT, NEXT or RETRY; REFUSE with IKE2_REASON_UNANSWERED: the job
 * came too late. */
enum verdict ike2_ke_start(struct exchange *x, struct ke_stage *ke);
/* g^ir from the peer's public value. As above, and REFUSE with IKE2_REASON_PROTOCOL: the value is
 * not to be used, RFC 6989. */
enum verdict ike2_ke_finish(struct exchange *x, struct ke_stage *ke, ike2_bytes peers);
/* Forgets our half: it has been used, or another method is wanted. */
void ike2_ke_drop(struct host *host, struct ke_stage *ke);
/* That, and the secret. */
void ike2_ke_clear(struct host *host, struct ke_stage *ke);
/* RFC 7296 1.3: the response to our CREATE_CHILD_SA wants another method. If it is one that `args`
 * offers, and this does not go on for ever, everything begins anew with it. */
bool ike2_ke_take_other(const struct exchange *x, struct ke_stage *ke,
                        const struct select_args *args);
/* INVALID_KE_PAYLOAD as a step's way to say no: the method that we want. */
enum verdict ike2_ke_refuse(struct exchange *x, uint16_t wanted);
/* The payload with our public value. */
void ike2_ke_write_ours(ike2_writer *w, const struct ke_stage *ke);
/* Octets of a public value of `method`, or 0: not supported. */
size_t ike2_ke_octets(const struct host *host, uint16_t method);

#endif
