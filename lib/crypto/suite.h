/* crypto/suite.h - negotiated algorithms as one value, and what they are like. */
#ifndef CRYPTO_SUITE_H
#define CRYPTO_SUITE_H

#include <ike2/crypto.h>

/* Puts `t` in the member its type names; false for a type that ike2_suite has no member for. */
bool ike2_suite_put(ike2_suite *s, const ike2_transform *t);
/* Octets of the keys, SK_e* with its salt. */
struct suite_sizes {
    size_t encr_key, integ_key, prf_key;
    ike2_sk_sizes sk;
    bool iv_random;
};
/* IKE2_ERR_UNSUPPORTED if the provider lacks a member of `s` or it cannot be used together: for an
 * IKE SA ENCR, PRF and (unless AEAD) INTEG; for a Child SA (`child`) ENCR and (unless AEAD) INTEG.
 * For a Child SA `prf_key` and `sk` are zero. */
ike2_err ike2_suite_sizes(const ike2_crypto *c, const ike2_suite *s, bool child,
                          struct suite_sizes *out);

#endif
