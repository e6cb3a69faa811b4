/* sim/net.h - the network between the sides: datagrams in flight, which it may lose, duplicate,
 * delay, and so put out of order, and NATs that rewrite source addresses. A seed decides. */
#ifndef SIM_NET_H
#define SIM_NET_H

#include <ike2/types.h>

#include "base/list.h"
#include "sim/dice.h"

enum { NET_NATS = 16, NAT_BINDINGS = 16 };

/* One datagram in flight; on the wire it has two addresses and nothing else. A packet of a data
 * plane (sim/traffic.h) is one, too; without UDP its ports are 0. */
struct packet {
    struct list_node node;
    ike2_addr from, to;
    ike2_time at;    /* when it arrives */
    uint64_t number; /* in the ladder */
    bool is_copy;    /* the network has doubled it */
    size_t len;
    uint8_t octets[];
};

/* A NAT in front of `inside`: each of its ports gets a port of `outside`. */
struct nat_box {
    bool is_on;
    ike2_addr inside, outside; /* ports are not looked at */
    uint16_t first_port;       /* of the bindings; 0 = ports are kept, the address is not */
    uint16_t ports[NAT_BINDINGS]; /* inside ports; their index is the binding */
    size_t n_bindings;
};

/* The packets of data planes have dice and counters of their own: what becomes of IKE does not
 * depend on how much traffic there is. Neither `is_held` nor the tap are about them. */
struct net_esp {
    struct list flying;
    struct dice dice;
    uint64_t n_sent, n_lost; /* duplicates included */
};

struct ladder;

struct net {
    struct list flying;
    struct ladder *ladder; /* what happens is drawn there; NULL = nowhere */
    struct dice dice;
    struct net_esp esp;
    uint32_t loss_percent, duplicate_percent;
    uint32_t delay_ms, jitter_ms; /* each datagram takes delay + up to jitter */
    bool is_held;                 /* nothing arrives by itself: the test delivers */
    struct nat_box nats[NET_NATS];
    /* Looks at each datagram as it is sent, before its fate is drawn, and may change its octets,
     * not their number; false: it is lost. NULL = none. */
    bool (*tap)(void *user, struct packet *p);
    void *tap_user;
    uint64_t n_sent, n_lost;
    uint64_t transcript; /* a hash of all that was sent and has arrived, and when */
};

void net_init(struct net *net, uint64_t seed);
void net_clear(struct net *net);
/* Sends a datagram; also how a test injects one. */
void net_send(struct net *net, ike2_time now, const ike2_addr *from, const ike2_addr *to,
              ike2_bytes octets);
/* The same for a packet of a data plane. */
void net_send_esp(struct net *net, ike2_time now, const ike2_addr *from, const ike2_addr *to,
                  ike2_bytes octets);
/* When the next one of either kind arrives, or IKE2_TIME_NEVER. */
ike2_time net_next(const struct net *net);
/* The next one that arrives, taken out; released by free(). NULL: none until `now`. */
struct packet *net_take(struct net *net, ike2_time now);
struct packet *net_take_esp(struct net *net, ike2_time now);
/* The oldest one on its way to this address; NULL: there is none. It stays in flight. */
struct packet *net_peek(const struct net *net, const ike2_addr *to);
void net_remove(struct net *net, struct packet *p);
/* From now on the inside of nat 0 or 1 gets new ports: the NAT has been restarted. */
void net_rebind(struct net *net, size_t nat, uint16_t first_port);
void net_note(struct net *net, ike2_time now, uint64_t kind, ike2_bytes octets);
bool net_same_ip(const ike2_addr *a, const ike2_addr *b);

#endif
