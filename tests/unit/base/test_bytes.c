/* Views of octets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/bytes.h"

static void views_are_equal_by_content(void **state)
{
    (void)state;
    assert_true(bytes_equal(bytes_of("abc", 3), bytes_of("abcd", 3)));
    assert_false(bytes_equal(bytes_of("abc", 3), bytes_of("abd", 3)));
    assert_false(bytes_equal(bytes_of("abc", 3), bytes_of("abc", 2)));
    assert_true(bytes_equal((ike2_bytes){ 0 }, bytes_of("abc", 0)));
}

static void constant_time_comparison_agrees(void **state)
{
    uint8_t a[8] = { 0 }, b[8] = { 0 };

    (void)state;
    assert_true(bytes_equal_ct(bytes_of(a, 8), bytes_of(b, 8)));
    assert_false(bytes_equal_ct(bytes_of(a, 8), bytes_of(b, 7)));
    assert_true(bytes_equal_ct((ike2_bytes){ 0 }, (ike2_bytes){ 0 }));
    for (size_t bit = 0; bit < 64; bit++) {
        b[bit / 8] = (uint8_t)(1u << bit % 8);
        assert_false(bytes_equal_ct(bytes_of(a, 8), bytes_of(b, 8)));
        b[bit / 8] = 0;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(views_are_equal_by_content),
        cmocka_unit_test(constant_time_comparison_agrees),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
