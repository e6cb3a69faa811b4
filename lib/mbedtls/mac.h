/* mbedtls/mac.h - message authentication codes: what PRFs and integrity transforms are made of. */
#ifndef MBEDTLS_MAC_H
#define MBEDTLS_MAC_H

#include <mbedtls/cipher.h>

#include "mbedtls/internal.h"
#include "mbedtls/xcbc.h"

enum mac_family { MAC_HMAC, MAC_CMAC, MAC_XCBC };

struct mac_kind {
    enum mac_family family;
    uint16_t hash; /* IKE2_HASH_* of an HMAC */
    uint8_t len;   /* of the untruncated code, and of the preferred key */
};

/* Compile-time constant. */
#define HMAC_KIND(name, octets) \
    { .family = MAC_HMAC, .hash = IKE2_HASH_##name, .len = octets }

/* An integrity transform: a code that is truncated. */
struct integ_kind {
    uint16_t id; /* IKE2_INTEG_* */
    uint8_t icv_len;
    struct mac_kind mac;
};

/* A code at work: the key is set, the message may come in pieces. */
struct mac {
    struct mac_kind kind;
    union {
        mbedtls_md_context_t md;
        mbedtls_cipher_context_t cipher;
        struct xcbc xcbc;
    } of;
};

/* Does this build of mbedTLS have it? */
bool ike2_mbed_mac_exists(const struct mac_kind *k);
/* NULL if there is none of that name. */
const struct integ_kind *ike2_mbed_integ_kind(const ike2_transform *t);

/* Sets a key of any length. Ended by ike2_mbed_mac_end, also after a failure. */
int ike2_mbed_mac_begin(struct mac *m, const struct mac_kind *k, const ike2_input *key, size_t n);
int ike2_mbed_mac_update(struct mac *m, ike2_bytes octets);
int ike2_mbed_mac_feed(struct mac *m, const ike2_input *in, size_t n);
/* Writes `kind.len` octets, at most HASH_OCTETS_MAX. */
int ike2_mbed_mac_finish(struct mac *m, uint8_t *out);
/* Another message with the same key. */
int ike2_mbed_mac_reset(struct mac *m);
void ike2_mbed_mac_end(struct mac *m);

#endif
