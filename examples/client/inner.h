/* inner.h - our addresses inside of the tunnel: those asked for, or those that the server's
 * selectors leave us. */
#ifndef CLIENT_INNER_H
#define CLIENT_INNER_H

#include "common/plane.h"
#include "options.h"

struct inner {
    ike2_addr list[ADDRESSES_MAX];
    size_t n;
};

/* Which they are. False if the server's selectors have no place for one that was asked for. */
bool inner_choose(const struct options *o, const ike2_pair *pair, struct inner *out,
                  struct problem *why);
/* Gives them to the data plane, as far as it has a use for addresses. */
bool inner_set(const struct inner *inner, struct plane *plane, struct problem *why);

#endif
