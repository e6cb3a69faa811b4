/* lib/policy/selector_text.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "policy/narrow.h"

static ike2_ts v4(const char *first, const char *last)
{
    ike2_ts ts = { .type = IKE2_TS_IPV4_ADDR_RANGE, .port_last = 65535 };

    memcpy(ts.first, first, 4);
    memcpy(ts.last, last, 4);
    return ts;
}

static ike2_ts ports(uint8_t protocol, uint16_t first, uint16_t last)
{
    ike2_ts ts = v4("\x0a\x02\x00\x05", "\x0a\x02\x00\x05");

    ts.protocol = protocol;
    ts.port_first = first;
    ts.port_last = last;
    return ts;
}

static void expect(ike2_ts ts, const char *words)
{
    char text[128];

    ike2_selectors_text(&ts, 1, text, sizeof text);
    assert_string_equal(text, words);
}

static void prefix_has_a_length_and_a_host_has_none(void **state)
{
    (void)state;
    expect(v4("\x0a\x01\x00\x00", "\x0a\x01\x00\xff"), "10.1.0.0/24");
    expect(v4("\x0a\x02\x00\x05", "\x0a\x02\x00\x05"), "10.2.0.5");
    expect(v4("\x00\x00\x00\x00", "\xff\xff\xff\xff"), "0.0.0.0/0");
    expect(v4("\x0a\x01\x00\x04", "\x0a\x01\x00\x05"), "10.1.0.4/31");
    expect(v4("\x80\x00\x00\x00", "\xff\xff\xff\xff"), "128.0.0.0/1");
}

static void other_range_has_two_ends(void **state)
{
    (void)state;
    expect(v4("\x0a\x01\x00\x01", "\x0a\x01\x00\xff"), "10.1.0.1-10.1.0.255");
    expect(v4("\x0a\x01\x00\x00", "\x0a\x01\x00\xfe"), "10.1.0.0-10.1.0.254");
    expect(v4("\x0a\x01\x00\x05", "\x0a\x01\x00\x04"), "10.1.0.5-10.1.0.4");
}

static void ipv6_is_shortened(void **state)
{
    ike2_ts ts = { .type = IKE2_TS_IPV6_ADDR_RANGE, .port_last = 65535 };

    (void)state;
    memset(ts.last, 0xff, 16);
    expect(ts, "::/0");
    memcpy(ts.first, "\x20\x01\x0d\xb8", 4);
    memcpy(ts.last, ts.first, 4);
    expect(ts, "2001:db8::/32");
    memcpy(ts.last, ts.first, 16);
    ts.first[15] = ts.last[15] = 1;
    expect(ts, "2001:db8::1");
    ts.last[15] = 9;
    expect(ts, "2001:db8::1-2001:db8::9");
}

static void protocol_and_ports_stand_in_brackets(void **state)
{
    (void)state;
    expect(ports(6, 80, 80), "10.2.0.5[tcp/80]");
    expect(ports(17, 1000, 2000), "10.2.0.5[udp/1000-2000]");
    expect(ports(6, 0, 65535), "10.2.0.5[tcp]");
    expect(ports(0, 80, 80), "10.2.0.5[any/80]");
    expect(ports(132, 0, 65535), "10.2.0.5[sctp]");
    expect(ports(47, 0, 65535), "10.2.0.5[47]");
    expect(ports(6, 65535, 0), "10.2.0.5[tcp/opaque]");
    expect(ports(6, 0, 0), "10.2.0.5[tcp/0]");
}

static void icmp_has_types_and_codes(void **state)
{
    (void)state;
    expect(ports(1, 0x0800, 0x08ff), "10.2.0.5[icmp/8]");
    expect(ports(1, 0x0303, 0x0303), "10.2.0.5[icmp/3(3)]");
    expect(ports(1, 0x0300, 0x0300), "10.2.0.5[icmp/3(0)]");
    expect(ports(58, 0x8000, 0x81ff), "10.2.0.5[icmpv6/128-129]");
    expect(ports(58, 0x8001, 0x8102), "10.2.0.5[icmpv6/128(1)-129(2)]");
    expect(ports(1, 0, 65535), "10.2.0.5[icmp]");
}

static void what_does_not_fit_is_counted(void **state)
{
    ike2_ts many[64];
    char text[64];

    (void)state;
    for (size_t i = 0; i < 64; i++)
        many[i] = v4("\x0a\x01\x00\x00", "\x0a\x01\x00\xff");
    ike2_selectors_text(many, 64, text, sizeof text);
    assert_string_equal(text, "10.1.0.0/24, 10.1.0.0/24, 10.1.0.0/24, and 61 more");
}

static void list_is_cut_to_fit(void **state)
{
    const ike2_ts two[] = { v4("\x0a\x01\x00\x00", "\x0a\x01\x00\xff"), ports(6, 80, 80) };
    char text[40];

    (void)state;
    ike2_selectors_text(two, 2, text, sizeof text);
    assert_string_equal(text, "10.1.0.0/24, 10.2.0.5[tcp/80]");
    memset(text, 'x', sizeof text);
    ike2_selectors_text(two, 2, text, 15);
    assert_string_equal(text, "10.1.0.0/24, a");
    assert_int_equal(text[15], 'x');
    ike2_selectors_text(two, 0, text, sizeof text);
    assert_string_equal(text, "");
    ike2_selectors_text(two, 2, NULL, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prefix_has_a_length_and_a_host_has_none),
        cmocka_unit_test(other_range_has_two_ends),
        cmocka_unit_test(ipv6_is_shortened),
        cmocka_unit_test(protocol_and_ports_stand_in_brackets),
        cmocka_unit_test(icmp_has_types_and_codes),
        cmocka_unit_test(what_does_not_fit_is_counted),
        cmocka_unit_test(list_is_cut_to_fit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
