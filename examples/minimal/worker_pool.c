/* worker_pool.c - the expensive work of an endpoint on a pool of threads: key exchanges, signatures
 * and their verification. Two endpoints, both of this thread, make IKE SAs with each other:
 *
 *     worker_pool [HANDSHAKES]
 *
 * Each SA is closed as soon as it has its child. doc/threading.md says what holds for threads. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "common/provider.h"
#include "demo.h"
#include "duo.h"
#include "host.h"
#include "pool.h"

enum { THREADS = 4, HANDSHAKES = 100, AT_A_TIME = 16, JOB_KINDS = 4 };

struct run {
    struct provider provider;
    struct demo demo;
    ike2_x509_policy policy; /* what is trusted: read by all workers, written by nobody */
    struct duo duo;
    struct pool *pool;
    unsigned long wanted, begun, made, over;
    unsigned long jobs[JOB_KINDS]; /* by IKE2_JOB_*: given to a worker */
};

/* --- On a worker's thread ------------------------------------------------------------ */

/* Nothing but the job and constants. */
static void work(void *user, ike2_job *job)
{
    const struct run *r = user;
    ike2_verdict verdict = IKE2_INIT(ike2_verdict);

    if (ike2_job_kind(job) != IKE2_JOB_VERIFY) {
        (void)ike2_job_run(job); /* the result is in the job */
        return;
    }
    (void)ike2_x509_verify(ike2_job_proof(job), &r->policy, (int64_t)time(NULL), &verdict);
    ike2_job_set_verdict(job, &verdict);
}

/* --- On the endpoints' thread -------------------------------------------------------- */

static void begin_more(struct run *r, ike2_time now)
{
    ike2_sa_id sa;

    while (r->begun < r->wanted && r->begun - r->over < AT_A_TIME) {
        if (duo_connect(&r->duo, now, &sa) != IKE2_OK)
            return; /* no memory: some will be over soon */
        r->begun++;
    }
}

static void on_job(struct run *r, struct duo_side *s, ike2_job *job)
{
    r->jobs[ike2_job_kind(job)]++;
    if (!pool_put(r->pool, job, s))
        ike2_job_free(job); /* its SA learns that at `answer_by` */
}

/* An SA of the initiator's has ended. */
static void on_down(struct run *r, const ike2_output *out)
{
    r->over++;
    if (out->u.sa.reason != IKE2_REASON_LOCAL)
        (void)fprintf(stderr, "an IKE SA ended: reason %u, notify %u\n", out->u.sa.reason,
                      out->u.sa.notify);
}

static void on_output(struct run *r, struct duo_side *s, ike2_time now, const ike2_output *out)
{
    bool is_initiator = s == &r->duo.sides[0];

    if (out->type == IKE2_JOB)
        on_job(r, s, out->u.job);
    else if (out->type == IKE2_EVENT_JOB_CANCEL)
        pool_cancel(r->pool, out->u.job);
    else if (out->type == IKE2_EVENT_CHILD_UP && is_initiator) {
        r->made++;
        (void)ike2_sa_close(s->ep, now, out->sa);
    } else if (out->type == IKE2_EVENT_SA_DOWN && is_initiator)
        on_down(r, out);
}

/* Jobs that are done go back to their endpoints, on the endpoints' thread. */
static void finish_jobs(struct run *r, ike2_time now)
{
    ike2_job *job;
    void *owner;

    while ((job = pool_take(r->pool, &owner)) != NULL)
        (void)duo_finish(owner, now, job); /* IKE2_ERR_STALE: nobody waits for it any more */
}

static void drain(struct run *r, ike2_time now)
{
    struct duo_side *s;
    const ike2_output *out;

    while ((out = duo_next(&r->duo, now, &s)) != NULL)
        on_output(r, s, now, out);
}

static void loop(struct run *r)
{
    struct pollfd done = { .fd = pool_fd(r->pool), .events = POLLIN };

    while (r->over < r->wanted) {
        ike2_time now = host_now();

        finish_jobs(r, now);
        duo_expire(&r->duo, now);
        begin_more(r, now);
        drain(r, now);
        if (r->over < r->wanted)
            (void)poll(&done, 1, host_wait_ms(now, duo_deadline(&r->duo)));
    }
}

/* --- The program --------------------------------------------------------------------- */

static ike2_err connect_sides(struct run *r)
{
    const struct duo_who who[DUO_SIDES] = {
        { r->demo.ids[0], demo_credential(&r->demo, 0) },
        { r->demo.ids[1], demo_credential(&r->demo, 1) },
    };
    ike2_endpoint_config like = IKE2_INIT(ike2_endpoint_config);

    like.crypto = r->provider.crypto;
    like.offload = IKE2_OFFLOAD_KE | IKE2_OFFLOAD_SIGN; /* VERIFY is a job anyway */
    return duo_open(&r->duo, who, &like, host_now());
}

static bool run_open(struct run *r)
{
    struct problem why = { "" };
    ike2_err err;

    if (!provider_open(&r->provider, &why)) {
        (void)fprintf(stderr, "%s\n", why.text);
        return false;
    }
    err = demo_load(&r->demo, r->provider.mbedtls);
    if (err == IKE2_OK)
        err = connect_sides(r);
    r->policy = demo_policy(&r->demo);
    r->pool = err == IKE2_OK ? pool_new(THREADS, work, r) : NULL;
    if (r->pool == NULL)
        (void)fprintf(stderr, "cannot begin: %s\n",
                      err == IKE2_OK ? "no threads" : ike2_strerror(err));
    return r->pool != NULL;
}

/* Workers first, then the endpoints, then the jobs that had not come back, then what they use. */
static void run_close(struct run *r)
{
    if (r->pool != NULL)
        pool_stop(r->pool);
    duo_close(&r->duo);
    if (r->pool != NULL) {
        finish_jobs(r, 0);
        pool_free(r->pool);
    }
    demo_clear(&r->demo);
    provider_close(&r->provider);
}

static void report(const struct run *r, ike2_time took)
{
    (void)printf("%lu of %lu handshakes in %llu ms; %d threads did %lu key exchange steps, "
                 "%lu signatures, %lu verifications\n",
                 r->made, r->wanted, (unsigned long long)took, THREADS, r->jobs[IKE2_JOB_KE],
                 r->jobs[IKE2_JOB_SIGN], r->jobs[IKE2_JOB_VERIFY]);
}

int main(int argc, char **argv)
{
    struct run r = { .wanted = argc > 1 ? strtoul(argv[1], NULL, 10) : HANDSHAKES };
    ike2_time began = host_now();

    if (r.wanted == 0) {
        (void)fprintf(stderr, "usage: worker_pool [HANDSHAKES]\n");
        return EXIT_FAILURE;
    }
    if (run_open(&r)) {
        loop(&r);
        report(&r, host_now() - began);
    }
    run_close(&r);
    return r.made == r.wanted ? EXIT_SUCCESS : EXIT_FAILURE;
}
