/* sim/side_answers.c - questions and jobs: at once, later, never, or with a no. */
#include <stdlib.h>
#include <string.h>

#include "sa/pair.h"
#include "sim/side.h"

enum { AGAIN_MS = 50 };

static enum matter matter_of(const ike2_output *out)
{
    switch (out->type) {
    case IKE2_ASK_PEER: return ON_PEER;
    case IKE2_ASK_PSK: return ON_PSK;
    case IKE2_ASK_IDENTITY: return ON_IDENTITY;
    case IKE2_ASK_CHILD: return ON_CHILD;
    case IKE2_ASK_CONFIG: return ON_CONFIG;
    case IKE2_ASK_SPI: return ON_SPI;
    default: break;
    }
    switch (ike2_job_kind(out->u.job)) {
    case IKE2_JOB_KE: return ON_KE;
    case IKE2_JOB_SIGN: return ON_SIGN;
    case IKE2_JOB_VERIFY: return ON_VERIFY;
    default: break;
    }
    switch (ike2_job_lane(out->u.job)->op) {
    case IKE2_LANE_INSTALL: return ON_INSTALL;
    case IKE2_LANE_SWITCH: return ON_SWITCH;
    case IKE2_LANE_MOVE: return ON_MOVE;
    case IKE2_LANE_REMOVE: return ON_REMOVE;
    default: return ON_RELEASE;
    }
}

static struct pending *pending_new(struct side *s)
{
    struct pending *more;
    size_t n = s->cap_pending;

    for (size_t i = 0; i < n; i++) {
        if (!s->pending[i].is_used)
            return &s->pending[i];
    }
    more = realloc(s->pending, 2 * n * sizeof *more);
    if (more == NULL)
        abort();
    memset(more + n, 0, n * sizeof *more);
    s->pending = more;
    s->cap_pending = 2 * n;
    return &more[n];
}

static struct plan plan_take(struct side *s, enum matter matter)
{
    struct plan *plan = &s->plans[matter], now = *plan;

    if (plan->times != 0 && --plan->times == 0)
        *plan = (struct plan){ 0 };
    return now;
}

/* A question can be had again, and is the same then. */
static void check_ask(struct side *s, const ike2_output *out)
{
    const ike2_output *again = ike2_ask_get(s->ep, out->ask);

    if (again == NULL && s->between.call != NULL)
        return; /* it has been cancelled by then */
    if (out->ask == 0 || again == NULL || again->ask != out->ask || again->type != out->type ||
        again->answer_by != out->answer_by || again->sa != out->sa)
        s->fault = "a question that is another one the second time";
}

/* Who answers sends before it uses a child's first pair: no ESP overtakes the message that explains
 * it. Without memory for it the message counts as lost. */
static void check_switch(struct side *s, const ike2_output *out)
{
    const ike2_pair *pair = ike2_job_lane(out->u.job)->pair;
    const struct entry *e = dataplane_find(&s->dataplane, pair->spi_in);
    const struct pair *known = ike2_map_get(&s->ep->host.esp_spis, pair->spi_in);

    if (e == NULL || known == NULL)
        s->fault = "a SWITCH of what is not there";
    else if (!known->is_ours && e->replaces == 0 && s->counts.sent == e->n_sent &&
             s->alloc.fail_to == 0)
        s->fault = "a SWITCH before the SEND";
}

void side_take(struct side *s, ike2_time now, const ike2_output *out)
{
    enum matter matter = matter_of(out);
    struct plan plan = plan_take(s, matter);
    struct pending *p = pending_new(s);

    if (out->answer_by <= now)
        s->fault = "a deadline that is over already";
    *p = (struct pending){
        .is_used = true, .matter = matter, .ask = out->ask, .sa = out->sa, .child = out->child,
        .refuse = plan.manner == REFUSE, .notify = plan.notify, .due = now + plan.ms,
        .job = out->type == IKE2_JOB ? out->u.job : NULL,
        .whose = out->type == IKE2_ASK_PSK ? out->u.ask_secret.whose : 0,
    };
    s->counts.asked[matter]++;
    if (out->type == IKE2_ASK_CONFIG)
        record_config_ask(&s->record, out);
    if (p->job == NULL)
        check_ask(s, out);
    else if (matter >= ON_INSTALL)
        dataplane_begin(&s->dataplane, out);
    if (matter == ON_SWITCH)
        check_switch(s, out);
    if (plan.manner == NEVER)
        p->due = IKE2_TIME_NEVER;
    if (p->due == now)
        side_settle(s, now, p);
}

/* --- Questions ------------------------------------------------------------------------ */

static ike2_err answer_psk(struct side *s, ike2_time now, const struct pending *p)
{
    const char *text = p->whose == IKE2_SECRET_OURS ? s->setup.psk_ours : s->setup.psk_peers;
    ike2_secret_answer answer = IKE2_INIT(ike2_secret_answer);

    answer.octets = (ike2_bytes){ .ptr = (const uint8_t *)text, .len = strlen(text) };
    return ike2_answer_secret(s->ep, now, p->ask, &answer);
}

static ike2_err answer_spi(struct side *s, ike2_time now, const struct pending *p)
{
    uint32_t spi = dataplane_next_spi(&s->dataplane);
    ike2_err err = ike2_answer_spi(s->ep, now, p->ask, spi);

    if (err == IKE2_OK)
        dataplane_reserve(&s->dataplane, p->sa, p->child, spi);
    return err;
}

static ike2_err answer(struct side *s, ike2_time now, const struct pending *p)
{
    if (p->refuse)
        return ike2_refuse(s->ep, now, p->ask, p->notify);
    switch (p->matter) {
    case ON_PEER: return ike2_answer_peer(s->ep, now, p->ask, s->peer);
    case ON_PSK: return answer_psk(s, now, p);
    case ON_IDENTITY: return ike2_answer_peer(s->ep, now, p->ask, 0);
    case ON_CHILD: return ike2_answer_child(s->ep, now, p->ask, s->child_spec);
    case ON_CONFIG: return ike2_answer_config(s->ep, now, p->ask, s->config, s->n_config);
    default: return answer_spi(s, now, p);
    }
}

/* An answer that found no memory is given again. */
static void settle_ask(struct side *s, ike2_time now, struct pending *p)
{
    ike2_err err = answer(s, now, p);

    if (err == IKE2_ERR_MEMORY || err == IKE2_ERR_CRYPTO || err == IKE2_ERR_LIMIT) {
        p->due = now + AGAIN_MS;
        return;
    }
    if (err == IKE2_ERR_STALE)
        s->counts.stale++;
    else if (err != IKE2_OK)
        s->fault = "an answer is refused";
    p->is_used = false;
}

/* --- Jobs ----------------------------------------------------------------------------- */

static void settle_lane(struct side *s, ike2_time now, struct pending *p)
{
    ike2_verdict v = IKE2_INIT(ike2_verdict);

    v.ok = !p->refuse;
    v.notify = p->notify;
    ike2_job_set_verdict(p->job, &v);
    dataplane_end(&s->dataplane, p->job, v.ok, s->counts.sent);
    if (ike2_endpoint_finish(s->ep, now, p->job) != IKE2_OK)
        s->fault = "a lane's job is stale";
}

/* As if by a key that is kept elsewhere. */
static void sign(struct side *s, ike2_job *job)
{
    const ike2_sign_task *task = ike2_job_sign_task(job);
    const char *text = s->setup.cert;
    uint8_t octets[64];
    ike2_buffer sig = { .ptr = octets, .cap = sizeof octets };
    ike2_key *key;

    if (task == NULL || task->tag != 77)
        s->fault = "a SIGN job for another credential";
    (void)fake_key_of(&s->fake, IKE2_USE_SIGN, (const uint8_t *)text, strlen(text), &key);
    if (task != NULL &&
        fake_sign(&s->fake, key, task->scheme, task->parts, task->n_parts, &sig) == IKE2_OK &&
        ike2_job_set_signature(job, (ike2_bytes){ sig.ptr, sig.len }) != IKE2_OK)
        s->fault = "a signature does not fit its job";
    s->crypto->key_free(s->crypto->user, key);
}

static void verify(struct side *s, const struct pending *p)
{
    const ike2_proof *proof = ike2_job_proof(p->job);
    ike2_verdict v = IKE2_INIT(ike2_verdict);

    if (proof == NULL) {
        s->fault = "a VERIFY job without a proof";
        return;
    }
    /* A hostile peer need not send a certificate. */
    v.ok = !p->refuse && proof->n_certs != 0 &&
           fake_verify(proof->certs[0].data, proof->scheme, proof->signed_parts,
                       proof->n_signed_parts, proof->signature);
    v.notify = p->notify;
    (void)strcpy(v.text, "the certificate has been revoked");
    ike2_job_set_verdict(p->job, &v);
}

static void compute(struct side *s, const struct pending *p)
{
    if (s->prove != NULL && !p->refuse && p->matter != ON_KE)
        s->prove(s, p->job);
    else if (p->matter == ON_VERIFY)
        verify(s, p);
    else if (p->refuse)
        return;
    else if (p->matter == ON_SIGN && s->setup.signs_elsewhere)
        sign(s, p->job);
    else
        (void)ike2_job_run(p->job);
}

static void settle_computation(struct side *s, ike2_time now, struct pending *p)
{
    ike2_err err;

    compute(s, p);
    err = ike2_endpoint_finish(s->ep, now, p->job);
    if (err == IKE2_ERR_STALE)
        s->counts.stale++;
    else if (err != IKE2_OK)
        s->fault = "a job is refused";
}

void side_settle(struct side *s, ike2_time now, struct pending *p)
{
    struct pending copy = *p;

    if (p->job == NULL) {
        settle_ask(s, now, p);
        return;
    }
    p->is_used = false;
    if (copy.matter < ON_INSTALL)
        settle_computation(s, now, &copy);
    else
        settle_lane(s, now, &copy);
}

/* What would never have been done is given back now; the rest has its time. */
void side_cancel(struct side *s, ike2_time now, const ike2_output *out)
{
    bool is_ask = out->type == IKE2_EVENT_ASK_CANCEL;

    if (is_ask)
        s->counts.asks_cancelled++;
    else
        s->counts.jobs_cancelled++;
    for (size_t i = 0; i < s->cap_pending; i++) {
        struct pending *p = &s->pending[i];

        if (!p->is_used)
            continue;
        if (is_ask && p->job == NULL && p->ask == out->ask)
            p->is_used = false;
        else if (!is_ask && p->job == out->u.job && p->due == IKE2_TIME_NEVER)
            p->due = now;
    }
}
