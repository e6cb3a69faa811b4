#include "icmp.h"

#include <string.h>

#include "octets.h"

enum {
    ICMP_HEADER = 8,
    PROTO_ICMP = 1,
    PROTO_ICMPV6 = 58,
    /* RFC 1812 4.3.2.3: as much of the packet as fits. */
    ERROR_MAX_V4 = 576,
    BURST = 50,
    REFILL_MS = 10
};

/* RFC 1122 3.2.2, RFC 4443 2.4 (e): no error about an error, nor to a group or to nobody. */
static bool may_answer_v4(const struct ip_packet *p)
{
    const uint8_t *at = p->octets.ptr + p->header_len;
    bool is_icmp = p->protocol == PROTO_ICMP && p->octets.len > p->header_len;
    /* Echo, timestamp, information, mask: all others are errors, or about routers. */
    bool is_query = is_icmp && (at[0] == 0 || at[0] == 8 || (at[0] >= 13 && at[0] <= 18));

    if (p->is_fragment || (p->protocol == PROTO_ICMP && !is_query))
        return false;
    return p->dst[0] < 224 && p->src[0] < 224 && p->src[0] != 0 && p->src[0] != 127;
}

static bool may_answer_v6(const struct ip_packet *p)
{
    static const uint8_t unspecified[16] = { 0 };
    const uint8_t *at = p->octets.ptr + p->header_len;

    if (p->protocol == PROTO_ICMPV6 && (p->octets.len == p->header_len || at[0] < 128))
        return false;
    return p->dst[0] != 0xff && p->src[0] != 0xff && memcmp(p->src, unspecified, 16) != 0;
}

static void write_v4(const struct ip_packet *p, uint16_t mtu, uint8_t *at, size_t total)
{
    uint8_t *icmp = at + IP_V4_HEADER;

    at[0] = 0x45;
    put_u16(at + 2, (uint16_t)total);
    at[8] = 64; /* TTL */
    at[9] = PROTO_ICMP;
    memcpy(at + 12, p->dst, 4);
    memcpy(at + 16, p->src, 4);
    put_u16(at + 10, ip_sum_end(ip_sum(0, at, IP_V4_HEADER)));

    icmp[0] = 3; /* destination unreachable: */
    icmp[1] = 4; /* fragmentation needed and DF set */
    put_u16(icmp + 6, mtu);
    memcpy(icmp + ICMP_HEADER, p->octets.ptr, total - IP_V4_HEADER - ICMP_HEADER);
    put_u16(icmp + 2, ip_sum_end(ip_sum(0, icmp, total - IP_V4_HEADER)));
}

static void write_v6(const struct ip_packet *p, uint16_t mtu, uint8_t *at, size_t total)
{
    uint8_t *icmp = at + IP_V6_HEADER;
    uint16_t len = (uint16_t)(total - IP_V6_HEADER);
    uint32_t sum;

    at[0] = 0x60;
    put_u16(at + 4, len);
    at[6] = PROTO_ICMPV6;
    at[7] = 64; /* hop limit */
    memcpy(at + 8, p->dst, 16);
    memcpy(at + 24, p->src, 16);

    icmp[0] = 2; /* packet too big */
    put_u32(icmp + 4, mtu);
    memcpy(icmp + ICMP_HEADER, p->octets.ptr, (size_t)len - ICMP_HEADER);
    /* RFC 8200 8.1: the pseudo-header is addresses, length and protocol. */
    sum = ip_sum((uint32_t)len + PROTO_ICMPV6, at + 8, 32);
    put_u16(icmp + 2, ip_sum_end(ip_sum(sum, icmp, len)));
}

bool icmp_too_big(const struct ip_packet *packet, uint16_t mtu, ike2_buffer *out)
{
    bool v4 = packet->version == 4;
    size_t head = ICMP_HEADER + (size_t)(v4 ? IP_V4_HEADER : IP_V6_HEADER);
    size_t total = head + packet->octets.len;
    size_t most = v4 ? ERROR_MAX_V4 : ICMP_ROOM;

    if (!(v4 ? may_answer_v4(packet) : may_answer_v6(packet)))
        return false;
    total = total < most ? total : most;
    if (out->cap < total)
        return false;
    memset(out->ptr, 0, head);
    if (v4)
        write_v4(packet, mtu, out->ptr, total);
    else
        write_v6(packet, mtu, out->ptr, total);
    out->len = total;
    return true;
}

bool icmp_take(struct icmp_limit *l, ike2_time now)
{
    uint64_t refill = now > l->at ? (now - l->at) / REFILL_MS : 0;

    if (refill != 0) {
        l->used = refill < l->used ? l->used - (uint32_t)refill : 0;
        l->at = now;
    }
    if (l->used >= BURST)
        return false;
    l->used++;
    return true;
}
