/* Bounded cursor. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/reader.h"

#include "base/bytes.h"

static const uint8_t octets[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };

static void fields_are_read_in_network_byte_order(void **state)
{
    struct reader r = reader_of(bytes_of(octets, sizeof octets));

    (void)state;
    assert_int_equal(read_u8(&r), 0x01);
    assert_int_equal(read_u16(&r), 0x0203);
    assert_int_equal(read_u32(&r), 0x04050607);
    assert_int_equal(read_u64(&r), 0x08090a0b0c0d0e0f);
    assert_true(reader_end(&r));
}

static void octets_left_over_are_noticed(void **state)
{
    struct reader r = reader_of(bytes_of(octets, 3));

    (void)state;
    (void)read_u16(&r);
    assert_false(reader_end(&r));
    assert_int_equal(read_rest(&r).len, 1);
    assert_true(reader_end(&r));
}

static void first_read_that_does_not_fit_is_the_last(void **state)
{
    struct reader r = reader_of(bytes_of(octets, 3));

    (void)state;
    assert_int_equal(read_u32(&r), 0);
    assert_int_equal(read_u8(&r), 0);
    assert_null(read_bytes(&r, 1).ptr);
    assert_int_equal(read_rest(&r).len, 0);
    assert_false(reader_end(&r));
}

static void length_near_the_end_of_memory_does_not_fit(void **state)
{
    struct reader r = reader_of(bytes_of(octets, 3));

    (void)state;
    assert_null(read_bytes(&r, SIZE_MAX).ptr);
    assert_false(reader_end(&r));
}

static void empty_view_is_read_to_its_end(void **state)
{
    struct reader r = reader_of((ike2_bytes){ 0 });

    (void)state;
    assert_int_equal(read_bytes(&r, 0).len, 0);
    assert_int_equal(read_rest(&r).len, 0);
    assert_true(reader_end(&r));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_read_in_network_byte_order),
        cmocka_unit_test(octets_left_over_are_noticed),
        cmocka_unit_test(first_read_that_does_not_fit_is_the_last),
        cmocka_unit_test(length_near_the_end_of_memory_does_not_fit),
        cmocka_unit_test(empty_view_is_read_to_its_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
