/* examples/bench/spread.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "bench/spread.h"

static struct spread spread_of(const double *values, size_t n)
{
    struct series s = { 0 };

    for (size_t i = 0; i < n; i++)
        series_add(&s, values[i]);
    return series_spread(&s);
}

static void median_of_an_odd_number_is_the_middle_one(void **state)
{
    struct spread s = spread_of((const double[]){ 9, 1, 4, 8, 2 }, 5);

    (void)state;
    assert_true(s.median == 4 && s.min == 1 && s.max == 9);
}

static void median_of_an_even_number_lies_between_the_middle_two(void **state)
{
    struct spread s = spread_of((const double[]){ 9, 1, 4, 8 }, 4);

    (void)state;
    assert_true(s.median == 6 && s.min == 1 && s.max == 9);
}

static void one_value_is_all_three(void **state)
{
    struct spread s = spread_of((const double[]){ 3 }, 1);

    (void)state;
    assert_true(s.median == 3 && s.min == 3 && s.max == 3);
}

static void no_values_are_zeros(void **state)
{
    struct spread s = spread_of(NULL, 0);

    (void)state;
    assert_true(s.median == 0 && s.min == 0 && s.max == 0);
}

static void values_beyond_the_room_are_left_out(void **state)
{
    struct series s = { 0 };

    (void)state;
    for (size_t i = 0; i < ROUNDS_MAX; i++)
        series_add(&s, 1);
    series_add(&s, 2);
    assert_true(series_spread(&s).max == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(median_of_an_odd_number_is_the_middle_one),
        cmocka_unit_test(median_of_an_even_number_lies_between_the_middle_two),
        cmocka_unit_test(one_value_is_all_three),
        cmocka_unit_test(no_values_are_zeros),
        cmocka_unit_test(values_beyond_the_room_are_left_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
