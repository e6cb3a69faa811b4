/* Bounded builder. RFC 7296 3.2. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include <ike2/iana.h>
#include <ike2/message.h>

#include "base/bytes.h"
#include "base/writer.h"
#include "support/octets.h"

static void integers_are_written_in_network_byte_order(void **state)
{
    uint8_t room[15];
    ike2_bytes out;
    ike2_writer w;

    (void)state;
    ike2_writer_init(&w, room, sizeof room);
    ike2_uint_write(&w, 0x01, 1);
    ike2_uint_write(&w, 0x0203, 2);
    ike2_uint_write(&w, 0x04050607, 4);
    ike2_uint_write(&w, 0x08090a0b0c0d0e0f, 8);
    assert_int_equal(ike2_writer_end(&w, &out), IKE2_OK);
    octets_expect_hex(out, "0102030405060708090a0b0c0d0e0f");
}

static void integer_too_large_for_its_field_fails(void **state)
{
    uint8_t room[16];
    ike2_bytes out;
    ike2_writer w;

    (void)state;
    for (size_t width = 0; width < 8; width++) {
        ike2_writer_init(&w, room, sizeof room);
        ike2_uint_write(&w, (UINT64_C(1) << 8 * width) - 1, width);
        assert_int_equal(ike2_writer_end(&w, &out), IKE2_OK);
        ike2_uint_write(&w, UINT64_C(1) << 8 * width, width);
        assert_int_equal(ike2_writer_end(&w, &out), IKE2_ERR_SPACE);
    }
}

static void first_write_that_does_not_fit_is_the_last(void **state)
{
    uint8_t room[8] = { 0 };
    ike2_bytes out = { 0 };
    ike2_writer w;

    (void)state;
    ike2_writer_init(&w, room, 4);
    ike2_octets_write(&w, bytes_of("abc", 3));
    ike2_octets_write(&w, bytes_of("de", 2));
    ike2_octets_write(&w, bytes_of("f", 1));
    assert_int_equal(ike2_writer_end(&w, &out), IKE2_ERR_SPACE);
    assert_null(out.ptr);
    assert_memory_equal(room, "abc\0\0\0\0\0", 8);
}

static void payloads_are_chained(void **state)
{
    uint8_t room[32];
    ike2_bytes out;
    ike2_writer w;

    (void)state;
    ike2_writer_init(&w, room, sizeof room);
    ike2_payload_begin(&w, IKE2_PAYLOAD_VENDOR, false);
    ike2_octets_write(&w, bytes_of("ab", 2));
    ike2_payload_end(&w);
    ike2_payload_begin(&w, 200, true);
    ike2_payload_end(&w);
    assert_int_equal(ike2_writer_end(&w, &out), IKE2_OK);
    octets_expect_hex(out, "c8000006616200800004");
}

static void payloads_do_not_nest(void **state)
{
    uint8_t room[32];
    ike2_bytes out;
    ike2_writer w;

    (void)state;
    ike2_writer_init(&w, room, sizeof room);
    ike2_payload_begin(&w, 200, false);
    assert_int_equal(ike2_writer_end(&w, &out), IKE2_ERR_SPACE);
    ike2_payload_begin(&w, 200, false);
    ike2_payload_end(&w);
    assert_int_equal(ike2_writer_end(&w, &out), IKE2_ERR_SPACE);
}

static void payload_that_was_not_begun_cannot_end(void **state)
{
    uint8_t room[32];
    ike2_bytes out;
    ike2_writer w;

    (void)state;
    ike2_writer_init(&w, room, sizeof room);
    ike2_payload_end(&w);
    assert_int_equal(ike2_writer_end(&w, &out), IKE2_ERR_SPACE);
}

static void payload_has_at_most_65535_octets(void **state)
{
    static uint8_t room[70000], data[65536];
    ike2_bytes out;

    (void)state;
    for (size_t len = 65530; len < 65535; len++) {
        ike2_writer w = writer_of(room, sizeof room);

        payload_begin(&w, 200, false);
        write_bytes(&w, bytes_of(data, len));
        payload_end(&w);
        assert_int_equal(ike2_writer_end(&w, &out), len <= 65531 ? IKE2_OK : IKE2_ERR_SPACE);
    }
}

static void no_room_is_enough_for_nothing(void **state)
{
    ike2_bytes out;
    ike2_writer w;

    (void)state;
    ike2_writer_init(&w, NULL, 0);
    ike2_octets_write(&w, (ike2_bytes){ 0 });
    ike2_uint_write(&w, 0, 0);
    assert_int_equal(ike2_writer_end(&w, &out), IKE2_OK);
    assert_int_equal(out.len, 0);
    ike2_uint_write(&w, 0, 1);
    assert_int_equal(ike2_writer_end(&w, &out), IKE2_ERR_SPACE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_are_written_in_network_byte_order),
        cmocka_unit_test(integer_too_large_for_its_field_fails),
        cmocka_unit_test(first_write_that_does_not_fit_is_the_last),
        cmocka_unit_test(payloads_are_chained),
        cmocka_unit_test(payloads_do_not_nest),
        cmocka_unit_test(payload_that_was_not_begun_cannot_end),
        cmocka_unit_test(payload_has_at_most_65535_octets),
        cmocka_unit_test(no_room_is_enough_for_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
