/* threads/test_token.c - a private key that is not in the process, and signs slowly: one thread
 * serves it, and everything else goes on meanwhile. Run under ThreadSanitizer by tsan.sh. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "threads/rig.h"

enum { RESPONDER = 1, WAIT_MS = 10 * 1000 };

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

static ike2_stats stats_of(const struct rig *r, size_t side)
{
    ike2_stats stats = IKE2_INIT(ike2_stats);

    assert_int_equal(ike2_stats_get(r->duo.sides[side].ep, &stats), IKE2_OK);
    return stats;
}

/* One thread, which stands at the gate with the first of the responder's signatures for `n` new
 * SAs; the others wait behind it, and nothing else does. */
static void hold_responder(struct rig *r, unsigned n)
{
    r->held_kind = IKE2_JOB_SIGN;
    r->held_side = RESPONDER;
    r->n_together = n;
    rig_connect(r, n);
    while (r->n_held < n)
        rig_step(r);
    gate_wait(&r->gate, 1);
    assert_int_equal(pool_count(r->pool), n);
}

static void let_go(struct rig *r)
{
    gate_open(&r->gate);
    rig_settle(r);
    assert_int_equal(pool_count(r->pool), 0);
}

/* Time goes on in steps, as timers are due. */
static void pass_time(struct rig *r, ike2_time ms)
{
    ike2_time end = r->now + ms;

    while (r->now < end) {
        ike2_time next = duo_deadline(&r->duo);

        rig_expire(r, next < end ? next : end);
    }
}

static void one_thread_signs_for_everybody(void **state)
{
    enum { SAS = 12 };
    struct rig r;

    (void)state;
    rig_open_elsewhere(&r, &common, 1);
    rig_connect(&r, SAS);
    rig_settle(&r);
    assert_int_equal(r.counts[0].up, SAS);
    assert_int_equal(r.counts[1].up, SAS);
    assert_int_equal(atomic_load(&r.n_signed), 2 * SAS);
    rig_close(&r);
}

/* RFC 7296 2.1: a request that comes again while it is being dealt with is neither answered nor
 * dealt with once more. */
static void retransmissions_are_absorbed_while_the_token_signs(void **state)
{
    ike2_stats before, after;
    struct rig r;

    (void)state;
    rig_open_elsewhere(&r, &common, 1);
    hold_responder(&r, 1);
    before = stats_of(&r, RESPONDER);
    pass_time(&r, WAIT_MS);
    after = stats_of(&r, RESPONDER);
    assert_true(stats_of(&r, 0).retransmits_out >= 3);
    assert_true(after.retransmits_in >= before.retransmits_in + 3);
    assert_int_equal(after.messages_out, before.messages_out);
    assert_int_equal(r.n_held, 1);
    let_go(&r);
    assert_int_equal(r.counts[RESPONDER].up, 1);
    assert_int_equal(r.counts[0].up, 1);
    rig_close(&r);
}

/* The first SA is up, the second one waits for the token: the first one's peer asks whether it is
 * alive, and is answered at once. */
static void other_sas_are_served_while_the_token_signs(void **state)
{
    uint64_t retransmits;
    ike2_sa_id sa;
    struct rig r;

    (void)state;
    rig_open_elsewhere(&r, &common, 1);
    rig_connect(&r, 1);
    rig_settle(&r);
    assert_int_equal(r.counts[0].up, 1);
    sa = ike2_sa_next(r.duo.sides[0].ep, 0);
    hold_responder(&r, 1);
    for (unsigned i = 0; i < 3; i++) {
        uint64_t in = stats_of(&r, 0).messages_in;

        retransmits = stats_of(&r, 0).retransmits_out;
        assert_int_equal(ike2_sa_probe(r.duo.sides[0].ep, r.now, sa), IKE2_OK);
        rig_drain(&r);
        assert_int_equal(stats_of(&r, 0).messages_in, in + 1);
        assert_int_equal(stats_of(&r, 0).retransmits_out, retransmits);
        rig_expire(&r, r.now + 100);
    }
    let_go(&r);
    assert_int_equal(r.counts[0].up, 2);
    rig_close(&r);
}

static void drop_all(struct rig *r, size_t side)
{
    ike2_endpoint *ep = r->duo.sides[side].ep;
    ike2_sa_id sa = 0;

    while ((sa = ike2_sa_next(ep, sa)) != 0)
        assert_int_equal(ike2_sa_drop(ep, r->now, sa), IKE2_OK);
    rig_drain(r);
}

/* The token is asked for what it has begun and for nothing else: what waits behind that is taken
 * out of the queue when its SA goes. */
static void token_signs_nothing_for_sas_that_have_gone(void **state)
{
    enum { SAS = 5 };
    struct rig r;
    unsigned begun;

    (void)state;
    rig_open_elsewhere(&r, &common, 1);
    hold_responder(&r, SAS);
    begun = atomic_load(&r.n_signed) + 1;
    drop_all(&r, RESPONDER);
    assert_int_equal(r.counts[RESPONDER].cancelled, SAS);
    let_go(&r);
    assert_int_equal(atomic_load(&r.n_signed), begun);
    assert_int_equal(r.counts[RESPONDER].stale, SAS);
    assert_int_equal(r.counts[RESPONDER].up, 0);
    rig_run_out(&r);
    rig_close(&r);
}

/* Its answer comes when nobody waits any more, and the next one in time. */
static void token_that_was_too_slow_is_asked_again_for_the_next_sa(void **state)
{
    struct rig r;

    (void)state;
    rig_open_elsewhere(&r, &common, 1);
    hold_responder(&r, 1);
    rig_expire(&r, r.answer_by);
    assert_int_equal(r.counts[RESPONDER].reasons[IKE2_REASON_UNANSWERED], 1);
    assert_int_equal(r.counts[0].reasons[IKE2_REASON_AUTH], 1); /* its peer has been told */
    let_go(&r);
    assert_int_equal(r.counts[RESPONDER].stale, 1);
    rig_connect(&r, 1);
    rig_settle(&r);
    assert_int_equal(r.counts[0].up, 1);
    rig_close(&r);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_thread_signs_for_everybody),
        cmocka_unit_test(retransmissions_are_absorbed_while_the_token_signs),
        cmocka_unit_test(other_sas_are_served_while_the_token_signs),
        cmocka_unit_test(token_signs_nothing_for_sas_that_have_gone),
        cmocka_unit_test(token_that_was_too_slow_is_asked_again_for_the_next_sa),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
