/* sa/create_theirs.c - CREATE_CHILD_SA when the peer begins it. RFC 7296 1.3.1, 1.3.3, 2.8, 2.8.1,
 * 2.25.1. */
#include "base/bytes.h"
#include "sa/attempt.h"
#include "sa/collision.h"
#include "sa/contact.h"
#include "sa/create.h"
#include "sa/lifetime.h"
#include "sa/negotiate.h"
#include "sa/note.h"
#include "sa/request.h"

/* --- What is asked for --------------------------------------------------------------- */

/* The pair that REKEY_SA names: it is what the peer receives on, so what we send to. */
static struct pair *named_pair(const struct sa *sa, const struct exchange *x, bool *is_rekey)
{
    ike2_notify n;
    struct pair *p;

    *is_rekey = ike2_message_notify(&x->in, IKE2_NOTIFY_REKEY_SA, &n);
    if (!*is_rekey || n.protocol != IKE2_PROTOCOL_ESP || n.spi.len != ESP_SPI_OCTETS)
        return NULL;
    p = ike2_pair_by_spi_out(sa, spi_read(n.spi));
    return p;
}

static enum asking asking_of(const struct exchange *x, bool is_rekey, const struct pair *pair)
{
    if (ike2_message_count(&x->in, IKE2_PAYLOAD_TSI) == 0)
        return ASKING_REKEY_SA;
    if (!is_rekey)
        return ASKING_CREATE_CHILD;
    return pair == NULL ? ASKING_REKEY_UNKNOWN : ASKING_REKEY_CHILD;
}

static bool has_room(const struct sa *sa, const struct pair *pair)
{
    if (pair != NULL)
        return pair->child->n_pairs < CHILD_PAIRS_MAX;
    return sa->children.n < sa->host->settings.limits.children_per_sa;
}

/* What the request meets. A child whose first pair our data plane is still about to use is there,
 * but not to be rekeyed yet: RFC 7296 2.25. */
static uint16_t refusal_of(const struct collision_row *row, const struct pair *pair,
                           const char **rule)
{
    uint16_t notify = ike2_collision_notify(row->outcome);

    *rule = row->rule;
    if (notify != 0 || pair == NULL || pair->child->state != CHILD_NEW)
        return notify;
    *rule = "2.25: a Child SA that is not in use here yet: TEMPORARY_FAILURE";
    return IKE2_NOTIFY_TEMPORARY_FAILURE;
}

static enum verdict request_read(struct sa *sa, struct exchange *x)
{
    bool is_rekey;
    struct pair *pair = named_pair(sa, x, &is_rekey);
    const struct collision_row *row =
        ike2_collision(ike2_collision_doing(sa, pair), asking_of(x, is_rekey, pair));
    const char *rule;
    uint16_t notify = refusal_of(row, pair, &rule);

    if (x->child == NULL)
        x->child = ike2_child_stage_new(sa->host);
    if (x->child == NULL)
        return VERDICT_RETRY;
    if (notify != 0)
        return ike2_stage_refuse(x->child, notify, IKE2_REASON_RESOURCE,
                                 ike2_note_collision(sa, rule, notify));
    if (!has_room(sa, pair))
        return ike2_stage_refuse(x->child, IKE2_NOTIFY_NO_ADDITIONAL_SAS, IKE2_REASON_RESOURCE, 0);
    if (!ike2_nonce_of(&x->in, &x->child->ke.ni))
        return ike2_exchange_refuse(x, IKE2_NOTIFY_INVALID_SYNTAX, IKE2_REASON_PROTOCOL, 0);
    return pair == NULL ? ike2_child_choose(sa, x) : ike2_child_choose_again(sa, x, pair);
}

/* --- Key exchange -------------------------------------------------------------------- */

static enum verdict refuse_ke(struct child_stage *stage, uint16_t wanted)
{
    struct stage_refusal *why = &stage->refusal;

    (void)ike2_stage_refuse(stage, IKE2_NOTIFY_INVALID_KE_PAYLOAD, IKE2_REASON_PROPOSAL, 0);
    why->data[0] = (uint8_t)(wanted >> 8);
    why->data[1] = (uint8_t)wanted;
    why->data_len = 2;
    return VERDICT_NEXT;
}

/* RFC 7296 1.3: the method of the chosen proposal, and a public value of that one. */
static enum verdict request_ke(struct sa *sa, struct exchange *x)
{
    struct child_stage *stage = x->child;
    uint16_t wanted = stage->selection.suite.ke.id;
    const ike2_ke_payload peers = ike2_ke_of(&x->in);

    if (stage->refusal.notify != 0 || wanted == IKE2_KE_NONE)
        return VERDICT_NEXT;
    if (peers.method != wanted)
        return refuse_ke(stage, wanted);
    if (peers.data.len != ike2_ke_octets(sa->host, wanted))
        return ike2_exchange_refuse(x, IKE2_NOTIFY_INVALID_SYNTAX, IKE2_REASON_PROTOCOL, 0);
    stage->ke.method = wanted;
    return VERDICT_NEXT;
}

static enum verdict request_start_ke(struct sa *sa, struct exchange *x)
{
    struct child_stage *stage = x->child;

    if (stage->refusal.notify != 0)
        return VERDICT_NEXT;
    if (stage->ke.nr.len == 0 && ike2_nonce_draw(sa->host, &stage->ke.nr) != IKE2_OK)
        return VERDICT_RETRY;
    return stage->ke.method == IKE2_KE_NONE ? VERDICT_NEXT : ike2_ke_start(x, &stage->ke);
}

static enum verdict request_finish_ke(struct sa *sa, struct exchange *x)
{
    struct child_stage *stage = x->child;
    const ike2_ke_payload peers = ike2_ke_of(&x->in);

    (void)sa;
    if (stage->refusal.notify != 0 || stage->ke.method == IKE2_KE_NONE)
        return VERDICT_NEXT;
    return ike2_ke_finish(x, &stage->ke, peers.data);
}

/* --- Answer -------------------------------------------------------------------------- */

/* While we were asking, or computing: the child is being closed, or our own rekeying of the pair is
 * complete, so that it is about to be deleted. */
static bool is_over_meanwhile(const struct sa *sa, const struct child_stage *stage)
{
    const struct pair *old = ike2_map_get(&sa->host->esp_spis, stage->replaces);

    return stage->child->state == CHILD_CLOSING ||
           (stage->replaces != 0 && ike2_collision_doing(sa, old) == DOING_DELETE_CHILD);
}

/* RFC 7296 2.8.1: our own request for the same pair is open: the nonces will decide. */
static bool is_met(const struct sa *sa, const struct child_stage *stage)
{
    const struct attempt *a = sa->exchanges.attempt;

    return stage->replaces != 0 && a != NULL && a->replaces == stage->replaces;
}

/* From here on the request cannot be forgotten: the data plane knows of it, and so does our own
 * request, whose response may come while the data plane is busy. */
static enum verdict request_lay(struct sa *sa, struct exchange *x)
{
    struct child_stage *stage = x->child;

    if (stage->refusal.notify != 0)
        return VERDICT_NEXT;
    if (is_over_meanwhile(sa, stage))
        return ike2_stage_refuse(stage, IKE2_NOTIFY_TEMPORARY_FAILURE, IKE2_REASON_LOCAL, 0);
    x->is_committed = true;
    ike2_pair_lay(stage->pair, stage, spi_read(stage->selection.spi));
    if (is_met(sa, stage))
        ike2_attempt_meet(sa->exchanges.attempt, stage->pair->view.spi_in, &stage->ke);
    return VERDICT_NEXT;
}

static enum verdict request_install(struct sa *sa, struct exchange *x)
{
    (void)sa;
    return ike2_child_await_install(x, x->child->replaces != 0 ? IKE2_NOTIFY_TEMPORARY_FAILURE
                                                               : IKE2_NOTIFY_NO_ADDITIONAL_SAS);
}

static void compose_response(ike2_writer *w, const struct sa *sa, const struct exchange *x)
{
    const struct stage_refusal *why = &x->child->refusal;
    ike2_notify n = { .type = why->notify, .data = bytes_of(why->data, why->data_len) };
    uint8_t spi[ESP_SPI_OCTETS];
    ike2_notify asked;

    (void)sa;
    if (why->notify == 0) {
        ike2_child_write_response(w, x);
        return;
    }
    /* RFC 7296 2.25.1: it names the SPI that was not found. */
    if (n.type == IKE2_NOTIFY_CHILD_SA_NOT_FOUND &&
        ike2_message_notify(&x->in, IKE2_NOTIFY_REKEY_SA, &asked) &&
        asked.spi.len == ESP_SPI_OCTETS) {
        spi_write(spi, spi_read(asked.spi));
        n.protocol = asked.protocol;
        n.spi = bytes_of(spi, sizeof spi);
    }
    ike2_notify_write(w, &n);
}

/* RFC 7296 2.8: who answered goes on sending on the old pair until it sees that the new one is in
 * use, or until the old one is deleted. 2.8.1: unless the nonces have not decided yet, or against
 * it. */
static void plan_switch(struct sa *sa, struct child_stage *stage)
{
    struct pair *p = stage->pair;

    if (stage->replaces == 0 && !ike2_contact_carries(sa, p)) {
        ike2_lane_switch(p);
    } else if (!is_met(sa, stage) && !p->is_redundant) {
        p->times.switch_at = sa->host->now + sa->host->settings.switch_ms;
        ike2_lifetime_arm(sa);
    }
}

static void drop_refused(struct exchange *x)
{
    struct child_stage *stage = x->child;

    if (stage->pair == NULL || stage->pair->state == PAIR_NEW)
        return; /* it goes with the stage */
    if (stage->replaces == 0)
        ike2_child_give_up(x);
    else
        ike2_pair_end(stage->pair, false);
}

static enum verdict request_reply(struct sa *sa, struct exchange *x)
{
    struct child_stage *stage = x->child;

    if (ike2_response_send(sa, x, compose_response) != IKE2_OK)
        return VERDICT_RETRY;
    if (stage->refusal.notify != 0) {
        (void)ike2_note_notify_out(sa, stage->refusal.notify);
        drop_refused(x);
        return VERDICT_DONE;
    }
    ike2_stage_let_go(stage);
    if (stage->child->state == CHILD_CLOSING)
        ike2_pair_end(stage->pair, true);
    else
        plan_switch(sa, stage);
    return VERDICT_DONE;
}

static void compose_refusal(ike2_writer *w, const struct sa *sa, const struct exchange *x)
{
    const ike2_notify n = { .type = x->refusal.notify };

    (void)sa;
    ike2_notify_write(w, &n);
}

/* A job that came too late is ours to answer for; a message that breaks the rules ends the IKE SA
 * (RFC 7296 2.21.3, RFC 6989 2.5). */
static enum verdict request_refuse(struct sa *sa, struct exchange *x)
{
    if (x->refusal.reason != IKE2_REASON_PROTOCOL)
        x->refusal.notify = x->child->replaces != 0 ? IKE2_NOTIFY_TEMPORARY_FAILURE
                                                    : IKE2_NOTIFY_NO_ADDITIONAL_SAS;
    if (ike2_response_send(sa, x, compose_refusal) != IKE2_OK)
        return VERDICT_RETRY;
    (void)ike2_note_notify_out(sa, x->refusal.notify);
    return x->refusal.reason == IKE2_REASON_PROTOCOL ? VERDICT_END : VERDICT_DONE;
}

static step *const request_steps[] = {
    request_read,     ike2_child_ask,    ike2_child_make,     request_ke,  ike2_child_get_spi,
    request_start_ke, request_finish_ke, ike2_child_get_keys, request_lay, request_install,
    request_reply,
};

const struct script ike2_create_request = {
    .name = "CREATE_CHILD_SA request", .steps = request_steps, .refuse = request_refuse,
    .n_steps = sizeof request_steps / sizeof request_steps[0],
};
