/* sa/exchange.c - runs the script of an exchange. RFC 7296 2.1 to 2.3. */
#include "sa/exchange.h"

#include <string.h>

#include "sa/assignment.h"
#include "sa/note.h"
#include "sa/request.h"
#include "sa/stage.h"
#include "sa/succession.h"

enum { RETRY_MS = 200, RETRIES_MAX = 20 };

/* The views of the message move to the exchange's own copy of its octets. */
static bool exchange_keep(struct exchange *x, const struct arrival *in)
{
    const struct message *m = &in->message;
    ike2_bytes chain = { .len = m->chain.len };

    x->path = *in->path;
    x->len = in->octets.len;
    if (x->len != 0)
        memcpy(x->octets, in->octets.ptr, x->len);
    chain.ptr = x->octets + (x->len - chain.len);
    return ike2_message_index(&m->header, m->first, chain, m->is_protected, &x->in) == IKE2_OK;
}

ike2_err ike2_exchange_begin(struct sa *sa, const struct script *script, bool is_ours,
                             const struct arrival *in)
{
    size_t len = in == NULL ? 0 : in->octets.len;
    struct exchange *x = ike2_mem_acquire(&sa->host->mem, sizeof *x + len);

    if (x == NULL)
        return IKE2_ERR_MEMORY;
    x->sa = sa;
    x->script = script;
    x->is_ours = is_ours;
    x->path = sa->path;
    if (in != NULL && !exchange_keep(x, in)) {
        ike2_mem_release(&sa->host->mem, x, sizeof *x + len);
        return IKE2_ERR_MALFORMED;
    }
    *(is_ours ? &sa->exchanges.ours : &sa->exchanges.theirs) = x;
    ike2_exchange_run(x);
    return IKE2_OK;
}

/* Outputs may still view the message: the memory goes at the next poll, the secrets at once. */
void ike2_exchange_abandon(struct exchange *x)
{
    struct sa *sa;
    const ike2_crypto *c;

    if (x == NULL || x->is_over)
        return;
    sa = x->sa;
    c = sa->host->crypto;
    x->is_over = true;
    ike2_ask_cancel(x);
    if (x->work.job != NULL)
        ike2_job_abandon(x->work.job);
    x->work.job = NULL;
    c->key_free(c->user, x->auth.psk_ours);
    c->key_free(c->user, x->auth.psk_peers);
    ike2_definition_unref(sa->host, x->auth.former);
    ike2_mem_release(&sa->host->mem, x->auth.value, x->auth.value_len);
    x->auth = (struct auth_stage){ 0 };
    ike2_mem_release(&sa->host->mem, x->info.deleted, x->info.cap_deleted * ESP_SPI_OCTETS);
    x->info = (struct info_stage){ 0 };
    ike2_child_stage_free(x->child, sa);
    x->child = NULL;
    ike2_succession_release(sa->host, x->succession);
    x->succession = NULL;
    ike2_assignment_bury(sa->host, x->asked);
    x->asked = NULL;
    *(x->is_ours ? &sa->exchanges.ours : &sa->exchanges.theirs) = NULL;
    ike2_timer_set(sa->host, &sa->clock.timers, exchange_timer(x), IKE2_TIME_NEVER);
    ike2_output_bury(sa->host, &x->grave, sizeof *x + x->len);
}

static void exchange_wait(struct exchange *x)
{
    struct sa *sa = x->sa;
    ike2_time until = IKE2_TIME_NEVER;

    if (x->ask.state == ASK_OPEN)
        until = x->ask.answer_by;
    else if (x->work.is_out)
        until = x->work.by;
    ike2_timer_set(sa->host, &sa->clock.timers, exchange_timer(x), until);
}

/* The message is forgotten; our own request goes on being retransmitted. */
static void exchange_ignore(struct exchange *x)
{
    struct sa *sa = x->sa;
    bool is_ours = x->is_ours;

    ike2_exchange_abandon(x);
    if (is_ours)
        ike2_request_resume(sa);
    ike2_sa_settle(sa);
}

static void exchange_end_sa(struct exchange *x)
{
    struct refusal_notice why = x->refusal;

    x->sa->intent.keeps_answer = !x->is_ours; /* if there was one, it was just given */
    ike2_sa_end(x->sa, why.reason, why.notify, why.trace);
}

/* A command of ours that the peer has not heard of, and whose script knows how to do without. */
static bool may_give_up(const struct exchange *x)
{
    return x->is_ours && x->len == 0 && !x->at.is_refusing && x->script->refuse != NULL;
}

/* RFC 7296 2.1 repairs a request that was forgotten; a command of ours nobody repeats. */
static void exchange_retry(struct exchange *x)
{
    struct sa *sa = x->sa;

    if (++x->at.retries <= RETRIES_MAX) {
        ike2_timer_set(sa->host, &sa->clock.timers, exchange_timer(x), sa->host->now + RETRY_MS);
    } else if (may_give_up(x)) {
        x->refusal = (struct refusal_notice){ .reason = IKE2_REASON_RESOURCE };
        x->at.is_refusing = true;
        ike2_exchange_run(x);
    } else if (x->is_ours || x->is_committed) {
        x->refusal = (struct refusal_notice){ .reason = IKE2_REASON_RESOURCE };
        exchange_end_sa(x);
    } else {
        exchange_ignore(x);
    }
}

static void exchange_conclude(struct exchange *x, enum verdict v)
{
    struct sa *sa = x->sa;

    switch (v) {
    case VERDICT_WAIT:
        exchange_wait(x);
        break;
    case VERDICT_RETRY:
        exchange_retry(x);
        break;
    case VERDICT_IGNORE:
        exchange_ignore(x);
        break;
    case VERDICT_END:
    case VERDICT_REFUSE: /* the script has nobody to tell */
        exchange_end_sa(x);
        break;
    case VERDICT_NEXT:
    case VERDICT_JUMP:
    case VERDICT_DONE:
        ike2_exchange_abandon(x);
        ike2_sa_settle(sa);
        break;
    }
}

static enum verdict exchange_step(struct exchange *x)
{
    if (x->at.is_refusing)
        return x->script->refuse(x->sa, x);
    if (x->at.step == x->script->n_steps)
        return VERDICT_DONE;
    return x->script->steps[x->at.step](x->sa, x);
}

/* What the finished step waited for is used up. */
static void exchange_advance(struct exchange *x, size_t to)
{
    x->at.step = to;
    x->ask = (struct ask){ 0 };
    x->work.is_back = false;
    x->waits_for_lane = false;
}

void ike2_exchange_run(struct exchange *x)
{
    enum verdict v;

    while (!x->is_over) {
        v = exchange_step(x);
        if (x->is_over)
            return;
        if (v == VERDICT_NEXT && !x->at.is_refusing) {
            exchange_advance(x, x->at.step + 1);
            continue;
        }
        if (v == VERDICT_JUMP) {
            exchange_advance(x, 0);
            continue;
        }
        if (v == VERDICT_REFUSE && !x->at.is_refusing && x->script->refuse != NULL) {
            x->at.is_refusing = true;
            continue;
        }
        exchange_conclude(x, v);
        return;
    }
}

void ike2_exchange_on_timer(struct exchange *x)
{
    struct host *host = x->sa->host;

    if (x->ask.state == ASK_OPEN) {
        host->stats.asks_expired++;
        x->ask.is_late = true;
        ike2_ask_close(&x->ask, ASK_REFUSED, 0);
        return;
    }
    if (x->work.is_out) {
        host->stats.jobs_expired++;
        if (x->work.job != NULL)
            ike2_job_abandon(x->work.job);
        x->work.job = NULL; /* a job that is back and is not there has failed */
        x->work.is_out = false;
        x->work.is_back = true;
    }
    ike2_exchange_run(x);
}

static enum verdict exchange_say(struct exchange *x, enum verdict v,
                                 const struct refusal_notice *notice)
{
    x->refusal = *notice;
    return v;
}

enum verdict ike2_exchange_jump(struct exchange *x, const struct script *script)
{
    x->script = script;
    return VERDICT_JUMP;
}

enum verdict ike2_exchange_refuse(struct exchange *x, uint16_t notify, uint8_t reason,
                                  uint64_t trace)
{
    return exchange_say(x, VERDICT_REFUSE, &(struct refusal_notice){
        .notify = notify, .reason = reason, .trace = trace });
}

enum verdict ike2_exchange_end(struct exchange *x, uint16_t notify, uint8_t reason, uint64_t trace)
{
    return exchange_say(x, VERDICT_END, &(struct refusal_notice){
        .notify = notify, .reason = reason, .trace = trace });
}

enum verdict ike2_exchange_work(struct exchange *x, ike2_job *job, bool here)
{
    struct host *host = x->sa->host;

    x->work.job = job;
    if (here) {
        (void)ike2_job_run(job);
        x->work.is_back = true;
        return VERDICT_NEXT;
    }
    x->work.by = job->answer_by = host->now + host->settings.job_ms;
    x->work.is_out = true;
    ike2_job_post(job);
    return VERDICT_WAIT;
}

enum verdict ike2_exchange_ask(struct exchange *x, uint32_t type, uint8_t whose, uint16_t notify,
                               uint8_t reason)
{
    switch (x->ask.state) {
    case ASK_NONE:
        return ike2_ask_open(x, type, whose) == IKE2_OK ? VERDICT_WAIT : VERDICT_RETRY;
    case ASK_OPEN:
        return VERDICT_WAIT;
    case ASK_ANSWERED:
        return VERDICT_NEXT;
    case ASK_REFUSED:
        break;
    }
    return ike2_exchange_refuse(x, x->ask.notify != 0 ? x->ask.notify : notify,
                                x->ask.is_late ? IKE2_REASON_UNANSWERED : reason, 0);
}
