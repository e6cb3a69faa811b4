/* mbedtls/x509/validity.h - the dates of a path. */
#ifndef MBEDTLS_X509_VALIDITY_H
#define MBEDTLS_X509_VALIDITY_H

#include "mbedtls/x509/path.h"

/* Are all certificates of the path, its anchor too, valid at this second since 1970? */
bool ike2_mbed_path_is_valid(const struct path *p, int64_t utc_seconds, ike2_verdict *refusal);

#endif
