/* mbedtls/x509/certificate.c - one parsed certificate. RFC 5280 4.1, 4.2. */
#include "mbedtls/x509/certificate.h"

#include "mbedtls/x509/der.h"

ike2_err ike2_mbed_certificate_init(struct certificate *out, ike2_bytes der)
{
    mbedtls_x509_crt_init(&out->crt);
    out->der = der;
    /* RFC 5280 4.2: a critical extension that is not processed makes it fail here. */
    out->fault = mbedtls_x509_crt_parse_der_nocopy(&out->crt, der.ptr, der.len);
    if (out->fault == 0 && out->crt.raw.len != der.len)
        out->fault = MBEDTLS_ERR_X509_INVALID_FORMAT;
    if (out->fault == MBEDTLS_ERR_X509_ALLOC_FAILED || out->fault == MBEDTLS_ERR_PK_ALLOC_FAILED)
        return IKE2_ERR_MEMORY;
    out->is_usable = out->fault == 0;
    return IKE2_OK;
}

void ike2_mbed_certificate_clear(struct certificate *c)
{
    mbedtls_x509_crt_free(&c->crt);
    *c = (struct certificate){ 0 };
}

bool ike2_mbed_certificate_extension(const struct certificate *c, ike2_bytes oid, ike2_bytes *out)
{
    struct reader outer = reader_of(der_view(&c->crt.v3_ext));
    struct reader list = reader_of(der_read(&outer, DER_SEQUENCE));

    while (list.left != 0) {
        struct reader extension = reader_of(der_read(&list, DER_SEQUENCE));
        ike2_bytes id = der_read(&extension, MBEDTLS_ASN1_OID);
        ike2_bytes value;

        if (der_is_next(&extension, MBEDTLS_ASN1_BOOLEAN))
            (void)der_read(&extension, MBEDTLS_ASN1_BOOLEAN);
        value = der_read(&extension, MBEDTLS_ASN1_OCTET_STRING);
        if (reader_end(&extension) && bytes_equal(id, oid)) {
            *out = value;
            return true;
        }
    }
    return false;
}
