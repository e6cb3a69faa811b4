/* threads/rig.c - two endpoints, a pool, and a clock. */
#include "threads/rig.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { START = 1000, STEPS_MAX = 10000, SIGNATURE_ROOM = 256 };

static void die(const char *what)
{
    (void)fprintf(stderr, "rig: %s\n", what);
    exit(EXIT_FAILURE);
}

/* --- On a worker's thread ------------------------------------------------------------ */

/* What an HSM would do. */
static void sign_elsewhere(struct rig *r, ike2_job *job)
{
    const ike2_sign_task *task = ike2_job_sign_task(job);
    const ike2_crypto *crypto = r->common->provider.crypto;
    uint8_t room[SIGNATURE_ROOM];
    ike2_buffer signature = { .ptr = room, .cap = sizeof room };

    if (crypto->sign(crypto->user, r->common->demo.keys[task->tag], task->scheme, task->parts,
                     task->n_parts, &signature) != IKE2_OK ||
        ike2_job_set_signature(job, (ike2_bytes){ room, signature.len }) != IKE2_OK)
        die("no signature");
    atomic_fetch_add(&r->n_signed, 1);
}

static void work(void *user, ike2_job *job)
{
    struct rig *r = user;
    ike2_verdict verdict = IKE2_INIT(ike2_verdict);

    if (ike2_job_kind(job) == r->held_kind && ike2_job_peer_tag(job) == r->held_side)
        gate_pass(&r->gate);
    if (ike2_job_kind(job) == IKE2_JOB_SIGN && r->elsewhere) {
        sign_elsewhere(r, job);
        return;
    }
    if (ike2_job_kind(job) != IKE2_JOB_VERIFY) {
        (void)ike2_job_run(job);
        return;
    }
    (void)ike2_x509_verify(ike2_job_proof(job), &r->common->policy, (int64_t)time(NULL), &verdict);
    ike2_job_set_verdict(job, &verdict);
}

/* --- Life ---------------------------------------------------------------------------- */

void common_open(struct common *c)
{
    struct problem why = { "" };

    if (!provider_open(&c->provider, &why))
        die(why.text);
    if (demo_load(&c->demo, c->provider.mbedtls) != IKE2_OK)
        die("no certificates");
    c->policy = demo_policy(&c->demo);
}

void common_close(struct common *c)
{
    demo_clear(&c->demo);
    provider_close(&c->provider);
}

static struct duo_who who_is(const struct rig *r, size_t i)
{
    struct duo_who who = { r->common->demo.ids[i], demo_credential(&r->common->demo, i) };

    who.own.tag = i;
    if (r->elsewhere)
        who.own.key = NULL;
    return who;
}

static void rig_begin(struct rig *r, unsigned n_threads)
{
    const struct duo_who who[DUO_SIDES] = { who_is(r, 0), who_is(r, 1) };
    ike2_endpoint_config like = IKE2_INIT(ike2_endpoint_config);
    ike2_limits limits = IKE2_INIT(ike2_limits);

    gate_init(&r->gate);
    limits.half_open_per_addr = 1000;
    like.crypto = r->common->provider.crypto;
    like.limits = &limits;
    like.offload = IKE2_OFFLOAD_KE | IKE2_OFFLOAD_SIGN;
    if (duo_open(&r->duo, who, &like, r->now) != IKE2_OK)
        die("no endpoints");
    r->pool = pool_new(n_threads, work, r);
    if (r->pool == NULL)
        die("no threads");
}

void rig_open(struct rig *r, const struct common *c, unsigned n_threads)
{
    *r = (struct rig){ .common = c, .now = START };
    rig_begin(r, n_threads);
}

void rig_open_elsewhere(struct rig *r, const struct common *c, unsigned n_threads)
{
    *r = (struct rig){ .common = c, .now = START, .elsewhere = true };
    rig_begin(r, n_threads);
}

static void finish_jobs(struct rig *r)
{
    ike2_job *job;
    void *owner;

    while ((job = pool_take(r->pool, &owner)) != NULL) {
        size_t side = owner == &r->duo.sides[0] ? 0 : 1;

        if (duo_finish(owner, r->now, job) == IKE2_ERR_STALE)
            r->counts[side].stale++;
    }
}

void rig_close(struct rig *r)
{
    gate_open(&r->gate);
    pool_stop(r->pool);
    duo_close(&r->duo);
    finish_jobs(r);
    if (pool_count(r->pool) != 0)
        die("jobs that did not come back");
    pool_free(r->pool);
    gate_clear(&r->gate);
}

/* --- The loop ------------------------------------------------------------------------ */

static void give(struct rig *r, struct duo_side *s, ike2_job *job)
{
    if (!pool_put(r->pool, job, s))
        die("no memory");
}

/* The first worker at the gate may be the only one: what others still need before their own job
 * of this kind would wait behind it for ever. So the kind waits here until all have come. */
static void on_held_job(struct rig *r, struct duo_side *s, ike2_job *job)
{
    r->n_held++;
    r->answer_by = ike2_job_answer_by(job);
    if (r->n_kept == RIG_KEPT_MAX)
        die("too many jobs to keep");
    r->kept[r->n_kept++] = job;
    if (r->n_held < r->n_together)
        return;
    for (unsigned i = 0; i < r->n_kept; i++)
        give(r, s, r->kept[i]);
    r->n_kept = 0;
}

static void on_job(struct rig *r, struct duo_side *s, ike2_job *job)
{
    if (ike2_job_kind(job) == r->held_kind && ike2_job_peer_tag(job) == r->held_side)
        on_held_job(r, s, job);
    else
        give(r, s, job);
}

static void on_output(struct rig *r, struct duo_side *s, const ike2_output *out)
{
    struct counts *c = &r->counts[s - r->duo.sides];

    if (out->type == IKE2_JOB) {
        on_job(r, s, out->u.job);
    } else if (out->type == IKE2_EVENT_JOB_CANCEL) {
        c->cancelled++;
        pool_cancel(r->pool, out->u.job);
    } else if (out->type == IKE2_EVENT_SA_UP) {
        c->up++;
    } else if (out->type == IKE2_EVENT_SA_DOWN) {
        c->down++;
        c->reasons[out->u.sa.reason]++;
    }
}

void rig_drain(struct rig *r)
{
    struct duo_side *s;
    const ike2_output *out;

    while ((out = duo_next(&r->duo, r->now, &s)) != NULL)
        on_output(r, s, out);
}

void rig_connect(struct rig *r, unsigned n)
{
    ike2_sa_id sa;

    for (unsigned i = 0; i < n; i++) {
        if (duo_connect(&r->duo, r->now, &sa) != IKE2_OK)
            die("no connection");
    }
    rig_drain(r);
}

/* Nobody passes the gate as long as it is closed, so these jobs stay out. */
static unsigned at_the_gate(struct rig *r)
{
    return gate_is_open(&r->gate) ? 0 : r->n_held - r->n_kept;
}

/* False: there is nothing to wait for. */
static bool step(struct rig *r, bool waits)
{
    struct pollfd done = { .fd = pool_fd(r->pool), .events = POLLIN };

    finish_jobs(r);
    rig_drain(r);
    if (pool_count(r->pool) <= at_the_gate(r))
        return false;
    return !waits || poll(&done, 1, -1) >= 0;
}

void rig_step(struct rig *r)
{
    if (step(r, true))
        (void)step(r, false);
}

void rig_settle(struct rig *r)
{
    while (step(r, true))
        ;
    gate_wait(&r->gate, at_the_gate(r));
}

void rig_expire(struct rig *r, ike2_time at)
{
    r->now = at > r->now ? at : r->now;
    duo_expire(&r->duo, r->now);
    rig_drain(r);
}

unsigned rig_sas(const struct rig *r, size_t side)
{
    ike2_stats stats = IKE2_INIT(ike2_stats);

    if (r->duo.sides[side].ep == NULL || ike2_stats_get(r->duo.sides[side].ep, &stats) != IKE2_OK)
        return 0;
    return (unsigned)stats.sas;
}

static void close_all(struct rig *r, ike2_endpoint *ep)
{
    ike2_sa_id sa = 0;

    while (ep != NULL && (sa = ike2_sa_next(ep, sa)) != 0)
        (void)ike2_sa_close(ep, r->now, sa); /* IKE2_ERR_STATE: it is closing already */
    rig_drain(r);
}

/* A side that cannot be reached is noticed by retransmissions: at last nobody is left. */
void rig_run_out(struct rig *r)
{
    for (unsigned i = 0; rig_sas(r, 0) + rig_sas(r, 1) != 0; i++) {
        ike2_time next;

        close_all(r, r->duo.sides[0].ep);
        close_all(r, r->duo.sides[1].ep);
        rig_settle(r);
        next = duo_deadline(&r->duo);
        if (i == STEPS_MAX)
            die("SAs without end");
        if (next != IKE2_TIME_NEVER)
            rig_expire(r, next);
        rig_settle(r);
    }
}
