/* How long a client waits before it tries again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "client/backoff.h"

enum { LONGEST = 120000 };

static void waits_double_up_to_the_longest(void **state)
{
    static const uint32_t most[] = { 1000, 2000, 4000, 8000, 16000, 32000, 64000, 120000, 120000 };
    struct backoff least = { .longest_ms = LONGEST }, b = { .longest_ms = LONGEST };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof most / sizeof most[0]; i++) {
        assert_int_equal(backoff_next(&b, false, most[i] / 2), most[i]);
        assert_int_equal(backoff_next(&least, false, 0), most[i] / 2);
    }
}

static void every_wait_is_between_half_and_all(void **state)
{
    struct backoff b = { .longest_ms = LONGEST };
    uint32_t random = 1, ms;
    unsigned i;

    (void)state;
    for (i = 0; i < 1000; i++) {
        random = random * 1664525u + 1013904223u;
        ms = backoff_last(&b, random);
        assert_true(ms >= LONGEST / 2 && ms <= LONGEST);
    }
    assert_int_equal(b.n, 0); /* and it counts for nothing */
}

static void only_the_first_one_is_at_once(void **state)
{
    struct backoff b = { .longest_ms = LONGEST };

    (void)state;
    assert_int_equal(backoff_next(&b, true, UINT32_MAX), 0);
    assert_int_equal(backoff_next(&b, true, 500), 1000);
    assert_int_equal(backoff_next(&b, true, 1000), 2000);
    b.n = 0;
    assert_int_equal(backoff_next(&b, false, 500), 1000);
    assert_int_equal(backoff_next(&b, true, 1000), 2000);
}

static void short_bounds_hold_from_the_start(void **state)
{
    struct backoff b = { .longest_ms = 1 };
    unsigned i;

    (void)state;
    for (i = 0; i < 5; i++)
        assert_true(backoff_next(&b, false, i) <= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waits_double_up_to_the_longest),
        cmocka_unit_test(every_wait_is_between_half_and_all),
        cmocka_unit_test(only_the_first_one_is_at_once),
        cmocka_unit_test(short_bounds_hold_from_the_start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
