/* mbedtls/ecdsa_value.h - the two forms of an ECDSA signature: raw r | s (RFC 4754) and
 * Ecdsa-Sig-Value in DER (RFC 7427 A.3, RFC 3279 2.2.3). */
#ifndef MBEDTLS_ECDSA_VALUE_H
#define MBEDTLS_ECDSA_VALUE_H

#include <ike2/types.h>

/* Raw and DER forms on P-521, the largest. */
enum { ECDSA_NUMBER_MAX = 66, ECDSA_DER_MAX = 3 + 2 * (3 + ECDSA_NUMBER_MAX) };

/* `raw` is r | s, equally long, at most ECDSA_NUMBER_MAX each; returns the length of the DER. */
size_t ike2_mbed_ecdsa_to_der(ike2_bytes raw, uint8_t der[ECDSA_DER_MAX]);
/* Fills `raw` with r | s of `number_len` octets each; false if it is no DER, or does not fit. */
bool ike2_mbed_ecdsa_to_raw(ike2_bytes der, size_t number_len, uint8_t *raw);

#endif
