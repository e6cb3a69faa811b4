/* sim/test_jobs.c - computations that leave the thread: finished late, never, or when nobody waits
 * for them any more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/scenario.h"

enum { JOB_MS = 3000 };

static void offload(struct side *s)
{
    s->setup.endpoint.offload = IKE2_OFFLOAD_KE | IKE2_OFFLOAD_SIGN;
    s->setup.endpoint.job_ms = JOB_MS;
    s->setup.cert = s->name;
}

static int setup_offloading(void **state)
{
    (void)world_setup(state);
    offload(side_a(state));
    offload(side_b(state));
    return 0;
}

static const struct plan never = { .manner = NEVER }, no = { .manner = REFUSE };
static const struct plan later = { .manner = LATER, .ms = 2000 };

/* The job that is out at a side. */
static struct pending *job_of(struct side *s, enum matter matter)
{
    for (size_t i = 0; i < SIDE_PENDING; i++) {
        if (s->pending[i].is_used && s->pending[i].matter == matter)
            return &s->pending[i];
    }
    fail();
    return NULL;
}

/* --- In time -------------------------------------------------------------------------- */

static void every_computation_can_be_a_job(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    bring_up(a, b);
    assert_int_equal(a->counts.asked[ON_KE], 2);
    assert_int_equal(b->counts.asked[ON_KE], 2);
    assert_int_equal(a->counts.asked[ON_SIGN], 1);
    assert_int_equal(b->counts.asked[ON_SIGN], 1);
    assert_int_equal(a->counts.asked[ON_VERIFY], 1);
    assert_int_equal(b->counts.asked[ON_VERIFY], 1);
}

static void every_job_may_take_its_time(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    for (enum matter m = ON_KE; m <= ON_VERIFY; m++)
        a->plans[m] = b->plans[m] = later;
    initiate(a, b);
    world_run(a->world, 25 * 1000);
    expect_up(a, b);
    assert_int_equal(a->counts.stale + b->counts.stale, 0);
}

/* Datagrams that come before the keys are there wait for them. */
static void a_request_waits_for_the_keys(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    ike2_ts ts[SETUP_TS];

    for (size_t i = 0; i < SETUP_TS; i++)
        ts[i] = setup_net4(0x0a000000 + ((uint32_t)i << 17), 16);
    for (size_t i = 0; i < 2; i++) {
        setup_selectors(&w->sides[i]->setup, 0, ts, SETUP_TS, ts, SETUP_TS);
        w->sides[i]->setup.peer.fragment_octets_v4 = 576;
    }
    b->plans[ON_KE] = (struct plan){ .manner = LATER, .ms = 300 };
    initiate(a, b);
    world_run(w, 350);
    assert_int_equal(b->counts.asked[ON_KE], 2);
    assert_true(side_stats(b).reassembly_octets > 1000);
    world_run(w, 800);
    expect_up(a, b);
    assert_int_equal(side_stats(b).reassembly_octets, 0);
}

/* --- Too late, or not at all ---------------------------------------------------------- */

static void a_key_exchange_of_the_initiator_that_never_ends_ends_the_attempt(void **state)
{
    (void)state;
    for (uint32_t n = 1; n <= 2; n++) { /* the first step, the second step */
        struct world *other = world_new(n);
        struct side *a = other->sides[0];

        offload(a);
        a->setup.cert = NULL;
        if (n == 1)
            a->plans[ON_KE] = never;
        initiate(a, other->sides[1]);
        a->plans[ON_KE] = never;
        world_run(other, 10 * 1000);
        assert_int_equal(side_stats(a).sas, 0);
        expect_sa_down(a, IKE2_REASON_UNANSWERED, 0);
        assert_int_equal(side_stats(a).jobs_expired, 1);
        assert_int_equal(a->counts.jobs_cancelled, 1);
        assert_int_equal(a->counts.stale, 1); /* finished when it was cancelled: harmless */
        world_free(other);
    }
}

static void a_key_exchange_of_the_responder_that_never_ends_says_nothing(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    b->plans[ON_KE] = never;
    initiate(a, b);
    world_run(a->world, 100 * 1000);
    expect_nothing(a);
    expect_sa_down(a, IKE2_REASON_TIMEOUT, 0);
    assert_true(world_run_out(a->world, 60 * 1000));
    expect_nothing(b);
    expect_sa_down(b, IKE2_REASON_TIMEOUT, 0);
    assert_int_equal(b->counts.sent, 0);
}

static void a_signature_that_is_never_made_is_an_authentication_failure(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    b->plans[ON_SIGN] = never;
    initiate(a, b);
    world_run(a->world, 10 * 1000);
    expect_nothing(a);
    expect_nothing(b);
    expect_sa_down(a, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    expect_sa_down(b, IKE2_REASON_UNANSWERED, IKE2_NOTIFY_AUTHENTICATION_FAILED);
}

static void a_proof_that_is_never_judged_is_an_authentication_failure(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    a->plans[ON_VERIFY] = never;
    initiate(a, b);
    world_run(a->world, 10 * 1000);
    expect_nothing(a);
    expect_nothing(b);
    expect_sa_down(a, IKE2_REASON_UNANSWERED, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    expect_sa_down(b, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
}

static void a_job_finished_without_a_result_counts_as_failed(void **state)
{
    (void)state;
    for (enum matter m = ON_KE; m <= ON_VERIFY; m++) {
        for (size_t i = 0; i < 2; i++) {
            struct world *other = world_new(m);

            offload(other->sides[0]);
            offload(other->sides[1]);
            other->sides[i]->plans[m] = no;
            initiate(other->sides[0], other->sides[1]);
            assert_true(world_run_out(other, 200 * 1000));
            expect_nothing(other->sides[0]);
            expect_nothing(other->sides[1]);
            expect_events(other->sides[0], IKE2_EVENT_CHILD_UP, 0);
            world_free(other);
        }
    }
}

static void one_failed_key_exchange_is_tried_again(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    a->plans[ON_KE] = (struct plan){ .manner = REFUSE, .times = 1 };
    b->plans[ON_KE] = (struct plan){ .manner = REFUSE, .times = 1 };
    initiate(a, b);
    world_run(a->world, 10 * 1000);
    expect_up(a, b);
}

/* "IKE2_ERR_STALE if its SA has gone or its answer_by has passed." */
static void a_job_is_stale_from_its_deadline_on(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state);
    struct pending *p;

    a->plans[ON_KE] = never;
    initiate(a, side_b(state));
    p = job_of(a, ON_KE);
    assert_true(ike2_job_answer_by(p->job) == w->now + JOB_MS);
    assert_int_equal(ike2_job_run(p->job), IKE2_OK);
    p->is_used = false;
    assert_int_equal(ike2_endpoint_finish(a->ep, w->now + JOB_MS, p->job), IKE2_ERR_STALE);
    world_run(w, JOB_MS);
    expect_sa_down(a, IKE2_REASON_UNANSWERED, 0);
}

/* --- Nobody waits --------------------------------------------------------------------- */

static void a_job_may_come_back_after_its_sa(void **state)
{
    (void)state;
    for (enum matter m = ON_KE; m <= ON_VERIFY; m++) {
        for (size_t i = 0; i < 2; i++) {
            struct world *other;
            struct side *s;

            if (m == ON_MOVE) /* nothing moves here */
                continue;
            other = world_new(m);
            s = other->sides[i];
            offload(other->sides[0]);
            offload(other->sides[1]);
            s->plans[m] = later;
            initiate(other->sides[0], other->sides[1]);
            world_run(other, 1500);
            assert_int_equal(side_pending(s), 1);
            drop_sa(s);
            assert_int_equal(s->counts.jobs_cancelled, 1);
            other->net.is_held = true; /* what the peer sends again would begin anew */
            world_run(other, 2000);
            assert_int_equal(s->counts.stale, 1);
            assert_int_equal(side_pending(s), 0);
            world_free(other);
        }
    }
}

/* world_free looks for what is left. */
static void a_job_may_be_freed_after_its_endpoint(void **state)
{
    (void)state;
    for (enum matter m = ON_KE; m <= ON_RELEASE; m++) {
        for (size_t i = 0; i < 2; i++) {
            struct world *other;
            struct side *s;

            if (m == ON_MOVE) /* nothing moves here */
                continue;
            other = world_new(m);
            s = other->sides[i];
            offload(other->sides[0]);
            offload(other->sides[1]);
            s->setup.endpoint.ask_spi = IKE2_ON;
            s->plans[ON_INSTALL] = m == ON_RELEASE ? no : (struct plan){ 0 };
            s->plans[m] = never;
            initiate(other->sides[0], other->sides[1]);
            world_run(other, 1000);
            if (m == ON_REMOVE)
                close_sa(s);
            assert_int_equal(side_pending(s), 1);
            side_stop(s);
            world_free(other);
        }
    }
}

/* On the endpoint's thread; the SA learns at the deadline. */
static void a_job_may_be_freed_instead_of_finished(void **state)
{
    (void)state;
    for (enum matter m = ON_KE; m <= ON_VERIFY; m++) {
        struct world *other = world_new(m);
        struct side *a = other->sides[0];
        struct pending *p;

        offload(a);
        offload(other->sides[1]);
        a->plans[m] = never;
        initiate(a, other->sides[1]);
        world_run(other, 100);
        p = job_of(a, m);
        ike2_job_free(p->job);
        p->is_used = false;
        world_run(other, 10 * 1000);
        assert_int_equal(side_stats(a).sas, 0);
        assert_int_equal(record_last(&a->record, IKE2_EVENT_SA_DOWN)->reason,
                         IKE2_REASON_UNANSWERED);
        assert_int_equal(a->counts.jobs_cancelled, 0);
        world_free(other);
    }
}

static void a_job_says_what_it_is_about(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state);
    struct pending *p;
    const ike2_verdict v = IKE2_INIT(ike2_verdict);

    a->plans[ON_KE] = never;
    initiate(a, side_b(state));
    p = job_of(a, ON_KE);
    assert_int_equal(ike2_job_kind(p->job), IKE2_JOB_KE);
    assert_true(ike2_job_sa(p->job) == a->sa);
    assert_int_equal(ike2_job_peer_tag(p->job), 1);
    assert_null(ike2_job_lane(p->job));
    assert_null(ike2_job_proof(p->job));
    assert_null(ike2_job_sign_task(p->job));
    assert_int_equal(ike2_job_set_signature(p->job, (ike2_bytes){ 0 }), IKE2_ERR_UNSUPPORTED);
    ike2_job_set_verdict(p->job, &v); /* means nothing here */
    assert_int_equal(ike2_job_run(p->job), IKE2_OK);
    assert_int_equal(ike2_job_run(p->job), IKE2_OK); /* once is enough */
    assert_int_equal(ike2_endpoint_finish(a->ep, w->now, p->job), IKE2_OK);
    p->is_used = false;
    a->plans[ON_KE] = (struct plan){ 0 };
    side_drain(a, w->now);
    world_run(w, 1000);
    expect_up(a, side_b(state));
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup_offloading, world_teardown)
    static const struct CMUnitTest tests[] = {
        CASE(every_computation_can_be_a_job),
        CASE(every_job_may_take_its_time),
        CASE(a_request_waits_for_the_keys),
        cmocka_unit_test(a_key_exchange_of_the_initiator_that_never_ends_ends_the_attempt),
        CASE(a_key_exchange_of_the_responder_that_never_ends_says_nothing),
        CASE(a_signature_that_is_never_made_is_an_authentication_failure),
        CASE(a_proof_that_is_never_judged_is_an_authentication_failure),
        cmocka_unit_test(a_job_finished_without_a_result_counts_as_failed),
        CASE(one_failed_key_exchange_is_tried_again),
        CASE(a_job_is_stale_from_its_deadline_on),
        cmocka_unit_test(a_job_may_come_back_after_its_sa),
        cmocka_unit_test(a_job_may_be_freed_after_its_endpoint),
        cmocka_unit_test(a_job_may_be_freed_instead_of_finished),
        CASE(a_job_says_what_it_is_about),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
