/* mbedtls/x509/release.h - what differs between the X.509 of mbedTLS 2.28 and of 3.6. */
#ifndef MBEDTLS_X509_RELEASE_H
#define MBEDTLS_X509_RELEASE_H

#include <mbedtls/version.h>
#include <mbedtls/x509_crt.h>

#include "base/bytes.h"

/* The signature on a certificate, as mbedTLS parsed it. */
struct crt_signature {
    mbedtls_md_type_t md;
    mbedtls_pk_type_t pk;
    const void *options; /* for mbedtls_pk_verify_ext: those of RSASSA-PSS */
    ike2_bytes octets;
};

#if MBEDTLS_VERSION_NUMBER < 0x03000000

static inline struct crt_signature release_crt_signature(const mbedtls_x509_crt *crt)
{
    return (struct crt_signature){ .md = crt->sig_md,
                                   .pk = crt->sig_pk,
                                   .options = crt->sig_opts,
                                   .octets = bytes_of(crt->sig.p, crt->sig.len) };
}

#else

/* 3.6 has them, but no function that tells them. */
static inline struct crt_signature release_crt_signature(const mbedtls_x509_crt *crt)
{
    return (struct crt_signature){ .md = crt->MBEDTLS_PRIVATE(sig_md),
                                   .pk = crt->MBEDTLS_PRIVATE(sig_pk),
                                   .options = crt->MBEDTLS_PRIVATE(sig_opts),
                                   .octets = bytes_of(crt->MBEDTLS_PRIVATE(sig).p,
                                                      crt->MBEDTLS_PRIVATE(sig).len) };
}

#endif
#endif
