/* Timer heap. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/heap.h"
#include "support/allocator.h"

enum { NODES = 200 };

struct fixture {
    struct allocator allocator;
    struct mem mem;
    struct heap heap;
    struct heap_node nodes[NODES];
};

static void begin(struct fixture *f, size_t n)
{
    ike2_mem hook;

    *f = (struct fixture){ 0 };
    allocator_init(&f->allocator);
    hook = allocator_hook(&f->allocator);
    ike2_mem_init(&f->mem, &hook);
    for (size_t i = 0; i < n; i++) {
        f->nodes[i].at = IKE2_TIME_NEVER;
        assert_int_equal(ike2_heap_reserve(&f->heap, &f->mem), IKE2_OK);
    }
}

static void end(struct fixture *f)
{
    ike2_heap_clear(&f->heap, &f->mem);
    assert_int_equal(f->mem.octets_held, 0);
    allocator_expect_empty(&f->allocator);
}

static void expect_order(const struct heap *h)
{
    for (size_t i = 0; i < h->n; i++) {
        assert_int_equal(h->nodes[i]->index, i + 1);
        if (i > 0)
            assert_true(h->nodes[(i - 1) / 2]->at <= h->nodes[i]->at);
    }
}

/* xorshift: the same instants from run to run. */
static uint32_t next(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

static void earliest_comes_first(void **state)
{
    static struct fixture f;
    uint32_t seed = 1;
    ike2_time last = 0;

    (void)state;
    begin(&f, NODES);
    for (size_t i = 0; i < NODES; i++)
        ike2_heap_set(&f.heap, &f.nodes[i], next(&seed) % 1000);
    for (size_t i = 0; i < NODES; i++) {
        struct heap_node *first = ike2_heap_first(&f.heap);

        assert_non_null(first);
        assert_true(first->at >= last);
        last = first->at;
        ike2_heap_set(&f.heap, first, IKE2_TIME_NEVER);
        assert_int_equal(first->index, 0);
        expect_order(&f.heap);
    }
    assert_null(ike2_heap_first(&f.heap));
    end(&f);
}

static void nodes_move_and_leave_at_any_time(void **state)
{
    static struct fixture f;
    uint32_t seed = 7;

    (void)state;
    begin(&f, NODES);
    for (size_t i = 0; i < 20000; i++) {
        struct heap_node *node = &f.nodes[next(&seed) % NODES];
        ike2_time at = next(&seed) % 4 == 0 ? IKE2_TIME_NEVER : next(&seed) % 500;

        ike2_heap_set(&f.heap, node, at);
        assert_int_equal(node->at, at);
        assert_int_equal(node->index != 0, at != IKE2_TIME_NEVER);
        if (i % 64 == 0)
            expect_order(&f.heap);
    }
    end(&f);
}

static void setting_a_timer_never_allocates(void **state)
{
    static struct fixture f;

    (void)state;
    begin(&f, NODES);
    f.allocator.fail_after = 0;
    for (size_t i = 0; i < NODES; i++)
        ike2_heap_set(&f.heap, &f.nodes[i], NODES - i);
    assert_ptr_equal(ike2_heap_first(&f.heap), &f.nodes[NODES - 1]);
    end(&f);
}

static void failed_reservation_changes_nothing(void **state)
{
    static struct fixture f;
    size_t reserved;

    (void)state;
    begin(&f, 3);
    ike2_heap_set(&f.heap, &f.nodes[1], 5);
    f.allocator.fail_after = f.allocator.n_acquired;
    while (ike2_heap_reserve(&f.heap, &f.mem) == IKE2_OK)
        assert_true(f.heap.n_reserved < 1000);
    reserved = f.heap.n_reserved;
    assert_int_equal(ike2_heap_reserve(&f.heap, &f.mem), IKE2_ERR_MEMORY);
    assert_int_equal(f.heap.n_reserved, reserved);
    assert_ptr_equal(ike2_heap_first(&f.heap), &f.nodes[1]);
    end(&f);
}

static void unreserved_room_is_used_again(void **state)
{
    static struct fixture f;
    size_t acquired;

    (void)state;
    begin(&f, 16);
    acquired = f.allocator.n_acquired;
    for (size_t i = 0; i < 100; i++) {
        ike2_heap_unreserve(&f.heap);
        assert_int_equal(ike2_heap_reserve(&f.heap, &f.mem), IKE2_OK);
    }
    assert_int_equal(f.allocator.n_acquired, acquired);
    end(&f);
}

static void cleared_heap_has_let_its_nodes_go(void **state)
{
    static struct fixture f;

    (void)state;
    begin(&f, 2);
    ike2_heap_set(&f.heap, &f.nodes[0], 1);
    end(&f);
    assert_int_equal(f.nodes[0].index, 0);
    assert_true(f.nodes[0].at == IKE2_TIME_NEVER);
    assert_null(ike2_heap_first(&f.heap));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(earliest_comes_first),
        cmocka_unit_test(nodes_move_and_leave_at_any_time),
        cmocka_unit_test(setting_a_timer_never_allocates),
        cmocka_unit_test(failed_reservation_changes_nothing),
        cmocka_unit_test(unreserved_room_is_used_again),
        cmocka_unit_test(cleared_heap_has_let_its_nodes_go),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
