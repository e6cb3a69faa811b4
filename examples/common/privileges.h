/* privileges.h - what the process may do once its sockets and devices are open. */
#ifndef COMMON_PRIVILEGES_H
#define COMMON_PRIVILEGES_H

#include <stdbool.h>

#include "problem.h"

/* Gives up all capabilities but CAP_NET_ADMIN, and that one too unless `routes`: a data plane makes
 * routes for each Child SA. No program that this one starts can get any back, and no core is
 * dumped. Before threads are made. */
bool privileges_drop(bool routes, struct problem *why);

#endif
