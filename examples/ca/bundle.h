/* bundle.h - a client's key, certificate and CA in one file: PKCS#12, RFC 7292. */
#ifndef CA_BUNDLE_H
#define CA_BUNDLE_H

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "store.h"

enum { BUNDLE_PASSWORD_MAX = 128 };

struct bundle {
    EVP_PKEY *key;
    X509 *certificate, *ca;
    const char *label;
    bool modern; /* AES-256 and SHA-256; else what all of Windows, Apple and Android import */
};

/* Writes STEM.p12, which replaces an older one. The password is the first line of the file, or, if
 * there is none, a new one of 100 bits that is written to STEM.password, unless that is there. */
bool bundle_write(const struct store *s, const char *stem, const char *password_file,
                  const struct bundle *b, struct problem *why);

#endif
