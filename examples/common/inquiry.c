#include "inquiry.h"

#include <assert.h>
#include <stdlib.h>

#include <ike2/x509.h>

#include "clock.h"
#include "lookup.h"
#include "wanted.h"

enum {
    FETCH_MS = 5000,   /* for all that one job wants */
    JUDGING_MS = 1000, /* is left for the worker */
    CRL_OCTETS = 1 << 20,
    ERRANDS_MAX = 8
};

static_assert((int)LOOKUPS_MAX <= ERRANDS_MAX && (int)WANTED_MAX <= ERRANDS_MAX,
              "an errand for each");

/* Gets one certificate, or one CRL, of an inquiry. */
struct errand {
    struct inquiry *inquiry;
    struct lookup_place *place; /* or */
    struct wanted_crl *crl;
    struct fetch *fetch; /* NULL: not under way */
};

struct inquiry {
    struct inquiry *next;
    struct inquiries *all;
    uv_work_t request;
    ike2_job *job;
    struct trust *trust;
    struct lookup *lookup;   /* NULL: all certificates are in the proof */
    const ike2_proof *proof; /* what is judged */
    ike2_verdict verdict;
    ike2_time until; /* nothing is fetched later */
    struct wanted wanted;
    struct errand errands[ERRANDS_MAX];
    size_t n_errands; /* under way; 0: a worker has it */
    bool is_over;     /* nobody waits for more */
    struct problem unkept;
};

/* --- In the thread pool ---------------------------------------------------------------------- */

/* Whoever is refused for another reason than a CRL that is missing stays refused. */
static bool may_change(const ike2_verdict *v)
{
    return v->ok || v->reason == IKE2_X509_NO_CRL;
}

static void judge(struct inquiry *q)
{
    const struct trust_fetching *how = trust_fetching(q->trust);

    if (q->lookup != NULL && !lookup_is_enough(q->lookup, &q->verdict))
        return;
    do
        trust_judge(q->trust, q->proof, how != NULL ? &q->wanted : NULL, &q->verdict);
    while (how != NULL && how->cache != NULL && may_change(&q->verdict) &&
           wanted_seek(&q->wanted, how->cache));
    if (how != NULL && how->cache != NULL)
        (void)wanted_keep(&q->wanted, how->cache, &q->unkept);
}

static void run(uv_work_t *request)
{
    judge(request->data);
}

/* --- On the loop thread ---------------------------------------------------------------------- */

/* Of strangers nothing is told that they have chosen: so not before they have proven something. */
static void tell_fetched(const struct inquiry *q)
{
    const struct lookup_place *place;

    for (size_t i = 0; (place = lookup_place(q->lookup, i)) != NULL; i++) {
        if (lookup_is_found(place))
            q->all->fetched(q->all->user, lookup_url(place));
    }
}

static void finish(struct inquiry *q)
{
    struct inquiry **at = &q->all->first;

    while (*at != q)
        at = &(*at)->next;
    *at = q->next;
    if (q->lookup != NULL && q->verdict.ok)
        tell_fetched(q);
    q->all->done(q->all->user, q->job, q->proof, &q->verdict);
    trust_free(q->trust);
    lookup_free(q->lookup);
    wanted_clear(&q->wanted);
    free(q);
}

static void on_judged(uv_work_t *request, int status);

/* The thread pool takes everything: uv_queue_work fails for want of a function alone. */
static void start_judging(struct inquiry *q)
{
    (void)uv_queue_work(q->all->fetcher.loop, &q->request, run, on_judged);
}

/* All that there is to be is there. */
static void stop_looking(struct inquiry *q)
{
    if (q->lookup != NULL)
        q->proof = lookup_finish(q->lookup);
    start_judging(q);
}

static const char *url_of(const struct errand *e)
{
    return e->place != NULL ? lookup_url(e->place) : e->crl->url;
}

static void fail(const struct errand *e, const char *reason)
{
    const struct inquiry *q = e->inquiry;
    struct problem why = { "" };

    if (e->place != NULL)
        lookup_give_up(q->lookup, e->place, reason);
    problem_set(&why, "no %s from %s: %s", e->place != NULL ? "certificate" : "CRL", url_of(e),
                reason);
    q->all->failed(q->all->user, &why);
}

/* Takes `octets`. */
static void keep(const struct errand *e, uint8_t *octets, size_t len)
{
    const char *wrong = NULL;

    if (e->place != NULL)
        wrong = lookup_put(e->place, octets, len);
    else
        wanted_put(e->crl, octets, len);
    if (wrong != NULL)
        fail(e, wrong);
}

static void on_fetched(void *user, uint8_t *octets, size_t len, const struct problem *why)
{
    struct errand *e = user;
    struct inquiry *q = e->inquiry;

    e->fetch = NULL;
    if (octets != NULL)
        keep(e, octets, len);
    else
        fail(e, why->text);
    if (--q->n_errands == 0)
        stop_looking(q);
}

/* `order` has what is not the same for all. */
static void send_for(struct errand *e, struct fetch_order order)
{
    struct inquiry *q = e->inquiry;
    const ike2_time now = clock_now();
    struct problem why = { "" };

    if (now >= q->until) {
        fail(e, "no time is left");
        return;
    }
    order.url = url_of(e);
    order.ms = (uint32_t)(q->until - now);
    order.done = on_fetched;
    order.user = e;
    e->fetch = fetch_start(&q->all->fetcher, &order, &why);
    if (e->fetch != NULL)
        q->n_errands++;
    else
        fail(e, why.text);
}

static void send_for_certificate(struct errand *e)
{
    const char *wrong = lookup_wrong(e->place);
    const struct fetch_order order = {
        .octets = lookup_octets_max(e->place),
        .reach = REACH_STRANGER,
        .networks = trust_looks_up(e->inquiry->trust),
    };

    if (wrong != NULL)
        fail(e, wrong);
    else
        send_for(e, order);
}

/* False: there is nothing to wait for. */
static bool start_lookup(struct inquiry *q)
{
    struct lookup_place *place;

    if (q->lookup == NULL)
        return false;
    for (size_t i = 0; (place = lookup_place(q->lookup, i)) != NULL; i++) {
        q->errands[i] = (struct errand){ .inquiry = q, .place = place };
        send_for_certificate(&q->errands[i]);
    }
    return q->n_errands > 0;
}

/* False: likewise. */
static bool start_fetching(struct inquiry *q)
{
    const struct trust_fetching *how = trust_fetching(q->trust);

    if (q->is_over || how == NULL || !may_change(&q->verdict))
        return false;
    for (size_t i = 0; i < q->wanted.n; i++) {
        struct wanted_crl *crl = &q->wanted.list[i];

        if (!crl->is_open || crl->is_tried)
            continue;
        crl->is_tried = true;
        q->errands[i] = (struct errand){ .inquiry = q, .crl = crl };
        send_for(&q->errands[i], (struct fetch_order){ .octets = CRL_OCTETS,
                                                       .reach = REACH_PROVEN,
                                                       .networks = &how->networks });
    }
    return q->n_errands > 0;
}

static void on_judged(uv_work_t *request, int status)
{
    struct inquiry *q = request->data;

    (void)status; /* nobody cancels what has begun */
    if (q->unkept.text[0] != '\0')
        q->all->failed(q->all->user, &q->unkept);
    q->unkept.text[0] = '\0';
    if (!start_fetching(q))
        finish(q);
}

void inquiries_init(struct inquiries *all, uv_loop_t *loop)
{
    all->first = NULL;
    fetcher_init(&all->fetcher, loop);
}

/* Here and now, if it cannot be elsewhere. */
static void judge_without_memory(struct inquiries *all, ike2_job *job, struct trust *trust)
{
    const ike2_proof *proof = ike2_job_proof(job);
    ike2_verdict verdict;

    trust_judge(trust, proof, NULL, &verdict);
    all->done(all->user, job, proof, &verdict);
}

void inquiry_start(struct inquiries *all, ike2_job *job, struct trust *trust)
{
    const ike2_time now = clock_now(), last = ike2_job_answer_by(job);
    struct inquiry *q = calloc(1, sizeof *q);

    if (q == NULL) {
        judge_without_memory(all, job, trust);
        return;
    }
    q->all = all;
    q->request.data = q;
    q->job = job;
    q->trust = trust_ref(trust);
    q->proof = ike2_job_proof(job);
    q->verdict = (ike2_verdict)IKE2_INIT(ike2_verdict); /* of one that is cancelled before */
    if (trust_looks_up(trust) != NULL)
        q->lookup = lookup_new(q->proof);
    q->until = last < now + FETCH_MS + JUDGING_MS ? last - JUDGING_MS : now + FETCH_MS;
    q->next = all->first;
    all->first = q;
    if (!start_lookup(q))
        stop_looking(q);
}

/* --- Ends ------------------------------------------------------------------------------------ */

/* `q` is gone, unless a worker has it. */
static void end(struct inquiry *q)
{
    q->is_over = true;
    if (q->n_errands == 0)
        return;
    for (size_t i = 0; i < ERRANDS_MAX; i++) {
        if (q->errands[i].fetch != NULL)
            fetch_abort(q->errands[i].fetch);
    }
    finish(q);
}

void inquiry_cancel(struct inquiries *all, const ike2_job *job)
{
    struct inquiry *q = all->first;

    while (q != NULL && q->job != job)
        q = q->next;
    if (q != NULL)
        end(q);
}

void inquiries_close(struct inquiries *all)
{
    struct inquiry *q = all->first, *next;

    for (; q != NULL; q = next) {
        next = q->next;
        end(q);
    }
    fetcher_close(&all->fetcher);
}
