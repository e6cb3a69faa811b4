/* udp.c - the UDP header. RFC 768. The checksum is not looked at, see ip.h. */
#include "udp.h"

#include "cursor.h"

enum { UDP_HEADER = 8 };

bool udp_read(ike2_bytes octets, bool is_cut, struct udp_datagram *out)
{
    struct cursor c = cursor_of(octets);
    struct udp_datagram d = { .src = take_u16(&c) };
    size_t len;

    d.dst = take_u16(&c);
    len = take_u16(&c);
    (void)take_u16(&c);
    if (c.failed || len < UDP_HEADER)
        return false;
    len -= UDP_HEADER;
    if (len > c.left && !is_cut)
        return false;
    d.is_cut = len > c.left;
    d.payload = take_bytes(&c, len < c.left ? len : c.left);
    *out = d;
    return true;
}
