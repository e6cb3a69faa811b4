/* sa/rekey_theirs.c - CREATE_CHILD_SA for the IKE SA when the peer begins it. RFC 7296 1.3.2, 2.8,
 * 2.18, 2.25.2. */
#include "base/bytes.h"
#include "sa/attempt.h"
#include "sa/collision.h"
#include "sa/note.h"
#include "sa/rekey.h"
#include "sa/request.h"
#include "sa/succession.h"

static enum verdict request_meet(struct sa *sa, struct exchange *x)
{
    const struct collision_row *row =
        ike2_collision(ike2_collision_doing(sa, NULL), ASKING_REKEY_SA);
    const struct succession *ours = sa->exchanges.succession;
    uint16_t notify = ike2_collision_notify(row->outcome);

    /* The nonces decide between two heirs, not among more: a peer has one at a time. */
    if (ours != NULL && ours->rival != NULL)
        notify = IKE2_NOTIFY_TEMPORARY_FAILURE;
    if (notify != 0)
        return ike2_exchange_refuse(x, notify, IKE2_REASON_RESOURCE,
                                    ike2_note_collision(sa, row->rule, notify));
    return VERDICT_NEXT;
}

static enum verdict request_choose(struct sa *sa, struct exchange *x)
{
    struct select_args args = ike2_rekey_select_args(sa, x);
    ike2_bytes body = ike2_message_body(&x->in, IKE2_PAYLOAD_SA);
    const ike2_ke_payload ke = ike2_ke_of(&x->in);
    struct selection chosen;

    args.wanted_ke = ke.method;
    if (ike2_select(&args, body, &chosen) != IKE2_OK)
        return ike2_exchange_refuse(x, IKE2_NOTIFY_NO_PROPOSAL_CHOSEN, IKE2_REASON_PROPOSAL,
                                    ike2_note_proposal(sa, &args, body));
    if (chosen.suite.ke.id != ke.method)
        return ike2_ke_refuse(x, chosen.suite.ke.id);
    if (x->succession == NULL)
        x->succession = ike2_succession_acquire(sa->host);
    if (x->succession == NULL)
        return VERDICT_RETRY;
    if (ke.data.len != ike2_ke_octets(sa->host, ke.method) ||
        !ike2_nonce_of(&x->in, &x->succession->ke.ni))
        return ike2_exchange_refuse(x, IKE2_NOTIFY_INVALID_SYNTAX, IKE2_REASON_PROTOCOL, 0);
    ike2_note_choice(sa, &args, &chosen);
    x->succession->suite = chosen.suite;
    x->succession->number = chosen.number;
    x->succession->ke.method = ke.method;
    return VERDICT_NEXT;
}

static enum verdict request_heir(struct sa *sa, struct exchange *x)
{
    struct succession *s = x->succession;
    ike2_err err = IKE2_OK;

    if (s->ke.nr.len == 0 && ike2_nonce_draw(sa->host, &s->ke.nr) != IKE2_OK)
        return VERDICT_RETRY;
    if (s->heir == NULL)
        err = ike2_sa_new_heir(sa, RESPONDER, &s->heir);
    if (err == IKE2_ERR_LIMIT) /* there are too many SAs, for now */
        return ike2_exchange_refuse(x, IKE2_NOTIFY_TEMPORARY_FAILURE, IKE2_REASON_RESOURCE, 0);
    return err == IKE2_OK ? VERDICT_NEXT : VERDICT_RETRY;
}

static enum verdict request_start_ke(struct sa *sa, struct exchange *x)
{
    (void)sa;
    return ike2_ke_start(x, &x->succession->ke);
}

static enum verdict request_finish_ke(struct sa *sa, struct exchange *x)
{
    (void)sa;
    return ike2_ke_finish(x, &x->succession->ke, ike2_ke_of(&x->in).data);
}

static struct selection choose_again(const struct sa *sa, const struct exchange *x)
{
    struct select_args args = ike2_rekey_select_args(sa, x);
    struct selection chosen = { 0 };

    args.wanted_ke = x->succession->ke.method;
    args.settled = (struct settled){ &x->succession->suite, x->succession->number };
    (void)!ike2_select(&args, ike2_message_body(&x->in, IKE2_PAYLOAD_SA), &chosen);
    return chosen;
}

static enum verdict request_keys(struct sa *sa, struct exchange *x)
{
    struct succession *s = x->succession;

    if (s->heir->protection.has_keys)
        return VERDICT_NEXT;
    s->heir->spi.i = ike_spi_read(choose_again(sa, x).spi);
    return ike2_succession_key(sa, s->heir, &s->suite, &s->ke) == IKE2_OK ? VERDICT_NEXT
                                                                        : VERDICT_RETRY;
}

static void compose_response(ike2_writer *w, const struct sa *sa, const struct exchange *x)
{
    const struct succession *s = x->succession;
    const struct selection chosen = choose_again(sa, x);
    uint8_t spi[IKE_SPI_OCTETS];
    const ike2_proposal p = {
        .number = chosen.number, .protocol = IKE2_PROTOCOL_IKE, .spi = bytes_of(spi, sizeof spi),
        .transforms = chosen.transforms, .n_transforms = chosen.n_transforms,
    };

    ike_spi_write(spi, s->heir->spi.r);
    ike2_sa_write(w, &p, 1);
    ike2_data_write(w, IKE2_PAYLOAD_NONCE, nonce_bytes(&s->ke.nr));
    ike2_ke_write_ours(w, &s->ke);
}

/* RFC 7296 2.25.2: while our own request is open, the nonces have not decided yet. */
static enum verdict request_reply(struct sa *sa, struct exchange *x)
{
    struct succession *theirs = x->succession, *ours = sa->exchanges.succession;
    struct sa *heir = theirs->heir;

    if (ike2_response_send(sa, x, compose_response) != IKE2_OK)
        return VERDICT_RETRY;
    theirs->heir = NULL;
    if (ours != NULL)
        ike2_succession_meet(sa, heir, &theirs->ke);
    else
        ike2_succession_hand_over(sa, heir);
    return VERDICT_DONE;
}

static void compose_refusal(ike2_writer *w, const struct sa *sa, const struct exchange *x)
{
    const ike2_notify n = { .type = x->refusal.notify,
                            .data = bytes_of(x->refusal.data, x->refusal.data_len) };

    (void)sa;
    ike2_notify_write(w, &n);
}

/* A message that breaks the rules ends the IKE SA (RFC 7296 2.21.3, RFC 6989 2.5); what came too
 * late here may be asked for again. */
static enum verdict request_refuse(struct sa *sa, struct exchange *x)
{
    if (x->refusal.notify == 0)
        x->refusal.notify = IKE2_NOTIFY_TEMPORARY_FAILURE;
    if (ike2_response_send(sa, x, compose_refusal) != IKE2_OK)
        return VERDICT_RETRY;
    (void)ike2_note_notify_out(sa, x->refusal.notify);
    return x->refusal.reason == IKE2_REASON_PROTOCOL ? VERDICT_END : VERDICT_DONE;
}

static step *const request_steps[] = {
    request_meet,      request_choose, request_heir,  request_start_ke,
    request_finish_ke, request_keys,   request_reply,
};

const struct script ike2_rekey_request = {
    .name = "IKE SA rekeying, request", .steps = request_steps, .refuse = request_refuse,
    .n_steps = sizeof request_steps / sizeof request_steps[0],
};
