/* keystore.h - certificates and private keys out of files of any usual kind: PEM with several of
 * them in any order, DER, PKCS #8, PKCS #12, encrypted or not. OpenSSL reads them, because mbedTLS
 * has no PKCS #12 files, and 2.28 no PBES2 with AES, which is what OpenSSL writes by default. */
#ifndef COMMON_KEYSTORE_H
#define COMMON_KEYSTORE_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/x509.h>

#include "file.h"
#include "problem.h"

enum { KEYSTORE_CERTIFICATES = 64, KEYSTORE_KEYS = 16, PASSWORDS_MAX = 16 };

/* Each may open each file. */
struct passwords {
    struct file_text list[PASSWORDS_MAX];
    size_t n;
};

/* The files hold one each, on their first line. After a success `why` holds a warning, or "". */
bool passwords_read(struct passwords *p, const char *const *files, size_t n, struct problem *why);
/* Wipes. */
void passwords_forget(struct passwords *p);

struct keystore {
    X509 *certificates[KEYSTORE_CERTIFICATES]; /* as they came */
    size_t n_certificates;
    EVP_PKEY *keys[KEYSTORE_KEYS];
    size_t n_keys;
};

/* What is in the file. A failure leaves `*k` empty; after a success `why` holds a warning, or "":
 * a private key that others than its owner may read. */
bool keystore_read(struct keystore *k, const char *file, const struct passwords *passwords,
                   struct problem *why);
/* A zeroed one is allowed. */
void keystore_free(struct keystore *k);

#endif
