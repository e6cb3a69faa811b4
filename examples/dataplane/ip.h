/* ip.h - what a tunnel looks at in an inner packet: addresses, protocol, ports, its own length.
 * RFC 791, RFC 8200; selectors as RFC 4301 4.4.1.1 has them. Packets are not changed, except for
 * their ECN field: hop limits are the business of the kernel, which routes to and from the TUN
 * interface and counts them down where it forwards (RFC 4301 5.1.2). */
#ifndef DATAPLANE_IP_H
#define DATAPLANE_IP_H

#include <ike2/types.h>

enum { IP_V4_HEADER = 20, IP_V6_HEADER = 40, IP_TOS_ECN = 3 };

/* What a packet has for a port selector to look at. */
enum ip_ports {
    IP_PORTS_OPAQUE, /* none, or they cannot be seen: another protocol, a later fragment */
    IP_PORTS_PAIR,   /* source and destination */
    IP_PORTS_TYPE    /* ICMP type and code, or Mobility Header type: in src_port */
};

struct ip_packet {
    ike2_bytes octets;  /* as long as the packet says it is: what follows is TFC padding */
    size_t header_len;  /* up to the upper layer */
    uint8_t version;    /* 4 or 6 */
    uint8_t tos;        /* or traffic class */
    uint8_t protocol;   /* of the upper layer */
    bool dont_fragment; /* IPv6: always */
    bool is_fragment;   /* but the first one */
    enum ip_ports ports;
    uint16_t src_port, dst_port;
    uint8_t src[16], dst[16]; /* IPv4 in the first four octets */
};

/* False if it is no whole packet. */
bool ip_parse(ike2_bytes octets, struct ip_packet *out);

/* RFC 6040 4.2: gives the inner packet at `octets`, which was parsed as `packet`, the congestion
 * mark of the outer header. False: it has to be dropped. */
bool ip_take_ecn(uint8_t *octets, const struct ip_packet *packet, uint8_t outer_tos);

/* The Internet checksum, RFC 1071, of octets that follow those summed up before. */
uint32_t ip_sum(uint32_t before, const uint8_t *octets, size_t len);
uint16_t ip_sum_end(uint32_t sum);

#endif
