/* Token bucket. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limit.h"

static size_t take_all(struct limit *l, ike2_time now)
{
    size_t n = 0;

    while (n < 1000 && ike2_limit_take(l, now))
        n++;
    return n;
}

static void burst_is_available_at_once(void **state)
{
    struct limit l;

    (void)state;
    ike2_limit_init(&l, 10, 5, 1000);
    assert_int_equal(take_all(&l, 1000), 5);
}

static void tokens_come_back_at_the_rate(void **state)
{
    struct limit l;

    (void)state;
    ike2_limit_init(&l, 10, 5, 1000);
    (void)take_all(&l, 1000);
    assert_false(ike2_limit_take(&l, 1099));
    assert_true(ike2_limit_take(&l, 1100));
    assert_false(ike2_limit_take(&l, 1100));
    assert_int_equal(take_all(&l, 1300), 2);
}

/* One token a second: nothing is lost by asking often. */
static void fractions_add_up(void **state)
{
    struct limit l;
    size_t n = 0;

    (void)state;
    ike2_limit_init(&l, 1, 1, 0);
    assert_true(ike2_limit_take(&l, 0));
    for (ike2_time now = 1; now <= 10000; now++)
        n += ike2_limit_take(&l, now);
    assert_int_equal(n, 10);
}

static void long_silence_fills_the_bucket_and_no_more(void **state)
{
    struct limit l;

    (void)state;
    ike2_limit_init(&l, UINT32_MAX, 5, 0);
    (void)take_all(&l, 0);
    assert_int_equal(take_all(&l, UINT64_MAX), 5);
}

static void time_that_goes_back_gives_nothing(void **state)
{
    struct limit l;

    (void)state;
    ike2_limit_init(&l, 1000, 1, 500);
    assert_true(ike2_limit_take(&l, 500));
    assert_false(ike2_limit_take(&l, 100));
    assert_false(ike2_limit_take(&l, 500));
    assert_true(ike2_limit_take(&l, 501));
}

static void rate_of_zero_never_refills(void **state)
{
    struct limit l;

    (void)state;
    ike2_limit_init(&l, 0, 2, 0);
    assert_int_equal(take_all(&l, 0), 2);
    assert_int_equal(take_all(&l, UINT64_MAX), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(burst_is_available_at_once),
        cmocka_unit_test(tokens_come_back_at_the_rate),
        cmocka_unit_test(fractions_add_up),
        cmocka_unit_test(long_silence_fills_the_bucket_and_no_more),
        cmocka_unit_test(time_that_goes_back_gives_nothing),
        cmocka_unit_test(rate_of_zero_never_refills),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
