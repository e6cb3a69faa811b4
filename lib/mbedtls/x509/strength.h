/* mbedtls/x509/strength.h - keys and hashes of a path that are too weak. */
#ifndef MBEDTLS_X509_STRENGTH_H
#define MBEDTLS_X509_STRENGTH_H

#include "mbedtls/x509/path.h"

/* Are all keys RSA of so many bits (and 2048 at least), or ECDSA on our curves, and all signatures
 * but the anchor's own made with SHA-2? */
bool ike2_mbed_path_is_strong(const struct path *p, size_t min_rsa_bits, ike2_verdict *refusal);

#endif
