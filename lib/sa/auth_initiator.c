/* sa/auth_initiator.c - IKE_AUTH as the initiator sees it. RFC 7296 1.2, 2.15, 2.21.2. */
#include "base/bytes.h"
#include "sa/assignment.h"
#include "sa/auth.h"
#include "sa/contact.h"
#include "sa/init.h"
#include "sa/negotiate.h"
#include "sa/note.h"
#include "sa/packet.h"
#include "sa/prove.h"
#include "sa/renewal.h"
#include "sa/request.h"
#include "sa/split.h"
#include "sa/transport.h"
#include "sa/verify.h"
#include "sa/window.h"

/* --- Request ------------------------------------------------------------------------- */

/* The child of IKE_AUTH exists from here on, since its SPI goes into the request. */
static void stage_child(const struct sa *sa, struct child_stage *stage)
{
    stage->pair = sa->init->pair;
    stage->child = stage->pair->child;
    stage->template_index = 0;
    stage->is_transport = ike2_transport_is_offered(sa, 0);
    ike2_stage_allow_template(stage, sa, 0);
    ike2_packet_apply(stage->child, stage);
}

static void stage_ids(const struct sa *sa, struct exchange *x, const ike2_id *ours)
{
    x->auth.id_i = *ours;
    x->auth.id_r = sa->peer->peer.remote_id;
}

static bool make_pair(struct sa *sa)
{
    struct init_stage *init = sa->init;
    struct child *child = sa->exchanges.renews != NULL ? ike2_renewal_first_child(sa)
                                                       : ike2_child_after(sa, NULL);

    if (init->pair != NULL)
        return true;
    if (child == NULL && ike2_child_new(sa, 0, &child) != IKE2_OK)
        return false;
    init->pair = ike2_pair_new(child, true);
    if (init->pair == NULL)
        return false;
    init->pair->is_held = true;
    child->packet = init->packet;
    init->packet = NULL;
    return true;
}

static enum verdict begin_child(struct sa *sa, struct exchange *x)
{
    stage_ids(sa, x, &sa->peer->peer.local_id);
    if (sa->init->is_childless)
        return VERDICT_NEXT;
    if (x->child == NULL)
        x->child = ike2_child_stage_new(sa->host);
    if (x->child == NULL || !make_pair(sa))
        return VERDICT_RETRY;
    stage_child(sa, x->child);
    return VERDICT_NEXT;
}

static void compose_request(ike2_writer *w, const struct sa *sa, const struct exchange *x)
{
    ike2_id_write(w, IKE2_PAYLOAD_IDI, &x->auth.id_i);
    ike2_prove_write_certs(w, x);
    ike2_verify_write_lookup(w, sa);
    ike2_verify_write_certreq(w, sa);
    if (x->auth.id_r.type != 0) /* RFC 7296 1.2: whom we want to talk to */
        ike2_id_write(w, IKE2_PAYLOAD_IDR, &x->auth.id_r);
    ike2_prove_write_auth(w, x);
    ike2_assignment_write_request(w, sa);
    if (x->child != NULL)
        ike2_child_write_request(w, sa, x);
    ike2_contact_write(w, sa, x);
    ike2_window_write(w, sa);
}

/* Our identity is remembered as claimed: it may be the credential's. */
static enum verdict begin_send(struct sa *sa, struct exchange *x)
{
    ike2_err err = ike2_sa_set_ids(sa, &x->auth.id_i, &(ike2_id){ 0 });

    if (err == IKE2_OK)
        err = ike2_window_open(sa);
    if (err == IKE2_OK)
        err = ike2_request_send(sa, IKE2_EXCHANGE_IKE_AUTH, PURPOSE_AUTH, compose_request, x);
    return err == IKE2_OK ? VERDICT_DONE : VERDICT_RETRY;
}

static step *const begin_steps[] = { begin_child, ike2_child_get_spi, ike2_prove_choose,
                                     ike2_prove_sign, begin_send };

const struct script ike2_auth_begin = {
    .name = "IKE_AUTH request", .steps = begin_steps,
    .n_steps = sizeof begin_steps / sizeof begin_steps[0],
};

/* --- Response ------------------------------------------------------------------------ */

/* RFC 7296 2.21.2: the responder believes that the SA is up, so it is told. */
static enum verdict response_refuse(struct sa *sa, struct exchange *x)
{
    const struct refusal_notice why = x->refusal;

    ike2_request_close(sa);
    ike2_sa_leave(sa, why.reason, why.notify, why.trace);
    return VERDICT_DONE;
}

/* An error without AUTH: the peer has refused the SA itself. */
static enum verdict response_failed(struct sa *sa, struct exchange *x)
{
    ike2_notify n;

    if (!ike2_message_error(&x->in, &n))
        return ike2_exchange_end(x, 0, IKE2_REASON_PROTOCOL, 0);
    if (n.type == IKE2_NOTIFY_AUTHENTICATION_FAILED)
        sa->host->stats.auth_failures++;
    return ike2_exchange_end(x, n.type, ike2_reason_of(n.type), ike2_note_notify_in(sa, &n));
}

static enum verdict response_read(struct sa *sa, struct exchange *x)
{
    if (ike2_message_count(&x->in, IKE2_PAYLOAD_AUTH) == 0)
        return response_failed(sa, x);
    stage_ids(sa, x, &sa->who.local);
    x->auth.id_body = ike2_message_body(&x->in, IKE2_PAYLOAD_IDR);
    if (ike2_id_read(x->auth.id_body, &x->auth.id_r) != IKE2_OK)
        return ike2_exchange_refuse(x, IKE2_NOTIFY_INVALID_SYNTAX, IKE2_REASON_PROTOCOL, 0);
    return VERDICT_NEXT;
}

static enum verdict response_child(struct sa *sa, struct exchange *x)
{
    if (sa->init->is_childless)
        return VERDICT_NEXT;
    if (x->child == NULL)
        x->child = ike2_child_stage_new(sa->host);
    if (x->child == NULL)
        return VERDICT_RETRY;
    stage_child(sa, x->child);
    return ike2_child_check(sa, x);
}

/* RFC 7296 1.3.1: the other templates of the definition follow, one by one. What finds no memory
 * now is the integrator's to ask for again. */
static void plan_others(struct sa *sa)
{
    struct child *child;

    for (uint32_t i = 1; i < sa->peer->peer.n_children; i++) {
        if (ike2_child_new(sa, i, &child) == IKE2_OK)
            child->plan.wants_create = true;
    }
}

/* The pair of IKE_AUTH stands on its own. */
static void commit_child(struct sa *sa, struct exchange *x)
{
    struct child_stage *stage = x->child;
    struct pair *old = ike2_child_current(stage->child);

    sa->init->pair = NULL;
    stage->pair->is_held = false;
    if (stage->refusal.notify == IKE2_NOTIFY_SINGLE_PAIR_REQUIRED &&
        ike2_split_begin(stage->child)) {
        ike2_pair_end(stage->pair, false); /* its parts follow */
    } else if (stage->refusal.notify != 0) {
        ike2_child_give_up(x);
    } else if (stage->child->state == CHILD_CLOSING) { /* while it was being renewed */
        ike2_pair_end(stage->pair, true);
    } else {
        stage->replaces = old != NULL && old->is_orphan ? old->view.spi_in : 0;
        ike2_pair_lay(stage->pair, stage, spi_read(stage->selection.spi));
    }
}

static void read_lifetime(struct sa *sa, const struct exchange *x)
{
    ike2_notify n;

    if (ike2_message_notify(&x->in, IKE2_NOTIFY_AUTH_LIFETIME, &n))
        ike2_renewal_read_lifetime(sa, &n);
}

/* What was staged has been replaced by the SA's own. */
static void stage_both_ids(const struct sa *sa, struct exchange *x)
{
    x->auth.id_i = sa->who.local;
    x->auth.id_r = sa->who.remote;
}

/* Everything that can fail has succeeded. */
static enum verdict response_commit(struct sa *sa, struct exchange *x)
{
    const struct child *first = x->child == NULL ? NULL : x->child->child;

    if (ike2_sa_set_ids(sa, &x->auth.id_i, &x->auth.id_r) != IKE2_OK)
        return VERDICT_RETRY;
    stage_both_ids(sa, x);
    if (ike2_contact_add(x) != IKE2_OK)
        return VERDICT_RETRY;
    ike2_request_close(sa);
    ike2_auth_note_methods(x);
    ike2_auth_establish(sa);
    ike2_contact_supersede(x, false);
    ike2_contact_supersede(x, true);
    ike2_assignment_announce(sa);
    read_lifetime(sa, x);
    if (first != NULL)
        commit_child(sa, x);
    if (sa->spi.is_renewed)
        ike2_renewal_plan_children(sa, first);
    else if (first != NULL)
        plan_others(sa);
    ike2_init_stage_free(sa);
    return VERDICT_DONE;
}

static step *const response_steps[] = {
    response_read,        ike2_auth_check_identity, ike2_verify_method,  ike2_verify_proof,
    response_child,       ike2_assignment_take,     ike2_child_get_keys, response_commit,
};

const struct script ike2_auth_response = {
    .name = "IKE_AUTH response", .steps = response_steps, .refuse = response_refuse,
    .n_steps = sizeof response_steps / sizeof response_steps[0],
};
