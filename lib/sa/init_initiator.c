/* sa/init_initiator.c - IKE_SA_INIT as the initiator sees it: the request, again with a cookie or
 * with another key exchange method, and the response. RFC 7296 1.2, 2.6, 2.7, 2.21.1. */
#include <string.h>

#include "base/bytes.h"
#include "sa/auth.h"
#include "sa/init.h"
#include "sa/note.h"
#include "sa/request.h"

/* RFC 7296 2.6.1: COOKIE and INVALID_KE_PAYLOAD may come in turns, but not for ever. */
enum { RETRIES_MAX = 5, COOKIE_MAX = 64 };

/* --- Request ------------------------------------------------------------------------- */

static void compose_request(ike2_writer *w, const struct sa *sa, const struct exchange *x)
{
    const struct init_stage *init = sa->init;
    const struct select_args args = ike2_init_select_args(sa, x);
    const ike2_notify cookie = { .type = IKE2_NOTIFY_COOKIE,
                                 .data = bytes_of(init->cookie, init->cookie_len) };

    if (init->cookie_len != 0) /* RFC 7296 2.6: as the first payload */
        ike2_notify_write(w, &cookie);
    if (ike2_proposals_write(&args, (ike2_bytes){ 0 }, w) != IKE2_OK)
        w->failed = true;
    ike2_ke_write_ours(w, &init->ke);
    ike2_data_write(w, IKE2_PAYLOAD_NONCE, nonce_bytes(&init->ke.ni));
    ike2_init_write_notifies(w, sa, &sa->path);
}

static enum verdict connect_choose(struct sa *sa, struct exchange *x)
{
    const struct select_args args = ike2_init_select_args(sa, x);
    struct init_stage *init = sa->init;

    if (init->ke.method == 0)
        init->ke.method = ike2_proposals_first_ke(&args);
    if (init->ke.method == 0 || ike2_ke_octets(sa->host, init->ke.method) == 0)
        return ike2_exchange_end(x, 0, IKE2_REASON_PROPOSAL, 0);
    if (init->ke.ni.len == 0 && ike2_nonce_draw(sa->host, &init->ke.ni) != IKE2_OK)
        return VERDICT_RETRY;
    return VERDICT_NEXT;
}

static enum verdict connect_send(struct sa *sa, struct exchange *x)
{
    struct init_stage *init = sa->init;

    if (ike2_request_send_init(sa, compose_request, x) != IKE2_OK)
        return VERDICT_RETRY;
    ike2_parcel_unref(sa->host, init->ours);
    init->ours = sa->request.parcel;
    init->ours->refs++;
    if (sa->state == STATE_START)
        ike2_sa_enter(sa, STATE_INIT);
    return VERDICT_DONE;
}

static step *const connect_steps[] = { connect_choose, ike2_init_start_ke, connect_send };

const struct script ike2_init_connect = {
    .name = "connect", .steps = connect_steps,
    .n_steps = sizeof connect_steps / sizeof connect_steps[0],
};

/* --- Response ------------------------------------------------------------------------ */

/* RFC 7296 2.21.1: anybody can answer, so the attempt goes on, and ends with this when nothing
 * better comes soon. */
static enum verdict begin_doubt(struct sa *sa, uint16_t notify, uint64_t trace)
{
    struct host *host = sa->host;

    if (sa->ending.doubt_notify == 0) {
        sa->ending.doubt_notify = notify;
        sa->ending.doubt_trace = trace;
        ike2_timer_set(host, &sa->clock.timers, TIMER_DOUBT, host->now + host->settings.doubt_ms);
    }
    return VERDICT_IGNORE;
}

/* An error that is not protected. */
static enum verdict response_doubt(struct sa *sa, struct exchange *x, uint16_t notify)
{
    return begin_doubt(sa, notify, ike2_note_unprotected(sa, notify, &x->path.remote));
}

/* RFC 7296 2.6: the same request again, with the cookie in front. */
static enum verdict response_cookie(struct sa *sa, struct exchange *x, const ike2_notify *n)
{
    struct init_stage *init = sa->init;
    uint8_t *copy;

    if (n->data.len == 0 || n->data.len > COOKIE_MAX || init->retries >= RETRIES_MAX)
        return VERDICT_IGNORE;
    copy = ike2_mem_acquire(&sa->host->mem, n->data.len);
    if (copy == NULL)
        return VERDICT_RETRY;
    memcpy(copy, n->data.ptr, n->data.len);
    ike2_mem_release(&sa->host->mem, init->cookie, init->cookie_len);
    init->cookie = copy;
    init->cookie_len = n->data.len;
    init->retries++;
    return ike2_exchange_jump(x, &ike2_init_connect);
}

/* RFC 7296 1.2: the responder wants another method; it may only be one that we offered. */
static enum verdict response_invalid_ke(struct sa *sa, struct exchange *x, const ike2_notify *n)
{
    const struct select_args args = ike2_init_select_args(sa, x);
    struct init_stage *init = sa->init;
    uint16_t method;

    if (n->data.len != 2)
        return VERDICT_IGNORE;
    method = (uint16_t)(n->data.ptr[0] << 8 | n->data.ptr[1]);
    if (!ike2_proposals_have_ke(&args, method))
        return response_doubt(sa, x, n->type);
    if (method == init->ke.method || ike2_ke_octets(sa->host, method) == 0 ||
        init->retries >= RETRIES_MAX)
        return VERDICT_IGNORE;
    ike2_ke_drop(sa->host, &init->ke);
    init->ke.method = method;
    init->retries++;
    return ike2_exchange_jump(x, &ike2_init_connect);
}

static enum verdict response_notify(struct sa *sa, struct exchange *x)
{
    ike2_notify n;

    if (ike2_message_notify(&x->in, IKE2_NOTIFY_COOKIE, &n))
        return response_cookie(sa, x, &n);
    if (ike2_message_notify(&x->in, IKE2_NOTIFY_INVALID_KE_PAYLOAD, &n))
        return response_invalid_ke(sa, x, &n);
    if (ike2_message_error(&x->in, &n))
        return response_doubt(sa, x, n.type);
    return VERDICT_IGNORE;
}

/* Explained once: whoever forges answers may send many. */
static enum verdict response_is_no_choice(struct sa *sa, struct exchange *x,
                                          const struct select_args *args, ike2_bytes body)
{
    if (sa->ending.doubt_notify == 0)
        (void)ike2_note_proposal(sa, args, body);
    return response_doubt(sa, x, IKE2_NOTIFY_NO_PROPOSAL_CHOSEN);
}

static enum verdict response_read(struct sa *sa, struct exchange *x)
{
    const struct select_args args = ike2_init_select_args(sa, x);
    ike2_bytes body = ike2_message_body(&x->in, IKE2_PAYLOAD_SA);
    struct init_stage *init = sa->init;
    struct selection chosen;
    ike2_ke_payload ke;
    uint64_t trace;

    ike2_note_peer(sa, &x->in);
    if (ike2_message_count(&x->in, IKE2_PAYLOAD_SA) == 0)
        return response_notify(sa, x);
    if (x->in.header.spi_r == 0 || !ike2_nonce_of(&x->in, &init->ke.nr) ||
        ike2_ke_read(ike2_message_body(&x->in, IKE2_PAYLOAD_KE), &ke) != IKE2_OK ||
        ke.method != init->ke.method)
        return VERDICT_IGNORE;
    if (ike2_select_check(&args, body, &chosen) != IKE2_OK)
        return response_is_no_choice(sa, x, &args, body);
    if (chosen.suite.ke.id != init->ke.method)
        return response_doubt(sa, x, IKE2_NOTIFY_NO_PROPOSAL_CHOSEN);
    if (ike2_init_lacks(sa, x, &trace)) /* somebody may have taken it out */
        return begin_doubt(sa, IKE2_NOTIFY_NO_PROPOSAL_CHOSEN, trace);
    ike2_note_choice(sa, &args, &chosen);
    init->suite = chosen.suite;
    return VERDICT_NEXT;
}

static enum verdict response_finish_ke(struct sa *sa, struct exchange *x)
{
    ike2_ke_payload ke;

    if (ike2_ke_read(ike2_message_body(&x->in, IKE2_PAYLOAD_KE), &ke) != IKE2_OK)
        return VERDICT_IGNORE;
    return ike2_init_finish_ke(sa, x, ke.data);
}

/* RFC 7296 2.23: behind a NAT all further messages go to port 4500. */
static void move_to_nat_port(struct sa *sa)
{
    if ((!sa->nat.local && !sa->nat.remote) || sa->path.encap != IKE2_ENCAP_NONE)
        return;
    sa->path.local.port = sa->nat.port_local;
    sa->path.remote.port = sa->nat.port_remote;
    sa->path.encap = IKE2_ENCAP_UDP;
}

/* The response is authentic as far as anybody can tell now: it is kept for AUTH. */
static enum verdict response_keep(struct sa *sa, struct exchange *x)
{
    struct init_stage *init = sa->init;

    init->peers = ike2_mem_acquire(&sa->host->mem, x->len);
    if (init->peers == NULL)
        return VERDICT_RETRY;
    memcpy(init->peers, x->octets, x->len);
    init->peers_len = x->len;
    sa->spi.r = x->in.header.spi_r;
    ike2_init_read_notifies(sa, x);
    return VERDICT_NEXT;
}

static enum verdict response_commit(struct sa *sa, struct exchange *x)
{
    ike2_request_close(sa);
    ike2_timer_set(sa->host, &sa->clock.timers, TIMER_DOUBT, IKE2_TIME_NEVER);
    sa->ending.doubt_notify = 0;
    move_to_nat_port(sa);
    return ike2_exchange_jump(x, &ike2_auth_begin);
}

static step *const response_steps[] = { response_read, response_finish_ke, response_keep,
                                        ike2_init_derive, response_commit };

const struct script ike2_init_response = {
    .name = "IKE_SA_INIT response", .steps = response_steps,
    .n_steps = sizeof response_steps / sizeof response_steps[0],
};
