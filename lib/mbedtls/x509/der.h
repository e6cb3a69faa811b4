/* mbedtls/x509/der.h - DER elements from a reader. mbedTLS reads tag and length, the reader moves.
 * */
#ifndef MBEDTLS_X509_DER_H
#define MBEDTLS_X509_DER_H

#include <mbedtls/asn1.h>

#include "base/bytes.h"
#include "base/reader.h"

enum {
    DER_SEQUENCE = MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE,
    DER_SET = MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SET
};

/* Is the next element one with this tag? */
static inline bool der_is_next(const struct reader *r, int tag)
{
    return r->left != 0 && *r->at == tag;
}

/* The contents of the next element; the reader fails if it has another tag. */
static inline ike2_bytes der_read(struct reader *r, int tag)
{
    /* mbedTLS moves the pointer and does not write through it. */
    unsigned char *at = (unsigned char *)(uintptr_t)r->at;
    size_t len = 0;

    if (r->left == 0 || mbedtls_asn1_get_tag(&at, r->at + r->left, &len, tag) != 0)
        return read_bytes(r, SIZE_MAX);
    (void)read_bytes(r, (size_t)(at - r->at));
    return read_bytes(r, len);
}

/* Likewise, whatever its tag. */
static inline ike2_bytes der_read_any(struct reader *r, int *tag)
{
    *tag = r->left != 0 ? *r->at : 0;
    return der_read(r, *tag);
}

static inline ike2_bytes der_view(const mbedtls_asn1_buf *b)
{
    return bytes_of(b->p, b->len);
}

#endif
