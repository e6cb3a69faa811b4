/* packets.c - inner packets for tests. */
#include "packets.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "dataplane/ip.h"
#include "dataplane/octets.h"
#include "support/octets.h"

static void write_v4(uint8_t *at, const struct packet_spec *s, size_t len)
{
    at[0] = 0x45;
    at[1] = s->tos;
    put_u16(at + 2, (uint16_t)len);
    put_u16(at + 6, (uint16_t)(s->offset / 8 | (s->dont_fragment ? 0x4000 : 0)));
    at[8] = 64;
    at[9] = s->protocol != 0 ? s->protocol : 17;
    assert_int_equal(inet_pton(AF_INET, s->src, at + 12), 1);
    assert_int_equal(inet_pton(AF_INET, s->dst, at + 16), 1);
    put_u16(at + 10, ip_sum_end(ip_sum(0, at, IP_V4_HEADER)));
}

static void write_v6(uint8_t *at, const struct packet_spec *s, size_t len)
{
    put_u16(at, (uint16_t)(0x6000 | s->tos << 4));
    put_u16(at + 4, (uint16_t)(len - IP_V6_HEADER));
    at[6] = s->protocol != 0 ? s->protocol : 17;
    at[7] = 64;
    assert_int_equal(inet_pton(AF_INET6, s->src, at + 8), 1);
    assert_int_equal(inet_pton(AF_INET6, s->dst, at + 24), 1);
}

void packet_make(struct packet *out, const struct packet_spec *spec)
{
    bool v4 = strchr(spec->src, ':') == NULL;
    size_t header = v4 ? IP_V4_HEADER : IP_V6_HEADER;
    size_t len = spec->len != 0 ? spec->len : 64;

    assert_in_range(len, header + 4, sizeof out->octets);
    *out = (struct packet){ .len = len };
    octets_ramp(out->octets + header, len - header, 1);
    put_u16(out->octets + header, spec->src_port);
    put_u16(out->octets + header + 2, spec->dst_port);
    if (v4)
        write_v4(out->octets, spec, len);
    else
        write_v6(out->octets, spec, len);
}

ike2_bytes packet_view(const struct packet *p)
{
    return (ike2_bytes){ .ptr = p->octets, .len = p->len };
}

void packet_expect_checksum(const uint8_t *header)
{
    assert_int_equal(header[0], 0x45);
    assert_int_equal(ip_sum_end(ip_sum(0, header, IP_V4_HEADER)), 0);
}
