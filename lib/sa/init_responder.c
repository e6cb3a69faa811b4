/* sa/init_responder.c - IKE_SA_INIT as the responder sees it. RFC 7296 1.2, 2.7, 2.21.1. */
#include <string.h>

#include "base/bytes.h"
#include "sa/init.h"
#include "sa/note.h"
#include "sa/request.h"
#include "sa/verify.h"

/* CA key hashes that an IKE_SA_INIT response may carry: it stays in one packet. */
enum { CERTREQ_EARLY_MAX = 16 };

/* --- Refusal ------------------------------------------------------------------------- */

static void compose_refusal(ike2_writer *w, const struct sa *sa, const struct exchange *x)
{
    const struct refusal_notice *why = &x->refusal;
    const ike2_notify n = { .type = why->notify, .data = bytes_of(why->data, why->data_len) };

    (void)sa;
    ike2_notify_write(w, &n);
}

/* The answer is unprotected; nothing of the attempt is kept. */
static enum verdict request_refuse(struct sa *sa, struct exchange *x)
{
    if (x->refusal.notify == 0)
        return VERDICT_END;
    if (ike2_refusal_send_init(sa, x, compose_refusal) != IKE2_OK)
        return VERDICT_RETRY;
    (void)ike2_note_notify_out(sa, x->refusal.notify);
    return VERDICT_END;
}

/* --- Request ------------------------------------------------------------------------- */

static enum verdict request_ask(struct sa *sa, struct exchange *x)
{
    (void)sa;
    return ike2_exchange_ask(x, IKE2_ASK_PEER, 0, IKE2_NOTIFY_NO_PROPOSAL_CHOSEN,
                             IKE2_REASON_LOCAL);
}

/* RFC 7296 1.2: the initiator guessed another method than we choose: it shall try again. Not a
 * failure, so nobody hears of this SA. */
static enum verdict request_other_ke(struct sa *sa, struct exchange *x, uint16_t method)
{
    sa->intent.is_announced = false;
    return ike2_ke_refuse(x, method);
}

static enum verdict request_choose(struct sa *sa, struct exchange *x)
{
    struct select_args args = ike2_init_select_args(sa, x);
    ike2_bytes body = ike2_message_body(&x->in, IKE2_PAYLOAD_SA);
    struct init_stage *init = sa->init;
    struct selection chosen;
    ike2_ke_payload ke;
    uint64_t trace;

    ike2_note_peer(sa, &x->in);
    if (ike2_ke_read(ike2_message_body(&x->in, IKE2_PAYLOAD_KE), &ke) != IKE2_OK ||
        !ike2_nonce_of(&x->in, &init->ke.ni))
        return ike2_exchange_refuse(x, IKE2_NOTIFY_INVALID_SYNTAX, IKE2_REASON_PROTOCOL, 0);
    args.wanted_ke = ke.method;
    if (ike2_select(&args, body, &chosen) != IKE2_OK)
        return ike2_exchange_refuse(x, IKE2_NOTIFY_NO_PROPOSAL_CHOSEN, IKE2_REASON_PROPOSAL,
                                    ike2_note_proposal(sa, &args, body));
    if (chosen.suite.ke.id != ke.method)
        return request_other_ke(sa, x, chosen.suite.ke.id);
    if (ike2_init_lacks(sa, x, &trace))
        return ike2_exchange_refuse(x, IKE2_NOTIFY_NO_PROPOSAL_CHOSEN, IKE2_REASON_PROPOSAL,
                                    trace);
    if (ke.data.len != ike2_ke_octets(sa->host, ke.method))
        return ike2_exchange_refuse(x, IKE2_NOTIFY_INVALID_SYNTAX, IKE2_REASON_PROTOCOL, 0);
    ike2_note_choice(sa, &args, &chosen);
    init->suite = chosen.suite;
    init->number = chosen.number;
    init->ke.method = ke.method;
    return VERDICT_NEXT;
}

static void compose_response(ike2_writer *w, const struct sa *sa, const struct exchange *x)
{
    const struct init_stage *init = sa->init;
    struct select_args args = ike2_init_select_args(sa, x);
    struct selection chosen;
    ike2_proposal p;

    args.wanted_ke = init->ke.method;
    args.settled = (struct settled){ &init->suite, init->number };
    if (ike2_select(&args, ike2_message_body(&x->in, IKE2_PAYLOAD_SA), &chosen) != IKE2_OK) {
        w->failed = true;
        return;
    }
    p = (ike2_proposal){ .number = chosen.number, .protocol = IKE2_PROTOCOL_IKE,
                         .transforms = chosen.transforms, .n_transforms = chosen.n_transforms };
    ike2_sa_write(w, &p, 1);
    ike2_ke_write_ours(w, &init->ke);
    ike2_data_write(w, IKE2_PAYLOAD_NONCE, nonce_bytes(&init->ke.nr));
    ike2_init_write_notifies(w, sa, &x->path);
    ike2_verify_write_lookup(w, sa);
    /* RFC 7296 1.2. Whoever sent the request has proven nothing: what is long is not sent to him,
     * and without CERTREQ he may use any certificate. */
    if (sa->peer->peer.n_trusted <= CERTREQ_EARLY_MAX)
        ike2_verify_write_certreq(w, sa);
}

/* What IKE_AUTH will need: the message for AUTH, the public value for the keys. */
static bool request_keep(struct sa *sa, const struct exchange *x)
{
    struct init_stage *init = sa->init;
    struct mem *mem = &sa->host->mem;
    ike2_ke_payload ke = { 0 };

    if (init->peers != NULL)
        return true;
    if (ike2_ke_read(ike2_message_body(&x->in, IKE2_PAYLOAD_KE), &ke) != IKE2_OK)
        return false;
    init->peers = ike2_mem_acquire(mem, x->len);
    init->ke_peers = ike2_mem_acquire(mem, ke.data.len);
    if (init->peers == NULL || init->ke_peers == NULL) {
        ike2_mem_release(mem, init->peers, x->len);
        ike2_mem_release(mem, init->ke_peers, ke.data.len);
        init->peers = init->ke_peers = NULL;
        return false;
    }
    init->peers_len = x->len;
    init->ke_peers_len = ke.data.len;
    memcpy(init->peers, x->octets, x->len);
    memcpy(init->ke_peers, ke.data.ptr, ke.data.len);
    return true;
}

static enum verdict request_reply(struct sa *sa, struct exchange *x)
{
    struct init_stage *init = sa->init;

    if (!request_keep(sa, x) || ike2_nonce_draw(sa->host, &init->ke.nr) != IKE2_OK)
        return VERDICT_RETRY;
    ike2_init_read_notifies(sa, x);
    if (ike2_response_send_init(sa, x, compose_response) != IKE2_OK)
        return VERDICT_RETRY;
    init->ours = sa->window.last_response;
    init->ours->refs++;
    ike2_sa_enter(sa, STATE_INIT);
    return VERDICT_DONE;
}

static step *const request_steps[] = { request_ask, request_choose, ike2_init_start_ke,
                                       request_reply };

const struct script ike2_init_request = {
    .name = "IKE_SA_INIT request", .steps = request_steps, .refuse = request_refuse,
    .n_steps = sizeof request_steps / sizeof request_steps[0],
};

/* --- Keys ---------------------------------------------------------------------------- */

static enum verdict keys_finish_ke(struct sa *sa, struct exchange *x)
{
    return ike2_init_finish_ke(sa, x, bytes_of(sa->init->ke_peers, sa->init->ke_peers_len));
}

static step *const keys_steps[] = { keys_finish_ke, ike2_init_derive };

const struct script ike2_init_keys = {
    .name = "keys", .steps = keys_steps,
    .n_steps = sizeof keys_steps / sizeof keys_steps[0],
};
