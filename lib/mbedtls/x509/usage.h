/* mbedtls/x509/usage.h - what the keys of certificates may be used for. */
#ifndef MBEDTLS_X509_USAGE_H
#define MBEDTLS_X509_USAGE_H

#include "mbedtls/x509/path.h"

/* Why it may not sign certificates, in words that go before its name; NULL if it may. */
const char *ike2_mbed_issuer_fault(const struct certificate *c);
/* May the end entity's key sign in IKE, and does no CA's path length forbid the path? */
bool ike2_mbed_usage_is_good(const struct path *p, ike2_verdict *refusal);

#endif
