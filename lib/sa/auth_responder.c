/* sa/auth_responder.c - IKE_AUTH as the responder sees it. RFC 7296 1.2, 2.15, 2.21.2. */
#include "base/bytes.h"
#include "sa/assignment.h"
#include "sa/auth.h"
#include "sa/contact.h"
#include "sa/init.h"
#include "sa/lifetime.h"
#include "sa/negotiate.h"
#include "sa/note.h"
#include "sa/prove.h"
#include "sa/renewal.h"
#include "sa/request.h"
#include "sa/verify.h"
#include "sa/window.h"

/* --- Refusal ------------------------------------------------------------------------- */

static void compose_refusal(ike2_writer *w, const struct sa *sa, const struct exchange *x)
{
    const ike2_notify n = { .type = x->refusal.notify,
                            .data = bytes_of(x->refusal.data, x->refusal.data_len) };

    (void)sa;
    ike2_notify_write(w, &n);
}

/* RFC 7296 2.21.2: the error is the whole response; the SA is not created. */
static enum verdict request_refuse(struct sa *sa, struct exchange *x)
{
    if (ike2_response_send(sa, x, compose_refusal) != IKE2_OK)
        return VERDICT_RETRY;
    (void)ike2_note_notify_out(sa, x->refusal.notify);
    return VERDICT_END;
}

/* --- Who is it? ---------------------------------------------------------------------- */

static enum verdict refuse_without_auth(struct sa *sa, struct exchange *x)
{
    const struct note_refusal why = {
        .name = "policy.auth", .section = "RFC 7296 2.16", .offered = "EAP",
        .accepted = "signature or pre-shared key",
        .difference = "method: the peer sent no AUTH payload",
        .peer_change = "signature or pre-shared key",
    };

    return ike2_exchange_refuse(x, IKE2_NOTIFY_AUTHENTICATION_FAILED, IKE2_REASON_AUTH,
                                ike2_note_refusal(sa, &why));
}

static enum verdict request_read(struct sa *sa, struct exchange *x)
{
    ike2_bytes id_r = ike2_message_body(&x->in, IKE2_PAYLOAD_IDR);

    x->auth.id_body = ike2_message_body(&x->in, IKE2_PAYLOAD_IDI);
    x->auth.id_r = (ike2_id){ 0 };
    if (ike2_id_read(x->auth.id_body, &x->auth.id_i) != IKE2_OK ||
        (id_r.ptr != NULL && ike2_id_read(id_r, &x->auth.id_r) != IKE2_OK))
        return ike2_exchange_refuse(x, IKE2_NOTIFY_INVALID_SYNTAX, IKE2_REASON_PROTOCOL, 0);
    if (ike2_message_count(&x->in, IKE2_PAYLOAD_AUTH) == 0)
        return refuse_without_auth(sa, x);
    if (ike2_message_count(&x->in, IKE2_PAYLOAD_SA) == 0 &&
        sa->peer->peer.childless == IKE2_WANT_OFF) /* RFC 6023 4: not announced */
        return ike2_exchange_refuse(x, IKE2_NOTIFY_INVALID_SYNTAX, IKE2_REASON_PROTOCOL, 0);
    return VERDICT_NEXT;
}

/* --- Established --------------------------------------------------------------------- */

/* The initiator is authenticated. The data plane is programmed before the response lets the peer
 * use the pair. */
static enum verdict request_commit(struct sa *sa, struct exchange *x)
{
    struct child_stage *stage = x->child;

    if (ike2_sa_set_ids(sa, &x->auth.id_r, &x->auth.id_i) != IKE2_OK ||
        ike2_contact_add(x) != IKE2_OK || ike2_window_open(sa) != IKE2_OK)
        return VERDICT_RETRY; /* the staged ones view the message, or the definition */
    sa->path = x->path; /* RFC 7296 2.23: from here on port 4500, if the peer went there */
    ike2_auth_note_methods(x);
    ike2_auth_establish(sa);
    ike2_contact_supersede(x, false);
    x->is_committed = true;
    if (stage != NULL && stage->refusal.notify == 0)
        ike2_pair_lay(stage->pair, stage, spi_read(stage->selection.spi));
    return VERDICT_NEXT;
}

static enum verdict request_install(struct sa *sa, struct exchange *x)
{
    (void)sa;
    return ike2_child_await_install(x, IKE2_NOTIFY_NO_PROPOSAL_CHOSEN);
}

static void compose_response(ike2_writer *w, const struct sa *sa, const struct exchange *x)
{
    const ike2_notify refused = { .type = x->child == NULL ? 0 : x->child->refusal.notify };

    ike2_id_write(w, IKE2_PAYLOAD_IDR, &sa->who.local);
    ike2_prove_write_certs(w, x);
    ike2_prove_write_auth(w, x);
    ike2_assignment_write_reply(w, x);
    if (x->child != NULL && refused.type == 0)
        ike2_child_write_response(w, x);
    else if (x->child != NULL) /* RFC 7296 1.2: the IKE SA is up without a child */
        ike2_notify_write(w, &refused);
    ike2_renewal_write_lifetime(w, sa);
    ike2_window_write(w, sa);
}

static enum verdict request_reply(struct sa *sa, struct exchange *x)
{
    struct child_stage *stage = x->child;

    if (ike2_response_send(sa, x, compose_response) != IKE2_OK)
        return VERDICT_RETRY;
    ike2_contact_supersede(x, true);
    ike2_init_stage_free(sa);
    if (stage == NULL)
        return VERDICT_DONE;
    if (stage->refusal.notify != 0) {
        ike2_child_give_up(x);
        return VERDICT_DONE;
    }
    ike2_stage_let_go(stage);
    if (!ike2_contact_carries(sa, stage->pair)) {
        ike2_lane_switch(stage->pair);
        return VERDICT_DONE;
    }
    stage->pair->times.switch_at = sa->host->now + sa->host->settings.switch_ms;
    ike2_lifetime_arm(sa);
    return VERDICT_DONE;
}

static step *const request_steps[] = {
    request_read,      ike2_auth_check_identity, ike2_verify_method,   ike2_verify_proof,
    ike2_contact_check,
    ike2_prove_choose, ike2_prove_sign,          ike2_assignment_give, ike2_child_choose,
    ike2_child_ask,    ike2_child_make,          ike2_child_get_spi,   ike2_child_get_keys,
    request_commit,    request_install,          request_reply,
};

const struct script ike2_auth_request = {
    .name = "IKE_AUTH request", .steps = request_steps, .refuse = request_refuse,
    .n_steps = sizeof request_steps / sizeof request_steps[0],
};
