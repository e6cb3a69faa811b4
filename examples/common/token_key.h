/* token_key.h - the one private key that a URI means, in a session that is logged in, and what it
 * can do. */
#ifndef COMMON_TOKEN_KEY_H
#define COMMON_TOKEN_KEY_H

#include "token_scheme.h"
#include "token_slot.h"

/* Several that fit, or none, are a mistake. */
bool token_key_find(const struct token_slot *s, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *out,
                    struct problem *why);

/* The schemes that both key and token know, best first: at least one. */
bool token_key_schemes(const struct token_slot *s, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key,
                       uint16_t schemes[TOKEN_SCHEMES], size_t *n, struct problem *why);

#endif
