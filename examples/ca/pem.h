/* pem.h - the memory that libcrypto writes to; wiped. */
#ifndef CA_PEM_H
#define CA_PEM_H

#include <stdbool.h>

#include <openssl/bio.h>
#include <openssl/x509.h>

#include "store.h"

struct pem {
    BIO *bio;
};

bool pem_open(struct pem *p);
/* What has been written; lives until pem_close. */
ike2_bytes pem_text(const struct pem *p);
void pem_close(struct pem *p);

/* These write one file each, as PEM, or load it. NULL, false after a problem. */
bool pem_write_certificate(const struct store *s, const char *name, X509 *x, struct problem *why);
bool pem_write_crl(const struct store *s, const char *name, X509_CRL *crl, struct problem *why);
X509 *pem_load_certificate(const struct store *s, const char *name, struct problem *why);

#endif
