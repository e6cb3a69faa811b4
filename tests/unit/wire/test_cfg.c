/* Configuration payload. RFC 7296 3.15. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "base/bytes.h"
#include "support/codec.h"
#include "support/octets.h"

static bool read_cfg(ike2_bytes body)
{
    ike2_cfg_attr attr;
    uint8_t cp_type;
    ike2_walk w;

    ike2_cfg_walk(&w, body, &cp_type);
    while (ike2_cfg_next(&w, &attr)) {
        assert_true(attr.type <= 0x7fff);
        codec_within(attr.value, body);
    }
    return ike2_walk_end(&w) == IKE2_OK;
}

static void write_request(ike2_writer *w, const void *value)
{
    ike2_cfg_write(w, IKE2_CP_REQUEST, value, 2);
}

static void write_nothing(ike2_writer *w, const void *value)
{
    ike2_cfg_write(w, IKE2_CP_ACK, value, 0);
}

static const uint8_t address[] = { 10, 0, 0, 1 };
static const ike2_cfg_attr request[] = {
    { .type = IKE2_CFG_INTERNAL_IP4_ADDRESS, .value = { .ptr = address, .len = 4 } },
    { .type = IKE2_CFG_INTERNAL_IP6_DNS },
};

static void attributes_are_read_in_order(void **state)
{
    /* The reserved bit of the second type is set. */
    static const uint8_t body[] = { 1, 0, 0, 0, 0, 1, 0, 4, 10, 0, 0, 1, 0x80, 10, 0, 0 };
    ike2_cfg_attr attr;
    uint8_t cp_type;
    ike2_walk w;

    (void)state;
    ike2_cfg_walk(&w, bytes_of(body, sizeof body), &cp_type);
    assert_int_equal(cp_type, IKE2_CP_REQUEST);

    assert_true(ike2_cfg_next(&w, &attr));
    assert_int_equal(attr.type, IKE2_CFG_INTERNAL_IP4_ADDRESS);
    octets_expect_hex(attr.value, "0a000001");
    assert_int_equal(ike2_walk_end(&w), IKE2_ERR_MALFORMED);

    assert_true(ike2_cfg_next(&w, &attr));
    assert_int_equal(attr.type, IKE2_CFG_INTERNAL_IP6_DNS);
    assert_int_equal(attr.value.len, 0);
    assert_false(ike2_cfg_next(&w, &attr));
    assert_int_equal(ike2_walk_end(&w), IKE2_OK);
}

static void attributes_are_written(void **state)
{
    (void)state;
    codec_writes(write_request, request, "0000001401000000000100040a000001000a0000");
    codec_writes(write_nothing, NULL, "0000000804000000");
}

static void type_of_more_than_15_bits_is_refused(void **state)
{
    const ike2_cfg_attr attrs[] = { { .type = 0x8001 }, { .type = 1 } };

    (void)state;
    codec_refuses(write_request, attrs);
}

static void attribute_that_ends_behind_the_body_is_malformed(void **state)
{
    (void)state;
    assert_false(codec_accepts(read_cfg, "01000000000100050a000001"));
}

static void damaged_attributes_are_malformed_or_within_bounds(void **state)
{
    (void)state;
    assert_true(codec_accepts(read_cfg, "01000000"));
    assert_false(codec_accepts(read_cfg, "010000"));
    assert_false(codec_accepts(read_cfg, "01000000000100040a0000"));
    assert_false(codec_accepts(read_cfg, "0100000000010004"));
    assert_false(codec_accepts(read_cfg, "01000000000100"));
    codec_abuse(read_cfg, "01000000000100040a000001000a0000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attributes_are_read_in_order),
        cmocka_unit_test(attributes_are_written),
        cmocka_unit_test(type_of_more_than_15_bits_is_refused),
        cmocka_unit_test(attribute_that_ends_behind_the_body_is_malformed),
        cmocka_unit_test(damaged_attributes_are_malformed_or_within_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
