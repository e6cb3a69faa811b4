/* xfrm_inner.h - our addresses inside of tunnels of the kernel: they have no interface of their
 * own, so they lie on the loopback interface, and routes see to it that packets to what is behind a
 * peer come from them. */
#ifndef DATAPLANE_XFRM_INNER_H
#define DATAPLANE_XFRM_INNER_H

#include "dataplane.h"
#include "netlink.h"
#include "xfrm_pair.h"

enum { XFRM_INNER_MAX = 8 };

struct xfrm_inner_address {
    ike2_addr address;
    bool is_ours; /* it was not there before */
};

struct xfrm_inner {
    struct netlink netlink; /* of the loopback interface */
    uint32_t table, mark;
    bool no_routes;
    bool has_rule[2]; /* for IPv4, for IPv6 */
    struct xfrm_inner_address list[XFRM_INNER_MAX];
    size_t n;
    struct xfrm_way *ways; /* routes that we have made */
};

/* False after a fault. */
bool xfrm_inner_init(struct xfrm_inner *s, const struct dataplane_config *config,
                     struct fault *fault);
/* Removes all. A zeroed one is allowed. */
void xfrm_inner_clear(struct xfrm_inner *s);

/* Sets an address, or takes it away, and routes for it. */
bool xfrm_inner_set(struct xfrm_inner *s, const ike2_addr *address, bool present,
                    const struct xfrm_pairs *pairs, struct fault *fault);
/* Pairs have come, gone or moved: those that send have routes, before others lose theirs. */
bool xfrm_inner_refresh(struct xfrm_inner *s, const struct xfrm_pairs *pairs, struct fault *fault);

#endif
