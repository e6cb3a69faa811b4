/* netlink.h - what the kernel is told about one interface: that it is up, its MTU, addresses and
 * routes. By rtnetlink; each call waits for the kernel's answer, which comes at once. */
#ifndef DATAPLANE_NETLINK_H
#define DATAPLANE_NETLINK_H

#include "fault.h"
#include "prefix.h"

struct talk;

struct netlink {
    struct talk *talk;
    unsigned index; /* of the interface */
};

/* In the network namespace of the moment, where it stays. */
bool netlink_open(struct netlink *n, const char *interface_name, struct fault *fault);
/* Closing twice, or what is zero, is allowed. */
void netlink_close(struct netlink *n);

bool netlink_up(struct netlink *n, uint16_t mtu, struct fault *fault);
/* An address of the interface alone: no route comes with it. */
bool netlink_address(struct netlink *n, const ike2_addr *address, bool present,
                     struct fault *fault);
/* A route through the interface; `table` 0 is the main one. */
bool netlink_route(struct netlink *n, const struct prefix *to, uint32_t table, bool present,
                   struct fault *fault);
/* The same through another interface, with an address of ours for what has none yet. */
struct netlink_way {
    const struct prefix *to;
    unsigned index;
    const ike2_addr *source; /* NULL = as the kernel likes */
    uint32_t table;
};
bool netlink_route_by(struct netlink *n, const struct netlink_way *way, bool present,
                      struct fault *fault);
/* The interface that packets with `mark` leave by, or 0. */
unsigned netlink_way_to(struct netlink *n, const ike2_addr *to, uint32_t mark);
/* A rule: what does not carry `mark` is looked up in `table`. */
bool netlink_rule(struct netlink *n, uint8_t family, uint32_t mark, uint32_t table, bool present,
                  struct fault *fault);

#endif
