/* At most so many lines a second. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "server/limiter.h"

static void burst_is_bounded_and_what_is_left_out_is_counted(void **state)
{
    struct limiter l = { 0 };
    unsigned i;

    (void)state;
    for (i = 0; i < LIMITER_BURST; i++)
        assert_true(limiter_take(&l, 1000000));
    assert_false(limiter_take(&l, 1000000));
    assert_false(limiter_take(&l, 1000000 + LIMITER_REFILL_MS - 1));
    assert_int_equal(l.left_out, 2);
}

static void time_refills_one_by_one(void **state)
{
    struct limiter l = { 0 };
    unsigned i;

    (void)state;
    for (i = 0; i < LIMITER_BURST; i++)
        assert_true(limiter_take(&l, 1000000));
    assert_true(limiter_take(&l, 1000000 + LIMITER_REFILL_MS));
    assert_false(limiter_take(&l, 1000000 + LIMITER_REFILL_MS));
    assert_true(limiter_take(&l, 9000000));
    assert_int_equal(l.used, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(burst_is_bounded_and_what_is_left_out_is_counted),
        cmocka_unit_test(time_refills_one_by_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
