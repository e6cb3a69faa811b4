/* sa/rekey_ours.c - CREATE_CHILD_SA for the IKE SA when we begin it. RFC 7296 1.3.2, 2.8, 2.18,
 * 2.25.2. */
#include "base/bytes.h"
#include "sa/init.h"
#include "sa/jitter.h"
#include "sa/lifetime.h"
#include "sa/note.h"
#include "sa/rekey.h"
#include "sa/request.h"
#include "sa/succession.h"

enum { REKEY_SECONDS = 4 * 3600, AGAIN_MS = 15 * 1000, MEMORY_RETRY_MS = 200 };

struct select_args ike2_rekey_select_args(const struct sa *sa, const struct exchange *x)
{
    struct select_args args = ike2_init_select_args(sa, x);

    args.spi_size = IKE_SPI_OCTETS;
    args.query.remote_id = &sa->who.remote;
    args.query.ike = &sa->protection.suite;
    args.query.rekeying = true;
    return args;
}

/* --- When ---------------------------------------------------------------------------- */

static uint32_t rekey_seconds(const struct sa *sa)
{
    uint32_t seconds = sa->peer->peer.rekey_seconds;

    return seconds != 0 ? seconds : REKEY_SECONDS;
}

/* RFC 7296 2.8: an SA that could not be rekeyed in time is closed. */
static ike2_time expires_at(const struct sa *sa)
{
    uint32_t seconds = ike2_lifetime_hard(rekey_seconds(sa), sa->peer->peer.expire_seconds);

    return seconds == IKE2_NEVER ? IKE2_TIME_NEVER
                                 : sa->clock.keyed_at + seconds * UINT64_C(1000);
}

static void plan(struct sa *sa, ike2_time at)
{
    ike2_time last = expires_at(sa);

    ike2_timer_set(sa->host, &sa->clock.timers, TIMER_REKEY, at < last ? at : last);
}

void ike2_rekey_plan(struct sa *sa)
{
    const struct host *host = sa->host;
    uint32_t seconds = rekey_seconds(sa);

    plan(sa, seconds == IKE2_NEVER ? IKE2_TIME_NEVER
                                   : host->now + ike2_jitter_shorter(host, seconds));
}

void ike2_rekey_on_timer(struct sa *sa)
{
    if (sa->intent.is_former && sa->exchanges.renewal != NULL) { /* has waited long enough */
        ike2_sa_leave(sa, IKE2_REASON_REPLACED, 0, 0);
        return;
    }
    if (sa->intent.is_former) { /* the peer has forgotten to delete it */
        ike2_sa_end(sa, IKE2_REASON_TIMEOUT, 0, ike2_note_timer(sa, TIMER_REKEY));
        return;
    }
    if (sa_is_up(sa) && sa->host->now >= expires_at(sa)) {
        ike2_sa_leave(sa, IKE2_REASON_EXPIRED, 0, ike2_note_timer(sa, TIMER_REKEY));
        return;
    }
    sa->intent.wants_rekey = sa_is_up(sa);
    /* Should it not come to that: the end is planned all the same. */
    plan(sa, IKE2_TIME_NEVER);
    ike2_sa_settle(sa);
}

bool ike2_rekey_next(struct sa *sa)
{
    struct host *host = sa->host;

    if (!sa->intent.wants_rekey || sa->exchanges.renewal != NULL)
        return false;
    if (ike2_succession_new(sa) == IKE2_OK) {
        if (ike2_exchange_begin(sa, &ike2_rekey_begin, true, NULL) == IKE2_OK)
            return true;
        ike2_succession_free(sa);
    }
    ike2_timer_set(host, &sa->clock.timers, TIMER_OURS, host->now + MEMORY_RETRY_MS);
    return true;
}

/* Once more, later. What the peer has made meanwhile takes the place. */
static void rekey_failed(struct sa *sa)
{
    const struct host *host = sa->host;

    sa->intent.wants_rekey = false;
    plan(sa, host->now + AGAIN_MS);
    ike2_succession_free(sa);
    ike2_sa_leave_now(sa, sa);
}

/* --- Request ------------------------------------------------------------------------- */

static enum verdict begin_heir(struct sa *sa, struct exchange *x)
{
    const struct select_args args = ike2_rekey_select_args(sa, x);
    struct succession *s = sa->exchanges.succession;
    struct ke_stage *ke = &s->ke;
    ike2_err err = IKE2_OK;

    if (ke->method == IKE2_KE_NONE)
        ke->method = ike2_proposals_first_ke(&args);
    if (ke->ni.len == 0 && ike2_nonce_draw(sa->host, &ke->ni) != IKE2_OK)
        return VERDICT_RETRY;
    if (s->heir == NULL)
        err = ike2_sa_new_heir(sa, INITIATOR, &s->heir);
    if (err == IKE2_ERR_LIMIT) /* this passes */
        return ike2_exchange_refuse(x, 0, IKE2_REASON_RESOURCE, 0);
    return err == IKE2_OK ? VERDICT_NEXT : VERDICT_RETRY;
}

static enum verdict begin_ke(struct sa *sa, struct exchange *x)
{
    return ike2_ke_start(x, &sa->exchanges.succession->ke);
}

static void compose_request(ike2_writer *w, const struct sa *sa, const struct exchange *x)
{
    const struct select_args args = ike2_rekey_select_args(sa, x);
    const struct succession *s = sa->exchanges.succession;
    uint8_t spi[IKE_SPI_OCTETS];

    ike_spi_write(spi, s->heir->spi.i);
    if (ike2_proposals_write(&args, bytes_of(spi, sizeof spi), w) != IKE2_OK)
        w->failed = true;
    ike2_data_write(w, IKE2_PAYLOAD_NONCE, nonce_bytes(&s->ke.ni));
    ike2_ke_write_ours(w, &s->ke);
}

static enum verdict begin_send(struct sa *sa, struct exchange *x)
{
    return ike2_request_send(sa, IKE2_EXCHANGE_CREATE_CHILD_SA, PURPOSE_REKEY_SA,
                             compose_request, x) == IKE2_OK
               ? VERDICT_DONE
               : VERDICT_RETRY;
}

/* The key exchange came too late, or there are too many SAs: the peer has not been asked. */
static enum verdict begin_refuse(struct sa *sa, struct exchange *x)
{
    (void)x;
    rekey_failed(sa);
    return VERDICT_DONE;
}

static step *const begin_steps[] = { begin_heir, begin_ke, begin_send };

const struct script ike2_rekey_begin = {
    .name = "IKE SA rekeying", .steps = begin_steps, .refuse = begin_refuse,
    .n_steps = sizeof begin_steps / sizeof begin_steps[0],
};

/* --- Response ------------------------------------------------------------------------ */

static enum verdict response_failed(struct sa *sa, struct exchange *x)
{
    const struct select_args args = ike2_rekey_select_args(sa, x);
    ike2_notify n;

    ike2_request_close(sa);
    if (sa_is_up(sa) && ike2_ke_take_other(x, &sa->exchanges.succession->ke, &args))
        return ike2_exchange_jump(x, &ike2_rekey_begin);
    if (ike2_message_error(&x->in, &n))
        (void)ike2_note_notify_in(sa, &n);
    rekey_failed(sa);
    return VERDICT_DONE;
}

static enum verdict response_read(struct sa *sa, struct exchange *x)
{
    const struct select_args args = ike2_rekey_select_args(sa, x);
    ike2_bytes body = ike2_message_body(&x->in, IKE2_PAYLOAD_SA);
    struct succession *s = sa->exchanges.succession;
    struct selection chosen;

    if (ike2_message_count(&x->in, IKE2_PAYLOAD_SA) == 0)
        return response_failed(sa, x);
    if (ike2_select_check(&args, body, &chosen) != IKE2_OK)
        return ike2_exchange_refuse(x, IKE2_NOTIFY_INVALID_SYNTAX, IKE2_REASON_PROTOCOL,
                                    ike2_note_proposal(sa, &args, body));
    if (!ike2_nonce_of(&x->in, &s->ke.nr) ||
        chosen.suite.ke.id != s->ke.method || ike2_ke_of(&x->in).method != s->ke.method)
        return ike2_exchange_refuse(x, IKE2_NOTIFY_INVALID_SYNTAX, IKE2_REASON_PROTOCOL, 0);
    ike2_note_choice(sa, &args, &chosen);
    s->suite = chosen.suite;
    s->heir->spi.r = ike_spi_read(chosen.spi);
    return VERDICT_NEXT;
}

static enum verdict response_ke(struct sa *sa, struct exchange *x)
{
    return ike2_ke_finish(x, &sa->exchanges.succession->ke, ike2_ke_of(&x->in).data);
}

static enum verdict response_keys(struct sa *sa, struct exchange *x)
{
    const struct succession *s = sa->exchanges.succession;

    (void)x;
    return ike2_succession_key(sa, s->heir, &s->suite, &s->ke) == IKE2_OK ? VERDICT_NEXT
                                                                        : VERDICT_RETRY;
}

/* RFC 7296 2.8.1: the SA with the lowest nonce is closed by who made it; whoever made the other one
 * deletes the old SA. */
static enum verdict response_commit(struct sa *sa, struct exchange *x)
{
    struct succession *s = sa->exchanges.succession;
    bool has_lost = ike2_succession_has_lost(sa);
    struct sa *heir = s->heir, *rival = s->rival;

    (void)x;
    ike2_request_close(sa);
    sa->intent.wants_rekey = false;
    s->heir = NULL;
    if (has_lost) {
        heir->intent.is_former = true;
        ike2_sa_enter(heir, STATE_UP);
        ike2_succession_free(sa); /* the rival takes the place */
        ike2_sa_leave(heir, IKE2_REASON_REPLACED, 0, 0);
        return VERDICT_DONE;
    }
    if (rival != NULL)
        ike2_succession_disown(rival);
    ike2_succession_free(sa);
    ike2_succession_hand_over(sa, heir);
    ike2_sa_leave(sa, IKE2_REASON_REPLACED, 0, 0);
    return VERDICT_DONE;
}

/* A job that came too late costs the heir; a message that breaks the rules the IKE SA (RFC 6989
 * 2.5). */
static enum verdict response_refuse(struct sa *sa, struct exchange *x)
{
    const struct refusal_notice why = x->refusal;

    ike2_request_close(sa);
    if (why.reason == IKE2_REASON_PROTOCOL)
        ike2_sa_leave(sa, why.reason, why.notify, why.trace);
    else
        rekey_failed(sa);
    return VERDICT_DONE;
}

static step *const response_steps[] = { response_read, response_ke, response_keys,
                                        response_commit };

const struct script ike2_rekey_response = {
    .name = "IKE SA rekeying, response", .steps = response_steps, .refuse = response_refuse,
    .n_steps = sizeof response_steps / sizeof response_steps[0],
};
