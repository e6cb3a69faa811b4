/* Traffic Selector payloads. RFC 7296 3.13. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include <ike2/iana.h>

#include "base/bytes.h"
#include "support/codec.h"
#include "support/octets.h"

/* TCP from 192.0.2.100 to 192.0.3.101, ports 16 to 65520; 2001:db8::/64, any; a security label. */
static const char golden[] = "03000000"
                             "070600100010fff0c0000264c0000365"
                             "080000280000ffff"
                             "20010db8000000000000000000000000"
                             "20010db800000000ffffffffffffffff"
                             "0a00000873656372";

static const uint8_t label[] = { 's', 'e', 'c', 'r' };
static const ike2_ts selectors[] = {
    { .type = IKE2_TS_IPV4_ADDR_RANGE,
      .protocol = 6,
      .port_first = 16,
      .port_last = 65520,
      .first = { 192, 0, 2, 100 },
      .last = { 192, 0, 3, 101 } },
    { .type = IKE2_TS_IPV6_ADDR_RANGE,
      .port_last = 65535,
      .first = { 0x20, 0x01, 0x0d, 0xb8 },
      .last = { 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                0xff } },
    { .type = IKE2_TS_SECLABEL, .label = { .ptr = label, .len = sizeof label } },
};

static bool read_ts(ike2_bytes body)
{
    ike2_walk w;
    ike2_ts ts;

    ike2_ts_walk(&w, body);
    while (ike2_ts_next(&w, &ts))
        codec_within(ts.label, body);
    return ike2_walk_end(&w) == IKE2_OK;
}

static void write_three(ike2_writer *w, const void *value)
{
    ike2_ts_write(w, IKE2_PAYLOAD_TSI, value, 3);
}

static void selectors_are_read_in_order(void **state)
{
    uint8_t body[128];
    size_t len = octets_from_hex(golden, body, sizeof body);
    ike2_walk w;
    ike2_ts ts;

    (void)state;
    ike2_ts_walk(&w, bytes_of(body, len));
    for (size_t i = 0; i < 3; i++) {
        ike2_ts expected = selectors[i];

        assert_true(ike2_ts_next(&w, &ts));
        assert_true(bytes_equal(ts.label, expected.label));
        expected.label = ts.label;
        assert_memory_equal(&ts, &expected, sizeof ts);
    }
    assert_false(ike2_ts_next(&w, &ts));
    assert_int_equal(ike2_walk_end(&w), IKE2_OK);
}

static void selectors_are_written(void **state)
{
    char hex[sizeof golden + 8] = "00000048";

    (void)state;
    memcpy(hex + 8, golden, sizeof golden);
    codec_writes(write_three, selectors, hex);
}

static void write_none(ike2_writer *w, const void *value)
{
    ike2_ts_write(w, IKE2_PAYLOAD_TSI, value, 0);
}

static void write_256(ike2_writer *w, const void *value)
{
    ike2_ts_write(w, IKE2_PAYLOAD_TSI, value, 256);
}

static void one_to_255_selectors_are_written(void **state)
{
    static ike2_ts many[256];

    (void)state;
    codec_refuses(write_none, NULL);
    codec_refuses(write_256, many);
}

static void reversed_ranges_are_read(void **state)
{
    (void)state;
    assert_true(codec_accepts(read_ts, "010000000700001022221111c0000464c0000466"));
}

static void opaque_ports_are_read(void **state)
{
    (void)state;
    assert_true(codec_accepts(read_ts, "0100000007000010ffff0000c0000466c0000366"));
}

static void count_other_than_the_selectors_is_malformed(void **state)
{
    (void)state;
    assert_false(codec_accepts(read_ts, "00000000"));
    assert_false(codec_accepts(read_ts, "00000000070000100000ffffc0000464c0000466"));
    assert_false(codec_accepts(read_ts, "02000000070000100000ffffc0000464c0000466"));
    assert_false(codec_accepts(read_ts, "01000000"));
    assert_false(codec_accepts(read_ts, "01000000070000100000ffffc0000464c000046600"));
    assert_false(codec_accepts(read_ts, ""));
}

static void length_other_than_the_types_is_malformed(void **state)
{
    static const char *const wrong[] = {
        "010000000700000c0000ffffc0000464",
        "01000000070000140000ffffc0000464c000046600000000",
        "01000000080000100000ffffc0000464c0000466",
        "01000000070000000000ffffc0000464c0000466",
        "01000000070000030000ffffc0000464c0000466",
        "01000000070000080000ffff",
        "010000000a000003",
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(codec_accepts(read_ts, wrong[i]));
}

static void unknown_type_is_kept_as_label(void **state)
{
    uint8_t body[] = { 1, 0, 0, 0, 200, 7, 0, 6, 0xab, 0xcd };
    ike2_walk w;
    ike2_ts ts;

    (void)state;
    ike2_ts_walk(&w, bytes_of(body, sizeof body));
    assert_true(ike2_ts_next(&w, &ts));
    assert_int_equal(ts.type, 200);
    assert_int_equal(ts.protocol, 7);
    octets_expect_hex(ts.label, "abcd");
    assert_int_equal(ike2_walk_end(&w), IKE2_OK);
}

static void damaged_selectors_are_malformed_or_within_bounds(void **state)
{
    (void)state;
    codec_refuses_truncation(read_ts, golden);
    codec_abuse(read_ts, golden);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(selectors_are_read_in_order),
        cmocka_unit_test(selectors_are_written),
        cmocka_unit_test(one_to_255_selectors_are_written),
        cmocka_unit_test(reversed_ranges_are_read),
        cmocka_unit_test(opaque_ports_are_read),
        cmocka_unit_test(count_other_than_the_selectors_is_malformed),
        cmocka_unit_test(length_other_than_the_types_is_malformed),
        cmocka_unit_test(unknown_type_is_kept_as_label),
        cmocka_unit_test(damaged_selectors_are_malformed_or_within_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
