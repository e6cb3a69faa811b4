/* sim/test_rekey_child.c - rekeying of Child SAs: one side, the other side, both at once. RFC 7296
 * 1.3.3, 2.8, 2.8.1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sa/pair.h"
#include "sim/scenario.h"

#define CASE(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

enum { LINGER_MS = 5000, SWITCH_MS = 30 * 1000 };

static ike2_child_id child_of(const struct side *s)
{
    return ike2_child_next(s->ep, 0, 0);
}

static uint32_t spi_of(const struct side *s)
{
    ike2_child_info info = IKE2_INIT(ike2_child_info);

    assert_int_equal(ike2_child_get(s->ep, child_of(s), &info), IKE2_OK);
    assert_non_null(info.pair);
    return info.pair->spi_in;
}

static ike2_time due_of(const struct side *s)
{
    ike2_child_info info = IKE2_INIT(ike2_child_info);

    assert_int_equal(ike2_child_get(s->ep, child_of(s), &info), IKE2_OK);
    return info.rekey_at;
}

static void rekey(struct side *s)
{
    struct world *w = s->world;

    assert_int_equal(ike2_child_rekey(s->ep, w->now, child_of(s), 0), IKE2_OK);
    side_drain(s, w->now);
}

static void report(struct side *s, uint32_t what, uint32_t spi_in, uint64_t value)
{
    ike2_report r = IKE2_INIT(ike2_report);

    r.what = what;
    r.spi_in = spi_in;
    r.value = value;
    assert_int_equal(ike2_child_report(s->ep, s->world->now, &r), IKE2_OK);
    side_drain(s, s->world->now);
}

/* Both send on pairs that belong together, and keep nothing else. */
static void expect_one_pair(struct side *a, struct side *b)
{
    const struct entry *ours = dataplane_sending(&a->dataplane, child_of(a));
    const struct entry *theirs = dataplane_sending(&b->dataplane, child_of(b));

    assert_non_null(ours);
    assert_non_null(theirs);
    assert_int_equal(ours->spi_out, theirs->spi_in);
    assert_int_equal(ours->spi_in, theirs->spi_out);
    assert_memory_equal(ours->keys.encr_out.octets, theirs->keys.encr_in.octets,
                        ours->keys.encr_out.len);
    assert_memory_equal(ours->keys.encr_in.octets, theirs->keys.encr_out.octets,
                        ours->keys.encr_in.len);
    assert_int_equal(dataplane_count(&a->dataplane), 1);
    assert_int_equal(dataplane_count(&b->dataplane), 1);
    assert_int_equal(spi_of(a), ours->spi_in);
    assert_int_equal(spi_of(b), theirs->spi_in);
}

static void expect_rekeyed(struct side *a, struct side *b, size_t times)
{
    expect_events(a, IKE2_EVENT_CHILD_REKEYED, times);
    expect_events(b, IKE2_EVENT_CHILD_REKEYED, times);
    expect_events(a, IKE2_EVENT_CHILD_UP, 1);
    expect_events(b, IKE2_EVENT_CHILD_UP, 1);
    expect_events(a, IKE2_EVENT_CHILD_DOWN, 0);
    expect_events(b, IKE2_EVENT_CHILD_DOWN, 0);
    expect_one_pair(a, b);
}

/* --- One side --------------------------------------------------------------------------- */

static void either_side_can_rekey(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    bring_up(a, b);
    for (size_t i = 1; i <= 6; i++) {
        uint32_t old = spi_of(a);
        ike2_child_id child = child_of(a);

        rekey(i % 2 != 0 ? a : b);
        world_run(w, 2 * LINGER_MS);
        expect_rekeyed(a, b, i);
        assert_int_not_equal(spi_of(a), old);
        assert_true(child_of(a) == child);
    }
}

/* What is kept for packets under way takes no room that new pairs need. */
static void rekeyings_in_quick_succession_are_all_answered(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    enum { REKEYINGS = 20 };

    bring_up(a, b);
    for (size_t i = 1; i <= REKEYINGS; i++) {
        uint32_t old = spi_of(a);

        rekey(i % 2 != 0 ? a : b);
        world_run(w, 100);
        assert_int_not_equal(spi_of(a), old);
    }
    world_run(w, 2 * LINGER_MS);
    expect_rekeyed(a, b, REKEYINGS);
}

enum { CREATE = IKE2_EXCHANGE_CREATE_CHILD_SA, INFO = IKE2_EXCHANGE_INFORMATIONAL };

static void who_answers_switches_when_the_peer_uses_the_pair(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    uint32_t old;

    bring_up(a, b);
    old = spi_of(b);
    w->net.is_held = true;
    rekey(a);
    passes(a, b, CREATE, REQUEST);
    assert_int_equal(dataplane_sending(&b->dataplane, child_of(b))->spi_in, old);
    assert_int_equal(dataplane_count(&b->dataplane), 2);
    report(b, IKE2_REPORT_FIRST_IN, dataplane_pair(&b->dataplane, 1)->spi_in, 0);
    expect_events(b, IKE2_EVENT_CHILD_REKEYED, 1);
    assert_int_not_equal(dataplane_sending(&b->dataplane, child_of(b))->spi_in, old);
    w->net.is_held = false;
    world_run(w, 2 * LINGER_MS);
    expect_rekeyed(a, b, 1);
}

/* RFC 7296 2.8: the Delete of the old pair says as much, and at last time does. */
static void who_answers_switches_at_last_by_itself(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    uint32_t old;

    bring_up(a, b);
    old = spi_of(b);
    w->net.is_held = true;
    rekey(a);
    passes(a, b, CREATE, REQUEST);
    passes(b, a, CREATE, RESPONSE);
    world_run(w, SWITCH_MS - 100);
    assert_int_equal(dataplane_sending(&b->dataplane, child_of(b))->spi_in, old);
    world_run(w, 200);
    assert_int_not_equal(dataplane_sending(&b->dataplane, child_of(b))->spi_in, old);
    w->net.is_held = false;
    world_run(w, 4 * LINGER_MS);
    expect_rekeyed(a, b, 1);
}

/* Who asks again has no answer, and so nothing to receive on: what is lost is the response, for
 * longer than the peer may be silent. */
static void who_answers_does_not_switch_while_it_is_still_asked(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    uint32_t old;

    a->setup.peer.liveness_seconds = b->setup.peer.liveness_seconds = IKE2_NEVER;
    a->setup.retransmit.backoff_percent = 100;
    a->setup.retransmit.first_ms = SWITCH_MS - 10 * 1000;
    bring_up(a, b);
    old = spi_of(b);
    w->net.is_held = true;
    rekey(a);
    for (size_t i = 0; i < 4; i++) {
        passes(a, b, CREATE, REQUEST);
        loses(b, a, CREATE, RESPONSE);
        world_run(w, SWITCH_MS - 7 * 1000);
        assert_int_equal(dataplane_sending(&b->dataplane, child_of(b))->spi_in, old);
    }
    w->net.is_held = false;
    world_run(w, 2 * LINGER_MS);
    expect_rekeyed(a, b, 1);
}

static void the_old_pair_receives_until_it_is_deleted_and_a_little_longer(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    uint32_t old_a, old_b;

    bring_up(a, b);
    old_a = spi_of(a);
    old_b = spi_of(b);
    w->net.is_held = true;
    rekey(a);
    passes(a, b, CREATE, REQUEST);
    passes(b, a, CREATE, RESPONSE);
    assert_int_equal(dataplane_find(&a->dataplane, old_a)->halves, IKE2_HALF_BOTH);
    passes(a, b, INFO, REQUEST);
    assert_int_equal(dataplane_find(&b->dataplane, old_b)->halves, IKE2_HALF_IN);
    passes(b, a, INFO, RESPONSE);
    assert_int_equal(dataplane_find(&a->dataplane, old_a)->halves, IKE2_HALF_IN);
    nothing_flies(w);
    world_run(w, LINGER_MS - 100);
    assert_non_null(dataplane_find(&a->dataplane, old_a));
    world_run(w, 200);
    assert_null(dataplane_find(&a->dataplane, old_a));
    assert_null(dataplane_find(&b->dataplane, old_b));
    expect_rekeyed(a, b, 1);
}

/* --- Both at once ----------------------------------------------------------------------- */

/* RFC 7296 2.8.1: the one with the lowest nonce is closed by who created it. */
static void of_two_simultaneous_rekeyings_one_survives(void **state)
{
    size_t kept_ours = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        struct world *w = world_new(seed);
        struct side *a = w->sides[0], *b = w->sides[1];
        uint32_t first_new;

        bring_up(a, b);
        rekey(a);
        rekey(b);
        world_run(w, 100);
        first_new = dataplane_sending(&a->dataplane, child_of(a))->replaces;
        kept_ours += a->dataplane.n_installed == 3 ? 1 : 0; /* a loser is not installed */
        assert_int_not_equal(first_new, 0);
        world_run(w, 4 * LINGER_MS);
        expect_rekeyed(a, b, 1);
        world_free(w);
    }
    assert_in_range(kept_ours, 1, 39); /* both kinds have been seen */
}

/* RFC 7296 2.8.1: the response to our own request comes while the data plane still installs what
 * the peer's has made. */
static void the_nonces_decide_while_the_data_plane_is_busy(void **state)
{
    (void)state;
    for (uint64_t seed = trial_first_seed(1); seed <= trial_last_seed(40); seed++) {
        struct world *w = world_new(seed);
        struct side *a = w->sides[0], *b = w->sides[1];

        bring_up(a, b);
        b->plans[ON_INSTALL] = (struct plan){ .manner = LATER, .ms = 500, .times = 1 };
        rekey(a);
        rekey(b);
        world_run(w, 4 * LINGER_MS);
        expect_rekeyed(a, b, 1);
        world_free(w);
    }
}

/* RFC 7296 2.25.1: when our own exchange is complete, the pair is about to be deleted. */
static void a_request_whose_key_exchange_takes_longer_than_ours_is_too_late(void **state)
{
    (void)state;
    for (uint64_t seed = trial_first_seed(1); seed <= trial_last_seed(10); seed++) {
        struct world *w = world_new(seed);
        struct side *a = w->sides[0], *b = w->sides[1];

        b->setup.endpoint.offload = IKE2_OFFLOAD_KE;
        bring_up(a, b);
        rekey(a);
        rekey(b);
        b->plans[ON_KE] = (struct plan){ .manner = LATER, .ms = 400, .times = 1 };
        world_run(w, 300);
        expect_events(b, IKE2_EVENT_CHILD_REKEYED, 1);
        world_run(w, 4 * LINGER_MS);
        expect_rekeyed(a, b, 1);
        world_free(w);
    }
}

/* Of two new pairs in one place nobody could tell which one is meant. */
static void what_is_being_replaced_is_not_rekeyed_again(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    bring_up(a, b);
    a->plans[ON_INSTALL] = (struct plan){ .manner = LATER, .ms = 2000, .times = 1 };
    rekey(a);
    world_run(w, 500);
    rekey(a);
    rekey(b);
    world_run(w, 4 * LINGER_MS);
    expect_rekeyed(a, b, 1);
}

/* Should the new pair come to nothing, the plan is still there. */
static void what_was_being_replaced_in_vain_is_rekeyed_again(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    bring_up(a, b);
    a->plans[ON_INSTALL] = (struct plan){ .manner = REFUSE, .ms = 2000, .times = 1 };
    rekey(a);
    world_run(w, 500);
    rekey(b);
    world_run(w, 8 * LINGER_MS);
    expect_rekeyed(a, b, 1);
}

static void simultaneous_rekeyings_end_well_on_a_bad_network(void **state)
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
        rekey(a);
        rekey(b);
        world_run(w, 30 * 1000);
        w->net.loss_percent = 0;
        world_run(w, 60 * 1000);
        expect_events(a, IKE2_EVENT_CHILD_DOWN, 0);
        expect_events(b, IKE2_EVENT_CHILD_DOWN, 0);
        expect_one_pair(a, b);
        world_free(w);
    }
}

/* A selector of the pair in use, as if it had been narrower from the beginning. */
static void make_narrower(struct side *s)
{
    const struct pair *p = ike2_map_get(&s->ep->host.esp_spis, spi_of(s));
    ike2_ts *ts = (ike2_ts *)(void *)(uintptr_t)p->view.ts_local;

    ts->last[2] = 0;
}

/* RFC 7296 2.9.2: who asks for less, or grants less, would have traffic dropped. */
static void a_rekeyed_pair_never_carries_less(void **state)
{
    (void)state;
    for (uint64_t seed = trial_first_seed(1); seed <= trial_last_seed(2); seed++) {
        struct world *w = world_new(seed);
        struct side *a = w->sides[0], *b = w->sides[1];
        uint32_t old;

        bring_up(a, b);
        old = spi_of(a);
        make_narrower(seed == 1 ? a : b);
        rekey(a);
        world_run(w, 3000);
        expect_events(a, IKE2_EVENT_CHILD_REKEYED, 0);
        expect_events(a, IKE2_EVENT_CHILD_DOWN, 0);
        assert_int_equal(spi_of(a), old);
        assert_int_equal(dataplane_sending(&b->dataplane, ike2_child_next(b->ep, 0, 0))->spi_out,
                         old);
        world_free(w);
    }
}

/* A tenth earlier at most; a new pair has a time of its own. */
static void a_child_says_when_it_is_to_be_rekeyed(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    ike2_time due, up;

    setup_lifetime(&a->setup, 0, 600, 0);
    setup_lifetime(&b->setup, 0, IKE2_NEVER, 0);
    bring_up(a, b);
    up = w->now;
    due = due_of(a);
    assert_true(due > up + 539 * 1000 && due <= up + 600 * 1000);
    assert_int_equal(due_of(b), IKE2_TIME_NEVER);
    world_run(w, due - w->now + 1000);
    assert_true(due_of(a) > due + 539 * 1000 && due_of(a) != IKE2_TIME_NEVER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(either_side_can_rekey),
        CASE(a_child_says_when_it_is_to_be_rekeyed),
        CASE(rekeyings_in_quick_succession_are_all_answered),
        CASE(who_answers_switches_when_the_peer_uses_the_pair),
        CASE(who_answers_switches_at_last_by_itself),
        CASE(who_answers_does_not_switch_while_it_is_still_asked),
        CASE(the_old_pair_receives_until_it_is_deleted_and_a_little_longer),
        CASE(of_two_simultaneous_rekeyings_one_survives),
        cmocka_unit_test(the_nonces_decide_while_the_data_plane_is_busy),
        cmocka_unit_test(a_request_whose_key_exchange_takes_longer_than_ours_is_too_late),
        CASE(what_is_being_replaced_is_not_rekeyed_again),
        CASE(what_was_being_replaced_in_vain_is_rekeyed_again),
        CASE(simultaneous_rekeyings_end_well_on_a_bad_network),
        cmocka_unit_test(a_rekeyed_pair_never_carries_less),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
