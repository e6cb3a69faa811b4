/* link.c - the link headers of captures, https://www.tcpdump.org/linktypes.html. */
#include "link.h"

#include "cursor.h"

enum { ETHER_ADDRESSES = 12, COOKED_ADDRESSES = 14, COOKED_2_REST = 18 };
enum { TYPE_IPV4 = 0x0800, TYPE_IPV6 = 0x86dd };
enum { TYPE_VLAN = 0x8100, TYPE_VLAN_SERVICE = 0x88a8, TYPE_VLAN_OLD = 0x9100 };
/* The address family of IPv6 has a number of its own on each system: Linux, NetBSD and OpenBSD,
 * FreeBSD, macOS. */
enum {
    FAMILY_IPV4 = 2,
    FAMILY_LINUX = 10,
    FAMILY_NETBSD = 24,
    FAMILY_FREEBSD = 28,
    FAMILY_MACOS = 30
};

static bool is_vlan(uint16_t type)
{
    return type == TYPE_VLAN || type == TYPE_VLAN_SERVICE || type == TYPE_VLAN_OLD;
}

/* An EtherType, behind as many VLAN tags as there are. */
static enum link_outcome behind_type(struct cursor *c, uint16_t type, ike2_bytes *packet)
{
    while (is_vlan(type) && !c->failed) {
        (void)take_u16(c);
        type = take_u16(c);
    }
    if (c->failed)
        return LINK_SHORT;
    if (type != TYPE_IPV4 && type != TYPE_IPV6)
        return LINK_OTHER;
    *packet = take_rest(c);
    return LINK_IP;
}

/* In the octet order of the machine that has captured, which is not known. */
static uint32_t family_of(uint32_t value)
{
    if (value <= UINT16_MAX)
        return value;
    return value >> 24 | (value >> 8 & 0xff00) | (value & 0xff00) << 8 | value << 24;
}

static enum link_outcome behind_family(struct cursor *c, ike2_bytes *packet)
{
    uint32_t family = family_of(take_u32(c));

    if (c->failed)
        return LINK_SHORT;
    if (family != FAMILY_IPV4 && family != FAMILY_LINUX && family != FAMILY_NETBSD &&
        family != FAMILY_FREEBSD && family != FAMILY_MACOS)
        return LINK_OTHER;
    *packet = take_rest(c);
    return LINK_IP;
}

enum link_outcome link_read(enum link_type link, ike2_bytes frame, ike2_bytes *packet)
{
    struct cursor c = cursor_of(frame);
    uint16_t type;

    switch (link) {
    case LINK_ETHERNET:
        (void)take_bytes(&c, ETHER_ADDRESSES);
        return behind_type(&c, take_u16(&c), packet);
    case LINK_COOKED:
        (void)take_bytes(&c, COOKED_ADDRESSES);
        return behind_type(&c, take_u16(&c), packet);
    case LINK_COOKED_2:
        type = take_u16(&c);
        (void)take_bytes(&c, COOKED_2_REST);
        return behind_type(&c, type, packet);
    case LINK_RAW: *packet = frame; return LINK_IP;
    case LINK_LOOPBACK: return behind_family(&c, packet);
    }
    return LINK_OTHER;
}
