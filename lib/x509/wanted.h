/* x509/wanted.h - where the CRLs about a certificate are to be had. RFC 5280 4.2.1.13. */
#ifndef X509_WANTED_H
#define X509_WANTED_H

#include <ike2/x509.h>

#include "x509/refusal.h"

/* Tells `policy->wants_crl` of all URIs of the certificate that the refusal is about. */
void ike2_x509_want_crls(const ike2_x509_policy *policy, const struct refusal *refusal);

#endif
