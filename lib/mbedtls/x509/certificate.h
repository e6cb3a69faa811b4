/* mbedtls/x509/certificate.h - one parsed certificate, and what of it mbedTLS does not show. */
#ifndef MBEDTLS_X509_CERTIFICATE_H
#define MBEDTLS_X509_CERTIFICATE_H

#include <mbedtls/x509_crt.h>

#include <ike2/error.h>

struct certificate {
    mbedtls_x509_crt crt; /* views of `der` */
    ike2_bytes der;
    int fault;      /* mbedTLS's, if it does not parse */
    bool is_usable; /* it parsed, and is none that was there before */
    bool is_anchor;
};

/* Parses `der`, which is borrowed. A failure to parse is noted in `out`; IKE2_ERR_MEMORY. `out` is
 * released by _clear in any case, also if it is all zero. */
ike2_err ike2_mbed_certificate_init(struct certificate *out, ike2_bytes der);
void ike2_mbed_certificate_clear(struct certificate *c);

/* The value of the extension with this OID (its contents octets). */
bool ike2_mbed_certificate_extension(const struct certificate *c, ike2_bytes oid, ike2_bytes *out);

#endif
