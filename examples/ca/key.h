/* key.h - private keys of a CA, a server or a client. */
#ifndef CA_KEY_H
#define CA_KEY_H

#include <openssl/evp.h>

#include "store.h"

/* "rsa-3072", "ecdsa-p256", ...; those that Windows and Apple take, too. */
extern const char *const key_kinds[];
extern const size_t key_n_kinds;
#define KEY_DEFAULT "rsa-3072"

/* The one in the file, which an interrupted call has left, or a new one of this kind that is put
 * there. NULL after a problem. */
EVP_PKEY *key_take(const struct store *s, const char *name, const char *kind, struct problem *why);
/* The one in the file. */
EVP_PKEY *key_load(const struct store *s, const char *name, struct problem *why);
/* The hash that goes with it. */
const EVP_MD *key_hash(const EVP_PKEY *key);

#endif
