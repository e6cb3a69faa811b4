/* examples/dataplane/ip.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dataplane/ip.h"
#include "dataplane/octets.h"
#include "packets.h"
#include "support/octets.h"

static const struct packet_spec v4 = {
    .src = "10.1.0.1", .dst = "10.2.0.2", .src_port = 1000, .dst_port = 53, .tos = 0xb9
};
static const struct packet_spec v6 = {
    .src = "2001:db8:1::1", .dst = "2001:db8:2::2", .src_port = 1000, .dst_port = 53, .tos = 0xb9
};
static struct packet packet;
static struct ip_packet parsed;

static bool parse(const struct packet_spec *spec)
{
    packet_make(&packet, spec);
    return ip_parse(packet_view(&packet), &parsed);
}

static void ipv4_is_parsed(void **state)
{
    const uint8_t src[] = { 10, 1, 0, 1 }, dst[] = { 10, 2, 0, 2 };

    (void)state;
    assert_true(parse(&v4));
    assert_int_equal(parsed.version, 4);
    assert_int_equal(parsed.protocol, 17);
    assert_int_equal(parsed.tos, 0xb9);
    assert_int_equal(parsed.header_len, IP_V4_HEADER);
    assert_int_equal(parsed.octets.len, 64);
    assert_int_equal(parsed.ports, IP_PORTS_PAIR);
    assert_int_equal(parsed.src_port, 1000);
    assert_int_equal(parsed.dst_port, 53);
    assert_false(parsed.dont_fragment);
    assert_false(parsed.is_fragment);
    assert_memory_equal(parsed.src, src, 4);
    assert_memory_equal(parsed.dst, dst, 4);
}

static void ipv6_is_parsed(void **state)
{
    (void)state;
    assert_true(parse(&v6));
    assert_int_equal(parsed.version, 6);
    assert_int_equal(parsed.protocol, 17);
    assert_int_equal(parsed.tos, 0xb9);
    assert_int_equal(parsed.header_len, IP_V6_HEADER);
    assert_int_equal(parsed.octets.len, 64);
    assert_int_equal(parsed.ports, IP_PORTS_PAIR);
    assert_int_equal(parsed.dst_port, 53);
    assert_true(parsed.dont_fragment);
    assert_int_equal(parsed.src[15], 1);
    assert_int_equal(parsed.dst[15], 2);
}

static void every_truncation_is_refused(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        packet_make(&packet, i == 0 ? &v4 : &v6);
        for (size_t len = 0; len < packet.len; len++)
            assert_false(ip_parse((ike2_bytes){ .ptr = packet.octets, .len = len }, &parsed));
    }
}

static void padding_behind_the_packet_is_cut_off(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        packet_make(&packet, i == 0 ? &v4 : &v6);
        packet.len += 100;
        assert_true(ip_parse(packet_view(&packet), &parsed));
        assert_int_equal(parsed.octets.len, 64);
    }
}

static void lengths_that_contradict_are_refused(void **state)
{
    (void)state;
    packet_make(&packet, &v4);
    packet.octets[0] = 0x44;
    assert_false(ip_parse(packet_view(&packet), &parsed));
    packet_make(&packet, &v4);
    packet.octets[0] = 0x4f;
    put_u16(packet.octets + 2, 59);
    assert_false(ip_parse(packet_view(&packet), &parsed));
    packet_make(&packet, &v4);
    packet.octets[0] = 0x55;
    assert_false(ip_parse(packet_view(&packet), &parsed));
}

static void later_fragments_have_no_ports(void **state)
{
    struct packet_spec spec = v4;

    (void)state;
    spec.offset = 8;
    assert_true(parse(&spec));
    assert_true(parsed.is_fragment);
    assert_int_equal(parsed.ports, IP_PORTS_OPAQUE);
}

static void ports_that_are_cut_off_are_opaque(void **state)
{
    (void)state;
    packet_make(&packet, &v4);
    put_u16(packet.octets + 2, IP_V4_HEADER + 3);
    assert_true(ip_parse(packet_view(&packet), &parsed));
    assert_int_equal(parsed.ports, IP_PORTS_OPAQUE);
}

static void ports_come_as_the_protocol_has_them(void **state)
{
    static const struct {
        uint8_t protocol;
        enum ip_ports ports;
    } rows[] = {
        { 6, IP_PORTS_PAIR },   { 17, IP_PORTS_PAIR },  { 33, IP_PORTS_PAIR },
        { 132, IP_PORTS_PAIR }, { 136, IP_PORTS_PAIR }, { 1, IP_PORTS_TYPE },
        { 58, IP_PORTS_TYPE },  { 47, IP_PORTS_OPAQUE }, { 50, IP_PORTS_OPAQUE },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct packet_spec spec = v6;

        spec.protocol = rows[i].protocol;
        assert_true(parse(&spec));
        assert_int_equal(parsed.protocol, rows[i].protocol);
        assert_int_equal(parsed.ports, rows[i].ports);
        if (rows[i].ports != IP_PORTS_OPAQUE)
            assert_int_equal(parsed.src_port, 1000);
    }
}

static void mobility_has_its_type_in_the_upper_octet(void **state)
{
    struct packet_spec spec = v6;

    (void)state;
    spec.protocol = 135;
    spec.dst_port = 0x0599;
    assert_true(parse(&spec));
    assert_int_equal(parsed.ports, IP_PORTS_TYPE);
    assert_int_equal(parsed.src_port, 0x0500);
}

/* --- Extension headers ------------------------------------------------------------------ */

/* An IPv6 packet whose extension headers are the octets of `hex`, the first of type `first`. */
static bool parse_extended(uint8_t first, const char *hex, struct ip_packet *out)
{
    struct packet_spec spec = v6;

    spec.len = 200;
    packet_make(&packet, &spec);
    packet.octets[6] = first;
    octets_from_hex(hex, packet.octets + IP_V6_HEADER, 160);
    return ip_parse(packet_view(&packet), out);
}

static void extension_headers_are_walked_over(void **state)
{
    (void)state;
    /* Hop-by-hop of 8 octets, destination options of 16, then TCP. */
    assert_true(parse_extended(0,
                               "3c00000000000000" "06010000000000000000000000000000" "1388138a",
                               &parsed));
    assert_int_equal(parsed.protocol, 6);
    assert_int_equal(parsed.header_len, IP_V6_HEADER + 24);
    assert_int_equal(parsed.src_port, 5000);
    assert_int_equal(parsed.dst_port, 5002);
}

static void the_first_fragment_has_ports_and_later_ones_have_none(void **state)
{
    (void)state;
    assert_true(parse_extended(44, "1100000112345678" "00350036", &parsed));
    assert_false(parsed.is_fragment);
    assert_int_equal(parsed.protocol, 17);
    assert_int_equal(parsed.src_port, 53);
    assert_true(parse_extended(44, "1100000912345678" "00350036", &parsed));
    assert_true(parsed.is_fragment);
    assert_int_equal(parsed.protocol, 17);
    assert_int_equal(parsed.ports, IP_PORTS_OPAQUE);
    /* What follows is data, not headers. */
    assert_true(parse_extended(44, "3c00000912345678" "1100000000000000", &parsed));
    assert_int_equal(parsed.protocol, 60);
}

static void extension_headers_beyond_the_packet_hide_the_ports(void **state)
{
    (void)state;
    assert_true(parse_extended(60, "11ff000000000000", &parsed));
    assert_int_equal(parsed.protocol, 60);
    assert_int_equal(parsed.ports, IP_PORTS_OPAQUE);
}

static void endless_extension_headers_come_to_an_end(void **state)
{
    struct packet_spec spec = v6;

    (void)state;
    spec.len = 4000;
    packet_make(&packet, &spec);
    packet.octets[6] = 60;
    memset(packet.octets + IP_V6_HEADER, 0, packet.len - IP_V6_HEADER);
    for (size_t at = IP_V6_HEADER; at < packet.len; at += 8)
        packet.octets[at] = 60;
    assert_true(ip_parse(packet_view(&packet), &parsed));
    assert_int_equal(parsed.protocol, 60);
    assert_int_equal(parsed.ports, IP_PORTS_OPAQUE);
}

static void random_octets_are_survived(void **state)
{
    uint32_t x = 1;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        size_t len;

        for (size_t at = 0; at < 120; at++) {
            x = x * 1664525u + 1013904223u;
            packet.octets[at] = (uint8_t)(x >> 24);
        }
        packet.octets[0] = (uint8_t)(i % 2 == 0 ? 0x40 | (packet.octets[0] & 0xf) : 0x60);
        packet.octets[2] = packet.octets[4] = 0;
        packet.octets[6] = i % 3 == 0 ? 0 : packet.octets[6];
        len = x % 120;
        if (ip_parse((ike2_bytes){ .ptr = packet.octets, .len = len }, &parsed)) {
            assert_true(parsed.octets.len <= len);
            assert_true(parsed.header_len <= parsed.octets.len);
        }
    }
}

/* --- ECN -------------------------------------------------------------------------------- */

/* RFC 6040 4.2, figure 4; -1 is drop. Codepoints: 0 Not-ECT, 2 ECT(0), 1 ECT(1), 3 CE. */
static void congestion_marks_follow_the_table(void **state)
{
    static const int table[4][4] = {
        /* outer: 0, 1, 2, 3 */
        { 0, 0, 0, -1 }, /* inner Not-ECT */
        { 1, 1, 1, 3 },  /* inner ECT(1) */
        { 2, 1, 2, 3 },  /* inner ECT(0) */
        { 3, 3, 3, 3 },  /* inner CE */
    };

    (void)state;
    for (int i = 0; i < 2 * 16; i++) {
        int inner = i / 4 % 4, outer = i % 4;
        struct packet_spec spec = i < 16 ? v4 : v6;
        struct packet before;
        bool ok;

        spec.tos = (uint8_t)(0xb8 | inner);
        assert_true(parse(&spec));
        before = packet;
        ok = ip_take_ecn(packet.octets, &parsed, (uint8_t)(0x50 | outer));
        assert_int_equal(ok, table[inner][outer] >= 0);
        if (!ok)
            continue;
        if (table[inner][outer] == inner)
            assert_memory_equal(packet.octets, before.octets, packet.len);
        assert_true(ip_parse(packet_view(&packet), &parsed));
        assert_int_equal(parsed.tos, 0xb8 | table[inner][outer]);
        if (i < 16)
            packet_expect_checksum(packet.octets);
        else
            assert_int_equal(packet.octets[0] >> 4, 6);
    }
}

/* RFC 1071 3. */
static void checksum_is_that_of_the_rfc(void **state)
{
    const uint8_t octets[] = { 0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7 };

    (void)state;
    assert_int_equal(ip_sum(0, octets, sizeof octets), 0xddf2);
    assert_int_equal(ip_sum(ip_sum(0, octets, 4), octets + 4, 4), 0xddf2);
    assert_int_equal(ip_sum_end(0xddf2), 0x220d);
    /* An odd octet is the upper half of a word. */
    assert_int_equal(ip_sum(0, octets, 3), 0xf201);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ipv4_is_parsed),
        cmocka_unit_test(ipv6_is_parsed),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(padding_behind_the_packet_is_cut_off),
        cmocka_unit_test(lengths_that_contradict_are_refused),
        cmocka_unit_test(later_fragments_have_no_ports),
        cmocka_unit_test(ports_that_are_cut_off_are_opaque),
        cmocka_unit_test(ports_come_as_the_protocol_has_them),
        cmocka_unit_test(mobility_has_its_type_in_the_upper_octet),
        cmocka_unit_test(extension_headers_are_walked_over),
        cmocka_unit_test(the_first_fragment_has_ports_and_later_ones_have_none),
        cmocka_unit_test(extension_headers_beyond_the_packet_hide_the_ports),
        cmocka_unit_test(endless_extension_headers_come_to_an_end),
        cmocka_unit_test(random_octets_are_survived),
        cmocka_unit_test(congestion_marks_follow_the_table),
        cmocka_unit_test(checksum_is_that_of_the_rfc),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
