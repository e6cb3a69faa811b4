/* sim/test_limits.c - floods: half-open SAs, cookies by load, outputs that nobody polls. RFC 7296
 * 2.6. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/scenario.h"

/* Side a begins `n` SAs of which side b hears the first message only. */
static void flood(struct side *a, struct side *b, size_t n)
{
    struct world *w = a->world;

    w->is_unchecked = true;
    w->net.is_held = true;
    for (size_t i = 0; i < n; i++) {
        initiate(a, b);
        passes(a, b, IKE2_EXCHANGE_IKE_SA_INIT, REQUEST);
    }
    w->is_unchecked = false;
    world_check(w);
}

static void one_address_cannot_have_all_half_open_sas(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state), *c = world_add(w, "c");

    setup_ids(&b->setup, "side2.example.org", "%any");
    setup_ids(&c->setup, "side1.example.org", "side2.example.org");
    flood(a, b, 20);
    assert_int_equal(side_stats(b).half_open, 16);
    assert_int_equal(drops(b, IKE2_DROP_HALF_OPEN), 4);
    initiate(c, b); /* another address */
    passes(c, b, IKE2_EXCHANGE_IKE_SA_INIT, REQUEST);
    assert_int_equal(side_stats(b).half_open, 17);
}

static void half_open_sas_have_a_ceiling(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    b->setup.limits.half_open = 3;
    flood(a, b, 8);
    assert_int_equal(side_stats(b).half_open, 3);
    assert_int_equal(side_stats(b).sas, 3);
    assert_int_equal(drops(b, IKE2_DROP_HALF_OPEN), 5);
}

static void half_open_sas_end_by_themselves(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    b->setup.endpoint.half_open_ms = 5000;
    flood(a, b, 5);
    world_run(w, 4000);
    assert_int_equal(side_stats(b).half_open, 5);
    world_run(w, 2000);
    expect_nothing(b);
    expect_events(b, IKE2_EVENT_SA_DOWN, 5);
    expect_sa_down(b, IKE2_REASON_TIMEOUT, 0);
}

static void cookies_are_demanded_under_load(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    b->setup.limits.half_open_cookie = 4;
    flood(a, b, 7);
    assert_int_equal(side_stats(b).half_open, 4);
    assert_int_equal(side_stats(b).cookies_sent, 3);
}

static void cookies_can_be_switched_off(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    b->setup.limits.half_open_cookie = 4;
    b->setup.endpoint.cookie = IKE2_OFF;
    flood(a, b, 7);
    assert_int_equal(side_stats(b).half_open, 7);
    assert_int_equal(side_stats(b).cookies_sent, 0);
}

static void a_flood_leaves_those_who_come_back(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    b->setup.limits.half_open_cookie = 4;
    flood(a, b, 10);
    assert_int_equal(side_stats(b).cookies_sent, 6);
    w->net.is_held = false;
    world_run(w, 20 * 1000);
    assert_int_equal(side_stats(b).half_open, 0);
    assert_int_equal(side_stats(b).children, 10);
    assert_int_equal(record_count(&a->record, IKE2_EVENT_CHILD_UP), 10);
}

static void sas_have_a_ceiling(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    ike2_connect connect = IKE2_INIT(ike2_connect);
    ike2_path path = { .local = a->addr, .remote = b->addr, .tag = 7 };
    ike2_sa_id id = 4711;

    a->setup.limits.sas = 2;
    flood(a, b, 2);
    connect.peer = a->peer;
    connect.path = &path;
    assert_int_equal(ike2_sa_connect(a->ep, w->now, &connect, &id), IKE2_ERR_LIMIT);
    assert_int_equal(id, 4711);
    drop_sa(a);
    assert_int_equal(ike2_sa_connect(a->ep, w->now, &connect, &id), IKE2_OK);
    assert_int_not_equal(id, 4711);
    side_drain(a, w->now);
}

static void outputs_that_are_not_polled_stop_the_endpoint(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    ike2_connect connect = IKE2_INIT(ike2_connect);
    ike2_path path = { .local = a->addr, .remote = b->addr, .tag = 7 };
    ike2_sa_id id;
    uint8_t octet = 0;

    a->setup.limits.queued_outputs = 3;
    bring_up(a, b);
    connect.peer = a->peer;
    connect.path = &path;
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(ike2_sa_connect(a->ep, w->now, &connect, &id), IKE2_OK);
    assert_int_equal(ike2_sa_connect(a->ep, w->now, &connect, &id), IKE2_ERR_LIMIT);
    assert_int_equal(ike2_endpoint_input(a->ep, w->now, &path, (ike2_bytes){ &octet, 1 }),
                     IKE2_ERR_LIMIT);
    assert_int_equal(ike2_sa_probe(a->ep, w->now, sa_of_side(a)), IKE2_ERR_LIMIT);
    assert_int_equal(ike2_sa_drop(a->ep, w->now, sa_of_side(a)), IKE2_OK); /* removals have room */
    side_drain(a, w->now);
    expect_events(a, IKE2_EVENT_SA_DOWN, 1);
    assert_int_equal(ike2_endpoint_input(a->ep, w->now, &path, (ike2_bytes){ &octet, 1 }), IKE2_OK);
    world_run(w, 1000);
    assert_int_equal(side_stats(a).children, 3);
}

static void bad_arguments_change_nothing(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    ike2_connect connect = IKE2_INIT(ike2_connect);
    ike2_path path = { .local = a->addr, .remote = b->addr, .tag = 7 };
    ike2_sa_id id;

    assert_int_equal(side_start(a, w->now), IKE2_OK);
    connect.peer = a->peer;
    assert_int_equal(ike2_sa_connect(a->ep, w->now, &connect, &id), IKE2_ERR_ARGUMENT);
    connect.path = &path;
    path.remote.port = 0;
    assert_int_equal(ike2_sa_connect(a->ep, w->now, &connect, &id), IKE2_ERR_ARGUMENT);
    path.remote.port = 500;
    path.remote.family = 5;
    assert_int_equal(ike2_sa_connect(a->ep, w->now, &connect, &id), IKE2_ERR_ARGUMENT);
    path.remote.family = 4;
    path.encap = IKE2_ENCAP_TCP;
    assert_int_equal(ike2_sa_connect(a->ep, w->now, &connect, &id), IKE2_ERR_ARGUMENT);
    path.encap = IKE2_ENCAP_NONE;
    connect.peer = 4711;
    assert_int_equal(ike2_sa_connect(a->ep, w->now, &connect, &id), IKE2_ERR_STALE);
    assert_int_equal(side_stats(a).sas, 0);
}

static void iteration_meets_every_sa_and_child_once(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    ike2_sa_id sa = 0, last = 0;
    ike2_child_id child = 0;
    size_t n = 0;

    for (size_t i = 0; i < 20; i++)
        initiate(a, b);
    w->is_unchecked = true;
    world_run(w, 60 * 1000);
    while ((sa = ike2_sa_next(a->ep, sa)) != 0) {
        assert_true(sa > last);
        last = sa;
        assert_int_not_equal(ike2_child_next(a->ep, sa, 0), 0);
        assert_int_equal(ike2_child_next(a->ep, sa, ike2_child_next(a->ep, sa, 0)), 0);
        n++;
    }
    assert_int_equal(n, 20);
    for (n = 0; (child = ike2_child_next(a->ep, 0, child)) != 0; n++)
        ;
    assert_int_equal(n, 20);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)
    static const struct CMUnitTest tests[] = {
        CASE(one_address_cannot_have_all_half_open_sas),
        CASE(half_open_sas_have_a_ceiling),
        CASE(half_open_sas_end_by_themselves),
        CASE(cookies_are_demanded_under_load),
        CASE(cookies_can_be_switched_off),
        CASE(a_flood_leaves_those_who_come_back),
        CASE(sas_have_a_ceiling),
        CASE(outputs_that_are_not_polled_stop_the_endpoint),
        CASE(bad_arguments_change_nothing),
        CASE(iteration_meets_every_sa_and_child_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
