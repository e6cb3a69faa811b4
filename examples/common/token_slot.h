/* token_slot.h - where a token is: the PKCS#11 modules of this machine (or one), and the slot that
 * a URI of RFC 7512 means. */
#ifndef COMMON_TOKEN_SLOT_H
#define COMMON_TOKEN_SLOT_H

#include <stdbool.h>

#include <p11-kit/p11-kit.h>
#include <p11-kit/uri.h>

#include "problem.h"

struct token_slot {
    P11KitUri *uri;
    char text[256];             /* the URI up to its query, for people; cut to fit */
    CK_FUNCTION_LIST *one[2];    /* of module-path, */
    CK_FUNCTION_LIST **modules;  /* or else all that p11-kit is configured for */
    CK_FUNCTION_LIST *module;    /* after token_slot_find: whose the slot is */
    CK_SLOT_ID id;
    CK_TOKEN_INFO info;
};

/* Reads the URI and loads modules. On failure there is nothing to be closed. */
bool token_slot_open(struct token_slot *s, const char *uri, struct problem *why);
/* The one token that fits, now: a token that is put in again may be in another slot. */
bool token_slot_find(struct token_slot *s, struct problem *why);
/* The module's sessions are over with it. A zeroed slot is allowed. */
void token_slot_close(struct token_slot *s);

#endif
