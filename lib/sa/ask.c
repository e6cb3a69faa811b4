/* sa/ask.c - questions: asked by an exchange, answered by the integrator or by the deadline. */
#include "sa/ask.h"

#include "sa/assignment.h"
#include "sa/receive.h"
#include "sa/stage.h"

ike2_err ike2_ask_open(struct exchange *x, uint32_t type, uint8_t whose)
{
    struct host *host = x->sa->host;
    struct ask *ask = &x->ask;
    ike2_ask_id id = ++host->serial;
    ike2_err err = ike2_map_add(&host->asks, &host->mem, id, ask);

    if (err != IKE2_OK)
        return err;
    *ask = (struct ask){
        .exchange = x, .id = id, .type = type, .whose = whose, .state = ASK_OPEN,
        .answer_by = host->now + host->settings.ask_ms,
    };
    ike2_output_push(host, &ask->out, type, ask);
    return IKE2_OK;
}

struct ask *ike2_ask_find(const struct host *host, ike2_ask_id id)
{
    return ike2_map_get(&host->asks, id);
}

void ike2_ask_close(struct ask *ask, enum ask_state outcome, uint16_t notify)
{
    struct exchange *x = ask->exchange;
    struct host *host = x->sa->host;

    ike2_map_remove(&host->asks, ask->id);
    ike2_output_withdraw(host, &ask->out);
    ask->state = outcome;
    ask->notify = notify;
    ike2_exchange_run(x);
    ike2_sa_unpark(x->sa);
}

void ike2_ask_cancel(struct exchange *x)
{
    struct host *host = x->sa->host;
    struct ask *ask = &x->ask;
    bool was_polled;

    if (ask->state != ASK_OPEN)
        return;
    was_polled = !list_node_is_linked(&ask->out.node);
    ike2_map_remove(&host->asks, ask->id);
    ike2_output_withdraw(host, &ask->out);
    ask->state = ASK_NONE;
    if (was_polled)
        ike2_output_cancel_ask(host, x->sa->id, ask->id);
}

static void ask_fill_peer(const struct exchange *x, ike2_output *out)
{
    out->sa = 0;
    out->u.ask_peer.path = x->path;
    out->u.ask_peer.message = (ike2_bytes){ .ptr = x->octets, .len = x->len };
}

static void ask_fill_secret(const struct exchange *x, ike2_output *out)
{
    bool initiator = x->sa->role == INITIATOR;

    out->u.ask_secret.local = initiator ? x->auth.id_i : x->auth.id_r;
    out->u.ask_secret.remote = initiator ? x->auth.id_r : x->auth.id_i;
    out->u.ask_secret.whose = x->ask.whose;
}

static void ask_fill_identity(const struct exchange *x, ike2_output *out)
{
    bool initiator = x->sa->role == INITIATOR;
    ike2_auth_payload auth;

    if (ike2_auth_read(ike2_message_body(&x->in, IKE2_PAYLOAD_AUTH), &auth) == IKE2_OK)
        out->u.ask_identity.method = auth.method;
    out->u.ask_identity.local = initiator ? x->auth.id_i : x->auth.id_r;
    out->u.ask_identity.remote = initiator ? x->auth.id_r : x->auth.id_i;
}

void ike2_ask_fill(const struct ask *ask, ike2_output *out)
{
    const struct exchange *x = ask->exchange;

    out->sa = x->sa->id;
    out->ask = ask->id;
    out->answer_by = ask->answer_by;
    out->peer_tag = sa_peer_tag(x->sa);
    switch (ask->type) {
    case IKE2_ASK_PEER:
        ask_fill_peer(x, out);
        break;
    case IKE2_ASK_PSK:
        ask_fill_secret(x, out);
        break;
    case IKE2_ASK_IDENTITY:
        ask_fill_identity(x, out);
        break;
    case IKE2_ASK_CONFIG:
        ike2_assignment_fill_ask(x, out);
        break;
    default:
        ike2_stage_fill_ask(x, out);
        break;
    }
}
