/* tcp.c - the TCP header. RFC 9293 3.1. The checksum is not looked at, see ip.h. */
#include "tcp.h"

#include "cursor.h"

enum { TCP_HEADER = 20, FLAG_SYN = 0x02 };

bool tcp_read(ike2_bytes octets, bool is_cut, struct tcp_segment *out)
{
    struct cursor c = cursor_of(octets);
    struct tcp_segment s = { .src = take_u16(&c), .is_cut = is_cut };
    size_t header;

    s.dst = take_u16(&c);
    s.sequence = take_u32(&c);
    (void)take_u32(&c);
    header = (size_t)(take_u8(&c) >> 4) * 4;
    s.is_first = (take_u8(&c) & FLAG_SYN) != 0;
    (void)take_bytes(&c, 6);
    if (c.failed || header < TCP_HEADER)
        return false;
    (void)take_bytes(&c, header - TCP_HEADER);
    s.payload = take_rest(&c);
    if (c.failed)
        return false;
    *out = s;
    return true;
}
