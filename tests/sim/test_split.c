/* sim/test_split.c - a Child SA for each pair of selectors. RFC 7296 2.9. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/scenario.h"

#define CASE(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

enum { LEFT = 0x0a010000, RIGHT = 0x0a020000 };

static ike2_ts host_at(uint32_t addr)
{
    return setup_net4(addr, 32);
}

/* Behind a are `n_left` hosts, behind b are `n_right`; b makes a child for one pair only. */
static void prepare(struct side *a, struct side *b, size_t n_left, size_t n_right)
{
    const ike2_ts nets[] = { setup_net4(LEFT, 16), setup_net4(RIGHT, 16) };
    ike2_ts left[8], right[8];

    for (size_t i = 0; i < 8; i++) {
        left[i] = host_at(LEFT + (uint32_t)i + 1);
        right[i] = host_at(RIGHT + (uint32_t)i + 1);
    }
    setup_selectors(&a->setup, 0, left, n_left, right, n_right);
    setup_selectors(&b->setup, 0, &nets[1], 1, &nets[0], 1);
    b->setup.children[0].single_pair = IKE2_ON;
}

static void expect_children(struct side *a, struct side *b, size_t n)
{
    assert_int_equal(info_of(a).n_children, n);
    assert_int_equal(info_of(b).n_children, n);
    for (size_t i = 0; i < n; i++) {
        const struct entry *e = dataplane_pair(&a->dataplane, i);

        assert_int_equal(e->n_ts_local, 1);
        assert_int_equal(e->n_ts_remote, 1);
        assert_memory_equal(e->ts.local.first, e->ts.local.last, 4);
        for (size_t j = 0; j < i; j++) {
            const struct entry *other = dataplane_pair(&a->dataplane, j);

            assert_true(e->ts.local.first[3] != other->ts.local.first[3] ||
                        e->ts.remote.first[3] != other->ts.remote.first[3]);
        }
    }
}

static void what_begins_with_a_single_pair_is_narrowed_to_it(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    prepare(a, b, 2, 3);
    initiate(a, b);
    world_run(w, 1000);
    expect_children(a, b, 1);
    expect_up(a, b);
}

/* Also when one of the selectors is wider: its pairs are refused, the others come up. */
static void a_refused_request_is_repeated_in_parts(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    prepare(a, b, 3, 2);
    a->setup.child_rooms[0].local[0] = setup_net4(LEFT + 0x100, 24);
    initiate(a, b);
    world_run(w, 30 * 1000);
    expect_children(a, b, 4);
    expect_events(a, IKE2_EVENT_CHILD_UP, 4);
    expect_events(a, IKE2_EVENT_CHILD_DOWN, 2);
    expect_child_down(a, IKE2_REASON_SELECTORS, IKE2_NOTIFY_SINGLE_PAIR_REQUIRED);
}

static void what_cannot_be_split_fails(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    const ike2_ts nets[] = { setup_net4(LEFT, 24), setup_net4(RIGHT, 24) };

    prepare(a, b, 1, 1);
    setup_selectors(&a->setup, 0, &nets[0], 1, &nets[1], 1);
    initiate(a, b);
    world_run(w, 5000);
    expect_up_without_child(a);
    expect_child_down(a, IKE2_REASON_SELECTORS, IKE2_NOTIFY_SINGLE_PAIR_REQUIRED);
}

static void a_later_child_is_split_as_well(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    ike2_child_id child;

    prepare(a, b, 3, 2);
    a->setup.child_rooms[0].local[0] = setup_net4(LEFT + 0x100, 24);
    a->setup.peer.childless = IKE2_WANT_PREFER;
    initiate(a, b);
    world_run(w, 1000);
    assert_int_equal(ike2_child_create(a->ep, w->now, sa_of_side(a), 0, &child), IKE2_OK);
    side_drain(a, w->now);
    world_run(w, 30 * 1000);
    expect_children(a, b, 4);
    expect_events(a, IKE2_EVENT_CHILD_UP, 4);
}

/* Each part keeps its selectors when it is rekeyed. */
static void parts_are_rekeyed_one_by_one(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    ike2_child_id child = 0;

    prepare(a, b, 3, 2);
    a->setup.child_rooms[0].local[0] = setup_net4(LEFT + 0x100, 24);
    initiate(a, b);
    world_run(w, 30 * 1000);
    while ((child = ike2_child_next(a->ep, 0, child)) != 0)
        assert_int_equal(ike2_child_rekey(a->ep, w->now, child, 0), IKE2_OK);
    side_drain(a, w->now);
    world_run(w, 30 * 1000);
    expect_events(a, IKE2_EVENT_CHILD_REKEYED, 4);
    expect_children(a, b, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(what_begins_with_a_single_pair_is_narrowed_to_it),
        CASE(a_refused_request_is_repeated_in_parts),
        CASE(what_cannot_be_split_fails),
        CASE(a_later_child_is_split_as_well),
        CASE(parts_are_rekeyed_one_by_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
