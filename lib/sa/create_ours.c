/* sa/create_ours.c - CREATE_CHILD_SA when we begin it. RFC 7296 1.3.1, 1.3.3, 2.8.1, 2.25. */
#include "base/bytes.h"
#include "sa/attempt.h"
#include "sa/create.h"
#include "sa/lifetime.h"
#include "sa/negotiate.h"
#include "sa/note.h"
#include "sa/packet.h"
#include "sa/request.h"
#include "sa/split.h"
#include "sa/transport.h"

enum { MEMORY_RETRY_MS = 200 };
/* After a refusal that was not final, 2.25: the wait doubles from one to the next. */
enum { AGAIN_FIRST_MS = 5000, AGAIN_DOUBLINGS_MAX = 4, CREATE_FAILURES_MAX = 8 };

/* --- Plans --------------------------------------------------------------------------- */

static bool is_planned(const struct child *c)
{
    return c->state != CHILD_CLOSING && (c->plan.wants_create || c->plan.rekey_spi_in != 0);
}

ike2_time ike2_create_due(const struct sa *sa)
{
    ike2_time first = IKE2_TIME_NEVER;

    /* What is due already begins when the window is free. */
    SA_EACH_CHILD (c, sa) {
        if (is_planned(c) && c->plan.not_before > sa->host->now && c->plan.not_before < first)
            first = c->plan.not_before;
    }
    return first;
}

void ike2_create_plan_rekey(struct child *child, uint32_t spi_in)
{
    if (child->state != CHILD_UP || child->plan.rekey_spi_in == spi_in)
        return;
    child->plan.rekey_spi_in = spi_in;
    child->plan.not_before = 0;
}

static void plan_again(struct child *c)
{
    const struct host *host = c->sa->host;
    unsigned n = c->plan.failures < AGAIN_DOUBLINGS_MAX ? c->plan.failures : AGAIN_DOUBLINGS_MAX;

    c->plan.failures++;
    c->plan.not_before = host->now + (UINT64_C(1) << n) * AGAIN_FIRST_MS;
    ike2_lifetime_arm(c->sa);
}

static struct child *next_child(const struct sa *sa)
{
    SA_EACH_CHILD (c, sa) {
        if (is_planned(c) && c->plan.not_before <= sa->host->now)
            return c;
    }
    return NULL;
}

static struct pair *pair_named(const struct sa *sa, uint32_t spi_in)
{
    return spi_in == 0 ? NULL : ike2_map_get(&sa->host->esp_spis, spi_in);
}

/* It has been rekeyed by one side or the other, and we do not send on the new pair yet. */
static bool has_successor(const struct pair *old)
{
    CHILD_EACH_PAIR (p, old->child) {
        if (p->view.replaces == old->view.spi_in && ike2_pair_can_send(p))
            return true;
    }
    return false;
}

/* Another one may have taken its place meanwhile. */
static bool is_still_wanted(const struct child *c)
{
    const struct pair *old = pair_named(c->sa, c->plan.rekey_spi_in);

    return c->plan.wants_create ||
           (old != NULL && (old->state == PAIR_SENDING || old->state == PAIR_READY));
}

static bool is_being_replaced(const struct child *c)
{
    const struct pair *old = pair_named(c->sa, c->plan.rekey_spi_in);

    return old != NULL && has_successor(old);
}

/* The next one whose time it is. Of two new pairs in one place the peer could not tell which one we
 * mean: what is being replaced is looked at again later, should the new pair come to nothing. */
static struct child *take_planned(struct sa *sa)
{
    struct child *c;

    while ((c = next_child(sa)) != NULL) {
        if (!is_still_wanted(c)) {
            c->plan.rekey_spi_in = 0;
        } else if (is_being_replaced(c)) {
            c->plan.not_before = sa->host->now + AGAIN_FIRST_MS;
            ike2_lifetime_arm(sa);
        } else {
            return c;
        }
    }
    return NULL;
}

bool ike2_create_next(struct sa *sa)
{
    struct host *host = sa->host;
    struct child *c = take_planned(sa);

    if (c == NULL)
        return false;
    if (ike2_attempt_new(sa, c, c->plan.wants_create ? 0 : c->plan.rekey_spi_in) == IKE2_OK) {
        if (ike2_exchange_begin(sa, &ike2_create_begin, true, NULL) == IKE2_OK)
            return true;
        ike2_attempt_free(sa);
    }
    ike2_timer_set(host, &sa->clock.timers, TIMER_OURS, host->now + MEMORY_RETRY_MS);
    return true;
}

/* --- What becomes of it ---------------------------------------------------------------- */

/* RFC 7296 2.25: a peer that has no time for it for several minutes does not agree with us about
 * what there is: the IKE SA is closed. */
static bool is_hopeless(struct child *c, const struct stage_refusal *why)
{
    if (why->notify != IKE2_NOTIFY_TEMPORARY_FAILURE || c->plan.failures < CREATE_FAILURES_MAX)
        return false;
    ike2_sa_leave(c->sa, IKE2_REASON_RESOURCE, 0, why->trace);
    return true;
}

/* The old pair goes on, and so does the plan. */
static void rekey_failed(struct child *c, uint32_t replaces, const struct stage_refusal *why)
{
    struct pair *old = pair_named(c->sa, replaces);
    bool was_live = old != NULL && ike2_pair_is_live(old);

    if (why->notify == IKE2_NOTIFY_CHILD_SA_NOT_FOUND) {
        /* RFC 7296 2.25: the peer has none such: it goes without a word. Without another pair the
         * child is created anew, unless the peer has deleted it meanwhile. */
        c->plan.rekey_spi_in = 0;
        if (old != NULL)
            ike2_pair_end(old, false);
        c->plan.wants_create = was_live && (ike2_child_current(c) == NULL ||
                                            !ike2_pair_is_live(ike2_child_current(c)));
        return;
    }
    if (was_live && !is_hopeless(c, why))
        plan_again(c);
    else
        c->plan.rekey_spi_in = 0;
}

static void create_failed(struct child *c, const struct stage_refusal *why)
{
    bool is_passing = why->notify == IKE2_NOTIFY_TEMPORARY_FAILURE ||
                      why->reason == IKE2_REASON_UNANSWERED;

    if (is_hopeless(c, why))
        return;
    if (why->notify == IKE2_NOTIFY_SINGLE_PAIR_REQUIRED && ike2_split_begin(c))
        return;
    if (is_passing && c->plan.failures < CREATE_FAILURES_MAX)
        plan_again(c);
    else
        ike2_child_end(c, false, why->reason, why->notify, why->trace);
}

/* To the peer it is a new child: RFC 7296 2.8.3. */
static bool is_orphan(const struct sa *sa, uint32_t spi_in)
{
    const struct pair *old = pair_named(sa, spi_in);

    return old != NULL && old->is_orphan;
}

/* The peer's simultaneous pair has the field to itself. */
static void prefer_rival(struct sa *sa)
{
    struct pair *rival = pair_named(sa, sa->exchanges.attempt->rival.spi_in);

    if (rival == NULL)
        return;
    rival->times.switch_at = sa->host->now + sa->host->settings.switch_ms;
    ike2_lifetime_arm(sa);
}

static void attempt_failed(struct sa *sa, struct pair *pair, bool tell,
                           const struct stage_refusal *why)
{
    struct attempt *a = sa->exchanges.attempt;
    struct child *c = a->child;
    uint32_t replaces = a->replaces;

    ike2_pair_end(pair, tell);
    prefer_rival(sa);
    ike2_attempt_free(sa);
    if (c->state == CHILD_CLOSING)
        return;
    if (replaces != 0 && !is_orphan(sa, replaces))
        rekey_failed(c, replaces, why);
    else
        create_failed(c, why);
}

void ike2_create_on_pair_failed(struct child *child, uint8_t reason, uint64_t trace)
{
    const struct pair *current = ike2_child_current(child);

    if (current != NULL && current->state == PAIR_SENDING) {
        ike2_create_plan_rekey(child, current->view.spi_in);
        plan_again(child);
    } else {
        ike2_child_end(child, true, reason, 0, trace);
    }
}

void ike2_create_on_switched(struct pair *pair)
{
    struct pair *old = pair_named(pair->child->sa, pair->view.replaces);

    if (!pair->is_ours || old == NULL || old->child != pair->child)
        return;
    if (old->is_orphan) { /* it is deleted together with its IKE SA, and receives until then */
        if (pair->child->sa->exchanges.renews == NULL)
            ike2_pair_retire(old);
        return;
    }
    /* RFC 7296 2.8: whoever rekeyed deletes the old one. */
    old->wants_delete = !old->delete_is_open && old->lane.keep == IKE2_HALF_BOTH;
}

/* --- Request ------------------------------------------------------------------------- */

/* The stage of both scripts: what the attempt knows. */
static struct child_stage *stage_of(struct sa *sa, struct exchange *x)
{
    struct attempt *a = sa->exchanges.attempt;
    const struct pair *old = pair_named(sa, a->replaces);
    struct child_stage *stage = x->child;

    if (stage == NULL)
        stage = x->child = ike2_child_stage_new(sa->host);
    if (stage == NULL)
        return NULL;
    stage->child = a->child;
    stage->pair = a->pair;
    stage->template_index = a->child->template_index;
    stage->replaces = a->replaces;
    stage->is_transport = old != NULL ? old->view.transport
                                      : ike2_transport_is_offered(sa, stage->template_index);
    if (old != NULL && !old->is_orphan)
        ike2_stage_allow_pair(stage, old);
    else
        ike2_stage_allow_template(stage, sa, stage->template_index);
    if (old == NULL || old->is_orphan) {
        ike2_split_apply(a->child, stage);
        ike2_packet_apply(a->child, stage);
    }
    return stage;
}

static enum verdict begin_stage(struct sa *sa, struct exchange *x)
{
    const struct attempt *a = sa->exchanges.attempt;

    if (a->replaces != 0 && pair_named(sa, a->replaces) == NULL)
        return ike2_exchange_refuse(x, IKE2_NOTIFY_CHILD_SA_NOT_FOUND, IKE2_REASON_PEER, 0);
    return stage_of(sa, x) != NULL ? VERDICT_NEXT : VERDICT_RETRY;
}

static enum verdict begin_ke(struct sa *sa, struct exchange *x)
{
    const struct select_args args = ike2_child_select_args(sa, x);
    struct ke_stage *ke = &sa->exchanges.attempt->ke;

    if (ke->method == IKE2_KE_NONE)
        ke->method = ike2_proposals_first_ke(&args);
    /* RFC 7296 2.10: fresh for each request. */
    if (ke->ni.len == 0 && ike2_nonce_draw(sa->host, &ke->ni) != IKE2_OK)
        return VERDICT_RETRY;
    return ke->method == IKE2_KE_NONE ? VERDICT_NEXT : ike2_ke_start(x, ke);
}

static void compose_request(ike2_writer *w, const struct sa *sa, const struct exchange *x)
{
    const struct pair *old = pair_named(sa, sa->exchanges.attempt->replaces);
    uint8_t spi[ESP_SPI_OCTETS];
    ike2_notify n = { .type = IKE2_NOTIFY_REKEY_SA, .protocol = IKE2_PROTOCOL_ESP,
                      .spi = bytes_of(spi, sizeof spi) };

    if (old != NULL && !old->is_orphan) { /* RFC 7296 1.3.3: the SPI that we receive on */
        spi_write(spi, old->view.spi_in);
        ike2_notify_write(w, &n);
    }
    ike2_child_write_request(w, sa, x);
}

static enum verdict begin_send(struct sa *sa, struct exchange *x)
{
    struct attempt *a = sa->exchanges.attempt;

    if (a->replaces != 0 && pair_named(sa, a->replaces) == NULL)
        return ike2_exchange_refuse(x, IKE2_NOTIFY_CHILD_SA_NOT_FOUND, IKE2_REASON_PEER, 0);
    return ike2_request_send(sa, IKE2_EXCHANGE_CREATE_CHILD_SA, PURPOSE_CREATE, compose_request,
                             x) == IKE2_OK
               ? VERDICT_DONE
               : VERDICT_RETRY;
}

static struct stage_refusal refusal_of(const struct exchange *x)
{
    const struct refusal_notice *why = &x->refusal;

    return (struct stage_refusal){ .notify = why->notify, .reason = why->reason,
                                   .trace = why->trace };
}

/* No SPI, or no key exchange in time: the peer has not been asked. */
static enum verdict begin_refuse(struct sa *sa, struct exchange *x)
{
    const struct stage_refusal why = refusal_of(x);

    attempt_failed(sa, sa->exchanges.attempt->pair, false, &why);
    return VERDICT_DONE;
}

static step *const begin_steps[] = { begin_stage, ike2_child_get_spi, begin_ke, begin_send };

const struct script ike2_create_begin = {
    .name = "CREATE_CHILD_SA", .steps = begin_steps, .refuse = begin_refuse,
    .n_steps = sizeof begin_steps / sizeof begin_steps[0],
};

/* --- Response ------------------------------------------------------------------------ */

static bool take_other_ke(struct sa *sa, const struct exchange *x)
{
    const struct select_args args = ike2_child_select_args(sa, x);
    struct attempt *a = sa->exchanges.attempt;

    return a->child->state != CHILD_CLOSING && ike2_ke_take_other(x, &a->ke, &args);
}

static enum verdict response_read(struct sa *sa, struct exchange *x)
{
    if (stage_of(sa, x) == NULL)
        return VERDICT_RETRY;
    if (ike2_message_count(&x->in, IKE2_PAYLOAD_SA) != 0)
        return ike2_nonce_of(&x->in, &sa->exchanges.attempt->ke.nr)
                   ? VERDICT_NEXT
                   : ike2_exchange_refuse(x, IKE2_NOTIFY_INVALID_SYNTAX, IKE2_REASON_PROTOCOL, 0);
    if (take_other_ke(sa, x)) {
        ike2_request_close(sa);
        return ike2_exchange_jump(x, &ike2_create_begin);
    }
    return VERDICT_NEXT;
}

static enum verdict response_ke(struct sa *sa, struct exchange *x)
{
    struct child_stage *stage = x->child;
    struct ke_stage *ke = &sa->exchanges.attempt->ke;
    const ike2_ke_payload peers = ike2_ke_of(&x->in);

    if (stage->refusal.notify != 0)
        return VERDICT_NEXT;
    if (stage->selection.suite.ke.id == IKE2_KE_NONE) {
        ike2_ke_clear(sa->host, ke); /* the peer does without */
        return VERDICT_NEXT;
    }
    if (stage->selection.suite.ke.id != ke->method || peers.method != ke->method)
        return ike2_exchange_refuse(x, IKE2_NOTIFY_INVALID_SYNTAX, IKE2_REASON_PROTOCOL, 0);
    return ike2_ke_finish(x, ke, peers.data);
}

static enum verdict response_commit(struct sa *sa, struct exchange *x)
{
    struct child_stage *stage = x->child;
    struct attempt *a = sa->exchanges.attempt;
    struct pair *rival = pair_named(sa, a->rival.spi_in);
    const struct stage_refusal gone = { .reason = IKE2_REASON_PEER };

    ike2_request_close(sa);
    if (stage->refusal.notify == 0 &&
        ike2_attempt_is_gone(a, spi_read(stage->selection.spi))) {
        attempt_failed(sa, a->pair, false, &gone);
        return VERDICT_DONE;
    }
    if (stage->refusal.notify != 0) {
        attempt_failed(sa, a->pair, stage->peer_has_it, &stage->refusal);
        return VERDICT_DONE;
    }
    if (a->child->state == CHILD_CLOSING) {
        ike2_pair_end(a->pair, true);
    } else if (ike2_attempt_has_lost(sa)) {
        /* RFC 7296 2.8.1: its creator closes it. */
        ike2_pair_end(a->pair, true);
        prefer_rival(sa);
        a->child->plan = (struct child_plan){ 0 };
    } else {
        if (rival != NULL) {
            rival->is_redundant = true; /* its creator closes it */
            rival->times.switch_at = IKE2_TIME_NEVER;
        }
        a->child->plan = (struct child_plan){ 0 };
        ike2_pair_lay(a->pair, stage, spi_read(stage->selection.spi));
    }
    ike2_attempt_free(sa);
    return VERDICT_DONE;
}

/* A job that came too late costs the pair; a message that breaks the rules the IKE SA (RFC 6989
 * 2.5). */
static enum verdict response_refuse(struct sa *sa, struct exchange *x)
{
    const struct stage_refusal why = refusal_of(x);
    struct pair *pair = sa->exchanges.attempt->pair;

    ike2_request_close(sa);
    if (why.reason == IKE2_REASON_PROTOCOL) {
        ike2_sa_leave(sa, why.reason, why.notify, why.trace);
        return VERDICT_DONE;
    }
    attempt_failed(sa, pair, true, &why);
    return VERDICT_DONE;
}

static step *const response_steps[] = { response_read, ike2_child_check, response_ke,
                                        ike2_child_get_keys, response_commit };

const struct script ike2_create_response = {
    .name = "CREATE_CHILD_SA response", .steps = response_steps, .refuse = response_refuse,
    .n_steps = sizeof response_steps / sizeof response_steps[0],
};
