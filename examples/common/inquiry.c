#include "inquiry.h"

#include <stdlib.h>

#include <ike2/x509.h>

#include "wanted.h"

enum {
    FETCH_MS = 5000,     /* for all that one job wants */
    JUDGING_MS = 1000,   /* is left for the worker */
    CRL_OCTETS = 1 << 20
};

/* Gets one CRL of an inquiry. */
struct errand {
    struct inquiry *inquiry;
    struct wanted_crl *crl;
    struct fetch *fetch; /* NULL: not under way */
};

struct inquiry {
    struct inquiry *next;
    struct inquiries *all;
    uv_work_t request;
    ike2_job *job;
    struct trust *trust;
    ike2_verdict verdict;
    ike2_time until; /* nothing is fetched later */
    struct wanted wanted;
    struct errand errands[WANTED_MAX];
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
    const ike2_proof *proof = ike2_job_proof(q->job);

    do
        trust_judge(q->trust, proof, how != NULL ? &q->wanted : NULL, &q->verdict);
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

/* That of host_now. */
static ike2_time clock_ms(void)
{
    return uv_hrtime() / 1000000u;
}

static void finish(struct inquiry *q)
{
    struct inquiry **at = &q->all->first;

    while (*at != q)
        at = &(*at)->next;
    *at = q->next;
    q->all->done(q->all->user, q->job, &q->verdict);
    trust_free(q->trust);
    wanted_clear(&q->wanted);
    free(q);
}

static void on_judged(uv_work_t *request, int status);

/* The thread pool takes everything: uv_queue_work fails for want of a function alone. */
static void start_judging(struct inquiry *q)
{
    (void)uv_queue_work(q->all->fetcher.loop, &q->request, run, on_judged);
}

static void say(const struct inquiry *q, const struct wanted_crl *crl, struct problem *why)
{
    problem_prefix(why, "no CRL from %s", crl->url);
    q->all->failed(q->all->user, why);
}

static void on_fetched(void *user, uint8_t *octets, size_t len, const struct problem *why)
{
    struct errand *e = user;
    struct inquiry *q = e->inquiry;
    struct problem said = *why;

    e->fetch = NULL;
    if (octets != NULL)
        wanted_put(e->crl, octets, len);
    else
        say(q, e->crl, &said);
    if (--q->n_errands == 0)
        start_judging(q);
}

static void send_for(struct inquiry *q, size_t i, uint32_t ms)
{
    struct errand *e = &q->errands[i];
    struct fetch_order order = {
        .url = q->wanted.list[i].url,
        .ms = ms,
        .octets = CRL_OCTETS,
        .networks = &trust_fetching(q->trust)->networks,
        .done = on_fetched,
        .user = e,
    };
    struct problem why = { "" };

    *e = (struct errand){ .inquiry = q, .crl = &q->wanted.list[i] };
    e->crl->is_tried = true;
    e->fetch = fetch_start(&q->all->fetcher, &order, &why);
    if (e->fetch != NULL)
        q->n_errands++;
    else
        say(q, e->crl, &why);
}

/* False: there is nothing to wait for. */
static bool start_fetching(struct inquiry *q)
{
    const ike2_time now = clock_ms();

    if (q->is_over || trust_fetching(q->trust) == NULL || !may_change(&q->verdict))
        return false;
    for (size_t i = 0; i < q->wanted.n && now < q->until; i++) {
        if (q->wanted.list[i].is_open && !q->wanted.list[i].is_tried)
            send_for(q, i, (uint32_t)(q->until - now));
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
    ike2_verdict verdict;

    trust_judge(trust, ike2_job_proof(job), NULL, &verdict);
    all->done(all->user, job, &verdict);
}

void inquiry_start(struct inquiries *all, ike2_job *job, struct trust *trust)
{
    const ike2_time now = clock_ms(), last = ike2_job_answer_by(job);
    struct inquiry *q = calloc(1, sizeof *q);

    if (q == NULL) {
        judge_without_memory(all, job, trust);
        return;
    }
    q->all = all;
    q->request.data = q;
    q->job = job;
    q->trust = trust_ref(trust);
    q->until = last < now + FETCH_MS + JUDGING_MS ? last - JUDGING_MS : now + FETCH_MS;
    q->next = all->first;
    all->first = q;
    start_judging(q);
}

/* --- Ends ------------------------------------------------------------------------------------ */

/* `q` is gone, unless a worker has it. */
static void end(struct inquiry *q)
{
    q->is_over = true;
    if (q->n_errands == 0)
        return;
    for (size_t i = 0; i < WANTED_MAX; i++) {
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
