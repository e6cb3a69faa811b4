/* mbedtls/x509/identity.h - is the peer's identity in its certificate? */
#ifndef MBEDTLS_X509_IDENTITY_H
#define MBEDTLS_X509_IDENTITY_H

#include <ike2/x509.h>

#include "mbedtls/x509/certificate.h"

/* RFC 4945 3.1, 5.1.2 */
bool ike2_mbed_identity_is_proven(const struct certificate *c, const ike2_id *id,
                                  ike2_verdict *refusal);

#endif
