/* threads/test_pool.c - KE, SIGN and VERIFY jobs on a pool of threads: in time, late, never, after
 * the end of their SA, after the end of their endpoint. Run under ThreadSanitizer by tsan.sh. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "threads/rig.h"

enum { THREADS = 4, SEEDS = 12 };

static struct common common;

static int setup(void **state)
{
    (void)state;
    common_open(&common);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    common_close(&common);
    return 0;
}

/* --- In time ------------------------------------------------------------------------- */

static void many_handshakes_are_computed_by_workers(void **state)
{
    enum { ROUNDS = 3, AT_ONCE = 12 };
    struct rig r;

    (void)state;
    rig_open(&r, &common, THREADS);
    for (unsigned i = 1; i <= ROUNDS; i++) {
        rig_connect(&r, AT_ONCE);
        rig_settle(&r);
        assert_int_equal(r.counts[0].up, i * AT_ONCE);
        assert_int_equal(r.counts[1].up, i * AT_ONCE);
    }
    assert_int_equal(r.counts[0].stale + r.counts[1].stale, 0);
    rig_close(&r);
}

/* --- At the gate --------------------------------------------------------------------- */

/* A signature may be made with a key of the definition, or with one that is not there. */
static const struct kind {
    uint32_t job;
    bool elsewhere;
} kinds[] = {
    { IKE2_JOB_KE, false },
    { IKE2_JOB_SIGN, false },
    { IKE2_JOB_SIGN, true },
    { IKE2_JOB_VERIFY, false },
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

/* One worker stays free, so that the rest goes on. */
enum { HELD = THREADS - 1 };

/* A rig whose workers stand at the gate with a job each of this kind and side. */
static void rig_hold(struct rig *r, const struct kind *kind, size_t side)
{
    if (kind->elsewhere)
        rig_open_elsewhere(r, &common, THREADS);
    else
        rig_open(r, &common, THREADS);
    r->held_kind = kind->job;
    r->held_side = side;
    rig_connect(r, HELD);
    rig_settle(r);
    assert_int_equal(r->n_held, HELD);
    assert_int_equal(pool_count(r->pool), HELD);
}

static void rig_let_go(struct rig *r)
{
    gate_open(&r->gate);
    rig_settle(r);
    assert_int_equal(pool_count(r->pool), 0);
}

static void jobs_that_come_back_in_time_bring_the_sas_up(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * KINDS; i++) {
        struct rig r;

        rig_hold(&r, &kinds[i % KINDS], i / KINDS);
        rig_let_go(&r);
        assert_int_equal(r.counts[0].up, HELD);
        assert_int_equal(r.counts[1].up, HELD);
        rig_close(&r);
    }
}

/* A responder that is late with a key exchange acts as if it had not been asked; otherwise the SA
 * ends. */
static void late_jobs_are_stale(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * KINDS; i++) {
        size_t side = i / KINDS;
        struct rig r;

        rig_hold(&r, &kinds[i % KINDS], side);
        rig_expire(&r, r.answer_by);
        assert_int_equal(r.counts[side].cancelled, HELD);
        if (side == 0 || kinds[i % KINDS].job != IKE2_JOB_KE)
            assert_int_equal(r.counts[side].reasons[IKE2_REASON_UNANSWERED], HELD);
        rig_let_go(&r);
        assert_int_equal(r.counts[side].stale, HELD);
        rig_run_out(&r);
        rig_close(&r);
    }
}

/* Everything else is over before a worker moves. */
static void jobs_that_never_come_back_hold_up_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * KINDS; i++) {
        struct rig r;

        rig_hold(&r, &kinds[i % KINDS], i / KINDS);
        while (r.now < 300 * 1000) { /* retransmissions bring more work, and more workers stop */
            ike2_time next = duo_deadline(&r.duo);

            rig_expire(&r, next < 300 * 1000 ? next : 300 * 1000);
        }
        duo_close(&r.duo);
        assert_true(pool_count(r.pool) >= HELD);
        rig_close(&r);
        assert_true(r.counts[i / KINDS].stale >= HELD);
    }
}

static void drop_all(struct rig *r, size_t side)
{
    ike2_endpoint *ep = r->duo.sides[side].ep;
    ike2_sa_id sa = 0;

    while ((sa = ike2_sa_next(ep, sa)) != 0)
        assert_int_equal(ike2_sa_drop(ep, r->now, sa), IKE2_OK);
    rig_drain(r);
}

static void jobs_may_come_back_after_the_end_of_their_sa(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * KINDS; i++) {
        size_t side = i / KINDS;
        struct rig r;

        rig_hold(&r, &kinds[i % KINDS], side);
        drop_all(&r, side);
        assert_int_equal(rig_sas(&r, side), 0);
        assert_int_equal(r.counts[side].cancelled, HELD);
        rig_let_go(&r);
        assert_int_equal(r.counts[side].stale, HELD);
        rig_run_out(&r);
        rig_close(&r);
    }
}

static void jobs_may_come_back_after_the_end_of_their_endpoint(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * KINDS; i++) {
        size_t side = i / KINDS;
        struct rig r;

        rig_hold(&r, &kinds[i % KINDS], side);
        duo_close_side(&r.duo.sides[side]);
        rig_let_go(&r);
        assert_int_equal(r.counts[side].stale, HELD);
        rig_close(&r);
    }
}

/* --- By chance ----------------------------------------------------------------------- */

static unsigned draw(uint64_t *seed, unsigned below)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(*seed >> 33) % below;
}

/* The SA of this number, or the last one. */
static void drop_one(struct rig *r, size_t side, unsigned n)
{
    ike2_endpoint *ep = r->duo.sides[side].ep;
    ike2_sa_id sa = 0, next;

    while (ep != NULL && (next = ike2_sa_next(ep, sa)) != 0) {
        sa = next;
        if (n-- == 0)
            break;
    }
    if (sa != 0)
        assert_int_equal(ike2_sa_drop(ep, r->now, sa), IKE2_OK);
    rig_drain(r);
}

/* While the workers compute, this thread takes away what they compute for. */
static void anything_may_end_while_workers_compute(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        uint64_t dice = seed;
        struct rig r;

        rig_open(&r, &common, THREADS);
        rig_connect(&r, 8);
        for (unsigned i = 0; i < 60; i++) {
            switch (draw(&dice, 16)) {
            case 0: drop_one(&r, 0, draw(&dice, 8)); break;
            case 1: drop_one(&r, 1, draw(&dice, 8)); break;
            case 2: rig_expire(&r, r.now + draw(&dice, 3000)); break;
            case 3: rig_expire(&r, r.now + 21 * 1000); break;
            case 4: rig_connect(&r, 2); break;
            default: rig_step(&r); break;
            }
        }
        duo_close_side(&r.duo.sides[draw(&dice, 2)]);
        rig_run_out(&r);
        rig_close(&r);
    }
}

/* --- Several threads with endpoints -------------------------------------------------- */

static void *live(void *argument)
{
    struct rig *r = argument;

    rig_connect(r, 10);
    rig_settle(r);
    return NULL;
}

/* They share the provider, its keys and the constants of the validator, and nothing else. */
static void endpoints_of_several_threads_share_a_provider(void **state)
{
    static struct rig rigs[3];
    pthread_t threads[3];

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        rig_open(&rigs[i], &common, 2);
        assert_int_equal(pthread_create(&threads[i], NULL, live, &rigs[i]), 0);
    }
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(rigs[i].counts[0].up, 10);
        assert_int_equal(rigs[i].counts[1].up, 10);
        rig_close(&rigs[i]);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_handshakes_are_computed_by_workers),
        cmocka_unit_test(jobs_that_come_back_in_time_bring_the_sas_up),
        cmocka_unit_test(late_jobs_are_stale),
        cmocka_unit_test(jobs_that_never_come_back_hold_up_nothing),
        cmocka_unit_test(jobs_may_come_back_after_the_end_of_their_sa),
        cmocka_unit_test(jobs_may_come_back_after_the_end_of_their_endpoint),
        cmocka_unit_test(anything_may_end_while_workers_compute),
        cmocka_unit_test(endpoints_of_several_threads_share_a_provider),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
