/* ip.c - IPv4 with options, IPv6 with extension headers. RFC 791 3.1; RFC 8200 3, 4. */
#include "ip.h"

#include <string.h>

#include "cursor.h"

enum { V4_HEADER = 20, V6_HEADER = 40, UNIT = 8 };
enum {
    EXT_HOP_BY_HOP = 0,
    EXT_ROUTING = 43,
    EXT_FRAGMENT = 44,
    EXT_AUTHENTICATION = 51,
    EXT_DESTINATION = 60,
    EXT_MOBILITY = 135,
    EXT_HIP = 139,
    EXT_SHIM6 = 140
};

static ike2_addr address(uint8_t family, ike2_bytes octets)
{
    ike2_addr a = { .family = family };

    if (octets.len != 0)
        memcpy(a.ip, octets.ptr, octets.len);
    return a;
}

/* What the packet has behind its headers. `len` is what the header says. */
static enum ip_outcome payload_take(struct cursor *c, size_t len, struct ip_packet *p)
{
    if (len > c->left && !p->is_cut)
        return IP_MALFORMED;
    /* Without a cut in here, it was in the padding behind the packet. */
    p->is_cut = len > c->left;
    p->payload = take_bytes(c, len < c->left ? len : c->left);
    return IP_OK;
}

/* A fragment but the last ends at a multiple of eight octets, RFC 791 3.2, RFC 8200 4.5. */
static enum ip_outcome fragment_check(const struct ip_packet *p)
{
    if (p->is_fragment && p->has_more && !p->is_cut && p->payload.len % UNIT != 0)
        return IP_MALFORMED;
    return IP_OK;
}

static enum ip_outcome v4_read(struct cursor *c, struct ip_packet *p)
{
    size_t header = (size_t)(take_u8(c) & 0x0f) * 4;
    size_t total;
    uint16_t place;

    if (header < V4_HEADER)
        return IP_MALFORMED;
    (void)take_u8(c);
    total = take_u16(c);
    p->id = take_u16(c);
    place = take_u16(c);
    (void)take_u8(c);
    p->protocol = take_u8(c);
    (void)take_u16(c);
    p->src = address(4, take_bytes(c, 4));
    p->dst = address(4, take_bytes(c, 4));
    (void)take_bytes(c, header - V4_HEADER);
    if (c->failed)
        return IP_SHORT;
    p->has_more = (place & 0x2000) != 0;
    p->offset = (size_t)(place & 0x1fff) * UNIT;
    p->is_fragment = p->has_more || p->offset != 0;
    /* The network card will fill in the length when it cuts a large segment into packets. */
    if (total == 0)
        total = header + c->left;
    if (total < header || payload_take(c, total - header, p) != IP_OK)
        return IP_MALFORMED;
    return fragment_check(p);
}

static enum ip_outcome v6_read(struct cursor *c, struct ip_packet *p)
{
    size_t len;

    (void)take_u32(c);
    len = take_u16(c);
    p->protocol = take_u8(c);
    (void)take_u8(c);
    p->src = address(6, take_bytes(c, 16));
    p->dst = address(6, take_bytes(c, 16));
    if (c->failed)
        return IP_SHORT;
    if (payload_take(c, len, p) != IP_OK)
        return IP_MALFORMED;
    return ip_extensions(p);
}

enum ip_outcome ip_read(ike2_bytes octets, bool is_cut, struct ip_packet *out)
{
    struct cursor c = cursor_of(octets);
    struct ip_packet p = { .is_cut = is_cut };
    enum ip_outcome outcome;

    if (octets.len == 0)
        return is_cut ? IP_SHORT : IP_MALFORMED;
    switch (octets.ptr[0] >> 4) {
    case 4: outcome = v4_read(&c, &p); break;
    case 6: outcome = v6_read(&c, &p); break;
    default: return IP_MALFORMED;
    }
    if (outcome == IP_SHORT && !is_cut)
        return IP_MALFORMED;
    if (outcome == IP_OK)
        *out = p;
    return outcome;
}

static bool is_extension(uint8_t protocol)
{
    switch (protocol) {
    case EXT_HOP_BY_HOP:
    case EXT_ROUTING:
    case EXT_FRAGMENT:
    case EXT_AUTHENTICATION:
    case EXT_DESTINATION:
    case EXT_MOBILITY:
    case EXT_HIP:
    case EXT_SHIM6: return true;
    default: return false;
    }
}

/* RFC 8200 4.5; behind it comes a piece of the rest. */
static void fragment_header(struct cursor *c, struct ip_packet *p)
{
    uint16_t place;

    (void)take_u8(c);
    place = take_u16(c);
    p->id = take_u32(c);
    p->has_more = (place & 1) != 0;
    p->offset = place & 0xfff8;
    /* RFC 6946 4: a fragment that is the whole is one for itself. */
    p->is_fragment = p->has_more || p->offset != 0;
}

/* Behind the Next Header field. RFC 4302 2.2: AH alone counts in units of four. */
static void other_header(struct cursor *c, uint8_t protocol)
{
    size_t units = take_u8(c);

    if (protocol == EXT_AUTHENTICATION)
        (void)take_bytes(c, (units + 2) * 4 - 2);
    else
        (void)take_bytes(c, (units + 1) * UNIT - 2);
}

enum ip_outcome ip_extensions(struct ip_packet *p)
{
    struct cursor c = cursor_of(p->payload);

    if (p->src.family != 6)
        return IP_OK;
    while (!p->is_fragment && is_extension(p->protocol)) {
        uint8_t next = take_u8(&c);

        if (p->protocol == EXT_FRAGMENT)
            fragment_header(&c, p);
        else
            other_header(&c, p->protocol);
        if (c.failed)
            return p->is_cut ? IP_SHORT : IP_MALFORMED;
        p->protocol = next;
    }
    p->payload = take_rest(&c);
    return fragment_check(p);
}
