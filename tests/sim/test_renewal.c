/* sim/test_renewal.c - an IKE SA is authenticated anew, make before break. RFC 7296 2.8.3; RFC
 * 4478. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "sim/scenario.h"

#define CASE(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

enum { AUTH = IKE2_EXCHANGE_IKE_AUTH, INIT = IKE2_EXCHANGE_IKE_SA_INIT };

static void reauth(struct side *s)
{
    assert_int_equal(ike2_sa_reauth(s->ep, s->world->now, sa_of_side(s)), IKE2_OK);
    side_drain(s, s->world->now);
}

/* One SA on each side, the same one, and its children under the same names as before at a. */
static void expect_renewed(struct side *a, struct side *b, size_t times)
{
    expect_events(a, IKE2_EVENT_SA_REKEYED, times);
    expect_events(a, IKE2_EVENT_SA_DOWN, 0);
    expect_events(a, IKE2_EVENT_CHILD_DOWN, 0);
    expect_events(a, IKE2_EVENT_SA_UP, 1);
    assert_int_equal(side_stats(a).sas, 1);
    assert_int_equal(side_stats(b).sas, 1);
}

static void the_name_and_the_child_stay(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    ike2_child_id child;
    ike2_sa_id sa;

    bring_up(a, b);
    sa = sa_of_side(a);
    child = ike2_child_next(a->ep, 0, 0);
    for (size_t i = 1; i <= 3; i++) {
        uint64_t spi = info_of(a).spi_local;

        reauth(a);
        world_run(w, 30 * 1000);
        expect_renewed(a, b, i);
        expect_events(a, IKE2_EVENT_CHILD_REKEYED, i);
        assert_true(sa_of_side(a) == sa && ike2_child_next(a->ep, 0, 0) == child);
        assert_true(record_last(&a->record, IKE2_EVENT_SA_REKEYED)->old_spi == spi);
        assert_true(info_of(a).spi_local != spi);
        expect_up(a, b);
    }
    expect_events(b, IKE2_EVENT_SA_UP, 4);
    expect_events(b, IKE2_EVENT_SA_DOWN, 3);
}

/* The old SA is deleted when the new one carries everything, not before. */
static void it_is_made_before_it_is_broken(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    size_t installed;

    bring_up(a, b);
    installed = a->dataplane.n_removed;
    w->net.is_held = true;
    reauth(a);
    passes(a, b, INIT, REQUEST);
    passes(b, a, INIT, RESPONSE);
    passes(a, b, AUTH, REQUEST);
    assert_int_equal(side_stats(b).sas, 2);
    assert_int_equal(a->dataplane.n_removed, installed);
    passes(b, a, AUTH, RESPONSE);
    expect_events(a, IKE2_EVENT_CHILD_REKEYED, 1);
    assert_int_equal(side_stats(a).sas, 2);
    nothing_flies(w); /* what is under way on the old pair arrives before its Delete */
    world_run(w, 5000);
    passes(a, b, IKE2_EXCHANGE_INFORMATIONAL, REQUEST);
    passes(b, a, IKE2_EXCHANGE_INFORMATIONAL, RESPONSE);
    nothing_flies(w);
    w->net.is_held = false;
    world_run(w, 10 * 1000);
    expect_renewed(a, b, 1);
    expect_up(a, b);
}

static void all_children_are_carried_over(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    ike2_child_id id;

    a->setup.peer.n_children = b->setup.peer.n_children = 2;
    initiate(a, b);
    world_run(w, 5000);
    assert_int_equal(ike2_child_create(a->ep, w->now, sa_of_side(a), 1, &id), IKE2_OK);
    side_drain(a, w->now);
    world_run(w, 5000);
    expect_events(a, IKE2_EVENT_CHILD_UP, 3);
    reauth(a);
    world_run(w, 30 * 1000);
    expect_renewed(a, b, 1);
    expect_events(a, IKE2_EVENT_CHILD_REKEYED, 3);
    assert_int_equal(info_of(a).n_children, 3);
    assert_int_equal(info_of(b).n_children, 3);
    assert_int_equal(dataplane_count(&a->dataplane), 3);
    assert_int_equal(dataplane_count(&b->dataplane), 3);
}

static void it_ends_well_on_a_bad_network(void **state)
{
    (void)state;
    for (uint64_t seed = trial_first_seed(1); seed <= trial_last_seed(60); seed++) {
        struct world *w = world_new(seed);
        struct side *a = w->sides[0], *b = w->sides[1];

        bring_up(a, b);
        w->net.loss_percent = 25;
        w->net.duplicate_percent = 20;
        w->net.delay_ms = 10;
        w->net.jitter_ms = 300;
        reauth(a);
        if (seed % 3 == 0)
            (void)ike2_child_rekey(b->ep, w->now, ike2_child_next(b->ep, 0, 0), 0);
        if (seed % 3 == 1)
            (void)ike2_sa_rekey(b->ep, w->now, sa_of_side(b));
        side_drain(b, w->now);
        world_run(w, 60 * 1000);
        w->net.loss_percent = 0;
        world_run(w, 200 * 1000);
        expect_events(a, IKE2_EVENT_SA_DOWN, 0);
        expect_events(a, IKE2_EVENT_CHILD_DOWN, 0);
        expect_up(a, b);
        world_free(w);
    }
}

static void an_attempt_without_answer_is_repeated(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    b->setup.peer.liveness_seconds = a->setup.peer.liveness_seconds = IKE2_NEVER;
    bring_up(a, b);
    w->net.loss_percent = 100;
    reauth(a);
    world_run(w, 100 * 1000);
    expect_events(a, IKE2_EVENT_SA_REKEYED, 0);
    assert_int_equal(side_stats(a).sas, 1);
    w->net.loss_percent = 0;
    world_run(w, 200 * 1000);
    expect_renewed(a, b, 1);
    expect_up(a, b);
}

static void who_is_not_authenticated_any_more_loses_the_sa(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    b->setup.asks_psk = true;
    bring_up(a, b);
    b->plans[ON_PSK] = (struct plan){ .manner = REFUSE };
    reauth(a);
    world_run(w, 30 * 1000);
    expect_nothing(a);
    expect_nothing(b);
    expect_sa_down(a, IKE2_REASON_AUTH, 0);
}

static void only_who_began_can_do_it_also_after_rekeying(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    bring_up(a, b);
    assert_int_equal(ike2_sa_reauth(b->ep, w->now, sa_of_side(b)), IKE2_ERR_STATE);
    assert_int_equal(ike2_sa_rekey(b->ep, w->now, sa_of_side(b)), IKE2_OK);
    side_drain(b, w->now);
    world_run(w, 1000);
    assert_int_equal(ike2_sa_reauth(b->ep, w->now, sa_of_side(b)), IKE2_ERR_STATE);
    reauth(a);
    world_run(w, 30 * 1000);
    assert_int_equal(side_stats(a).sas, 1);
    expect_events(a, IKE2_EVENT_SA_REKEYED, 2);
    expect_up(a, b);
}

static void time_does_it(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    a->setup.peer.reauth_seconds = 1000;
    bring_up(a, b);
    world_run(w, 10 * 1000 * 1000);
    assert_in_range(record_count(&a->record, IKE2_EVENT_SA_REKEYED), 9, 12);
    expect_events(a, IKE2_EVENT_SA_DOWN, 0);
    expect_events(a, IKE2_EVENT_CHILD_DOWN, 0);
    expect_up(a, b);
}

/* RFC 4478: the responder says how long; who keeps to it is never cut off. */
static void a_responder_can_demand_it(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    b->setup.peer.reauth_seconds = 600;
    bring_up(a, b);
    assert_in_range(info_of(a).reauth_at, w->now + 400 * 1000, w->now + 600 * 1000);
    world_run(w, 6000 * 1000);
    assert_in_range(record_count(&a->record, IKE2_EVENT_SA_REKEYED), 9, 14);
    expect_events(a, IKE2_EVENT_SA_DOWN, 0);
    expect_up(a, b);
}

/* So short a lifetime is over before the old SA's Delete, which waits for what is under way. */
static void the_last_moment_is_early_enough(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    const struct record *r = &b->record;

    b->setup.peer.reauth_seconds = 12;
    bring_up(a, b);
    world_run(w, 120 * 1000);
    assert_true(record_count(r, IKE2_EVENT_SA_DOWN) >= 7);
    for (size_t i = 0; i < r->n_events; i++) {
        if (r->events[i].type == IKE2_EVENT_SA_DOWN)
            assert_int_equal(r->events[i].reason, IKE2_REASON_PEER);
    }
    expect_events(a, IKE2_EVENT_SA_DOWN, 0);
    expect_events(a, IKE2_EVENT_CHILD_DOWN, 0);
}

static void a_responder_ends_an_sa_that_is_too_old(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    b->setup.peer.reauth_seconds = 600;
    bring_up(a, b);
    assert_int_equal(ike2_sa_rekey(a->ep, w->now, sa_of_side(a)), IKE2_OK);
    side_drain(a, w->now);
    world_run(w, 1000);
    a->ep->host.settings.limits.sas = 0; /* it cannot have another one */
    b->ep->host.settings.limits.sas = 0;
    world_run(w, 700 * 1000);
    expect_sa_down(b, IKE2_REASON_EXPIRED, 0);
    expect_nothing(b);
    expect_nothing(a);
}

/* To the responder it is a new SA; it goes on sending on the pair of the old one until the new pair
 * is in use, or the old SA is deleted: the initiator may not be ready for it before. */
static void the_responder_switches_when_the_initiator_is_ready(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    bring_up(a, b);
    w->net.is_held = true;
    reauth(a);
    passes(a, b, INIT, REQUEST);
    passes(b, a, INIT, RESPONSE);
    passes(a, b, AUTH, REQUEST);
    expect_events(b, IKE2_EVENT_CHILD_UP, 1);
    passes(b, a, AUTH, RESPONSE);
    world_run(w, 5000);
    passes(a, b, IKE2_EXCHANGE_INFORMATIONAL, REQUEST); /* the Delete */
    expect_events(b, IKE2_EVENT_CHILD_UP, 2);
    w->net.is_held = false;
    world_run(w, 10 * 1000);
    expect_up(a, b);
}

/* A peer that allows one SA only deletes the old one at once; the messages may change places. */
static void a_peer_may_delete_the_old_one_first(void **state)
{
    (void)state;
    for (uint64_t seed = trial_first_seed(1); seed <= trial_last_seed(40); seed++) {
        struct world *w = world_new(seed);
        struct side *a = w->sides[0], *b = w->sides[1];

        b->setup.peer.unique = IKE2_UNIQUE_REPLACE;
        bring_up(a, b);
        w->net.delay_ms = 5;
        w->net.jitter_ms = 400;
        w->net.loss_percent = seed % 2 == 0 ? 20 : 0;
        reauth(a);
        world_run(w, 60 * 1000);
        w->net.loss_percent = 0;
        world_run(w, 100 * 1000);
        expect_renewed(a, b, 1);
        expect_up(a, b);
        world_free(w);
    }
}

/* Closed, deleted or dropped at any moment, by either side, nothing is left. */
static void it_can_end_at_any_moment(void **state)
{
    (void)state;
    for (uint64_t seed = trial_first_seed(0); seed <= trial_last_seed(159); seed++) {
        struct world *w = world_new(seed + 1);
        struct side *a = w->sides[0], *b = w->sides[1];
        struct side *who = seed % 4 < 2 ? a : b;

        a->setup.endpoint.ask_spi = seed % 5 == 0 ? IKE2_ON : IKE2_OFF;
        bring_up(a, b);
        w->net.delay_ms = 20;
        a->plans[ON_INSTALL] = (struct plan){ .manner = LATER, .ms = 15 };
        reauth(a);
        world_run(w, seed % 80 * 3);
        if (side_stats(who).sas != 0 && seed % 8 < 4)
            close_sa(who);
        else if (side_stats(who).sas != 0)
            close_child(who);
        world_run(w, 20 * 1000);
        while (side_stats(a).sas != 0)
            drop_sa(a);
        world_run(w, 300 * 1000);
        expect_nothing(a);
        expect_nothing(b);
        world_free(w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_name_and_the_child_stay),
        CASE(it_is_made_before_it_is_broken),
        CASE(the_responder_switches_when_the_initiator_is_ready),
        CASE(all_children_are_carried_over),
        cmocka_unit_test(it_ends_well_on_a_bad_network),
        CASE(an_attempt_without_answer_is_repeated),
        CASE(who_is_not_authenticated_any_more_loses_the_sa),
        CASE(only_who_began_can_do_it_also_after_rekeying),
        CASE(time_does_it),
        CASE(a_responder_can_demand_it),
        CASE(the_last_moment_is_early_enough),
        CASE(a_responder_ends_an_sa_that_is_too_old),
        cmocka_unit_test(a_peer_may_delete_the_old_one_first),
        cmocka_unit_test(it_can_end_at_any_moment),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
