/* selector.h - does a packet belong to a Child SA? RFC 4301 4.4.1.1, RFC 7296 3.13.1. */
#ifndef DATAPLANE_SELECTOR_H
#define DATAPLANE_SELECTOR_H

#include "ip.h"
#include "prefix.h"

/* A packet as seen from our side of the tunnel. It views the packet. */
struct flow {
    uint8_t family, protocol;
    enum ip_ports ports;
    bool is_outbound;
    const uint8_t *local, *remote;
    uint16_t local_port, remote_port; /* IP_PORTS_PAIR */
    uint16_t type;                    /* IP_PORTS_TYPE */
};
struct flow flow_of(const struct ip_packet *packet, bool is_outbound);

/* Does one selector of ours, or of the peer's, cover the packet? */
bool selector_fits_local(const ike2_ts *ts, const struct flow *f);
bool selector_fits_remote(const ike2_ts *ts, const struct flow *f);

/* Is `a` more specific than `b`, where both fit a packet? By protocol, ports, addresses, in this
 * order. */
bool selector_is_closer(const ike2_ts *a, const ike2_ts *b);

/* Is the address in the selector's range? */
bool selector_has_ip(const ike2_ts *ts, uint8_t family, const uint8_t *ip);

/* The selectors of a Child SA, as copies. */
struct selectors {
    ike2_ts *local, *remote; /* one block */
    size_t n_local, n_remote;
};
/* False without memory. */
bool selectors_copy(struct selectors *s, const ike2_ts *local, size_t n_local,
                    const ike2_ts *remote, size_t n_remote);
void selectors_clear(struct selectors *s);
/* The most specific selector of ours that fits, or NULL. */
const ike2_ts *selectors_local(const struct selectors *s, const struct flow *f);
/* Does the Child SA carry the packet? One selector of each side has to fit. */
bool selectors_fit(const struct selectors *s, const struct flow *f);

#endif
