/* x509/bundle.c - what is behind a Hash and URL of a bundle. RFC 7296 3.6. */
#include "x509/bundle.h"

#include <ike2/iana.h>

#include "x509/der.h"

enum { CERTIFICATE = DER_CONSTRUCTED | 0, CRL = DER_CONSTRUCTED | 1 };

/* CertificateOrCRL ::= CHOICE { cert [0] Certificate, crl [1] CertificateList }, EXPLICIT. */
static bool read_one(struct reader *list, ike2_cert *out)
{
    uint8_t tag = ike2_der_peek(list);
    struct reader inner = ike2_der_enter(list, tag);
    struct der value = ike2_der_next(&inner);

    if ((tag != CERTIFICATE && tag != CRL) || !reader_end(&inner) || value.tag != DER_SEQUENCE)
        return false;
    *out = (ike2_cert){ .encoding = tag == CRL ? IKE2_CERT_CRL : IKE2_CERT_X509_SIGNATURE,
                        .data = value.whole };
    return true;
}

bool ike2_x509_bundle(ike2_bytes der, ike2_cert *out, size_t cap, size_t *n)
{
    struct reader list = ike2_der_only(der, DER_SEQUENCE);
    size_t found = 0;

    while (list.left != 0) {
        if (found == cap || !read_one(&list, &out[found]))
            return false;
        found++;
    }
    if (!reader_end(&list) || found == 0)
        return false;

    *n = found;
    return true;
}
