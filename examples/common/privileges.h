/* privileges.h - what the process may do once its sockets and devices are open. */
#ifndef COMMON_PRIVILEGES_H
#define COMMON_PRIVILEGES_H

#include <stdbool.h>

#include "problem.h"

/* Which capabilities are kept. */
enum privileges {
    PRIVILEGES_NONE,
    PRIVILEGES_ROUTES, /* CAP_NET_ADMIN: a data plane makes routes for each Child SA */
    PRIVILEGES_SCRIPT  /* the same, and programs that this one starts have it, too */
};

/* Gives up all others. No program that this one starts can get any back, and no core is dumped.
 * Before threads are made. */
bool privileges_drop(enum privileges keep, struct problem *why);

#endif
