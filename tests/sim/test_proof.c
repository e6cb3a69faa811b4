/* sim/test_proof.c - the fate of VERIFY jobs: every verdict, in time, late, never, or when nobody
 * waits any more. RFC 7296 2.15, 2.21.2; ike2/job.h. */
#include "sim/signer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

enum { JOB_MS = 20 * 1000, SOON = 5000 };

static const uint16_t p256[] = { IKE2_SIG_ECDSA_SHA256_DER, 0 };

static void begin(void **state)
{
    signer_add(signer_of(side_a(state)), ECDSA_256, p256, NULL, "");
    signer_add(signer_of(side_b(state)), ECDSA_256, p256, NULL, "");
}

static void begin_again(void **state)
{
    (void)signers_teardown(state);
    (void)signers_setup(state);
    begin(state);
}

static int proofs_setup(void **state)
{
    (void)signers_setup(state);
    begin(state);
    return 0;
}

/* The side that judges, an initiator or a responder, and the one that is judged. */
static struct side *judge_of(void *const *state, size_t n)
{
    return ((struct world *)*state)->sides[n];
}

static struct side *judged_of(void *const *state, size_t n)
{
    return ((struct world *)*state)->sides[1 - n];
}

static void meet(void *const *state, uint64_t ms)
{
    initiate(side_a(state), side_b(state));
    world_run(*state, ms);
}

/* --- No ------------------------------------------------------------------------------ */

static const struct refusal {
    uint16_t notify;  /* as the judge says */
    uint16_t told;    /* to the peer, and in the judge's event */
    uint32_t reason;
    const char *text, *difference;
} refusals[] = {
    { 0, IKE2_NOTIFY_AUTHENTICATION_FAILED, 0, "", "proof: refused without a reason" },
    { 0, IKE2_NOTIFY_AUTHENTICATION_FAILED, 5, "certificate: expired", "certificate: expired" },
    { IKE2_NOTIFY_AUTHENTICATION_FAILED, IKE2_NOTIFY_AUTHENTICATION_FAILED, 0x10000,
      "account: closed", "account: closed" },
    { IKE2_NOTIFY_INVALID_SYNTAX, IKE2_NOTIFY_INVALID_SYNTAX, 2, "certificate: malformed",
      "certificate: malformed" },
    { IKE2_NOTIFY_TEMPORARY_FAILURE, IKE2_NOTIFY_TEMPORARY_FAILURE, 0x10001, "directory: down",
      "directory: down" },
    { 8192, 8192, UINT32_MAX, "x", "x" }, /* for private use */
};

static void refuse_with(struct side *s, const struct refusal *r)
{
    ike2_verdict *v = &signer_of(s)->verdict;

    *v = (ike2_verdict)IKE2_INIT(ike2_verdict);
    v->notify = r->notify;
    v->reason = r->reason;
    (void)strcpy(v->text, r->text);
}

static void expect_why(struct side *s, const char *difference)
{
    const struct explained *x =
        expect_explained(s, record_last(&s->record, IKE2_EVENT_SA_DOWN), "policy.auth");

    assert_string_equal(x->offered, "ecdsa-sha256");
    assert_string_equal(x->accepted, "signature");
    assert_string_equal(x->difference, difference);
    assert_string_equal(x->section, "RFC 7296 2.15");
    assert_int_equal(side_stats(s).auth_failures, 1);
}

/* RFC 7296 2.21.2: the error is the whole response. */
static void every_refusal_of_a_responder_is_told_in_the_response(void **state)
{
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        struct side *a = side_a(state), *b = side_b(state);

        refuse_with(b, &refusals[i]);
        meet(state, SOON);
        expect_nothing(a);
        expect_nothing(b);
        expect_events(b, IKE2_EVENT_SA_UP, 0);
        expect_sa_down(b, IKE2_REASON_AUTH, refusals[i].told);
        expect_why(b, refusals[i].difference);
        assert_int_equal(record_last(&a->record, IKE2_EVENT_SA_DOWN)->notify, refusals[i].told);
        assert_int_equal(b->dataplane.n_installed, 0);
        begin_again(state);
    }
}

/* RFC 7296 2.21.2: the responder believes that all is well, and is told in an exchange of its own;
 * only two errors end the IKE SA by themselves, so the others come with a Delete. */
static void every_refusal_of_an_initiator_is_told_in_an_exchange_of_its_own(void **state)
{
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        struct side *a = side_a(state), *b = side_b(state);
        uint16_t told = refusals[i].told;
        bool is_fatal = told == IKE2_NOTIFY_AUTHENTICATION_FAILED ||
                        told == IKE2_NOTIFY_INVALID_SYNTAX;

        refuse_with(a, &refusals[i]);
        meet(state, SOON);
        expect_nothing(a);
        expect_nothing(b);
        expect_events(a, IKE2_EVENT_SA_UP, 0);
        expect_sa_down(a, IKE2_REASON_AUTH, told);
        expect_why(a, refusals[i].difference);
        expect_events(b, IKE2_EVENT_SA_UP, 1);
        assert_int_equal(record_last(&b->record, IKE2_EVENT_SA_DOWN)->notify, is_fatal ? told : 0);
        assert_int_equal(a->dataplane.n_installed, 0);
        begin_again(state);
    }
}

/* What is on the wire, message by message. */
static void initiator_reports_by_an_informational_request(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    refuse_with(a, &refusals[0]);
    w->net.is_held = true;
    initiate(a, b);
    passes(a, b, IKE2_EXCHANGE_IKE_SA_INIT, REQUEST);
    passes(b, a, IKE2_EXCHANGE_IKE_SA_INIT, RESPONSE);
    passes(a, b, IKE2_EXCHANGE_IKE_AUTH, REQUEST);
    passes(b, a, IKE2_EXCHANGE_IKE_AUTH, RESPONSE);
    assert_int_equal(side_stats(a).sas, 1);
    passes(a, b, IKE2_EXCHANGE_INFORMATIONAL, REQUEST);
    passes(b, a, IKE2_EXCHANGE_INFORMATIONAL, RESPONSE);
    nothing_flies(w);
    expect_sa_down(b, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    expect_nothing(a);
    expect_nothing(b);
}

static void responder_refuses_by_its_response(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    refuse_with(b, &refusals[0]);
    w->net.is_held = true;
    initiate(a, b);
    passes(a, b, IKE2_EXCHANGE_IKE_SA_INIT, REQUEST);
    passes(b, a, IKE2_EXCHANGE_IKE_SA_INIT, RESPONSE);
    passes(a, b, IKE2_EXCHANGE_IKE_AUTH, REQUEST);
    expect_nothing(b);
    passes(b, a, IKE2_EXCHANGE_IKE_AUTH, RESPONSE);
    nothing_flies(w);
    expect_sa_down(a, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
}

static void no_verdict_is_a_refusal(void **state)
{
    for (size_t n = 0; n < 2; n++) {
        struct side *s = judge_of(state, n);

        signer_of(s)->says_nothing = true;
        meet(state, SOON);
        expect_nothing(s);
        expect_nothing(judged_of(state, n));
        expect_sa_down(s, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
        expect_why(s, "proof: refused without a reason");
        begin_again(state);
    }
}

/* A program that was built with an earlier or a later header. */
static void verdicts_of_any_size_are_understood(void **state)
{
    struct {
        ike2_verdict v;
        uint8_t more[64];
    } later = { .v = { .struct_size = sizeof later, .ok = true } };
    struct side *a = side_a(state), *b = side_b(state);

    b->plans[ON_VERIFY] = (struct plan){ .manner = NEVER };
    meet(state, SOON);
    for (size_t i = 0; i < SIDE_PENDING; i++) {
        if (!b->pending[i].is_used)
            continue;
        memset(later.v.text, 'x', sizeof later.v.text);
        memset(later.more, 0xee, sizeof later.more);
        ike2_job_set_verdict(b->pending[i].job, &later.v);
        later.v.struct_size = offsetof(ike2_verdict, notify); /* the last one counts */
        ike2_job_set_verdict(b->pending[i].job, &later.v);
        b->pending[i].is_used = false;
        assert_int_equal(ike2_endpoint_finish(b->ep, b->world->now, b->pending[i].job), IKE2_OK);
        side_drain(b, b->world->now);
    }
    world_run(*state, SOON);
    expect_up(a, b);
}

/* --- Time ---------------------------------------------------------------------------- */

static void peer_that_asks_again_meanwhile_is_not_judged_twice(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    b->plans[ON_VERIFY] = (struct plan){ .manner = LATER, .ms = 4000 };
    a->plans[ON_VERIFY] = (struct plan){ .manner = LATER, .ms = 4000 };
    meet(state, 20 * 1000);
    expect_up(a, b);
    assert_int_equal(b->counts.asked[ON_VERIFY], 1);
    assert_int_equal(a->counts.asked[ON_VERIFY], 1);
    assert_true(side_stats(a).retransmits_out >= 2);
    assert_true(side_stats(b).retransmits_in >= 2);
}

/* A deadline is a refusal: the other side learns of it, the job is given back in vain. */
static void expect_unanswered(void **state, size_t n, const struct plan *plan)
{
    struct side *s = judge_of(state, n), *other = judged_of(state, n);

    s->plans[ON_VERIFY] = *plan;
    meet(state, 60 * 1000);
    expect_nothing(s);
    expect_nothing(other);
    expect_events(s, IKE2_EVENT_SA_UP, 0);
    expect_sa_down(s, IKE2_REASON_UNANSWERED, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    expect_sa_down(other, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    assert_int_equal(s->counts.jobs_cancelled, 1);
    assert_int_equal(s->counts.stale, 1);
    assert_int_equal(side_stats(s).jobs_expired, 1);
}

static void late_verdict_is_stale(void **state)
{
    for (size_t n = 0; n < 2; n++) {
        expect_unanswered(state, n, &(struct plan){ .manner = LATER, .ms = JOB_MS + 5000 });
        begin_again(state);
    }
}

static void missing_verdict_is_a_refusal_in_time(void **state)
{
    for (size_t n = 0; n < 2; n++) {
        expect_unanswered(state, n, &(struct plan){ .manner = NEVER });
        assert_in_range(record_last(&judge_of(state, n)->record, IKE2_EVENT_SA_DOWN)->at, 0,
                        1000000 + JOB_MS + 1000);
        begin_again(state);
    }
}

/* The job that is out, which from now on the test has. */
static ike2_job *take_job(struct side *s)
{
    for (size_t i = 0; i < SIDE_PENDING; i++) {
        if (s->pending[i].is_used && s->pending[i].matter == ON_VERIFY) {
            s->pending[i].is_used = false;
            return s->pending[i].job;
        }
    }
    fail();
    return NULL;
}

static ike2_job *job_out(void *const *state, size_t n)
{
    struct side *s = judge_of(state, n);

    s->plans[ON_VERIFY] = (struct plan){ .manner = NEVER };
    meet(state, 1000);
    assert_int_equal(s->counts.asked[ON_VERIFY], 1);
    return take_job(s);
}

/* As a worker would, on its copy of everything. */
static void expect_whole(struct side *s, ike2_job *job)
{
    signer_of(s)->judged.n = 0;
    s->prove(s, job);
    assert_int_equal(signer_of(s)->judged.n, 1);
    assert_int_equal(signer_of(s)->judged.result, IKE2_OK);
}

static void job_that_is_freed_counts_as_unanswered(void **state)
{
    for (size_t n = 0; n < 2; n++) {
        struct side *s = judge_of(state, n);

        ike2_job_free(job_out(state, n));
        world_run(*state, SOON);
        assert_int_equal(side_stats(s).sas, 1);
        world_run(*state, 60 * 1000);
        expect_nothing(s);
        expect_nothing(judged_of(state, n));
        expect_sa_down(s, IKE2_REASON_UNANSWERED, IKE2_NOTIFY_AUTHENTICATION_FAILED);
        assert_int_equal(s->counts.jobs_cancelled, 0);
        begin_again(state);
    }
}

/* The program was busy: the timer has not run yet. */
static void verdict_at_the_deadline_is_stale_already(void **state)
{
    for (size_t n = 0; n < 2; n++) {
        struct side *s = judge_of(state, n);
        struct world *w = *state;
        ike2_job *job = job_out(state, n);
        ike2_time at = ike2_job_answer_by(job);

        expect_whole(s, job);
        assert_int_equal(ike2_endpoint_finish(s->ep, at, job), IKE2_ERR_STALE);
        assert_int_equal(side_stats(s).sas, 1);
        w->now = at;
        world_run(w, 60 * 1000);
        expect_nothing(s);
        expect_sa_down(s, IKE2_REASON_UNANSWERED, IKE2_NOTIFY_AUTHENTICATION_FAILED);
        begin_again(state);
    }
}

/* --- Nobody waits any more ----------------------------------------------------------- */

static void verdict_after_the_end_of_the_sa_is_stale(void **state)
{
    for (size_t n = 0; n < 2; n++) {
        struct side *s = judge_of(state, n);
        ike2_job *job = job_out(state, n);
        ike2_sa_id sa = ike2_job_sa(job);

        drop_sa(s);
        assert_int_equal(s->counts.jobs_cancelled, 1);
        expect_sa_down(s, IKE2_REASON_LOCAL, 0);
        assert_int_equal(ike2_job_sa(job), sa);
        expect_whole(s, job);
        assert_int_equal(ike2_endpoint_finish(s->ep, s->world->now, job), IKE2_ERR_STALE);
        side_drain(s, s->world->now);
        world_run(*state, 300 * 1000);
        expect_nothing(s);
        begin_again(state);
    }
}

static void job_may_be_freed_after_the_end_of_the_sa(void **state)
{
    struct side *b = side_b(state);
    ike2_job *job = job_out(state, 1);

    drop_sa(b);
    ike2_job_free(job);
    side_drain(b, b->world->now);
    expect_nothing(b);
}

static void job_outlives_its_endpoint(void **state)
{
    for (size_t n = 0; n < 2; n++) {
        struct side *s = judge_of(state, n);
        ike2_job *job = job_out(state, n);

        side_stop(s);
        assert_true(s->alloc.octets_held != 0);
        expect_whole(s, job);
        assert_int_equal(ike2_job_kind(job), IKE2_JOB_VERIFY);
        assert_int_equal(ike2_job_peer_tag(job), s->setup.peer.tag);
        ike2_job_free(job);
        assert_int_equal(s->alloc.octets_held, 0);
        begin_again(state);
    }
}

static void initiator_that_goes_away_ends_the_job_of_the_responder(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    ike2_job *job = job_out(state, 1);

    side_stop(a);
    world_run(*state, JOB_MS);
    expect_sa_down(b, IKE2_REASON_UNANSWERED, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    expect_whole(b, job);
    assert_int_equal(ike2_endpoint_finish(b->ep, b->world->now, job), IKE2_ERR_STALE);
    side_drain(b, b->world->now);
    expect_nothing(b);
}

/* --- Other kinds --------------------------------------------------------------------- */

static void verify_job_can_neither_be_run_nor_signed(void **state)
{
    struct side *b = side_b(state);
    ike2_job *job = job_out(state, 1);

    assert_int_equal(ike2_job_run(job), IKE2_ERR_UNSUPPORTED);
    assert_int_equal(ike2_job_set_signature(job, (ike2_bytes){ 0 }), IKE2_ERR_UNSUPPORTED);
    assert_null(ike2_job_sign_task(job));
    assert_null(ike2_job_lane(job));
    assert_non_null(ike2_job_proof(job));
    expect_whole(b, job);
    assert_int_equal(ike2_endpoint_finish(b->ep, b->world->now, job), IKE2_OK);
    side_drain(b, b->world->now);
    world_run(*state, 1000);
    expect_up(side_a(state), b);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, proofs_setup, signers_teardown)
    static const struct CMUnitTest tests[] = {
        CASE(every_refusal_of_a_responder_is_told_in_the_response),
        CASE(every_refusal_of_an_initiator_is_told_in_an_exchange_of_its_own),
        CASE(initiator_reports_by_an_informational_request),
        CASE(responder_refuses_by_its_response),
        CASE(no_verdict_is_a_refusal),
        CASE(verdicts_of_any_size_are_understood),
        CASE(peer_that_asks_again_meanwhile_is_not_judged_twice),
        CASE(late_verdict_is_stale),
        CASE(missing_verdict_is_a_refusal_in_time),
        CASE(job_that_is_freed_counts_as_unanswered),
        CASE(verdict_at_the_deadline_is_stale_already),
        CASE(verdict_after_the_end_of_the_sa_is_stale),
        CASE(job_may_be_freed_after_the_end_of_the_sa),
        CASE(job_outlives_its_endpoint),
        CASE(initiator_that_goes_away_ends_the_job_of_the_responder),
        CASE(verify_job_can_neither_be_run_nor_signed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
