/* Allocator hook with accounting. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/mem.h"
#include "support/allocator.h"

static void room_is_zeroed_and_accounted(void **state)
{
    struct allocator a;
    struct mem mem;
    ike2_mem hook;
    uint8_t *room;

    (void)state;
    allocator_init(&a);
    hook = allocator_hook(&a);
    ike2_mem_init(&mem, &hook);
    room = ike2_mem_acquire(&mem, 100);
    assert_non_null(room);
    for (size_t i = 0; i < 100; i++)
        assert_int_equal(room[i], 0);
    assert_int_equal(mem.octets_held, 100);

    ike2_mem_release(&mem, room, 100);
    assert_int_equal(mem.octets_held, 0);
    allocator_expect_empty(&a);
}

static void release_wipes(void **state)
{
    struct allocator a;
    struct mem mem;
    ike2_mem hook;
    uint8_t *room;

    (void)state;
    allocator_init(&a);
    hook = allocator_hook(&a);
    ike2_mem_init(&mem, &hook);
    room = ike2_mem_acquire(&mem, 33);
    assert_non_null(room);
    memset(room, 0x5a, 33);
    ike2_mem_release(&mem, room, 33);
    allocator_expect_empty(&a);
}

static void failure_accounts_nothing(void **state)
{
    struct allocator a;
    struct mem mem;
    ike2_mem hook;

    (void)state;
    allocator_init(&a);
    a.fail_after = 0;
    hook = allocator_hook(&a);
    ike2_mem_init(&mem, &hook);
    assert_null(ike2_mem_acquire(&mem, 1));
    assert_int_equal(mem.octets_held, 0);
}

static void nothing_can_be_released(void **state)
{
    struct mem mem;
    void *room;

    (void)state;
    ike2_mem_init(&mem, NULL);
    ike2_mem_release(&mem, NULL, 10);
    assert_int_equal(mem.octets_held, 0);
    room = ike2_mem_acquire(&mem, 10);
    assert_non_null(room);
    ike2_mem_release(&mem, room, 10);
    assert_int_equal(mem.octets_held, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(room_is_zeroed_and_accounted),
        cmocka_unit_test(release_wipes),
        cmocka_unit_test(failure_accounts_nothing),
        cmocka_unit_test(nothing_can_be_released),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
