/* examples/dataplane/icmp.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dataplane/icmp.h"
#include "dataplane/octets.h"
#include "packets.h"

static struct packet packet;
static uint8_t room[ICMP_ROOM];

/* The answer to the packet; empty if there is none. */
static ike2_bytes answer(const struct packet_spec *spec)
{
    ike2_buffer out = { .ptr = room, .cap = sizeof room };
    struct ip_packet parsed;

    packet_make(&packet, spec);
    assert_true(ip_parse(packet_view(&packet), &parsed));
    if (!icmp_too_big(&parsed, 1234, &out))
        return (ike2_bytes){ 0 };
    return (ike2_bytes){ .ptr = room, .len = out.len };
}

static void ipv4_is_told_that_fragmentation_is_needed(void **state)
{
    const struct packet_spec spec = {
        .src = "10.1.0.1", .dst = "10.2.0.2", .len = 1500, .dont_fragment = true
    };
    ike2_bytes a = answer(&spec);
    const uint8_t *icmp = a.ptr + IP_V4_HEADER;

    (void)state;
    assert_int_equal(a.len, 576);
    packet_expect_checksum(a.ptr);
    assert_int_equal(get_u16(a.ptr + 2), a.len);
    assert_int_equal(a.ptr[9], 1);
    assert_memory_equal(a.ptr + 12, packet.octets + 16, 4);
    assert_memory_equal(a.ptr + 16, packet.octets + 12, 4);
    assert_int_equal(icmp[0], 3);
    assert_int_equal(icmp[1], 4);
    assert_int_equal(get_u16(icmp + 6), 1234);
    assert_int_equal(ip_sum_end(ip_sum(0, icmp, a.len - IP_V4_HEADER)), 0);
    assert_memory_equal(icmp + 8, packet.octets, a.len - IP_V4_HEADER - 8);
}

static void ipv6_is_told_that_the_packet_is_too_big(void **state)
{
    const struct packet_spec spec = { .src = "2001:db8::1", .dst = "2001:db8::2", .len = 1500 };
    ike2_bytes a = answer(&spec);
    const uint8_t *icmp = a.ptr + IP_V6_HEADER;
    uint8_t pseudo[8] = { [7] = 58 };
    uint32_t sum;

    (void)state;
    assert_int_equal(a.len, ICMP_ROOM);
    assert_int_equal(get_u16(a.ptr + 4), a.len - IP_V6_HEADER);
    assert_int_equal(a.ptr[6], 58);
    assert_memory_equal(a.ptr + 8, packet.octets + 24, 16);
    assert_memory_equal(a.ptr + 24, packet.octets + 8, 16);
    assert_int_equal(icmp[0], 2);
    assert_int_equal(icmp[1], 0);
    assert_int_equal(get_u32(icmp + 4), 1234);
    /* RFC 8200 8.1: addresses, length, zeros and next header. */
    put_u32(pseudo, (uint32_t)(a.len - IP_V6_HEADER));
    sum = ip_sum(ip_sum(0, a.ptr + 8, 32), pseudo, sizeof pseudo);
    assert_int_equal(ip_sum_end(ip_sum(sum, icmp, a.len - IP_V6_HEADER)), 0);
    assert_memory_equal(icmp + 8, packet.octets, a.len - IP_V6_HEADER - 8);
}

static void a_short_packet_is_repeated_whole(void **state)
{
    const struct packet_spec spec = { .src = "10.1.0.1", .dst = "10.2.0.2" };
    ike2_bytes a = answer(&spec);

    (void)state;
    assert_int_equal(a.len, IP_V4_HEADER + 8 + 64);
}

static void who_must_not_be_told_is_not(void **state)
{
    static const struct packet_spec silent[] = {
        { .src = "10.1.0.1", .dst = "224.0.0.1" },
        { .src = "10.1.0.1", .dst = "255.255.255.255" },
        { .src = "0.0.0.0", .dst = "10.2.0.2" },
        { .src = "127.0.0.1", .dst = "10.2.0.2" },
        { .src = "224.0.0.1", .dst = "10.2.0.2" },
        { .src = "10.1.0.1", .dst = "10.2.0.2", .offset = 8 },
        /* ICMP errors: unreachable, time exceeded. */
        { .src = "10.1.0.1", .dst = "10.2.0.2", .protocol = 1, .src_port = 0x0301 },
        { .src = "10.1.0.1", .dst = "10.2.0.2", .protocol = 1, .src_port = 0x0b00 },
        { .src = "2001:db8::1", .dst = "ff02::1" },
        { .src = "::", .dst = "2001:db8::2" },
        { .src = "ff02::1", .dst = "2001:db8::2" },
        { .src = "2001:db8::1", .dst = "2001:db8::2", .protocol = 58, .src_port = 0x0100 },
    };
    static const struct packet_spec told[] = {
        { .src = "10.1.0.1", .dst = "10.2.0.2", .protocol = 1, .src_port = 0x0800 },
        { .src = "2001:db8::1", .dst = "2001:db8::2", .protocol = 58, .src_port = 0x8000 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof silent / sizeof silent[0]; i++)
        assert_int_equal(answer(&silent[i]).len, 0);
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++)
        assert_int_not_equal(answer(&told[i]).len, 0);
}

static void without_room_there_is_no_answer(void **state)
{
    const struct packet_spec spec = { .src = "10.1.0.1", .dst = "10.2.0.2" };
    ike2_buffer out = { .ptr = room, .cap = IP_V4_HEADER + 8 + 63 };
    struct ip_packet parsed;

    (void)state;
    packet_make(&packet, &spec);
    assert_true(ip_parse(packet_view(&packet), &parsed));
    assert_false(icmp_too_big(&parsed, 1234, &out));
    assert_int_equal(out.len, 0);
}

static void answers_are_limited(void **state)
{
    struct icmp_limit limit = { 0 };
    int n = 0;

    (void)state;
    while (icmp_take(&limit, 1000))
        n++;
    assert_int_equal(n, 50);
    assert_false(icmp_take(&limit, 1009));
    assert_true(icmp_take(&limit, 1010));
    assert_false(icmp_take(&limit, 1010));
    /* The burst is not saved up. */
    for (n = 0; icmp_take(&limit, 1000000); n++)
        continue;
    assert_int_equal(n, 50);
    /* A clock that stands still gives nothing. */
    assert_false(icmp_take(&limit, 1000000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ipv4_is_told_that_fragmentation_is_needed),
        cmocka_unit_test(ipv6_is_told_that_the_packet_is_too_big),
        cmocka_unit_test(a_short_packet_is_repeated_whole),
        cmocka_unit_test(who_must_not_be_told_is_not),
        cmocka_unit_test(without_room_there_is_no_answer),
        cmocka_unit_test(answers_are_limited),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
