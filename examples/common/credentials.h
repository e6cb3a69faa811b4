/* credentials.h - the secrets and certificates of one connection, loaded: what proves us, and what
 * the peer's proof is checked with. */
#ifndef COMMON_CREDENTIALS_H
#define COMMON_CREDENTIALS_H

#include <ike2/config.h>

#include "keypairs.h"
#include "provider.h"
#include "psk_table.h"
#include "trust.h"

struct connection;
struct token;

struct credentials {
    const ike2_crypto *crypto;
    ike2_key *psk_local, *psk_remote; /* NULL = none */
    struct psk_table *psks;           /* by the peer's identity; NULL = none */
    struct keypairs pairs;
    struct trust *trust; /* NULL = no peer's signature is believed */
};

/* Reads the files that the connection names, and logs in to the token. A failure leaves `*c` empty;
 * after a success `why` holds a warning, or "". `*c` must stay where it is. */
bool credentials_load(struct credentials *c, const struct provider *provider,
                      const struct connection *connection, struct problem *why);
/* Another number after one of these files has been written, or replaced. */
uint64_t credentials_stamp(const struct connection *connection);
/* What signs for this SIGN job; NULL: ike2_job_run does. */
struct token *credentials_token(const struct credentials *c, const ike2_job *job);
/* Zeroed credentials are allowed. Definitions keep their own references. */
void credentials_clear(struct credentials *c);

#endif
