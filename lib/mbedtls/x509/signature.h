/* mbedtls/x509/signature.h - the signature on a certificate. */
#ifndef MBEDTLS_X509_SIGNATURE_H
#define MBEDTLS_X509_SIGNATURE_H

#include "mbedtls/x509/certificate.h"

/* Is the signature on `child` by the key of `issuer`? Names and rights are not looked at. */
bool ike2_mbed_has_signed(const struct certificate *issuer, const struct certificate *child);
/* Was it made with another hash than SHA-2 of 256 bits or more? */
bool ike2_mbed_is_weakly_signed(const struct certificate *c);

#endif
