/* sim/test_lanes.c - a data plane that is slow or fails: SEND before use, a failed install is a
 * failed negotiation, and everything is removed in the end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/scenario.h"

enum { JOB_MS = 3000 };

static int setup_lanes(void **state)
{
    (void)world_setup(state);
    for (size_t i = 0; i < 2; i++) {
        struct side *s = ((struct world *)*state)->sides[i];

        s->setup.endpoint.ask_spi = IKE2_ON;
        s->setup.endpoint.job_ms = JOB_MS;
    }
    return 0;
}

static void meet(void *const *state, struct side *s, enum matter matter, struct plan plan)
{
    s->plans[matter] = plan;
    initiate(side_a(state), side_b(state));
    world_run(*state, 10 * 1000);
}

static const struct plan no = { .manner = REFUSE };
static const struct plan slow = { .manner = LATER, .ms = 2000 };
static const struct plan too_slow = { .manner = LATER, .ms = JOB_MS + 2000 };

/* --- INSTALL -------------------------------------------------------------------------- */

static void a_slow_install_delays_the_response(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    b->plans[ON_INSTALL] = slow;
    initiate(a, b);
    world_run(w, 1500);
    assert_int_equal(b->counts.sent, 1); /* IKE_SA_INIT only */
    expect_events(b, IKE2_EVENT_SA_UP, 1);
    world_run(w, 3000);
    expect_up(a, b);
    assert_true(side_stats(b).retransmits_in >= 1);
}

static void a_failed_install_of_the_responder_is_a_refusal(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    meet(state, b, ON_INSTALL, no);
    expect_up_without_child(a);
    expect_up_without_child(b);
    expect_child_down(a, IKE2_REASON_PROPOSAL, IKE2_NOTIFY_NO_PROPOSAL_CHOSEN);
    expect_child_down(b, IKE2_REASON_DATAPLANE, IKE2_NOTIFY_NO_PROPOSAL_CHOSEN);
    assert_int_equal(b->dataplane.n_released, 1);
    assert_int_equal(side_stats(b).lane_failures, 1);
}

static void a_failed_install_says_what_it_was_told_to_say(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    meet(state, b, ON_INSTALL,
         (struct plan){ .manner = REFUSE, .notify = IKE2_NOTIFY_NO_ADDITIONAL_SAS });
    expect_up_without_child(a);
    assert_int_equal(record_last(&a->record, IKE2_EVENT_CHILD_DOWN)->notify,
                     IKE2_NOTIFY_NO_ADDITIONAL_SAS);
}

static void a_failed_install_of_the_initiator_takes_the_child_back(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    meet(state, a, ON_INSTALL, no);
    expect_up_without_child(a);
    expect_up_without_child(b);
    expect_child_down(a, IKE2_REASON_DATAPLANE, 0);
    expect_child_down(b, IKE2_REASON_PEER, 0);
    expect_events(b, IKE2_EVENT_CHILD_UP, 1);
    assert_int_equal(a->dataplane.n_released, 1);
}

static void a_late_install_is_removed_again(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct world *other = world_new(i);
        struct side *s = other->sides[i];

        s->setup.endpoint.job_ms = JOB_MS;
        s->plans[ON_INSTALL] = too_slow;
        initiate(other->sides[0], other->sides[1]);
        world_run(other, JOB_MS + 1000);
        assert_int_equal(side_stats(s).jobs_expired, 1);
        expect_events(s, IKE2_EVENT_CHILD_DOWN, 0); /* the lane is held */
        world_run(other, 5000);
        expect_up_without_child(other->sides[0]);
        expect_up_without_child(other->sides[1]);
        assert_int_equal(s->dataplane.n_installed, 1);
        assert_int_equal(s->dataplane.n_removed, 1);
        expect_events(s, IKE2_EVENT_CHILD_UP, 0);
        expect_events(s, IKE2_EVENT_CHILD_DOWN, 1);
        world_free(other);
    }
}

static void a_late_install_that_fails_is_released(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    meet(state, b, ON_INSTALL, (struct plan){ .manner = REFUSE, .ms = JOB_MS + 2000 });
    expect_up_without_child(a);
    expect_up_without_child(b);
    assert_int_equal(b->dataplane.n_released, 1);
    assert_int_equal(b->dataplane.n_removed, 0);
}

/* --- SWITCH, REMOVE, RELEASE ---------------------------------------------------------- */

static void a_failed_switch_closes_the_child(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct world *other = world_new(i);
        struct side *s = other->sides[i], *peer = other->sides[1 - i];

        s->plans[ON_SWITCH] = no;
        initiate(other->sides[0], other->sides[1]);
        world_run(other, 2000);
        expect_up_without_child(s);
        expect_up_without_child(peer);
        expect_child_down(s, IKE2_REASON_DATAPLANE, 0);
        expect_child_down(peer, IKE2_REASON_PEER, 0);
        expect_events(s, IKE2_EVENT_CHILD_UP, 0);
        assert_int_equal(s->dataplane.n_removed, 1);
        world_free(other);
    }
}

static void a_failed_removal_is_taken_as_done(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    a->plans[ON_REMOVE] = no;
    b->plans[ON_REMOVE] = no;
    bring_up(a, b);
    close_sa(a);
    world_run(a->world, 1000);
    expect_nothing(a);
    expect_nothing(b);
    assert_int_equal(side_stats(a).lane_failures, 1);
}

static void an_sa_waits_for_its_lanes(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    a->plans[ON_REMOVE] = b->plans[ON_REMOVE] = (struct plan){ .manner = LATER, .ms = 60 * 1000 };
    bring_up(a, b);
    drop_sa(a);
    assert_int_equal(ike2_sa_drop(a->ep, w->now, a->sa), IKE2_ERR_STATE);
    world_run(w, 50 * 1000);
    expect_events(a, IKE2_EVENT_SA_DOWN, 0);
    assert_int_equal(side_stats(a).sas, 1);
    world_run(w, 15 * 1000);
    expect_events(a, IKE2_EVENT_SA_DOWN, 1);
    expect_nothing(a);
}

static void a_delete_is_sent_when_the_data_plane_has_let_go(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    uint64_t sent;

    a->plans[ON_REMOVE] = slow;
    bring_up(a, b);
    sent = a->counts.sent;
    close_sa(a);
    world_run(w, 1000);
    assert_int_equal(a->counts.sent, sent);
    world_run(w, 2000);
    expect_nothing(a);
    expect_nothing(b);
}

/* --- Every combination ---------------------------------------------------------------- */

enum action { CLOSE_SA, DROP_SA, CLOSE_CHILD, ACTIONS };

static void act(struct side *s, enum action action)
{
    ike2_time now = s->world->now;
    ike2_sa_id sa = sa_of_side(s);

    if (action == CLOSE_SA)
        (void)ike2_sa_close(s->ep, now, sa);
    else if (action == DROP_SA)
        (void)ike2_sa_drop(s->ep, now, sa);
    else
        (void)ike2_child_close(s->ep, now, ike2_child_next(s->ep, sa, 0));
    side_drain(s, now);
}

/* `n` in the number system of the choices decides everything. */
static uint64_t choose(uint64_t *n, uint64_t choices)
{
    uint64_t digit = *n % choices;

    *n /= choices;
    return digit;
}

static void plan_lane(struct side *s, uint64_t *n)
{
    static const struct plan choices[] = {
        { 0 }, { .manner = LATER, .ms = 700 }, { .manner = LATER, .ms = 5000 },
        { .manner = REFUSE }, { .manner = REFUSE, .ms = 700 }, { .manner = REFUSE, .ms = 5000 },
    };
    static const struct plan fates[] = { { 0 }, { .manner = LATER, .ms = 700 },
                                         { .manner = REFUSE, .ms = 300 } };

    s->setup.limits.message_octets = 8192; /* smaller rooms: many worlds */
    s->setup.endpoint.job_ms = JOB_MS;
    s->plans[ON_INSTALL] = choices[choose(n, 6)];
    s->plans[ON_SWITCH] = fates[choose(n, 3)];
    s->plans[ON_REMOVE] = fates[choose(n, 3)];
    s->plans[ON_RELEASE] = fates[choose(n, 3)];
    s->setup.endpoint.ask_spi = choose(n, 2) == 0 ? IKE2_ON : IKE2_OFF;
}

static void run_combination(uint64_t number)
{
    static const uint32_t moments[] = { 25, 45, 300, 1200, 4000, 8000 };
    struct world *w = world_new(1);
    uint64_t n = number;
    enum action action = (enum action)choose(&n, ACTIONS);
    struct side *actor = w->sides[choose(&n, 2)], *planned = w->sides[choose(&n, 2)];
    uint32_t moment = moments[choose(&n, 6)];

    w->note = "combination";
    w->number = number;
    plan_lane(planned, &n);
    initiate(w->sides[0], w->sides[1]);
    world_run(w, moment);
    act(actor, action);
    world_run(w, 20 * 1000);
    act(w->sides[0], CLOSE_SA);
    act(w->sides[1], CLOSE_SA);
    if (!world_run_out(w, 200 * 1000))
        world_fail(w, NULL, "an SA without end");
    expect_nothing(w->sides[0]);
    expect_nothing(w->sides[1]);
    world_free(w);
}

static void every_combination_ends_with_nothing_left(void **state)
{
    const uint64_t all = UINT64_C(3) * 2 * 2 * 6 * 6 * 3 * 3 * 3 * 2;

    (void)state;
    /* One in seven; all choices of all kinds occur: none of their numbers has the factor 7. */
    for (uint64_t i = 0; i < all; i += 7)
        run_combination(i);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup_lanes, world_teardown)
    static const struct CMUnitTest tests[] = {
        CASE(a_slow_install_delays_the_response),
        CASE(a_failed_install_of_the_responder_is_a_refusal),
        CASE(a_failed_install_says_what_it_was_told_to_say),
        CASE(a_failed_install_of_the_initiator_takes_the_child_back),
        cmocka_unit_test(a_late_install_is_removed_again),
        CASE(a_late_install_that_fails_is_released),
        cmocka_unit_test(a_failed_switch_closes_the_child),
        CASE(a_failed_removal_is_taken_as_done),
        CASE(an_sa_waits_for_its_lanes),
        CASE(a_delete_is_sent_when_the_data_plane_has_let_go),
        cmocka_unit_test(every_combination_ends_with_nothing_left),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
