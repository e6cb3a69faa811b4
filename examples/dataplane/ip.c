#include "ip.h"

#include <string.h>

#include "octets.h"

enum {
    PROTO_HOP_BY_HOP = 0,
    PROTO_ICMP = 1,
    PROTO_TCP = 6,
    PROTO_UDP = 17,
    PROTO_DCCP = 33,
    PROTO_ROUTING = 43,
    PROTO_FRAGMENT = 44,
    PROTO_ICMPV6 = 58,
    PROTO_DESTINATION = 60,
    PROTO_SCTP = 132,
    PROTO_MOBILITY = 135,
    PROTO_UDPLITE = 136
};

/* More of them than anybody sends; whoever does hides his ports. */
enum { EXTENSIONS_MAX = 8 };

enum { ECN_NOT_ECT = 0, ECN_ECT1 = 1, ECN_CE = 3 };

/* --- The upper layer -------------------------------------------------------------------- */

static void parse_ports(struct ip_packet *p)
{
    const uint8_t *at = p->octets.ptr + p->header_len;
    size_t left = p->octets.len - p->header_len;

    p->ports = IP_PORTS_OPAQUE;
    if (p->is_fragment || left < 4)
        return;
    switch (p->protocol) {
    case PROTO_TCP:
    case PROTO_UDP:
    case PROTO_DCCP:
    case PROTO_SCTP:
    case PROTO_UDPLITE:
        p->ports = IP_PORTS_PAIR;
        p->src_port = get_u16(at);
        p->dst_port = get_u16(at + 2);
        break;
    case PROTO_ICMP:
    case PROTO_ICMPV6:
        /* RFC 7296 3.13.1: type, then code, as one number. */
        p->ports = IP_PORTS_TYPE;
        p->src_port = get_u16(at);
        break;
    case PROTO_MOBILITY:
        /* RFC 6275 6.1.1: the type is the third octet. */
        p->ports = IP_PORTS_TYPE;
        p->src_port = (uint16_t)(at[2] << 8);
        break;
    default: break;
    }
}

/* --- Headers ---------------------------------------------------------------------------- */

static bool parse_v4(ike2_bytes octets, struct ip_packet *out)
{
    const uint8_t *at = octets.ptr;
    struct ip_packet p = { .version = 4 };
    size_t total;

    if (octets.len < IP_V4_HEADER)
        return false;
    p.header_len = (size_t)(at[0] & 0x0f) * 4;
    total = get_u16(at + 2);
    if (p.header_len < IP_V4_HEADER || total < p.header_len || total > octets.len)
        return false;
    p.octets = (ike2_bytes){ .ptr = at, .len = total };
    p.tos = at[1];
    p.dont_fragment = (at[6] & 0x40) != 0;
    p.is_fragment = (get_u16(at + 6) & 0x1fff) != 0;
    p.protocol = at[9];
    memcpy(p.src, at + 12, 4);
    memcpy(p.dst, at + 16, 4);
    parse_ports(&p);
    *out = p;
    return true;
}

/* Steps over one extension header. False if there is none, or it is cut off: then the upper layer
 * is what has been reached. */
static bool skip_extension(struct ip_packet *p)
{
    const uint8_t *at = p->octets.ptr + p->header_len;
    size_t left = p->octets.len - p->header_len;
    size_t len = 8;

    if (p->is_fragment || left < len)
        return false;
    switch (p->protocol) {
    case PROTO_HOP_BY_HOP:
    case PROTO_ROUTING:
    case PROTO_DESTINATION: len = ((size_t)at[1] + 1) * 8; break;
    case PROTO_FRAGMENT: p->is_fragment = (get_u16(at + 2) & 0xfff8) != 0; break;
    default: return false;
    }
    if (len > left)
        return false;
    p->protocol = at[0];
    p->header_len += len;
    return true;
}

static bool parse_v6(ike2_bytes octets, struct ip_packet *out)
{
    const uint8_t *at = octets.ptr;
    struct ip_packet p = { .version = 6, .dont_fragment = true, .header_len = IP_V6_HEADER };
    size_t total;

    if (octets.len < IP_V6_HEADER)
        return false;
    total = IP_V6_HEADER + (size_t)get_u16(at + 4);
    if (total > octets.len)
        return false;
    p.octets = (ike2_bytes){ .ptr = at, .len = total };
    p.tos = (uint8_t)(get_u16(at) >> 4);
    p.protocol = at[6];
    memcpy(p.src, at + 8, 16);
    memcpy(p.dst, at + 24, 16);
    for (int i = 0; i < EXTENSIONS_MAX && skip_extension(&p); i++)
        continue;
    parse_ports(&p);
    *out = p;
    return true;
}

bool ip_parse(ike2_bytes octets, struct ip_packet *out)
{
    if (octets.len == 0)
        return false;
    if (octets.ptr[0] >> 4 == 4)
        return parse_v4(octets, out);
    return octets.ptr[0] >> 4 == 6 && parse_v6(octets, out);
}

/* --- ECN ---------------------------------------------------------------------------------- */

/* RFC 1624: the checksum of an IPv4 header, one of whose words has changed. */
static void update_checksum(uint8_t *octets, uint16_t before, uint16_t after)
{
    uint32_t sum = (uint16_t)~get_u16(octets + 10);

    sum += (uint16_t)~before;
    sum += after;
    put_u16(octets + 10, ip_sum_end(sum));
}

static void set_tos(uint8_t *octets, uint8_t version, uint8_t tos)
{
    uint16_t before = get_u16(octets);

    if (version == 4) {
        octets[1] = tos;
        update_checksum(octets, before, get_u16(octets));
    } else {
        put_u16(octets, (uint16_t)((before & 0xf00f) | (unsigned)tos << 4));
    }
}

bool ip_take_ecn(uint8_t *octets, const struct ip_packet *packet, uint8_t outer_tos)
{
    uint8_t inner = packet->tos & IP_TOS_ECN;
    uint8_t outer = outer_tos & IP_TOS_ECN;

    /* RFC 6040 4.2: who does not know ECN only understands loss. */
    if (inner == ECN_NOT_ECT)
        return outer != ECN_CE;
    /* The more severe mark of both: CE, ECT(1), ECT(0). */
    if (outer == ECN_CE || (outer == ECN_ECT1 && inner != ECN_CE))
        set_tos(octets, packet->version, (uint8_t)((packet->tos & ~IP_TOS_ECN) | outer));
    return true;
}

/* --- Checksums ---------------------------------------------------------------------------- */

uint32_t ip_sum(uint32_t before, const uint8_t *octets, size_t len)
{
    uint64_t sum = before;
    size_t i;

    for (i = 0; i + 1 < len; i += 2)
        sum += get_u16(octets + i);
    if (i < len)
        sum += (uint64_t)octets[i] << 8;
    while (sum > UINT16_MAX)
        sum = (sum >> 16) + (sum & UINT16_MAX);
    return (uint32_t)sum;
}

uint16_t ip_sum_end(uint32_t sum)
{
    while (sum > UINT16_MAX)
        sum = (sum >> 16) + (sum & UINT16_MAX);
    return (uint16_t)~sum;
}
