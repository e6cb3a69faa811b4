/* crypto/keys.h - SKEYSEED, SK_* and KEYMAT. RFC 7296 2.13, 2.14, 2.17. */
#ifndef CRYPTO_KEYS_H
#define CRYPTO_KEYS_H

#include "crypto/suite.h"

/* The seven keys of an IKE SA; `ai` and `ar` NULL with an AEAD; SK_e* with its salt behind it. */
struct sa_keys {
    ike2_key *d, *ai, *ar, *ei, *er, *pi, *pr;
};

struct key_seeds {
    ike2_bytes ni, nr;
    uint64_t spi_i, spi_r;
    const ike2_key *old_d;  /* a rekeying: SK_d of the old SA, 2.18; else NULL */
    ike2_transform old_prf; /* and its PRF */
};

/* SKEYSEED = prf(Ni | Nr, g^ir), or prf(SK_d (old), g^ir | Ni | Nr) with the old PRF; {SK_*} =
 * prf+(SKEYSEED, Ni | Nr | SPIi | SPIr), 2.14, 2.18. `out` is written only on success and released
 * by ike2_sa_keys_clear. */
ike2_err ike2_sa_keys_derive(const ike2_crypto *c, const ike2_suite *suite, const ike2_key *shared,
                             const struct key_seeds *seeds, struct sa_keys *out);
void ike2_sa_keys_clear(const ike2_crypto *c, struct sa_keys *keys);

/* Keys of one Child SA: `_i` protects what the exchange's initiator sends. `integ_*` NULL with an
 * AEAD; `encr_*` with the salt behind the key. */
struct child_keys {
    ike2_key *encr_i, *integ_i, *encr_r, *integ_r;
};

/* KEYMAT = prf+(SK_d, [g^ir (new) |] Ni | Nr), 2.17; `shared` NULL without a key exchange. */
struct keymat_args {
    ike2_transform prf;
    const ike2_key *sk_d, *shared;
    ike2_bytes ni, nr;
};
ike2_err ike2_child_keys_derive(const ike2_crypto *c, const ike2_suite *child,
                                const struct keymat_args *args, struct child_keys *out);
void ike2_child_keys_clear(const ike2_crypto *c, struct child_keys *keys);

#endif
