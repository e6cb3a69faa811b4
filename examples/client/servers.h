/* servers.h - where the server may be found: an address, or all that a name stands for. */
#ifndef CLIENT_SERVERS_H
#define CLIENT_SERVERS_H

#include <uv.h>

#include <ike2/types.h>

#include "common/problem.h"

enum { SERVERS_MAX = 8 };

struct servers_found {
    ike2_addr list[SERVERS_MAX];
    size_t n; /* 0 = none: `why` says why */
    struct problem why;
};

struct servers {
    const char *host; /* as it was given */
    ike2_addr list[SERVERS_MAX];
    size_t n, at; /* `at`: the one that is tried */
    bool is_last; /* there is no time for those behind it */
    /* A look-up under way. */
    uv_work_t work;
    struct servers_found found;
    void (*done)(void *user);
    void *user;
};

/* Asks the resolver and waits for it. */
bool servers_find(struct servers *s, struct problem *why);
/* Asks it on another thread; then `found` has the answer, and `done` is called from the loop. One
 * at a time. */
void servers_look_up(struct servers *s, uv_loop_t *loop, void (*done)(void *user), void *user);
/* What was found becomes the list; what was not found leaves it as it is. */
void servers_take(struct servers *s);

bool servers_have(const struct servers *s, uint8_t family);

#endif
