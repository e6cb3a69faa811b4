/* The last failures, bounded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "server/recent.h"

/* Failures 0 to n - 1. */
static struct recent after(int n)
{
    struct recent r = { 0 };
    int i;

    for (i = 0; i < n; i++)
        recent_add(&r, "ike-sa-failed", json_pack("{s:i}", "sa", i));
    return r;
}

/* `n` failures in a row from `first` on. Ends `r`. */
static void expect(struct recent *r, size_t last, int first, size_t n)
{
    json_t *list = recent_list(r, last), *entry;
    size_t i;

    assert_int_equal(json_array_size(list), n);
    json_array_foreach(list, i, entry)
    {
        assert_int_equal(json_integer_value(json_object_get(entry, "sa")), first + (int)i);
        assert_string_equal(json_string_value(json_object_get(entry, "event")), "ike-sa-failed");
        assert_int_equal(strlen(json_string_value(json_object_get(entry, "time"))),
                         strlen("2027-03-01T12:00:00.123Z"));
    }
    json_decref(list);
    recent_clear(r);
}

static void without_failures_the_list_is_empty(void **state)
{
    struct recent r = after(0);

    (void)state;
    expect(&r, RECENT_KEPT, 0, 0);
}

static void newest_is_at_the_end(void **state)
{
    struct recent r = after(3);

    (void)state;
    expect(&r, RECENT_KEPT, 0, 3);
}

static void last_leaves_out_the_oldest(void **state)
{
    struct recent r = after(5);

    (void)state;
    expect(&r, 2, 3, 2);
}

static void more_than_there_are_is_all(void **state)
{
    struct recent r = after(5);

    (void)state;
    expect(&r, SIZE_MAX, 0, 5);
}

static void flood_keeps_the_newest_alone(void **state)
{
    struct recent r = after(3 * RECENT_KEPT + 7);

    (void)state;
    expect(&r, RECENT_KEPT, 2 * RECENT_KEPT + 7, RECENT_KEPT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_failures_the_list_is_empty),
        cmocka_unit_test(newest_is_at_the_end),
        cmocka_unit_test(last_leaves_out_the_oldest),
        cmocka_unit_test(more_than_there_are_is_all),
        cmocka_unit_test(flood_keeps_the_newest_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
