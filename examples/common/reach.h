/* reach.h - which addresses a URL of somebody else's may lead us to. */
#ifndef COMMON_REACH_H
#define COMMON_REACH_H

#include <stdbool.h>
#include <sys/socket.h>

#include "value.h"

/* Whose URL it is. */
enum reach {
    REACH_PROVEN,  /* a CA's, in the certificate of somebody who has proven to be it */
    REACH_STRANGER /* of somebody who has proven nothing */
};

/* Not this machine's own, not those of its link, not many at once: loopback, link-local and
 * multicast addresses, and what has no host (RFC 6890); for strangers no private networks either
 * (RFC 1918, RFC 4193, RFC 6598): unless it is in one of `networks`. */
bool reach_is_allowed(const struct sockaddr *address, enum reach reach,
                      const struct selectors *networks);

#endif
