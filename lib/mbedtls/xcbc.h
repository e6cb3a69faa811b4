/* mbedtls/xcbc.h - AES-XCBC-MAC, which mbedTLS does not have. */
#ifndef MBEDTLS_XCBC_H
#define MBEDTLS_XCBC_H

#include <mbedtls/aes.h>

#include <ike2/types.h>

enum { XCBC_OCTETS = 16 };

struct xcbc {
    mbedtls_aes_context aes;          /* keyed with K1 */
    uint8_t k2[XCBC_OCTETS], k3[XCBC_OCTETS];
    uint8_t chain[XCBC_OCTETS];       /* E[i - 1] */
    uint8_t block[XCBC_OCTETS];       /* M[i], as far as it is there */
    size_t len;                       /* of `block` */
};

/* Sets a key of XCBC_OCTETS. Ended by ike2_mbed_xcbc_end, also after a failure. */
int ike2_mbed_xcbc_begin(struct xcbc *x, const uint8_t *key);
int ike2_mbed_xcbc_update(struct xcbc *x, ike2_bytes octets);
/* Writes XCBC_OCTETS. */
int ike2_mbed_xcbc_finish(struct xcbc *x, uint8_t *out);
/* Another message with the same key. */
void ike2_mbed_xcbc_reset(struct xcbc *x);
void ike2_mbed_xcbc_end(struct xcbc *x);

#endif
