/* x509/bundle.h - what is behind a Hash and URL of a bundle. RFC 7296 3.6. */
#ifndef X509_BUNDLE_H
#define X509_BUNDLE_H

#include <ike2/message.h>

/* CertificateBundle: its certificates and CRLs in order, as views, at most `cap`. False if it does
 * not parse or has more; `*n` is how many there are. */
bool ike2_x509_bundle(ike2_bytes der, ike2_cert *out, size_t cap, size_t *n);

#endif
