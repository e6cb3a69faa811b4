/* reach.h - which addresses a URL of somebody else's may lead us to. */
#ifndef COMMON_REACH_H
#define COMMON_REACH_H

#include <stdbool.h>
#include <sys/socket.h>

#include "value.h"

/* Not this machine's own, not those of its link, not many at once: loopback, link-local and
 * multicast addresses, and what has no host (RFC 6890), unless it is in one of `networks`. */
bool reach_is_allowed(const struct sockaddr *address, const struct selectors *networks);

#endif
