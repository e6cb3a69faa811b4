/* mbedtls/key_schemes.h - a private key's handle, opened again. */
#ifndef MBEDTLS_KEY_SCHEMES_H
#define MBEDTLS_KEY_SCHEMES_H

#include <mbedtls/pk.h>

#include <ike2/mbedtls.h>

/* Fills `pk`, which was initialised and is freed by the caller. IKE2_ERR_ARGUMENT if it is no
 * private key, IKE2_ERR_CRYPTO. */
ike2_err ike2_mbed_private_key_read(const ike2_key *key, mbedtls_pk_context *pk);

#endif
