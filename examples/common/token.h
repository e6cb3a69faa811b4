/* token.h - a private key that stays in a PKCS#11 token (a smart card, an HSM, SoftHSM): it is
 * named by a URI of RFC 7512, found once, and signs what a SIGN job asks for. */
#ifndef COMMON_TOKEN_H
#define COMMON_TOKEN_H

#include <stdbool.h>
#include <string.h>

#include <ike2/job.h>

#include "problem.h"

enum { TOKEN_SIGNATURE_MAX = 2048 };

struct token;

/* Is this the name of a key in a token, rather than of a file? */
static inline bool token_is_named(const char *text)
{
    return strncmp(text, "pkcs11:", strlen("pkcs11:")) == 0;
}

/* Logs in and finds the one private key that the URI means. The PIN is that of `pin_file`, or of
 * the URI's pin-source, or of the environment (pin.h); it is kept, and wiped by token_close,
 * because a token that was away has to be opened again. After a success `why` holds a warning, or
 * "". `crypto` makes the hashes, and must live as long. Builds without p11-kit always fail, and
 * say so. */
bool token_open(const char *uri, const char *pin_file, const ike2_crypto *crypto,
                struct token **out, struct problem *why);
/* One owner more, one less; the count is of one thread. NULL is allowed. */
struct token *token_ref(struct token *t);
void token_close(struct token *t);

/* What key and token can make together, IKE2_SIG_*, best first; lives as long as `t`. */
const uint16_t *token_schemes(const struct token *t, size_t *n);

/* Is it the private key of this DER certificate? Has one signature made to find out. */
bool token_owns(struct token *t, ike2_bytes certificate, struct problem *why);

/* Has the octets signed and appends the signature, as ike2_job_set_signature wants it, or else says
 * why not. Any thread, but one at a time, and as long as the token takes: seconds, maybe. A session
 * that was lost is opened again. */
bool token_sign(struct token *t, const ike2_sign_task *task, ike2_buffer *out,
                struct problem *why);

#endif
