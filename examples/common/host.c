#include "host.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <ike2/iana.h>

#include "clock.h"

enum {
    TIMERS_AT_ONCE = 64, /* no burst of timers keeps the datagrams waiting */
    /* Deletes go out no faster than answers can be taken. */
    CLOSES_AT_ONCE = 64,
    CLOSES_PACE_MS = 10
};

ike2_time host_now(void)
{
    return clock_now();
}

/* --- Jobs that compute ------------------------------------------------------------------- */

/* One job in the thread pool. The job holds all it needs. */
struct work {
    uv_work_t request;
    struct host *host;
    ike2_job *job;
};

static void work_run(uv_work_t *request)
{
    struct work *w = request->data;

    (void)ike2_job_run(w->job); /* a failure is recorded in the job */
}

/* On the loop thread: the job is the endpoint's again. */
static void work_done(uv_work_t *request, int status)
{
    struct work *w = request->data;

    (void)status; /* nobody cancels; an uncomputed job would count as failed */
    w->host->works--;
    host_finish(w->host, w->job);
    free(w);
}

static void start_work(struct host *h, ike2_job *job)
{
    struct work *w = calloc(1, sizeof *w);

    if (w != NULL) {
        *w = (struct work){ .host = h, .job = job };
        w->request.data = w;
        if (uv_queue_work(h->loop, &w->request, work_run, work_done) == 0) {
            h->works++;
            return;
        }
    }
    free(w);
    (void)ike2_job_run(job); /* here and now, if it cannot be elsewhere */
    host_finish(h, job);
}

void host_finish(struct host *h, ike2_job *job)
{
    (void)journal_finish(h->journal, h->ep, host_now(), job);
}

/* --- Jobs that judge ---------------------------------------------------------------------- */

static void on_judged(void *user, ike2_job *job, const ike2_proof *proof,
                      const ike2_verdict *verdict)
{
    struct host *h = user;

    journal_job_set_verdict(h->journal, job, verdict);
    if (h->handlers->judged != NULL)
        h->handlers->judged(h->handlers->user, proof, verdict);
    host_finish(h, job);
}

static void on_fetched(void *user, const char *url)
{
    const struct host *h = user;

    if (h->handlers->fetched != NULL)
        h->handlers->fetched(h->handlers->user, url);
}

static void on_unfetched(void *user, const struct problem *why)
{
    const struct host *h = user;

    if (h->handlers->unfetched != NULL)
        h->handlers->unfetched(h->handlers->user, why);
}

static void start_inquiry(struct host *h, ike2_job *job)
{
    struct trust *trust = NULL;

    if (h->handlers->trust != NULL)
        trust = h->handlers->trust(h->handlers->user, ike2_job_peer_tag(job));
    inquiry_start(&h->inquiries, job, trust);
}

/* --- Jobs for tokens --------------------------------------------------------------------- */

static void on_signed(void *user, ike2_job *job, ike2_bytes signature, const struct problem *why)
{
    struct host *h = user;

    if (signature.len > 0)
        (void)journal_job_set_signature(h->journal, job, signature);
    else if (why->text[0] != '\0' && h->handlers->unsigned_job != NULL)
        h->handlers->unsigned_job(h->handlers->user, job, why);
    host_finish(h, job); /* without a signature it has failed */
}

/* False: it is not for a token, or there is no memory to wait for one. */
static bool start_signing(struct host *h, ike2_job *job)
{
    struct token *token = NULL;

    if (ike2_job_kind(job) == IKE2_JOB_SIGN && h->handlers->token != NULL)
        token = h->handlers->token(h->handlers->user, job);
    return token != NULL && signing_put(&h->signing, job, token);
}

/* --- All of them ------------------------------------------------------------------------- */

static void agree(struct host *h, ike2_job *job)
{
    ike2_verdict verdict = IKE2_INIT(ike2_verdict);

    verdict.ok = true;
    journal_job_set_verdict(h->journal, job, &verdict);
    host_finish(h, job);
}

static void compute_job(struct host *h, ike2_job *job)
{
    if (ike2_job_kind(job) == IKE2_JOB_VERIFY)
        start_inquiry(h, job);
    else if (!start_signing(h, job))
        start_work(h, job);
}

static void start_job(struct host *h, ike2_job *job)
{
    if (ike2_job_kind(job) != IKE2_JOB_DATAPLANE)
        compute_job(h, job);
    else if (h->handlers->dataplane != NULL)
        h->handlers->dataplane(h->handlers->user, job);
    else
        agree(h, job);
}

static void cancel_job(struct host *h, const ike2_job *job)
{
    signing_cancel(&h->signing, job);
    inquiry_cancel(&h->inquiries, job);
}

/* --- Outputs ----------------------------------------------------------------------------- */

static void transmit(struct host *h, const ike2_send *send)
{
    struct problem why = { "" };

    if (transport_send(h->transport, send, &why))
        return;
    if (h->handlers->lost != NULL && strcmp(why.text, h->lost.text) != 0)
        h->handlers->lost(h->handlers->user, &why);
    h->lost = why;
}

static void ask(struct host *h, const ike2_output *out)
{
    if (h->handlers->ask == NULL || !h->handlers->ask(h->handlers->user, out))
        (void)journal_refuse(h->journal, h->ep, host_now(), out->ask, 0);
}

static void tell(const struct host *h, const ike2_output *out,
                 void (*handler)(void *user, const ike2_output *out))
{
    if (handler != NULL)
        handler(h->handlers->user, out);
}

static void dispatch(struct host *h, const ike2_output *out)
{
    switch (out->type) {
    case IKE2_SEND: transmit(h, &out->u.send); break;
    case IKE2_JOB: start_job(h, out->u.job); break;
    case IKE2_EVENT_JOB_CANCEL: cancel_job(h, out->u.job); break;
    case IKE2_EVENT_SA_UP: tell(h, out, h->handlers->sa_up); break;
    case IKE2_EVENT_SA_DOWN: tell(h, out, h->handlers->sa_down); break;
    case IKE2_EVENT_SA_REKEYED:
    case IKE2_EVENT_SA_MOVED: tell(h, out, h->handlers->sa_changed); break;
    case IKE2_EVENT_CHILD_REKEYED: tell(h, out, h->handlers->child_rekeyed); break;
    case IKE2_EVENT_CONFIG: tell(h, out, h->handlers->config); break;
    case IKE2_EVENT_CHILD_UP: tell(h, out, h->handlers->child_up); break;
    case IKE2_EVENT_CHILD_DOWN: tell(h, out, h->handlers->child_down); break;
    default: /* unknown events may be ignored, unknown questions are refused */
        if (out->type >= IKE2_ASK_PEER)
            ask(h, out);
        break;
    }
}

void host_drain(struct host *h)
{
    const ike2_output *out;

    while ((out = journal_poll(h->journal, h->ep)) != NULL)
        dispatch(h, out);
}

/* --- Inputs ------------------------------------------------------------------------------ */

/* Who comes while we end gets no answer, which would be a refusal: so it goes on asking, and finds
 * whoever runs next. */
static bool is_too_late(const struct host *h, const ike2_peeked *peeked)
{
    return h->stopping && peeked->kind == IKE2_KIND_IKE &&
           peeked->header.exchange == IKE2_EXCHANGE_IKE_SA_INIT && peeked->header.spi_r == 0;
}

static void on_datagram(void *user, const ike2_path *path, ike2_bytes payload)
{
    struct host *h = user;
    ike2_peeked peeked;

    ike2_peek(payload, path->encap, &peeked);
    if (peeked.kind == IKE2_KIND_ESP && h->handlers->esp != NULL) {
        h->handlers->esp(h->handlers->user, path, payload);
        return;
    }
    if (is_too_late(h, &peeked))
        return;
    (void)journal_input(h->journal, h->ep, host_now(), path, payload);
    host_drain(h);
}

static void on_timer(uv_timer_t *timer)
{
    struct host *h = timer->data;

    journal_expire(h->journal, h->ep, host_now(), TIMERS_AT_ONCE);
}

static void arm(struct host *h)
{
    ike2_time now = host_now(), deadline = ike2_endpoint_deadline(h->ep);

    if (deadline == IKE2_TIME_NEVER) {
        (void)uv_timer_stop(&h->timer);
        return;
    }
    uv_update_time(h->loop); /* what a timer counts from */
    (void)uv_timer_start(&h->timer, on_timer, deadline > now ? deadline - now : 0, 0);
}

static void finish_stop(struct host *h)
{
    h->stopped = true;
    (void)uv_timer_stop(&h->pace_timer);
    (void)uv_timer_stop(&h->stop_timer);
    if (h->handlers->stopped != NULL)
        h->handlers->stopped(h->handlers->user);
}

/* Before the loop sleeps: whatever has called the endpoint since, its outputs are polled and the
 * next deadline is known. */
static void on_prepare(uv_prepare_t *prepare)
{
    struct host *h = prepare->data;

    host_drain(h);
    if (h->stopping && !h->stopped && ike2_sa_next(h->ep, 0) == 0)
        finish_stop(h);
    if (uv_is_active((const uv_handle_t *)prepare))
        arm(h);
}

/* --- Life cycle -------------------------------------------------------------------------- */

static void watch(struct host *h)
{
    (void)uv_timer_init(h->loop, &h->timer);
    (void)uv_timer_init(h->loop, &h->pace_timer);
    (void)uv_timer_init(h->loop, &h->stop_timer);
    (void)uv_prepare_init(h->loop, &h->prepare);
    h->timer.data = h->pace_timer.data = h->stop_timer.data = h->prepare.data = h;
    (void)uv_prepare_start(&h->prepare, on_prepare);
}

bool host_open(struct host *h, uv_loop_t *loop, struct transport *transport,
               const ike2_endpoint_config *config, const struct host_handlers *handlers,
               struct problem *why)
{
    ike2_endpoint_config c = *config;
    ike2_err err;

    *h = (struct host){ .loop = loop, .transport = transport, .handlers = handlers,
                        .journal = h->journal };
    h->signing.done = on_signed;
    h->signing.user = h;
    signing_init(&h->signing, loop);
    h->inquiries.done = on_judged;
    h->inquiries.fetched = on_fetched;
    h->inquiries.failed = on_unfetched;
    h->inquiries.user = h;
    inquiries_init(&h->inquiries, loop);
    if (h->journal != NULL)
        c.crypto = journal_crypto(h->journal);
    c.offload = IKE2_OFFLOAD_KE | IKE2_OFFLOAD_SIGN;
    err = journal_endpoint_new(h->journal, &c, host_now(), &h->ep);
    if (err != IKE2_OK) {
        problem_set(why, "the endpoint does not start: %s", ike2_strerror(err));
        return false;
    }
    watch(h);
    if (transport_start(transport, loop, on_datagram, h, why))
        return true;
    host_close(h);
    return false;
}

/* The time is over. The data plane is still told to forget what it has. */
static void on_stop_late(uv_timer_t *timer)
{
    struct host *h = timer->data;
    ike2_time now = host_now();
    ike2_sa_id sa;

    for (sa = ike2_sa_next(h->ep, 0); sa != 0; sa = ike2_sa_next(h->ep, sa)) {
        h->unanswered++;
        (void)journal_sa_drop(h->journal, h->ep, now, sa);
    }
    host_drain(h);
    if (!h->stopped)
        finish_stop(h);
}

/* Politely; or, if there is nothing yet that could be deleted, without a word. */
static void close_sa(struct host *h, ike2_sa_id sa)
{
    ike2_sa_info info = IKE2_INIT(ike2_sa_info);

    if (journal_sa_close(h->journal, h->ep, host_now(), sa) == IKE2_ERR_STATE &&
        ike2_sa_get(h->ep, sa, &info) == IKE2_OK && !info.established)
        (void)journal_sa_drop(h->journal, h->ep, host_now(), sa);
}

static void on_pace(uv_timer_t *timer)
{
    struct host *h = timer->data;
    ike2_sa_id sa;
    unsigned n;

    for (n = 0; n < CLOSES_AT_ONCE; n++) {
        sa = ike2_sa_next(h->ep, h->closed);
        if (sa == 0) {
            (void)uv_timer_start(&h->stop_timer, on_stop_late, h->patience_ms, 0);
            return;
        }
        h->closed = sa;
        close_sa(h, sa);
    }
    (void)uv_timer_start(&h->pace_timer, on_pace, CLOSES_PACE_MS, 0);
}

void host_stop(struct host *h, uint32_t ms)
{
    if (h->stopped)
        return;
    h->patience_ms = ms;
    if (h->stopping || ms == 0)
        (void)uv_timer_start(&h->stop_timer, on_stop_late, 0, 0);
    else
        on_pace(&h->pace_timer);
    h->stopping = true;
}

static void close_handle(uv_handle_t *handle)
{
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

void host_close(struct host *h)
{
    (void)uv_prepare_stop(&h->prepare);
    close_handle((uv_handle_t *)&h->prepare);
    close_handle((uv_handle_t *)&h->timer);
    close_handle((uv_handle_t *)&h->pace_timer);
    close_handle((uv_handle_t *)&h->stop_timer);
    inquiries_close(&h->inquiries);
}

void host_free(struct host *h)
{
    assert(h->works == 0 && h->signing.first == NULL && h->inquiries.first == NULL);
    journal_endpoint_free(h->journal, h->ep);
    h->ep = NULL;
}
