/* inner.h - our addresses inside of the tunnel: those given by hand, those that the server has
 * assigned, or those that its selectors leave us. */
#ifndef CLIENT_INNER_H
#define CLIENT_INNER_H

#include "assigned.h"
#include "common/plane.h"
#include "options.h"

struct inner {
    ike2_addr list[ADDRESSES_MAX];
    size_t n;
};

/* Which they are. False if the server's selectors have no place for one that was asked for. */
bool inner_choose(const struct options *o, const ike2_pair *pair, struct inner *out,
                  struct problem *why);
/* Those that the server has assigned. False if its selectors have no place for any. */
bool inner_take(const struct assigned *a, const ike2_pair *pair, struct inner *out,
                struct problem *why);
/* Gives them to the data plane, as far as it has a use for addresses, in the place of those that it
 * has: `*now`, which becomes what it has then. */
bool inner_set(const struct inner *next, struct inner *now, struct plane *plane,
               struct problem *why);

#endif
