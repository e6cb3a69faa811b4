/* icmp.h - the answer to a packet that is too large for its tunnel: ICMP "fragmentation needed",
 * RFC 1191, or ICMPv6 "packet too big", RFC 4443 3.2; RFC 4301 8.2.1. */
#ifndef DATAPLANE_ICMP_H
#define DATAPLANE_ICMP_H

#include "ip.h"

/* Room for any answer: nothing is larger than the smallest MTU of IPv6. */
enum { ICMP_ROOM = 1280 };

/* Writes the whole answer, which says that `mtu` fits. It comes from where the packet was to go:
 * the tunnel has no address of its own for certain. False if nobody must be told. */
bool icmp_too_big(const struct ip_packet *packet, uint16_t mtu, ike2_buffer *out);

/* RFC 4443 2.4 (f): errors are limited; here to a burst of 50 and 100 a second. */
struct icmp_limit {
    ike2_time at;  /* when it was filled last */
    uint32_t used; /* of the burst */
};
/* May one be sent now? */
bool icmp_take(struct icmp_limit *l, ike2_time now);

#endif
