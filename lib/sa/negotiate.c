/* sa/negotiate.c - what Child SA comes out of a request and the templates. RFC 7296 1.2, 1.3, 2.7,
 * 2.9, 2.17. */
#include "sa/negotiate.h"

#include <string.h>

#include "base/bytes.h"
#include "sa/attempt.h"
#include "sa/auth.h"
#include "sa/init.h"
#include "sa/note.h"
#include "sa/split.h"
#include "sa/transport.h"

/* A child of IKE_AUTH; its nonces are those of IKE_SA_INIT. */
static bool is_first_child(const struct sa *sa)
{
    return sa->init != NULL;
}

/* No child comes of it: none was asked for, or it was refused. */
static bool has_ended(const struct child_stage *stage)
{
    return stage == NULL || stage->refusal.notify != 0;
}

static const ike2_child_config *template_of(const struct sa *sa, const struct child_stage *stage)
{
    return &sa->peer->children[stage->template_index];
}

struct select_args ike2_child_select_args(const struct sa *sa, const struct exchange *x)
{
    const ike2_child_config *cfg = template_of(sa, x->child);
    struct select_args args = {
        .crypto = sa->host->crypto, .protocol = IKE2_PROTOCOL_ESP, .spi_size = ESP_SPI_OCTETS,
        /* RFC 7296 1.2: the first Child SA has no key exchange of its own. */
        .without_ke = is_first_child(sa),
        .ours = { .list = cfg->proposals, .n = cfg->n_proposals },
        .policies = { sa->host->settings.policy, sa->peer->peer.policy },
        .query = { .protocol = IKE2_PROTOCOL_ESP, .answer = x->is_ours,
                   .rekeying = x->child->replaces != 0, .peer_tag = sa_peer_tag(sa),
                   .path = &x->path, .first_payload = x->in.first, .payloads = x->in.chain,
                   .ike = &sa->protection.suite,
                   .remote_id = is_first_child(sa) ? auth_remote_id(sa, x) : &sa->who.remote },
    };

    if (args.ours.n == 0)
        args.ours = ike2_default_proposals(IKE2_PROTOCOL_ESP);
    return args;
}

/* --- Refusals ------------------------------------------------------------------------ */

static enum verdict refuse_proposal(struct sa *sa, struct exchange *x,
                                    const struct select_args *args, ike2_bytes body)
{
    return ike2_stage_refuse(x->child, IKE2_NOTIFY_NO_PROPOSAL_CHOSEN, IKE2_REASON_PROPOSAL,
                             ike2_note_proposal(sa, args, body));
}

static enum verdict refuse_selectors(struct sa *sa, struct exchange *x)
{
    return ike2_stage_refuse(x->child, IKE2_NOTIFY_TS_UNACCEPTABLE, IKE2_REASON_SELECTORS,
                             ike2_note_selectors(sa, x->child));
}

void ike2_child_give_up(struct exchange *x)
{
    struct child_stage *stage = x->child;
    const struct stage_refusal *why = &stage->refusal;

    if (stage->child == NULL)
        return;
    if (stage->holds_pair)
        stage->holds_pair = stage->pair->is_held = false;
    stage->owns_child = false;
    ike2_child_end(stage->child, stage->peer_has_it, why->reason, why->notify, why->trace);
    stage->child = NULL;
}

/* --- Responder ----------------------------------------------------------------------- */

/* Which of the peer's two lists is about our side. */
static ike2_bytes ts_body(const struct exchange *x, bool local)
{
    bool is_initiators = local == x->is_ours;

    return ike2_message_body(&x->in, is_initiators ? IKE2_PAYLOAD_TSI : IKE2_PAYLOAD_TSR);
}

static bool read_selectors(const struct exchange *x, struct both_selectors *out)
{
    return ike2_selectors_read(ts_body(x, true), &out->local) == IKE2_OK &&
           ike2_selectors_read(ts_body(x, false), &out->remote) == IKE2_OK;
}

/* RFC 7296 2.9: what the request and `ours` share, if they do so on both sides. */
static bool narrow(struct child_stage *stage)
{
    ike2_narrow(&stage->asked.local, &stage->ours.local, &stage->local);
    ike2_narrow(&stage->asked.remote, &stage->ours.remote, &stage->remote);
    return stage->local.n != 0 && stage->remote.n != 0;
}

/* The peer's request with this template. In transport mode addresses are those of the packets. */
static bool fits_template(const struct sa *sa, const struct exchange *x, struct child_stage *stage,
                          uint32_t template_index)
{
    bool asked = ike2_transport_is_asked(x);

    stage->is_transport = asked && ike2_transport_is_allowed(sa, template_index);
    stage->original_local = stage->original_remote = (ike2_addr){ 0 };
    if (!read_selectors(x, &stage->asked))
        return false;
    if (stage->is_transport)
        ike2_transport_substitute(stage, sa);
    ike2_stage_allow_template(stage, sa, template_index);
    return narrow(stage);
}

/* RFC 7296 2.9: are the initiator's first choices part of what has been narrowed? */
static bool holds_first(const struct child_stage *stage)
{
    return ike2_selectors_hold(&stage->local, &stage->asked.local.ts[0]) &&
           ike2_selectors_hold(&stage->remote, &stage->asked.remote.ts[0]);
}

/* The first that fits and, if `with_first`, allows the first choices. */
static bool find_template(const struct sa *sa, const struct exchange *x, bool with_first)
{
    struct child_stage *stage = x->child;

    for (uint32_t i = 0; i < sa->peer->peer.n_children; i++) {
        if (fits_template(sa, x, stage, i) && (!with_first || holds_first(stage))) {
            stage->template_index = i;
            return true;
        }
    }
    return false;
}

static bool choose_template(const struct sa *sa, const struct exchange *x)
{
    return find_template(sa, x, true) || find_template(sa, x, false);
}

enum verdict ike2_child_choose(struct sa *sa, struct exchange *x)
{
    struct child_stage *stage = x->child;

    if (ike2_message_count(&x->in, IKE2_PAYLOAD_SA) == 0) /* RFC 6023: none is asked for */
        return VERDICT_NEXT;
    if (stage == NULL)
        stage = x->child = ike2_child_stage_new(sa->host);
    if (stage == NULL)
        return VERDICT_RETRY;
    if (stage->refusal.notify != 0) /* it has no address */
        return VERDICT_NEXT;
    if (!read_selectors(x, &stage->asked))
        return ike2_stage_refuse(stage, IKE2_NOTIFY_TS_UNACCEPTABLE, IKE2_REASON_SELECTORS, 0);
    if (!choose_template(sa, x) && (sa->peer->peer.asks & IKE2_ASKS_CHILD) == 0)
        return refuse_selectors(sa, x);
    return stage->template_index != UINT32_MAX ? ike2_split_require(sa, stage) : VERDICT_NEXT;
}

/* RFC 7296 2.9.2: what is carried now is carried by the new pair as well. */
static bool keeps_scope(const struct child_stage *stage)
{
    const struct both_selectors *old = &stage->ours;

    return ike2_selectors_within(&old->local, stage->local.ts, stage->local.n) &&
           ike2_selectors_within(&old->remote, stage->remote.ts, stage->remote.n);
}

enum verdict ike2_child_choose_again(struct sa *sa, struct exchange *x, const struct pair *old)
{
    struct child_stage *stage = x->child;

    stage->template_index = old->child->template_index;
    stage->replaces = old->view.spi_in;
    stage->is_transport = ike2_transport_is_asked(x) && old->view.transport;
    if (!read_selectors(x, &stage->asked))
        return ike2_stage_refuse(stage, IKE2_NOTIFY_TS_UNACCEPTABLE, IKE2_REASON_SELECTORS, 0);
    if (stage->is_transport)
        ike2_transport_substitute(stage, sa);
    ike2_stage_allow_pair(stage, old);
    return narrow(stage) && keeps_scope(stage) ? VERDICT_NEXT : refuse_selectors(sa, x);
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
        !fits_template(sa, x, probe, spec->template_index))
        probe->local.n = probe->remote.n = 0; /* nothing in common: selectors have to be given */
    fits = narrow_further(&probe->asked.local, spec->ts_local, spec->n_ts_local, &probe->local) &&
           narrow_further(&probe->asked.remote, spec->ts_remote, spec->n_ts_remote,
                          &probe->remote);
    if (fits) {
        *stage = *probe;
        stage->template_index = spec->template_index;
    }
    ike2_mem_release(&sa->host->mem, probe, sizeof *probe);
    return fits ? IKE2_OK : IKE2_ERR_ARGUMENT;
}

enum verdict ike2_child_ask(struct sa *sa, struct exchange *x)
{
    struct child_stage *stage = x->child;
    enum verdict v;

    if (has_ended(stage) || stage->replaces != 0 ||
        (sa->peer->peer.asks & IKE2_ASKS_CHILD) == 0)
        return VERDICT_NEXT;
    v = ike2_exchange_ask(x, IKE2_ASK_CHILD, 0, IKE2_NOTIFY_TS_UNACCEPTABLE,
                          IKE2_REASON_SELECTORS);
    if (v == VERDICT_REFUSE) /* of the child, not of the SA */
        return ike2_stage_refuse(stage, x->refusal.notify, x->refusal.reason, x->refusal.trace);
    return v;
}

/* A pair in the child that it is to be part of: the old one's, or a new one. */
static enum verdict make_pair(struct sa *sa, struct child_stage *stage)
{
    struct pair *old = stage->replaces == 0 ? NULL
                                            : ike2_map_get(&sa->host->esp_spis, stage->replaces);

    if (stage->child == NULL && old != NULL)
        stage->child = old->child;
    if (stage->child == NULL) {
        if (ike2_child_new(sa, stage->template_index, &stage->child) != IKE2_OK)
            return VERDICT_RETRY;
        stage->owns_child = true;
    }
    stage->pair = ike2_pair_new(stage->child, false);
    if (stage->pair == NULL) {
        if (stage->owns_child)
            ike2_child_discard(stage->child);
        stage->owns_child = false;
        stage->child = NULL;
        return VERDICT_RETRY;
    }
    stage->holds_pair = stage->pair->is_held = true;
    return VERDICT_NEXT;
}

enum verdict ike2_child_make(struct sa *sa, struct exchange *x)
{
    struct child_stage *stage = x->child;
    ike2_bytes body = ike2_message_body(&x->in, IKE2_PAYLOAD_SA);
    struct select_args args;

    if (has_ended(stage) || stage->pair != NULL)
        return VERDICT_NEXT;
    args = ike2_child_select_args(sa, x);
    args.wanted_ke = ike2_ke_of(&x->in).method;
    if (ike2_select(&args, body, &stage->selection) != IKE2_OK)
        return refuse_proposal(sa, x, &args, body);
    ike2_note_choice(sa, &args, &stage->selection);
    return make_pair(sa, stage);
}

/* A failed install is a failed negotiation. */
enum verdict ike2_child_await_install(struct exchange *x, uint16_t notify)
{
    struct child_stage *stage = x->child;
    const struct pair_lane *lane;
    uint16_t said;

    if (has_ended(stage))
        return VERDICT_NEXT;
    lane = &stage->pair->lane;
    x->waits_for_lane = lane->has == 0 && !lane->install_failed;
    if (x->waits_for_lane)
        return VERDICT_WAIT;
    if (!lane->install_failed)
        return VERDICT_NEXT;
    /* A job that is late is still the integrator's: nobody reads it here. */
    said = lane->is_late ? 0 : stage->child->lane.job->u.lane.verdict.notify;
    return ike2_stage_refuse(stage, said != 0 ? said : notify, IKE2_REASON_DATAPLANE, 0);
}

/* --- Both roles ---------------------------------------------------------------------- */

enum verdict ike2_child_get_spi(struct sa *sa, struct exchange *x)
{
    struct child_stage *stage = x->child;
    uint16_t notify;
    enum verdict v;

    if (has_ended(stage) || stage->pair->view.spi_in != 0)
        return VERDICT_NEXT;
    notify = is_first_child(sa)     ? IKE2_NOTIFY_NO_PROPOSAL_CHOSEN
             : stage->replaces != 0 ? IKE2_NOTIFY_TEMPORARY_FAILURE
                                    : IKE2_NOTIFY_NO_ADDITIONAL_SAS;
    if (!sa->host->settings.ask_spi)
        return ike2_pair_draw_spi(stage->pair) == IKE2_OK ? VERDICT_NEXT : VERDICT_RETRY;
    v = ike2_exchange_ask(x, IKE2_ASK_SPI, 0, notify, IKE2_REASON_DATAPLANE);
    if (v == VERDICT_REFUSE && !x->is_ours)
        return ike2_stage_refuse(stage, x->refusal.notify, x->refusal.reason, x->refusal.trace);
    return v;
}

/* Where the nonces are, and the secret if there is one. */
static const struct ke_stage *ke_of(const struct sa *sa, const struct exchange *x)
{
    if (is_first_child(sa))
        return &sa->init->ke;
    return x->is_ours ? &sa->exchanges.attempt->ke : &x->child->ke;
}

enum verdict ike2_child_get_keys(struct sa *sa, struct exchange *x)
{
    struct child_stage *stage = x->child;
    const struct ke_stage *ke;
    struct keymat_args args;

    if (has_ended(stage))
        return VERDICT_NEXT;
    ke = ke_of(sa, x);
    args = (struct keymat_args){
        .prf = sa->protection.suite.prf, .sk_d = sa->protection.keys.d,
        .shared = is_first_child(sa) ? NULL : ke->shared,
        .ni = nonce_bytes(&ke->ni), .nr = nonce_bytes(&ke->nr),
    };
    if (ike2_pair_prepare(stage->pair, stage) != IKE2_OK)
        return VERDICT_RETRY;
    if (stage->keys.encr_i == NULL && stage->keys.integ_i == NULL &&
        ike2_child_keys_derive(sa->host->crypto, &stage->selection.suite, &args,
                               &stage->keys) != IKE2_OK)
        return VERDICT_RETRY;
    return VERDICT_NEXT;
}

/* --- Who asks ------------------------------------------------------------------------ */

void ike2_child_write_request(ike2_writer *w, const struct sa *sa, const struct exchange *x)
{
    const struct child_stage *stage = x->child;
    const struct both_selectors *ours = &stage->ours;
    const struct select_args args = ike2_child_select_args(sa, x);
    uint8_t spi[ESP_SPI_OCTETS];

    spi_write(spi, stage->pair->view.spi_in);
    if (stage->is_transport)
        ike2_transport_write(w);
    if (ike2_proposals_write(&args, bytes_of(spi, sizeof spi), w) != IKE2_OK)
        w->failed = true;
    if (!is_first_child(sa)) {
        ike2_data_write(w, IKE2_PAYLOAD_NONCE, nonce_bytes(&sa->exchanges.attempt->ke.ni));
        if (sa->exchanges.attempt->ke.method != IKE2_KE_NONE)
            ike2_ke_write_ours(w, &sa->exchanges.attempt->ke);
    }
    ike2_ts_write(w, IKE2_PAYLOAD_TSI, ours->local.ts, ours->local.n);
    ike2_ts_write(w, IKE2_PAYLOAD_TSR, ours->remote.ts, ours->remote.n);
}

/* RFC 7296 2.9: the responder may narrow, never widen. */
static bool answer_is_within(struct exchange *x)
{
    struct child_stage *stage = x->child;
    const struct both_selectors *ours = &stage->ours;

    if (!read_selectors(x, &stage->asked))
        return false;
    if (stage->is_transport)
        ike2_transport_accept(stage, x->sa);
    return ike2_selectors_within(&stage->asked.local, ours->local.ts, ours->local.n) &&
           ike2_selectors_within(&stage->asked.remote, ours->remote.ts, ours->remote.n) &&
           narrow(stage);
}

static enum verdict refuse_tunnel(struct sa *sa, struct exchange *x)
{
    const struct note_refusal why = {
        .name = "policy.selectors", .section = "RFC 7296 1.3.1", .offered = "tunnel mode",
        .accepted = "transport mode",
        .difference = "mode: the peer declined transport mode, which the definition requires",
    };

    return ike2_stage_refuse(x->child, IKE2_NOTIFY_NO_PROPOSAL_CHOSEN, IKE2_REASON_SELECTORS,
                             ike2_note_refusal(sa, &why));
}

/* One that the peer knows as such: not one of an SA that was authenticated anew. */
static bool replaces_pair(const struct sa *sa, const struct child_stage *stage)
{
    const struct pair *old = stage->replaces == 0
                                 ? NULL
                                 : ike2_map_get(&sa->host->esp_spis, stage->replaces);

    return old != NULL && !old->is_orphan;
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
        return ike2_stage_refuse(stage, n.type, ike2_reason_of(n.type),
                                 ike2_note_notify_in(sa, &n));
    }
    stage->peer_has_it = true; /* if it does not suit us, a Delete is due */
    if (ike2_select_check(&args, body, &stage->selection) != IKE2_OK)
        return refuse_proposal(sa, x, &args, body);
    stage->is_transport = stage->is_transport && ike2_transport_is_asked(x);
    if (!answer_is_within(x) || (replaces_pair(sa, stage) && !keeps_scope(stage)))
        return refuse_selectors(sa, x);
    if (!stage->is_transport && template_of(sa, stage)->transport == IKE2_WANT_REQUIRE)
        return refuse_tunnel(sa, x);
    ike2_note_choice(sa, &args, &stage->selection);
    return VERDICT_NEXT;
}

/* --- Who answers --------------------------------------------------------------------- */

void ike2_child_write_response(ike2_writer *w, const struct exchange *x)
{
    const struct child_stage *stage = x->child;
    const ike2_pair *pair = &stage->pair->view;
    struct both_selectors *told = &x->child->asked; /* has served; its room is used again */
    uint8_t spi[ESP_SPI_OCTETS] = { 0 };
    ike2_proposal p = {
        .number = stage->selection.number, .protocol = IKE2_PROTOCOL_ESP,
        .spi = bytes_of(spi, sizeof spi), .transforms = stage->selection.transforms,
        .n_transforms = stage->selection.n_transforms,
    };

    spi_write(spi, pair->spi_in);
    if (pair->transport)
        ike2_transport_write(w);
    ike2_sa_write(w, &p, 1);
    if (x->sa->init == NULL) {
        ike2_data_write(w, IKE2_PAYLOAD_NONCE, nonce_bytes(&stage->ke.nr));
        if (stage->ke.method != IKE2_KE_NONE)
            ike2_ke_write_ours(w, &stage->ke);
    }
    ike2_transport_restore(pair, told);
    ike2_ts_write(w, IKE2_PAYLOAD_TSI, told->remote.ts, told->remote.n);
    ike2_ts_write(w, IKE2_PAYLOAD_TSR, told->local.ts, told->local.n);
}
