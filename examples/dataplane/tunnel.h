/* tunnel.h - ESP in UDP between pairs and a host's interface, without the interface: packets go in
 * and come out by functions. RFC 4301 5, RFC 4303 3.3 and 3.4, RFC 3948. */
#ifndef DATAPLANE_TUNNEL_H
#define DATAPLANE_TUNNEL_H

#include "icmp.h"
#include "route.h"

/* The largest IP packet, and the largest UDP payload. */
enum { TUNNEL_ROOM = 65536 };

struct tunnel_config {
    struct dataplane_host host;
    /* Hands an inner packet to the host's stack; false if it does not take it. */
    bool (*deliver)(void *user, ike2_bytes packet);
    /* As in routes_config; with no function the host makes routes itself. */
    bool (*changed)(void *user, const struct prefix *prefix, bool present);
    void *user;                   /* first argument of both; that of `host` is another */
    uint16_t path_mtu;            /* of outer packets */
    bool may_loop;                /* the host keeps its datagrams out of the tunnel */
    bool copy_tos, follow_source; /* as in dataplane_config */
};

struct tunnel {
    struct tunnel_config config;
    struct pairs pairs;
    struct routes routes;
    struct icmp_limit limit;
    struct dataplane_counts counts;
    uint8_t in[TUNNEL_ROOM], out[TUNNEL_ROOM]; /* the packet in hand, of either direction */
};

/* False after a fault. */
bool tunnel_init(struct tunnel *t, const struct tunnel_config *config, struct fault *fault);
/* Forgets pairs and routes, without a word to anybody. */
void tunnel_clear(struct tunnel *t);

/* The operations of a lane. */
bool tunnel_install(struct tunnel *t, const ike2_pair *pair, struct fault *fault);
bool tunnel_switch(struct tunnel *t, const ike2_pair *pair, struct fault *fault);
/* From now on the pair sends elsewhere: RFC 7296 2.23, RFC 4555. */
bool tunnel_move(struct tunnel *t, const ike2_pair *pair, struct fault *fault);
bool tunnel_remove(struct tunnel *t, const ike2_pair *pair, uint8_t halves, struct fault *fault);

/* An inner packet that the host's stack routed here. */
void tunnel_outbound(struct tunnel *t, ike2_time now, ike2_bytes packet);
/* A UDP payload with ESP, as it came in. */
struct tunnel_datagram {
    ike2_time at;
    ike2_path path;
    uint8_t tos; /* of the outer header */
    ike2_bytes octets;
};
void tunnel_inbound(struct tunnel *t, const struct tunnel_datagram *in);

bool tunnel_stats(const struct tunnel *t, uint32_t spi_in, struct dataplane_counts *out);

#endif
