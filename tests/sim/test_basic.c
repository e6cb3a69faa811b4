/* sim/test_basic.c - an IKE SA with a Child SA comes up and ends. RFC 7296 1.2, 1.4.1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/scenario.h"

/* RFC 7296 1.2, as the ladder there. */
static void initial_exchanges_make_an_ike_sa_and_a_child_sa(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    w->net.is_held = true;
    initiate(a, b);
    passes(a, b, IKE2_EXCHANGE_IKE_SA_INIT, REQUEST);  /* HDR, SAi1, KEi, Ni  -->            */
    passes(b, a, IKE2_EXCHANGE_IKE_SA_INIT, RESPONSE); /*     <--  HDR, SAr1, KEr, Nr        */
    passes(a, b, IKE2_EXCHANGE_IKE_AUTH, REQUEST);     /* HDR, SK {IDi, AUTH, SAi2, ...} --> */
    passes(b, a, IKE2_EXCHANGE_IKE_AUTH, RESPONSE);    /* <-- HDR, SK {IDr, AUTH, SAr2, ...} */
    nothing_flies(w);
    expect_up(a, b);
    expect_events(a, IKE2_EVENT_SA_UP, 1);
    expect_events(b, IKE2_EVENT_SA_UP, 1);
    expect_events(a, IKE2_EVENT_CHILD_UP, 1);
    expect_events(b, IKE2_EVENT_CHILD_UP, 1);
}

/* RFC 7296 1.4.1. */
static void either_side_can_delete_the_ike_sa(void **state)
{
    struct world *w = *state;

    for (size_t i = 0; i < 2; i++) {
        struct side *a = w->sides[i], *b = w->sides[1 - i];

        w->net.is_held = false;
        bring_up(side_a(state), side_b(state));
        w->net.is_held = true;
        close_sa(a);
        passes(a, b, IKE2_EXCHANGE_INFORMATIONAL, REQUEST);  /* HDR, SK {D} -->    */
        passes(b, a, IKE2_EXCHANGE_INFORMATIONAL, RESPONSE); /*     <-- HDR, SK {} */
        nothing_flies(w);
        expect_nothing(a);
        expect_nothing(b);
        expect_sa_down(a, IKE2_REASON_LOCAL, 0);
        expect_child_down(a, IKE2_REASON_LOCAL, 0);
        expect_sa_down(b, IKE2_REASON_PEER, 0);
        expect_child_down(b, IKE2_REASON_PEER, 0);
    }
}

static void both_sides_can_delete_the_ike_sa_at_once(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    bring_up(a, b);
    w->net.is_held = true;
    close_sa(a);
    close_sa(b);
    passes(a, b, IKE2_EXCHANGE_INFORMATIONAL, REQUEST); /* the requests cross */
    passes(b, a, IKE2_EXCHANGE_INFORMATIONAL, REQUEST);
    expect_nothing(a);
    expect_nothing(b);
    expect_sa_down(a, IKE2_REASON_LOCAL, 0);
    expect_sa_down(b, IKE2_REASON_LOCAL, 0);
    expect_events(a, IKE2_EVENT_SA_DOWN, 1);
    expect_events(b, IKE2_EVENT_SA_DOWN, 1);
}

static void an_ike_sa_that_is_dropped_says_nothing(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    uint64_t sent;

    bring_up(a, b);
    sent = w->net.n_sent;
    drop_sa(a);
    expect_nothing(a);
    expect_sa_down(a, IKE2_REASON_LOCAL, 0);
    assert_int_equal(w->net.n_sent, sent);
    /* The other side finds out by its liveness check. */
    assert_true(world_run_out(w, 120 * 1000));
    expect_sa_down(b, IKE2_REASON_TIMEOUT, 0);
}

static void commands_about_what_has_gone_are_stale(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    ike2_sa_id sa;

    bring_up(a, b);
    sa = sa_of_side(a);
    close_sa(a);
    assert_int_equal(ike2_sa_close(a->ep, w->now, sa), IKE2_ERR_STATE);
    world_run(w, 1000);
    assert_int_equal(ike2_sa_close(a->ep, w->now, sa), IKE2_ERR_STALE);
    assert_int_equal(ike2_sa_drop(a->ep, w->now, sa), IKE2_ERR_STALE);
    assert_int_equal(ike2_sa_probe(a->ep, w->now, sa), IKE2_ERR_STALE);
    assert_int_equal(ike2_child_close(a->ep, w->now, 12345), IKE2_ERR_STALE);
}

static void memory_comes_back_when_the_sas_are_gone(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    uint64_t held_a = 0, held_b = 0;

    for (size_t i = 0; i < 4; i++) {
        bring_up(a, b);
        close_sa(i % 2 == 0 ? a : b);
        world_run(w, 1000);
        expect_nothing(a);
        expect_nothing(b);
        world_run(w, 30 * 1000); /* the last answers are kept for a while */
        if (i == 0) { /* the maps have their size from here on */
            held_a = side_stats(a).octets_held;
            held_b = side_stats(b).octets_held;
        }
        assert_int_equal(side_stats(a).octets_held, held_a);
        assert_int_equal(side_stats(b).octets_held, held_b);
    }
}

static void endpoints_that_are_freed_leave_nothing_behind(void **state)
{
    struct world *w = *state;

    bring_up(side_a(state), side_b(state));
    initiate(side_b(state), side_a(state));
    w->net.is_held = true;
    world_run(w, 200); /* the second one is under way; world_free looks */
    assert_int_equal(side_stats(side_b(state)).sas, 2);
}

static void both_sides_can_initiate_at_once(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    initiate(a, b);
    initiate(b, a);
    world_run(w, 1000);
    assert_int_equal(side_stats(a).sas, 2);
    assert_int_equal(side_stats(b).sas, 2);
    expect_events(a, IKE2_EVENT_CHILD_UP, 2);
    expect_events(b, IKE2_EVENT_CHILD_UP, 2);
    assert_int_equal(dataplane_count(&a->dataplane), 2);
}

static void every_suite_protects_the_sa_and_the_child(void **state)
{
    static const char *const suites[][2] = {
        { "aes128-sha256-prfsha256-modp2048", "aes128-sha256-noesn" },
        { "aes256-sha384-prfsha384-ecp384", "aes256-sha384-esn" },
        { "aes256-sha512-prfsha512-ecp521", "aes256-sha512-noesn" },
        { "aes256gcm16-prfsha256-modp3072", "chacha20poly1305-noesn" },
        { "chacha20poly1305-prfsha384-x25519", "aes128gcm16-esn" },
    };
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    for (size_t i = 0; i < sizeof suites / sizeof suites[0]; i++) {
        setup_ike(&a->setup, suites[i][0]);
        setup_esp(&a->setup, 0, suites[i][1]);
        assert_int_equal(side_start(a, w->now), IKE2_OK);
        assert_int_equal(side_define(a, &a->peer), IKE2_OK);
        setup_ike(&b->setup, suites[i][0]);
        setup_esp(&b->setup, 0, suites[i][1]);
        assert_int_equal(side_start(b, w->now), IKE2_OK);
        assert_int_equal(side_define(b, &b->peer), IKE2_OK);
        bring_up(a, b);
        close_sa(a);
        world_run(w, 1000);
        expect_nothing(b);
    }
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)
    static const struct CMUnitTest tests[] = {
        CASE(initial_exchanges_make_an_ike_sa_and_a_child_sa),
        CASE(either_side_can_delete_the_ike_sa),
        CASE(both_sides_can_delete_the_ike_sa_at_once),
        CASE(an_ike_sa_that_is_dropped_says_nothing),
        CASE(commands_about_what_has_gone_are_stale),
        CASE(memory_comes_back_when_the_sas_are_gone),
        CASE(endpoints_that_are_freed_leave_nothing_behind),
        CASE(both_sides_can_initiate_at_once),
        CASE(every_suite_protects_the_sa_and_the_child),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
