/* certificate.h - what a person wants to know of a certificate: whose it is, who made it, until
 * when it is good. Nothing here says that it may be trusted: that is for ike2/x509.h to say. */
#ifndef CLIENT_CERTIFICATE_H
#define CLIENT_CERTIFICATE_H

#include "common/value.h"

enum { CERTIFICATE_NAME = 320, CERTIFICATE_DATE = 16 };

/* Printable ASCII, whatever is in the certificate. */
struct certificate {
    char subject[CERTIFICATE_NAME], issuer[CERTIFICATE_NAME]; /* "O=Example, CN=vpn.example.org" */
    char names[CERTIFICATE_NAME]; /* "vpn.example.org, 192.0.2.1"; "" = none */
    char from[CERTIFICATE_DATE], until[CERTIFICATE_DATE]; /* "2027-03-01" */
};

/* False if it does not parse. */
bool certificate_read(ike2_bytes der, struct certificate *out);
/* The identity that its holder goes by: the first dNSName or rfc822Name, else the subject. */
bool certificate_identity(ike2_bytes der, struct identity *out);
/* Does the identity stand in it? */
bool certificate_holds(ike2_bytes der, const ike2_id *id);

#endif
