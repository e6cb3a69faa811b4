/* crypto/scheme.h - IKE2_SIG_*: authentication method, hash and AlgorithmIdentifier of a signature
 * scheme. RFC 7296 3.8, RFC 4754, RFC 7427, RFC 8420. */
#ifndef CRYPTO_SCHEME_H
#define CRYPTO_SCHEME_H

#include <ike2/crypto.h>

enum { SCHEME_ALGORITHM_MAX = 96 };

/* For the trace; never NULL. */
const char *ike2_scheme_name(uint16_t scheme);
/* IKE2_AUTH_METHOD_* of `scheme`, or 0: unknown. */
uint8_t ike2_scheme_method(uint16_t scheme);
/* IKE2_HASH_* that a peer has to announce before method 14 may use `scheme`; 0: another method. */
uint16_t ike2_scheme_hash(uint16_t scheme);
/* Is it accepted of a peer without being named? Not SHA-1, which is too weak, and not EdDSA, which
 * few verifiers have: RFC 8420 3 wants it announced only where it is configured. */
bool ike2_scheme_is_default(uint16_t scheme);
/* What stands before the signature in an AUTH payload of method 14: length and AlgorithmIdentifier,
 * RFC 7427 3. Nothing for other methods. */
size_t ike2_scheme_prefix(uint16_t scheme, uint8_t out[SCHEME_ALGORITHM_MAX]);
/* Which scheme an AUTH payload uses, and where the signature is in it. IKE2_ERR_MALFORMED;
 * IKE2_ERR_UNSUPPORTED: a method or an algorithm that is not known here. */
ike2_err ike2_scheme_read(const ike2_auth_payload *auth, uint16_t *scheme, ike2_bytes *signature);

#endif
