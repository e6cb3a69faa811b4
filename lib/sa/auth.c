/* sa/auth.c - what both roles share of IKE_AUTH. RFC 7296 2.15. */
#include "sa/auth.h"

#include "base/bytes.h"
#include "sa/halfopen.h"
#include "sa/init.h"
#include "sa/note.h"
#include "sa/prove.h"
#include "sa/rekey.h"
#include "sa/renewal.h"

enum { ID_TEXT_MAX = 192 };

/* --- Pre-shared keys ----------------------------------------------------------------- */

static ike2_key *psk_of(const struct sa *sa, uint8_t whose)
{
    const ike2_peer_config *peer = &sa->peer->peer;

    return whose == IKE2_SECRET_OURS ? peer->psk_local : peer->psk_remote;
}

enum verdict ike2_auth_take_psk(struct sa *sa, struct exchange *x, uint8_t whose)
{
    ike2_key **at = whose == IKE2_SECRET_OURS ? &x->auth.psk_ours : &x->auth.psk_peers;
    ike2_key *key = psk_of(sa, whose);

    if (*at != NULL)
        return VERDICT_NEXT;
    if (key == NULL)
        return ike2_exchange_ask(x, IKE2_ASK_PSK, whose, IKE2_NOTIFY_AUTHENTICATION_FAILED,
                                 IKE2_REASON_AUTH);
    sa->host->crypto->key_ref(sa->host->crypto->user, key);
    *at = key;
    return VERDICT_NEXT;
}

/* --- Identities ---------------------------------------------------------------------- */

/* Peer text is escaped by ike2_id_text. */
static void id_text(const ike2_id *id, char text[ID_TEXT_MAX])
{
    if (id->type == 0)
        text[0] = '\0';
    else
        (void)ike2_id_text(id, text, ID_TEXT_MAX);
}

static bool id_matches(const ike2_id *wanted, const ike2_id *claimed)
{
    return wanted->type == 0 ||
           (wanted->type == claimed->type && bytes_equal(wanted->data, claimed->data));
}

/* RFC 7296 1.2: IDr in a request names whom the peer wants to talk to. */
static bool id_is_ours(const struct sa *sa, const ike2_id *wanted)
{
    const ike2_peer_config *peer = &sa->peer->peer;

    if (id_matches(&peer->local_id, wanted))
        return true;
    for (size_t i = 0; i < peer->n_credentials; i++) {
        const ike2_id *id = &sa->peer->credentials[i].id;

        if (id->type != 0 && id_matches(id, wanted))
            return true;
    }
    return false;
}

static enum verdict refuse_identity(struct sa *sa, struct exchange *x, const ike2_id *offered,
                                    const ike2_id *accepted)
{
    char offered_text[ID_TEXT_MAX], accepted_text[ID_TEXT_MAX];
    bool is_ours = accepted == &sa->peer->peer.local_id;
    struct note_refusal why = {
        .name = "policy.identity", .section = "RFC 7296 3.5",
        .offered = offered_text, .accepted = accepted_text,
        .difference = is_ours ? "our identity: the peer wants to talk to somebody else"
                              : "the peer's identity: not the one that was configured",
        .peer_change = accepted_text, .our_change = offered_text,
        .more = (const ike2_trace_field[]){
            field_text("side", is_ours ? "local" : "remote"),
            field_u64("offered_type", offered->type), field_u64("accepted_type", accepted->type),
        },
        .n_more = 3,
    };

    id_text(offered, offered_text);
    id_text(accepted, accepted_text);
    sa->host->stats.auth_failures++;
    return ike2_exchange_refuse(x, IKE2_NOTIFY_AUTHENTICATION_FAILED, IKE2_REASON_AUTH,
                                ike2_note_refusal(sa, &why));
}

enum verdict ike2_auth_check_identity(struct sa *sa, struct exchange *x)
{
    const ike2_peer_config *peer = &sa->peer->peer;
    enum verdict v;

    if ((peer->asks & IKE2_ASKS_IDENTITY) != 0 && !x->auth.identity_agreed) {
        v = ike2_exchange_ask(x, IKE2_ASK_IDENTITY, 0, IKE2_NOTIFY_AUTHENTICATION_FAILED,
                              IKE2_REASON_AUTH);
        if (v != VERDICT_NEXT)
            return v;
        x->auth.identity_agreed = true;
        peer = &sa->peer->peer; /* the answer may have brought another definition */
    }
    if (!id_matches(&peer->remote_id, auth_remote_id(sa, x)))
        return refuse_identity(sa, x, auth_remote_id(sa, x), &peer->remote_id);
    if (sa->role == RESPONDER && x->auth.id_r.type != 0 && !id_is_ours(sa, &x->auth.id_r))
        return refuse_identity(sa, x, &x->auth.id_r, &peer->local_id);
    x->auth.wanted = sa->role == RESPONDER ? x->auth.id_r : (ike2_id){ 0 };
    if (x->auth.id_r.type == 0)
        x->auth.id_r = peer->local_id; /* until a credential says more */
    return VERDICT_NEXT;
}

/* --- Established --------------------------------------------------------------------- */

void ike2_auth_note_methods(const struct exchange *x)
{
    x->sa->who.local_method = ike2_prove_method(x);
    x->sa->who.remote_method = x->auth.peer_method;
}

void ike2_auth_establish(struct sa *sa)
{
    struct host *host = sa->host;

    ike2_sa_enter(sa, STATE_UP);
    ike2_half_open_remove(sa);
    ike2_timer_set(host, &sa->clock.timers, TIMER_HALF_OPEN, IKE2_TIME_NEVER);
    if (sa->peer->peer.liveness_seconds != IKE2_NEVER)
        ike2_timer_set(host, &sa->clock.timers, TIMER_LIVENESS,
                       host->now + sa->peer->peer.liveness_seconds * UINT64_C(1000));
    sa->clock.established_at = sa->clock.keyed_at = host->now;
    ike2_rekey_plan(sa);
    ike2_renewal_plan(sa);
    if (sa->exchanges.renews != NULL)
        ike2_renewal_take_over(sa);
    else
        ike2_output_push(host, &sa->events.up, IKE2_EVENT_SA_UP, sa);
}
