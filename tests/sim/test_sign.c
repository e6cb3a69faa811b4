/* sim/test_sign.c - signatures of ours that are made elsewhere, by a worker, too late or not at
 * all. RFC 7296 2.15; ike2/job.h. */
#include "sim/signer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/bytes.h"

enum { JOB_MS = 20 * 1000, SOON = 5000, RSA_OCTETS = 256 };

static const uint16_t pss[] = { IKE2_SIG_RSA_PSS_SHA256, 0 };

static int signs_setup(void **state)
{
    (void)signers_setup(state);
    signer_add(signer_of(side_a(state)), RSA_2048, pss, NULL, "");
    signer_add(signer_of(side_b(state)), RSA_2048, pss, NULL, "");
    return 0;
}

static void begin_again(void **state)
{
    (void)signers_teardown(state);
    (void)signs_setup(state);
}

/* The side that signs, an initiator or a responder, and the other one. */
static struct side *signer_n(void *const *state, size_t n)
{
    return ((struct world *)*state)->sides[n];
}

static struct side *other_n(void *const *state, size_t n)
{
    return ((struct world *)*state)->sides[1 - n];
}

static ike2_credential *credential_of(const struct side *s)
{
    return &signer_of(s)->credentials[0];
}

static void meet(void *const *state, uint64_t ms)
{
    initiate(side_a(state), side_b(state));
    world_run(*state, ms);
}

/* --- Who signs ----------------------------------------------------------------------- */

static void key_of_the_definition_signs_without_a_job(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    bring_up(a, b);
    assert_int_equal(a->counts.asked[ON_SIGN] + b->counts.asked[ON_SIGN], 0);
    assert_int_equal(signer_of(a)->judged.result, IKE2_OK);
    assert_int_equal(signer_of(b)->judged.result, IKE2_OK);
}

static void key_kept_elsewhere_signs_by_a_job(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    credential_of(a)->key = credential_of(b)->key = NULL;
    bring_up(a, b);
    assert_int_equal(a->counts.asked[ON_SIGN], 1);
    assert_int_equal(b->counts.asked[ON_SIGN], 1);
    assert_int_equal(signer_of(a)->judged.result, IKE2_OK);
    assert_int_equal(signer_of(b)->judged.result, IKE2_OK);
}

static void signatures_are_jobs_if_they_are_offloaded(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    a->setup.endpoint.offload = b->setup.endpoint.offload = IKE2_OFFLOAD_SIGN;
    a->plans[ON_SIGN] = b->plans[ON_SIGN] = (struct plan){ .manner = LATER, .ms = 1500 };
    meet(state, SOON);
    expect_up(a, b);
    assert_int_equal(a->counts.asked[ON_SIGN], 1);
    assert_int_equal(b->counts.asked[ON_SIGN], 1);
    assert_int_equal(a->counts.asked[ON_KE], 0);
    assert_int_equal(signer_of(a)->judged.result, IKE2_OK);
    assert_int_equal(signer_of(b)->judged.result, IKE2_OK);
}

/* --- The job ------------------------------------------------------------------------- */

static ike2_job *take_job(struct side *s)
{
    for (size_t i = 0; i < SIDE_PENDING; i++) {
        if (s->pending[i].is_used && s->pending[i].matter == ON_SIGN) {
            s->pending[i].is_used = false;
            return s->pending[i].job;
        }
    }
    fail();
    return NULL;
}

static ike2_job *job_out(void *const *state, size_t n)
{
    struct side *s = signer_n(state, n);

    s->plans[ON_SIGN] = (struct plan){ .manner = NEVER };
    meet(state, 1000);
    assert_int_equal(s->counts.asked[ON_SIGN], 1);
    return take_job(s);
}

static ike2_err finish(struct side *s, ike2_job *job)
{
    ike2_err err = ike2_endpoint_finish(s->ep, s->world->now, job);

    side_drain(s, s->world->now);
    return err;
}

static void job_says_what_is_to_be_signed(void **state)
{
    struct side *a = side_a(state);
    const ike2_sign_task *task;
    ike2_job *job;

    credential_of(a)->key = NULL;
    credential_of(a)->tag = 1;
    job = job_out(state, 0);
    task = ike2_job_sign_task(job);
    assert_non_null(task);
    assert_int_equal(task->tag, 1);
    assert_int_equal(task->scheme, IKE2_SIG_RSA_PSS_SHA256);
    assert_int_equal(task->room, 1024);
    /* RFC 7296 2.15: message, nonce, MAC of the identity; the peer's message goes ahead. */
    assert_int_equal(task->n_parts, 5);
    assert_int_equal(task->parts[0].len, 8);
    assert_int_equal(task->parts[1].ptr[18], IKE2_EXCHANGE_IKE_SA_INIT);
    assert_int_equal(task->parts[2].ptr[18], IKE2_EXCHANGE_IKE_SA_INIT);
    assert_int_equal(task->parts[3].len, 32);
    assert_int_not_equal(task->parts[4].len, 0);
    assert_int_equal(ike2_job_peer_tag(job), a->setup.peer.tag);
    assert_int_equal(ike2_job_sa(job), sa_of_side(a));
    assert_int_not_equal(ike2_job_answer_by(job), IKE2_TIME_NEVER);
    assert_null(ike2_job_proof(job));
    assert_null(ike2_job_lane(job));
    assert_int_equal(ike2_job_run(job), IKE2_ERR_UNSUPPORTED); /* there is no key */
    a->prove(a, job);
    assert_int_equal(finish(a, job), IKE2_OK);
    world_run(*state, 1000);
    expect_up(a, side_b(state));
}

static void verdict_does_not_stand_for_a_signature(void **state)
{
    struct side *a = side_a(state);
    ike2_verdict yes = IKE2_INIT(ike2_verdict);
    ike2_job *job;

    credential_of(a)->key = NULL;
    job = job_out(state, 0);
    yes.ok = true;
    ike2_job_set_verdict(job, &yes);
    assert_int_equal(finish(a, job), IKE2_OK);
    expect_nothing(a);
}

static void last_signature_counts(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    ike2_job *job;

    credential_of(a)->key = NULL;
    job = job_out(state, 0);
    assert_int_equal(ike2_job_set_signature(job, bytes_of("wrong", 5)), IKE2_OK);
    a->prove(a, job);
    assert_int_equal(finish(a, job), IKE2_OK);
    world_run(*state, 1000);
    expect_up(a, b);
}

/* --- Size ---------------------------------------------------------------------------- */

static void signature_that_just_fits_is_sent(void **state)
{
    for (size_t elsewhere = 0; elsewhere < 2; elsewhere++) {
        struct side *a = side_a(state), *b = side_b(state);

        credential_of(a)->signature_octets = credential_of(b)->signature_octets = RSA_OCTETS;
        if (elsewhere != 0)
            credential_of(a)->key = credential_of(b)->key = NULL;
        bring_up(a, b);
        begin_again(state);
    }
}

static void expect_not_signed(void *const *state, size_t n)
{
    struct side *s = signer_n(state, n), *other = other_n(state, n);
    const struct explained *x;

    meet(state, 120 * 1000);
    expect_nothing(s);
    expect_nothing(other);
    expect_sa_down(s, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    expect_events(s, IKE2_EVENT_SA_UP, 0);
    x = expect_explained(s, record_last(&s->record, IKE2_EVENT_SA_DOWN), "policy.auth");
    assert_string_equal(x->offered, "rsa-pss-sha256");
    assert_string_equal(x->difference, "signature: ours could not be made");
    /* A responder says so; an initiator simply does not go on. */
    if (n == 1)
        expect_sa_down(other, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    else
        expect_sa_down(other, IKE2_REASON_TIMEOUT, 0);
}

static void signature_that_is_too_large_is_not_sent(void **state)
{
    for (size_t n = 0; n < 2; n++) {
        struct side *s = signer_n(state, n);

        credential_of(s)->signature_octets = RSA_OCTETS - 1;
        expect_not_signed(state, n);
        begin_again(state);

        s = signer_n(state, n);
        credential_of(s)->signature_octets = RSA_OCTETS - 1;
        credential_of(s)->key = NULL;
        expect_not_signed(state, n);
        assert_int_equal(signer_of(s)->signing, IKE2_ERR_SPACE);
        begin_again(state);
    }
}

static void key_that_does_not_fit_its_schemes_signs_nothing(void **state)
{
    for (size_t n = 0; n < 2; n++) {
        struct side *s = signer_n(state, n);
        struct signer *g = signer_of(s);

        s->setup.peer.n_credentials = 1;
        signer_add(g, ECDSA_256, pss, NULL, "");
        g->credentials[0] = g->credentials[1];
        s->setup.peer.n_credentials = 1;
        expect_not_signed(state, n);
        begin_again(state);
    }
}

static unsigned n_failures;

/* The provider of either side; the first calls fail. */
static ike2_err sign_later(void *user, const ike2_key *key, uint16_t scheme,
                           const ike2_bytes *parts, size_t n, ike2_buffer *sig)
{
    struct crypto_wrap *w = user;

    if (n_failures != 0) {
        n_failures--;
        return IKE2_ERR_CRYPTO;
    }
    return w->inner->sign(w->inner->user, key, scheme, parts, n, sig);
}

static void provider_that_fails_for_a_moment_is_asked_again(void **state)
{
    for (size_t i = 0; i < 4; i++) {
        struct side *s = signer_n(state, i % 2);

        s->setup.endpoint.offload = i < 2 ? 0 : IKE2_OFFLOAD_SIGN;
        signer_of(s)->wrap.table.sign = sign_later;
        n_failures = 3;
        meet(state, SOON);
        expect_up(side_a(state), side_b(state));
        assert_int_equal(n_failures, 0);
        begin_again(state);
    }
}

static void provider_that_never_signs_ends_the_attempt(void **state)
{
    struct side *a = side_a(state);

    signer_of(a)->wrap.table.sign = sign_later;
    n_failures = UINT32_MAX;
    meet(state, SOON);
    expect_nothing(a);
    expect_sa_down(a, IKE2_REASON_RESOURCE, 0);
}

static void job_without_a_signature_is_a_failure(void **state)
{
    for (size_t n = 0; n < 2; n++) {
        struct side *s = signer_n(state, n);

        credential_of(s)->key = NULL;
        s->plans[ON_SIGN] = (struct plan){ .manner = REFUSE };
        expect_not_signed(state, n);
        begin_again(state);
    }
}

/* --- Time ---------------------------------------------------------------------------- */

static void expect_unanswered(void *const *state, size_t n, const struct plan *plan)
{
    struct side *s = signer_n(state, n), *other = other_n(state, n);

    credential_of(s)->key = NULL;
    s->plans[ON_SIGN] = *plan;
    meet(state, 120 * 1000);
    expect_nothing(s);
    expect_nothing(other);
    expect_sa_down(s, IKE2_REASON_UNANSWERED, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    if (n == 1)
        expect_sa_down(other, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    assert_int_equal(s->counts.jobs_cancelled, 1);
    assert_int_equal(s->counts.stale, 1);
}

static void late_signature_is_stale(void **state)
{
    for (size_t n = 0; n < 2; n++) {
        expect_unanswered(state, n, &(struct plan){ .manner = LATER, .ms = JOB_MS + 5000 });
        begin_again(state);
    }
}

static void missing_signature_is_a_failure_in_time(void **state)
{
    for (size_t n = 0; n < 2; n++) {
        expect_unanswered(state, n, &(struct plan){ .manner = NEVER });
        begin_again(state);
    }
}

static void job_that_is_freed_counts_as_unanswered(void **state)
{
    for (size_t n = 0; n < 2; n++) {
        struct side *s = signer_n(state, n);

        credential_of(s)->key = NULL;
        ike2_job_free(job_out(state, n));
        world_run(*state, 120 * 1000);
        expect_nothing(s);
        expect_nothing(other_n(state, n));
        expect_sa_down(s, IKE2_REASON_UNANSWERED, IKE2_NOTIFY_AUTHENTICATION_FAILED);
        begin_again(state);
    }
}

static void signature_after_the_end_of_the_sa_is_stale(void **state)
{
    for (size_t n = 0; n < 2; n++) {
        struct side *s = signer_n(state, n);
        ike2_job *job;

        s->setup.endpoint.offload = IKE2_OFFLOAD_SIGN;
        job = job_out(state, n);
        drop_sa(s);
        assert_int_equal(s->counts.jobs_cancelled, 1);
        assert_int_equal(ike2_job_run(job), IKE2_OK); /* it has its own reference to the key */
        assert_int_equal(finish(s, job), IKE2_ERR_STALE);
        world_run(*state, 300 * 1000);
        expect_nothing(s);
        begin_again(state);
    }
}

static void job_outlives_its_endpoint_and_keeps_the_key(void **state)
{
    for (size_t n = 0; n < 2; n++) {
        struct side *s = signer_n(state, n);
        ike2_job *job;

        s->setup.endpoint.offload = IKE2_OFFLOAD_SIGN;
        job = job_out(state, n);
        side_stop(s);
        assert_int_equal(signer_of(s)->wrap.keys_alive, 2); /* ours, and the job's */
        assert_int_equal(ike2_job_run(job), IKE2_OK);
        ike2_job_free(job);
        assert_int_equal(signer_of(s)->wrap.keys_alive, 1);
        assert_int_equal(s->alloc.octets_held, 0);
        begin_again(state);
    }
}

/* --- Meanwhile ----------------------------------------------------------------------- */

/* A signature made elsewhere by side `n` comes back now. */
static void hand_in(void *const *state, size_t n, ike2_job *job)
{
    struct side *s = signer_n(state, n);

    s->prove(s, job);
    assert_int_equal(finish(s, job), IKE2_OK);
    world_run(*state, 1000);
}

/* RFC 7296 2.1: a request that comes again is no other request. */
static void request_that_comes_again_is_signed_once(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    uint64_t sent;
    ike2_job *job;

    credential_of(b)->key = NULL;
    job = job_out(state, 1);
    sent = b->counts.sent;
    world_run(*state, 10 * 1000);
    assert_in_range(side_stats(a).retransmits_out, 3, 8);
    assert_true(side_stats(b).retransmits_in >= side_stats(a).retransmits_out);
    assert_int_equal(b->counts.sent, sent);
    assert_int_equal(b->counts.asked[ON_SIGN], 1);
    hand_in(state, 1, job);
    expect_up(a, b);
}

/* The first datagram of all, IKE_SA_INIT. */
struct first {
    uint8_t octets[2048];
    size_t len;
};

static bool keep_first(void *user, struct packet *p)
{
    struct first *f = user;

    if (f->len == 0) {
        assert_in_range(p->len, 1, sizeof f->octets);
        memcpy(f->octets, p->octets, p->len);
        f->len = p->len;
    }
    return true;
}

static void answers_of_before_are_given_again_while_a_signature_is_made(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    struct first first = { .len = 0 };
    uint64_t sent;
    ike2_job *job;

    ((struct world *)*state)->net.tap = keep_first;
    ((struct world *)*state)->net.tap_user = &first;
    credential_of(b)->key = NULL;
    job = job_out(state, 1);
    sent = b->counts.sent;
    for (uint64_t i = 1; i <= 3; i++) {
        inject(a, b, 500, bytes_of(first.octets, first.len));
        world_run(*state, 100);
        assert_int_equal(b->counts.sent, sent + i);
    }
    assert_int_equal(side_stats(b).sas, 1);
    hand_in(state, 1, job);
    expect_up(a, b);
}

/* RFC 7296 2.8.3: the SA is authenticated anew, and the one that is up goes on. */
static void sa_that_is_up_answers_while_its_renewal_is_signed(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    ike2_job *job;

    credential_of(a)->key = NULL;
    bring_up(a, b);
    a->plans[ON_SIGN] = (struct plan){ .manner = NEVER };
    assert_int_equal(ike2_sa_reauth(a->ep, a->world->now, sa_of_side(a)), IKE2_OK);
    side_drain(a, a->world->now);
    world_run(*state, 1000);
    job = take_job(a);
    assert_int_equal(ike2_sa_probe(b->ep, b->world->now, sa_of_side(b)), IKE2_OK);
    side_drain(b, b->world->now);
    world_run(*state, 5000);
    assert_int_equal(side_stats(b).retransmits_out, 0); /* it was answered at once */
    assert_int_equal(side_stats(a).sas, 2);
    a->plans[ON_SIGN] = (struct plan){ .manner = AT_ONCE };
    hand_in(state, 0, job);
    world_run(*state, 30 * 1000); /* the pair that was replaced has gone, too */
    expect_events(a, IKE2_EVENT_SA_REKEYED, 1);
    expect_up(a, b);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, signs_setup, signers_teardown)
    static const struct CMUnitTest tests[] = {
        CASE(key_of_the_definition_signs_without_a_job),
        CASE(key_kept_elsewhere_signs_by_a_job),
        CASE(signatures_are_jobs_if_they_are_offloaded),
        CASE(job_says_what_is_to_be_signed),
        CASE(verdict_does_not_stand_for_a_signature),
        CASE(last_signature_counts),
        CASE(signature_that_just_fits_is_sent),
        CASE(signature_that_is_too_large_is_not_sent),
        CASE(key_that_does_not_fit_its_schemes_signs_nothing),
        CASE(provider_that_fails_for_a_moment_is_asked_again),
        CASE(provider_that_never_signs_ends_the_attempt),
        CASE(job_without_a_signature_is_a_failure),
        CASE(late_signature_is_stale),
        CASE(missing_signature_is_a_failure_in_time),
        CASE(job_that_is_freed_counts_as_unanswered),
        CASE(signature_after_the_end_of_the_sa_is_stale),
        CASE(job_outlives_its_endpoint_and_keeps_the_key),
        CASE(request_that_comes_again_is_signed_once),
        CASE(answers_of_before_are_given_again_while_a_signature_is_made),
        CASE(sa_that_is_up_answers_while_its_renewal_is_signed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
