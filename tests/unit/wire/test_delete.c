/* Delete payload. RFC 7296 3.11. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "base/bytes.h"
#include "support/codec.h"
#include "support/octets.h"

static bool read_delete(ike2_bytes body)
{
    ike2_delete d;

    if (ike2_delete_read(body, &d) != IKE2_OK)
        return false;
    assert_int_equal(d.spis.len, (size_t)d.spi_size * d.count);
    codec_within(d.spis, body);
    return true;
}

static void write_delete(ike2_writer *w, const void *value)
{
    ike2_delete_write(w, value);
}

static void delete_of_two_children_is_read(void **state)
{
    static const uint8_t body[] = { 3, 4, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8 };
    ike2_delete d;

    (void)state;
    assert_int_equal(ike2_delete_read(bytes_of(body, sizeof body), &d), IKE2_OK);

    assert_int_equal(d.protocol, IKE2_PROTOCOL_ESP);
    assert_int_equal(d.spi_size, 4);
    assert_int_equal(d.count, 2);
    octets_expect_hex(d.spis, "0102030405060708");
}

static void delete_of_the_ike_sa_has_no_spi(void **state)
{
    const ike2_delete d = { .protocol = IKE2_PROTOCOL_IKE };

    (void)state;
    assert_true(codec_accepts(read_delete, "01000000"));
    codec_writes(write_delete, &d, "0000000801000000");
}

static void delete_is_written(void **state)
{
    static const uint8_t spis[] = { 1, 2, 3, 4, 5, 6, 7, 8 };
    const ike2_delete d = { .protocol = IKE2_PROTOCOL_ESP,
                            .spi_size = 4,
                            .count = 2,
                            .spis = { .ptr = spis, .len = sizeof spis } };

    (void)state;
    codec_writes(write_delete, &d, "00000010030400020102030405060708");
}

static void count_that_disagrees_with_the_spis_is_refused(void **state)
{
    static const uint8_t spis[] = { 1, 2, 3, 4 };
    const ike2_delete d = {
        .spi_size = 4, .count = 2, .spis = { .ptr = spis, .len = sizeof spis }
    };

    (void)state;
    codec_refuses(write_delete, &d);
}

static void count_that_disagrees_with_the_body_is_malformed(void **state)
{
    (void)state;
    assert_false(codec_accepts(read_delete, "0304000101020304ff"));
    assert_false(codec_accepts(read_delete, "0304000201020304"));
    assert_false(codec_accepts(read_delete, "0304ffff01020304"));
    assert_false(codec_accepts(read_delete, "0300000101020304"));
    codec_refuses_truncation(read_delete, "030400020102030405060708");
    codec_abuse(read_delete, "030400020102030405060708");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(delete_of_two_children_is_read),
        cmocka_unit_test(delete_of_the_ike_sa_has_no_spi),
        cmocka_unit_test(delete_is_written),
        cmocka_unit_test(count_that_disagrees_with_the_spis_is_refused),
        cmocka_unit_test(count_that_disagrees_with_the_body_is_malformed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
