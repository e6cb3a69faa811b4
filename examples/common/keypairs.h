/* keypairs.h - what proves us by signatures: certificates, each with its private key, the chain
 * that is sent with it, and the CAs that it leads to; or bare keys (RFC 7670). */
#ifndef COMMON_KEYPAIRS_H
#define COMMON_KEYPAIRS_H

#include <ike2/config.h>

#include "provider.h"
#include "trust.h"
#include "value.h"

enum { CHAIN_MAX = 16, ISSUERS_MAX = 32, ISSUER_OCTETS = 20, LOOKUP_OCTETS = 20 };

struct connection_local;
struct token;

struct keypair {
    ike2_credential own; /* views what follows */
    ike2_bytes chain[CHAIN_MAX];
    ike2_bytes issuers[ISSUERS_MAX];
    uint8_t issuer_octets[ISSUERS_MAX][ISSUER_OCTETS];
    ike2_hash_url lookups[CHAIN_MAX]; /* the URLs are the connection's */
    uint8_t lookup_hashes[CHAIN_MAX][LOOKUP_OCTETS];
    uint16_t schemes[SCHEMES_MAX];
    struct token *token; /* where the key is; NULL = in the process */
    uint8_t *octets; /* of the certificates, or the public key */
};

struct keypairs {
    struct keypair *list; /* in the order of the files; NULL = none */
    size_t n;
};

/* Reads the files that the connection names: one pair for each certificate file, whose key is in
 * the same file, in one of the key files, or in a token; or, with `is_raw`, for each key file.
 * `trust` may know CAs that are not in the files. A failure leaves `*p` empty; after a success
 * `why` holds a warning, or "". */
bool keypairs_load(struct keypairs *p, const struct provider *provider,
                   const struct connection_local *local, const struct trust *trust,
                   struct problem *why);
/* What signs for SIGN jobs with this tag; NULL: ike2_job_run does. */
struct token *keypairs_token(const struct keypairs *p, uint64_t tag);
/* A zeroed structure is allowed. Definitions keep their own references to the keys. */
void keypairs_clear(struct keypairs *p, const ike2_crypto *crypto);

#endif
