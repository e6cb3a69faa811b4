/* sa/auth.c - what both roles share of IKE_AUTH. RFC 7296 2.15. */
#include "sa/auth.h"

#include "base/bytes.h"
#include "sa/halfopen.h"
#include "sa/init.h"
#include "sa/note.h"

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

/* --- AUTH ---------------------------------------------------------------------------- */

ike2_err ike2_auth_compute(const struct sa *sa, bool by_initiator, ike2_bytes id_body,
                           const ike2_key *psk, struct auth_value *out)
{
    const struct init_stage *init = sa->init;
    bool by_us = by_initiator == (sa->role == INITIATOR);
    const struct nonce *nonce = by_initiator ? &init->nr : &init->ni;
    const struct sa_keys *keys = &sa->protection.keys;
    const struct auth_input in = {
        .prf = sa->protection.suite.prf,
        .message = by_us ? init->ours->datagrams[0] : bytes_of(init->peers, init->peers_len),
        .nonce = bytes_of(nonce->octets, nonce->len),
        .sk_p = by_initiator ? keys->pi : keys->pr,
        .id_body = id_body,
    };

    return ike2_psk_auth(sa->host->crypto, &in, psk, out->octets, &out->len);
}

ike2_err ike2_auth_sign(struct sa *sa, const struct exchange *x, struct auth_value *out)
{
    enum { GENERIC_HEADER = 4 };
    uint8_t type = sa->role == INITIATOR ? IKE2_PAYLOAD_IDI : IKE2_PAYLOAD_IDR;
    ike2_writer w;
    ike2_bytes payload;

    ike2_writer_init(&w, sa->host->out.ptr, sa->host->out.cap);
    ike2_id_write(&w, type, auth_local_id(sa, x));
    if (ike2_writer_end(&w, &payload) != IKE2_OK)
        return IKE2_ERR_SPACE;
    return ike2_auth_compute(sa, sa->role == INITIATOR,
                             bytes_of(payload.ptr + GENERIC_HEADER, payload.len - GENERIC_HEADER),
                             x->auth.psk_ours, out);
}

/* Peer text is escaped by ike2_id_text. */
static void id_text(const ike2_id *id, char text[ID_TEXT_MAX])
{
    if (id->type == 0)
        text[0] = '\0';
    else
        (void)ike2_id_text(id, text, ID_TEXT_MAX);
}

static enum verdict refuse_auth(struct sa *sa, struct exchange *x, const char *offered,
                                const char *difference)
{
    const struct note_refusal why = {
        .name = "policy.auth", .section = "RFC 7296 2.15", .offered = offered,
        .accepted = "pre-shared key", .difference = difference,
    };

    sa->host->stats.auth_failures++;
    return ike2_exchange_refuse(x, IKE2_NOTIFY_AUTHENTICATION_FAILED, IKE2_REASON_AUTH,
                                ike2_note_refusal(sa, &why));
}

enum verdict ike2_auth_verify(struct sa *sa, struct exchange *x)
{
    ike2_auth_payload auth;
    struct auth_value expected;

    if (ike2_auth_read(ike2_message_body(&x->in, IKE2_PAYLOAD_AUTH), &auth) != IKE2_OK)
        return ike2_exchange_refuse(x, IKE2_NOTIFY_INVALID_SYNTAX, IKE2_REASON_PROTOCOL, 0);
    if (auth.method != IKE2_AUTH_METHOD_SHARED_KEY)
        return refuse_auth(sa, x, "another authentication method",
                           "method: only the shared key message integrity code is accepted");
    if (ike2_auth_compute(sa, sa->role == RESPONDER, x->auth.id_body, x->auth.psk_peers,
                          &expected) != IKE2_OK)
        return VERDICT_RETRY;
    if (!bytes_equal_ct(auth.data, bytes_of(expected.octets, expected.len)))
        return refuse_auth(sa, x, "pre-shared key",
                           "AUTH value: the two sides do not have the same pre-shared key");
    return VERDICT_NEXT;
}

/* --- Identities ---------------------------------------------------------------------- */

static bool id_matches(const ike2_id *wanted, const ike2_id *claimed)
{
    return wanted->type == 0 ||
           (wanted->type == claimed->type && bytes_equal(wanted->data, claimed->data));
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
    if (sa->role == RESPONDER && x->auth.id_r.type != 0 &&
        !id_matches(&peer->local_id, &x->auth.id_r))
        return refuse_identity(sa, x, &x->auth.id_r, &peer->local_id);
    x->auth.id_r = sa->role == RESPONDER ? peer->local_id : x->auth.id_r;
    return VERDICT_NEXT;
}

/* --- Established --------------------------------------------------------------------- */

void ike2_auth_establish(struct sa *sa)
{
    struct host *host = sa->host;

    ike2_sa_enter(sa, STATE_UP);
    ike2_half_open_remove(sa);
    ike2_timer_set(host, &sa->clock.timers, TIMER_HALF_OPEN, IKE2_TIME_NEVER);
    if (sa->peer->peer.liveness_seconds != IKE2_NEVER)
        ike2_timer_set(host, &sa->clock.timers, TIMER_LIVENESS,
                       host->now + sa->peer->peer.liveness_seconds * UINT64_C(1000));
    sa->clock.established_at = host->now;
    ike2_output_push(host, &sa->events.up, IKE2_EVENT_SA_UP, sa);
}
