/* crypto/provider.h - is a provider table complete enough to begin with? The self test,
 * ike2_crypto_selftest, is declared in ike2/crypto.h. */
#ifndef CRYPTO_PROVIDER_H
#define CRYPTO_PROVIDER_H

#include <ike2/crypto.h>

/* IKE2_ERR_ARGUMENT: a function is missing; IKE2_ERR_UNSUPPORTED: no SHA-1 hash for NAT detection,
 * or no PRF for cookies. */
ike2_err ike2_provider_check(const ike2_crypto *c);

#endif
