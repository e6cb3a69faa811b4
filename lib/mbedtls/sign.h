/* mbedtls/sign.h - what signing and private keys share. */
#ifndef MBEDTLS_SIGN_H
#define MBEDTLS_SIGN_H

#include <mbedtls/pk.h>

#include "mbedtls/internal.h"

/* Is this a key we sign or verify with: RSA of 2048 bits or more, or ECDSA on P-256, P-384 or
 * P-521? Else IKE2_ERR_UNSUPPORTED. */
ike2_err ike2_mbed_pk_check(const mbedtls_pk_context *pk);
/* Did mbedTLS fail to parse a key because it does not know the algorithm or curve? */
bool ike2_mbed_pk_names_unknown(int ret);

#endif
