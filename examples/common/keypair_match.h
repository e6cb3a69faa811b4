/* keypair_match.h - the files that certificates and private keys are in, and which of them belong
 * together. */
#ifndef COMMON_KEYPAIR_MATCH_H
#define COMMON_KEYPAIR_MATCH_H

#include "connection.h"
#include "keystore.h"
#include "provider.h"

struct token;

struct keypair_files {
    struct keystore certs[FILES_MAX], keys[FILES_MAX];
    struct token *tokens[FILES_MAX]; /* in the place of `keys` */
    bool is_used[FILES_MAX];         /* of both */
};

/* A certificate of a file, and its key. */
struct keypair_match {
    const struct keystore *store;
    X509 *leaf;
    EVP_PKEY *key;       /* or */
    struct token *token; /* which has it */
    const char *key_file;
};

/* Reads what `local` names into a zeroed `*f`, which is freed in any case. `why` may get a
 * warning. */
bool keypair_files_read(struct keypair_files *f, const struct connection_local *local,
                        const struct passwords *passwords, const struct provider *provider,
                        struct problem *why);
void keypair_files_free(struct keypair_files *f);

/* The key of certificate file `i`. `*m` views `*f`. */
bool keypair_match(struct keypair_match *m, struct keypair_files *f,
                   const struct connection_local *local, size_t i, struct problem *why);
/* Is each key that of a certificate? */
bool keypair_files_all_used(const struct keypair_files *f, const struct connection_local *local,
                            struct problem *why);

#endif
