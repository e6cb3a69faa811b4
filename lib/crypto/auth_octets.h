/* crypto/auth_octets.h - the octets that AUTH covers, and the shared key's way to sign them.
 * RFC 7296 2.15; draft-ietf-ipsecme-ikev2-downgrade-prevention. */
#ifndef CRYPTO_AUTH_OCTETS_H
#define CRYPTO_AUTH_OCTETS_H

#include <ike2/crypto.h>

struct auth_input {
    ike2_transform prf;
    ike2_bytes message;    /* the signer's IKE_SA_INIT message, whole */
    ike2_bytes received;   /* the one that it received; empty: AUTH does not cover it */
    ike2_bytes nonce;      /* the other side's */
    const ike2_key *sk_p;  /* the signer's SK_pi or SK_pr */
    ike2_bytes id_body;    /* the signer's IDi or IDr payload without its generic header */
};

enum { AUTH_OCTETS_MAX = 64, SIGNED_PARTS_MAX = 5 };

/* <SignedOctets>, as if the parts were concatenated. They view the input; the last one views
 * `mac`. */
struct signed_octets {
    ike2_bytes parts[SIGNED_PARTS_MAX];
    size_t n_parts;
    uint8_t mac[AUTH_OCTETS_MAX];
};

ike2_err ike2_signed_octets(const ike2_crypto *c, const struct auth_input *in,
                            struct signed_octets *out);

/* prf(prf(Shared Secret, "Key Pad for IKEv2"), <SignedOctets>). */
ike2_err ike2_psk_auth(const ike2_crypto *c, const struct auth_input *in, const ike2_key *psk,
                       uint8_t out[AUTH_OCTETS_MAX], size_t *len);

#endif
