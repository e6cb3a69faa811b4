/* In the place of the other files of this name where p11-kit is missing: no token is ever opened,
 * so that nobody has one. */
#include "token.h"

#include <stddef.h>

bool token_open(const char *uri, const char *pin_file, const ike2_crypto *crypto,
                struct token **out, struct problem *why)
{
    (void)pin_file;
    (void)crypto;
    (void)out;
    problem_set(why, "%.*s: this program was built without PKCS#11: build it with p11-kit and "
                     "IKE2_PKCS11=ON, or name a file", (int)strcspn(uri, "?"), uri);
    return false;
}

struct token *token_ref(struct token *t)
{
    return t;
}

void token_close(struct token *t)
{
    (void)t;
}

const uint16_t *token_schemes(const struct token *t, size_t *n)
{
    (void)t;
    *n = 0;
    return NULL;
}

bool token_owns(struct token *t, ike2_bytes certificate, struct problem *why)
{
    (void)t;
    (void)certificate;
    (void)why;
    return false;
}

bool token_sign(struct token *t, const ike2_sign_task *task, ike2_buffer *out, struct problem *why)
{
    (void)t;
    (void)task;
    (void)out;
    (void)why;
    return false;
}
