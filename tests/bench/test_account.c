/* examples/bench/account.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "bench/account.h"

static void *acquire(struct account *a, size_t size)
{
    void *ptr = a->hook.acquire(a->hook.user, size);

    assert_non_null(ptr);
    return ptr;
}

static void release(struct account *a, void *ptr, size_t size)
{
    a->hook.release(a->hook.user, ptr, size);
}

static void blocks_are_counted_by_size_while_they_live(void **state)
{
    static struct account a;
    void *first, *second, *third;

    (void)state;
    account_init(&a);
    first = acquire(&a, 10);
    second = acquire(&a, 10);
    third = acquire(&a, 7);
    assert_int_equal(account_count(&a, 10), 2);
    assert_int_equal(account_count(&a, 7), 1);
    assert_int_equal(a.held, 27);
    release(&a, first, 10);
    assert_int_equal(account_count(&a, 10), 1);
    release(&a, second, 10);
    release(&a, third, 7);
    assert_int_equal(account_count(&a, 10), 0);
    assert_int_equal(account_count(&a, 8), 0);
    assert_int_equal(a.held, 0);
}

static void peak_stays_when_blocks_go(void **state)
{
    static struct account a;
    void *first, *second;

    (void)state;
    account_init(&a);
    first = acquire(&a, 100);
    release(&a, first, 100);
    second = acquire(&a, 30);
    assert_int_equal(a.peak, 100);
    assert_int_equal(a.held, 30);
    release(&a, second, 30);
}

static void sizes_without_a_place_are_held_all_the_same(void **state)
{
    static struct account a;
    void *blocks[SIZES_MAX + 1];
    size_t sum = 0;

    (void)state;
    account_init(&a);
    for (size_t i = 0; i <= SIZES_MAX; i++) {
        blocks[i] = acquire(&a, i + 1);
        sum += i + 1;
    }
    assert_int_equal(a.held, sum);
    assert_int_equal(account_count(&a, SIZES_MAX), 1);
    assert_int_equal(account_count(&a, SIZES_MAX + 1), 0);
    for (size_t i = 0; i <= SIZES_MAX; i++)
        release(&a, blocks[i], i + 1);
    assert_int_equal(a.held, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_counted_by_size_while_they_live),
        cmocka_unit_test(peak_stays_when_blocks_go),
        cmocka_unit_test(sizes_without_a_place_are_held_all_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
