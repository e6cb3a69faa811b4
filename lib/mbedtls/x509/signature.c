/* mbedtls/x509/signature.c - the signature on a certificate. RFC 5280 4.1.1.3.
 *
 * Not with mbedtls_x509_crt_verify: that reads the clock, and with it the system's time zone. */
#include "mbedtls/x509/signature.h"

#include <mbedtls/md.h>
#include <mbedtls/pk.h>

#include "mbedtls/x509/release.h"

bool ike2_mbed_has_signed(const struct certificate *issuer, const struct certificate *child)
{
    const struct crt_signature s = release_crt_signature(&child->crt);
    const mbedtls_md_info_t *md = mbedtls_md_info_from_type(s.md);
    /* mbedTLS takes the key as not const. */
    mbedtls_pk_context *pk = (mbedtls_pk_context *)(uintptr_t)&issuer->crt.pk;
    uint8_t digest[MBEDTLS_MD_MAX_SIZE];

    return md != NULL && mbedtls_md(md, child->crt.tbs.p, child->crt.tbs.len, digest) == 0 &&
           mbedtls_pk_can_do(pk, s.pk) &&
           mbedtls_pk_verify_ext(s.pk, s.options, pk, s.md, digest, mbedtls_md_get_size(md),
                                 s.octets.ptr, s.octets.len) == 0;
}

bool ike2_mbed_is_weakly_signed(const struct certificate *c)
{
    const mbedtls_md_type_t md = release_crt_signature(&c->crt).md;

    return md != MBEDTLS_MD_SHA256 && md != MBEDTLS_MD_SHA384 && md != MBEDTLS_MD_SHA512;
}
