/* x509/extension.h - extensions of certificates, CRLs and their entries. RFC 5280 4.2, 5.2, 5.3. */
#ifndef X509_EXTENSION_H
#define X509_EXTENSION_H

#include "x509/certificate.h"
#include "x509/der.h"

struct extension {
    enum oid oid;
    ike2_bytes type; /* the OID itself */
    bool is_critical;
    ike2_bytes value;
};

/* One Extension of an Extensions. */
struct extension ike2_x509_extension(struct reader *r);

/* Reads a certificate's Extensions, with its tag. NULL, or what is wrong. */
const char *ike2_x509_extensions(ike2_bytes octets, struct extensions *out);
/* AuthorityKeyIdentifier ::= SEQUENCE { [0] keyIdentifier, [1] issuer, [2] serial }, 4.2.1.1. */
bool ike2_x509_authority_key_id(ike2_bytes value, struct extensions *out);

#endif
