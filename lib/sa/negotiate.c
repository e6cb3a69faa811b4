/* sa/negotiate.c - what Child SA comes out of a request and the templates. RFC 7296 1.2, 2.7,
 * 2.9. */
#include "sa/negotiate.h"

#include <string.h>

#include "base/bytes.h"
#include "sa/init.h"
#include "sa/note.h"

enum { SELECTORS_TEXT_MAX = 512 };

static const ike2_child_config *template_of(const struct sa *sa, const struct child_stage *stage)
{
    return &sa->peer->children[stage->template_index];
}

struct select_args ike2_child_select_args(const struct sa *sa, const struct exchange *x)
{
    const ike2_child_config *cfg = template_of(sa, x->child);
    struct select_args args = {
        .crypto = sa->host->crypto, .protocol = IKE2_PROTOCOL_ESP, .spi_size = ESP_SPI_OCTETS,
        .without_ke = true, /* RFC 7296 1.2: the first Child SA has no key exchange of its own */
        .ours = { .list = cfg->proposals, .n = cfg->n_proposals },
        .policies = { sa->host->settings.policy, sa->peer->peer.policy },
        .query = { .protocol = IKE2_PROTOCOL_ESP, .peer_tag = sa_peer_tag(sa), .path = &x->path,
                   .remote_id = sa->role == INITIATOR ? &x->auth.id_r : &x->auth.id_i },
    };

    if (args.ours.n == 0)
        args.ours = ike2_default_proposals(IKE2_PROTOCOL_ESP);
    return args;
}

/* --- Refusals ------------------------------------------------------------------------ */

static enum verdict refuse(struct child_stage *stage, uint16_t notify, uint8_t reason,
                           uint64_t trace)
{
    stage->refusal = notify;
    stage->reason = reason;
    stage->trace = trace;
    return VERDICT_NEXT;
}

static enum verdict refuse_proposal(struct sa *sa, struct exchange *x,
                                    const struct select_args *args, ike2_bytes body)
{
    struct refusal why;

    ike2_select_explain(args, body, &why);
    return refuse(x->child, IKE2_NOTIFY_NO_PROPOSAL_CHOSEN, IKE2_REASON_PROPOSAL,
                  ike2_note_refusal(sa, &(struct note_refusal){
        .name = "policy.proposal", .section = "RFC 7296 2.7", .offered = why.offered,
        .accepted = why.accepted, .difference = why.difference, .protocol = IKE2_PROTOCOL_ESP,
    }));
}

/* "local <=> remote", for the template that the peer had to fit. */
static void pair_text(const ike2_ts *local, size_t n_local, const ike2_ts *remote, size_t n_remote,
                      char text[SELECTORS_TEXT_MAX])
{
    size_t len;

    ike2_selectors_text(local, n_local, text, SELECTORS_TEXT_MAX / 2);
    len = strlen(text);
    memcpy(text + len, " <=> ", 6);
    len += 5;
    ike2_selectors_text(remote, n_remote, text + len, SELECTORS_TEXT_MAX - len);
}

static enum verdict refuse_selectors(struct sa *sa, struct exchange *x)
{
    struct child_stage *stage = x->child;
    const ike2_child_config *cfg = &sa->peer->children[0];
    char offered[SELECTORS_TEXT_MAX], accepted[SELECTORS_TEXT_MAX];

    pair_text(stage->asked_local.ts, stage->asked_local.n, stage->asked_remote.ts,
              stage->asked_remote.n, offered);
    pair_text(cfg->ts_local, cfg->n_ts_local, cfg->ts_remote, cfg->n_ts_remote, accepted);
    return refuse(stage, IKE2_NOTIFY_TS_UNACCEPTABLE, IKE2_REASON_SELECTORS,
                  ike2_note_refusal(sa, &(struct note_refusal){
        .name = "policy.selectors", .section = "RFC 7296 2.9", .offered = offered,
        .accepted = accepted,
        .difference = "traffic selectors: no template has anything in common with the request",
    }));
}

void ike2_child_give_up(struct exchange *x)
{
    struct child_stage *stage = x->child;

    if (stage == NULL || stage->child == NULL)
        return;
    stage->owns_child = false;
    ike2_child_end(stage->child, stage->peer_has_it, stage->reason, stage->refusal, stage->trace);
    stage->child = NULL;
}

/* --- Responder ----------------------------------------------------------------------- */

/* Which of the peer's two lists is about our side. */
static ike2_bytes ts_body(const struct sa *sa, const struct exchange *x, bool local)
{
    bool initiators = local == (sa->role == INITIATOR);

    return ike2_message_body(&x->in, initiators ? IKE2_PAYLOAD_TSI : IKE2_PAYLOAD_TSR);
}

/* RFC 7296 2.9: what the request and a template share, if they do so on both sides. */
static bool narrow_to(const struct sa *sa, const struct exchange *x, uint32_t template_index,
                      struct child_stage *out)
{
    const ike2_child_config *cfg = &sa->peer->children[template_index];

    return ike2_narrow(ts_body(sa, x, true), cfg->ts_local, cfg->n_ts_local, &out->local) ==
               IKE2_OK &&
           ike2_narrow(ts_body(sa, x, false), cfg->ts_remote, cfg->n_ts_remote, &out->remote) ==
               IKE2_OK &&
           out->local.n != 0 && out->remote.n != 0;
}

/* The first that does. */
static bool choose_template(const struct sa *sa, const struct exchange *x)
{
    struct child_stage *stage = x->child;

    for (uint32_t i = 0; i < sa->peer->peer.n_children; i++) {
        if (narrow_to(sa, x, i, stage)) {
            stage->template_index = i;
            return true;
        }
    }
    return false;
}

enum verdict ike2_child_choose(struct sa *sa, struct exchange *x)
{
    struct child_stage *stage = x->child;

    if (stage == NULL)
        stage = x->child = ike2_child_stage_new(sa->host);
    if (stage == NULL)
        return VERDICT_RETRY;
    if (ike2_selectors_read(ts_body(sa, x, true), &stage->asked_local) != IKE2_OK ||
        ike2_selectors_read(ts_body(sa, x, false), &stage->asked_remote) != IKE2_OK)
        return refuse(stage, IKE2_NOTIFY_TS_UNACCEPTABLE, IKE2_REASON_SELECTORS, 0);
    if (!choose_template(sa, x) && (sa->peer->peer.asks & IKE2_ASKS_CHILD) == 0)
        return refuse_selectors(sa, x);
    return VERDICT_NEXT;
}

/* `given` within what the peer asked for. */
static bool narrow_further(const struct selectors *asked, const ike2_ts *given, size_t n,
                           struct selectors *out)
{
    if (n == 0)
        return out->n != 0;
    if (n > NARROW_MAX)
        return false;
    memcpy(out->ts, given, n * sizeof *given);
    out->n = n;
    return ike2_selectors_within(out, asked->ts, asked->n);
}

ike2_err ike2_child_accept(struct exchange *x, const ike2_child_spec *spec)
{
    struct sa *sa = x->sa;
    struct child_stage *stage = x->child;
    struct child_stage *probe;
    bool fits;

    if (spec == NULL)
        return stage->template_index != UINT32_MAX ? IKE2_OK : IKE2_ERR_ARGUMENT;
    if (spec->template_index >= sa->peer->peer.n_children)
        return IKE2_ERR_ARGUMENT;
    probe = ike2_child_stage_new(sa->host);
    if (probe == NULL)
        return IKE2_ERR_MEMORY;
    *probe = *stage;
    if (spec->template_index != stage->template_index &&
        !narrow_to(sa, x, spec->template_index, probe))
        probe->local.n = probe->remote.n = 0; /* nothing in common: selectors have to be given */
    fits = narrow_further(&stage->asked_local, spec->ts_local, spec->n_ts_local, &probe->local) &&
           narrow_further(&stage->asked_remote, spec->ts_remote, spec->n_ts_remote,
                          &probe->remote);
    if (fits) {
        stage->local = probe->local;
        stage->remote = probe->remote;
        stage->template_index = spec->template_index;
    }
    ike2_mem_release(&sa->host->mem, probe, sizeof *probe);
    return fits ? IKE2_OK : IKE2_ERR_ARGUMENT;
}

enum verdict ike2_child_ask(struct sa *sa, struct exchange *x)
{
    struct child_stage *stage = x->child;
    enum verdict v;

    if (stage->refusal != 0 || (sa->peer->peer.asks & IKE2_ASKS_CHILD) == 0)
        return VERDICT_NEXT;
    v = ike2_exchange_ask(x, IKE2_ASK_CHILD, 0, IKE2_NOTIFY_TS_UNACCEPTABLE,
                          IKE2_REASON_SELECTORS);
    if (v == VERDICT_REFUSE) /* of the child, not of the SA */
        return refuse(stage, x->refusal.notify, x->refusal.reason, x->refusal.trace);
    return v;
}

enum verdict ike2_child_make(struct sa *sa, struct exchange *x)
{
    struct child_stage *stage = x->child;
    ike2_bytes body = ike2_message_body(&x->in, IKE2_PAYLOAD_SA);
    struct select_args args;

    if (stage->refusal != 0)
        return VERDICT_NEXT;
    args = ike2_child_select_args(sa, x);
    if (ike2_select(&args, body, &stage->selection) != IKE2_OK)
        return refuse_proposal(sa, x, &args, body);
    if (stage->child == NULL &&
        ike2_child_new(sa, template_of(sa, stage)->tag, &stage->child) != IKE2_OK)
        return VERDICT_RETRY;
    stage->owns_child = true;
    return VERDICT_NEXT;
}

/* --- Both roles ---------------------------------------------------------------------- */

enum verdict ike2_child_get_spi(struct sa *sa, struct exchange *x)
{
    struct child_stage *stage = x->child;
    enum verdict v;

    if (stage->refusal != 0 || stage->child->pair.spi_in != 0)
        return VERDICT_NEXT;
    if (!sa->host->settings.ask_spi)
        return ike2_child_draw_spi(stage->child) == IKE2_OK ? VERDICT_NEXT : VERDICT_RETRY;
    v = ike2_exchange_ask(x, IKE2_ASK_SPI, 0, IKE2_NOTIFY_NO_PROPOSAL_CHOSEN,
                          IKE2_REASON_DATAPLANE);
    if (v == VERDICT_REFUSE && sa->role == RESPONDER)
        return refuse(stage, x->refusal.notify, x->refusal.reason, x->refusal.trace);
    return v;
}

enum verdict ike2_child_get_keys(struct sa *sa, struct exchange *x)
{
    struct child_stage *stage = x->child;
    const struct init_stage *init = sa->init;
    const struct keymat_args args = {
        .prf = sa->protection.suite.prf, .sk_d = sa->protection.keys.d,
        .ni = bytes_of(init->ni.octets, init->ni.len),
        .nr = bytes_of(init->nr.octets, init->nr.len),
    };

    if (stage->refusal != 0)
        return VERDICT_NEXT;
    if (ike2_child_prepare(stage->child, stage) != IKE2_OK)
        return VERDICT_RETRY;
    if (stage->keys.encr_i == NULL && stage->keys.integ_i == NULL &&
        ike2_child_keys_derive(sa->host->crypto, &stage->selection.suite, &args,
                               &stage->keys) != IKE2_OK)
        return VERDICT_RETRY;
    return VERDICT_NEXT;
}

/* --- Initiator ----------------------------------------------------------------------- */

/* RFC 7296 2.9: the responder may narrow, never widen. */
static bool answer_is_within(const struct sa *sa, const struct exchange *x)
{
    struct child_stage *stage = x->child;
    const ike2_child_config *cfg = template_of(sa, stage);

    return ike2_selectors_read(ts_body(sa, x, true), &stage->local) == IKE2_OK &&
           ike2_selectors_read(ts_body(sa, x, false), &stage->remote) == IKE2_OK &&
           stage->local.n != 0 && stage->remote.n != 0 &&
           ike2_selectors_within(&stage->local, cfg->ts_local, cfg->n_ts_local) &&
           ike2_selectors_within(&stage->remote, cfg->ts_remote, cfg->n_ts_remote);
}

enum verdict ike2_child_check(struct sa *sa, struct exchange *x)
{
    struct child_stage *stage = x->child;
    ike2_bytes body = ike2_message_body(&x->in, IKE2_PAYLOAD_SA);
    struct select_args args = ike2_child_select_args(sa, x);
    ike2_notify n;

    if (body.ptr == NULL) {
        if (!ike2_message_error(&x->in, &n))
            n = (ike2_notify){ .type = IKE2_NOTIFY_NO_PROPOSAL_CHOSEN };
        return refuse(stage, n.type, ike2_reason_of(n.type), ike2_note_notify_in(sa, &n));
    }
    stage->peer_has_it = true; /* if it does not suit us, a Delete is due */
    if (ike2_select_check(&args, body, &stage->selection) != IKE2_OK)
        return refuse_proposal(sa, x, &args, body);
    if (!answer_is_within(sa, x)) {
        stage->asked_local = stage->local;
        stage->asked_remote = stage->remote;
        return refuse_selectors(sa, x);
    }
    return VERDICT_NEXT;
}
