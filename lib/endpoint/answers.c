/* endpoint/answers.c - answers to questions, and jobs that come back. */
#include <string.h>

#include "endpoint/endpoint.h"
#include "sa/ask.h"
#include "sa/assignment.h"
#include "sa/exchange.h"
#include "sa/negotiate.h"
#include "sa/receive.h"

/* The open question `id`, which has to be one of `type`. */
static ike2_err ask_find(ike2_endpoint *ep, ike2_time now, ike2_ask_id id, uint32_t type,
                         struct ask **out)
{
    struct ask *ask = ike2_ask_find(&ep->host, id);

    endpoint_enter(ep, now);
    if (ask == NULL || ep->host.now >= ask->answer_by)
        return IKE2_ERR_STALE;
    if (type != 0 && ask->type != type)
        return IKE2_ERR_ARGUMENT;
    if (!ike2_outputs_have_room(&ep->host))
        return IKE2_ERR_LIMIT;
    *out = ask;
    return IKE2_OK;
}

const ike2_output *ike2_ask_get(ike2_endpoint *ep, ike2_ask_id id)
{
    const struct ask *ask = ike2_ask_find(&ep->host, id);
    ike2_output *view;

    if (ask == NULL)
        return NULL;
    view = &ep->host.outputs.again;
    *view = (ike2_output){ .type = ask->type };
    ike2_ask_fill(ask, view);
    return view;
}

ike2_err ike2_refuse(ike2_endpoint *ep, ike2_time now, ike2_ask_id id, uint16_t notify)
{
    struct ask *ask;
    ike2_err err = ask_find(ep, now, id, 0, &ask);

    if (err == IKE2_OK)
        ike2_ask_close(ask, ASK_REFUSED, notify);
    return err;
}

ike2_err ike2_answer_peer(ike2_endpoint *ep, ike2_time now, ike2_ask_id id, ike2_peer_id peer)
{
    struct definition *d = ike2_map_get(&ep->peers, peer);
    struct ask *ask;
    struct sa *sa;
    ike2_err err = ask_find(ep, now, id, 0, &ask);

    if (err != IKE2_OK)
        return err;
    if (ask->type != IKE2_ASK_PEER && ask->type != IKE2_ASK_IDENTITY)
        return IKE2_ERR_ARGUMENT;
    if (d == NULL && (peer != 0 || ask->type == IKE2_ASK_PEER))
        return peer == 0 ? IKE2_ERR_ARGUMENT : IKE2_ERR_STALE;
    sa = ask->exchange->sa;
    if (d != NULL) {
        ike2_definition_unref(&ep->host, ask->exchange->auth.former);
        ask->exchange->auth.former = sa->peer;
        sa->peer = ike2_definition_ref(d);
    }
    sa->intent.is_announced = true;
    ike2_ask_close(ask, ASK_ANSWERED, 0);
    return IKE2_OK;
}

/* A reference of our own, whichever way the secret came. */
static ike2_err secret_take(const ike2_crypto *c, const ike2_secret_answer *answer,
                            ike2_key **out)
{
    if ((answer->key != NULL) == (answer->octets.len != 0))
        return IKE2_ERR_ARGUMENT;
    if (answer->key == NULL)
        return c->key_import(c->user, IKE2_USE_PRF, answer->octets, out);
    c->key_ref(c->user, answer->key);
    *out = answer->key;
    return IKE2_OK;
}

ike2_err ike2_answer_secret(ike2_endpoint *ep, ike2_time now, ike2_ask_id id,
                            const ike2_secret_answer *answer)
{
    ike2_secret_answer full = { 0 };
    struct ask *ask;
    ike2_key *key = NULL;
    ike2_err err = ask_find(ep, now, id, IKE2_ASK_PSK, &ask);

    memcpy(&full, answer, answer->struct_size < sizeof full ? answer->struct_size : sizeof full);
    if (err == IKE2_OK)
        err = secret_take(ep->host.crypto, &full, &key);
    if (err != IKE2_OK)
        return err;
    if (ask->whose == IKE2_SECRET_OURS)
        ask->exchange->auth.psk_ours = key;
    else
        ask->exchange->auth.psk_peers = key;
    ike2_ask_close(ask, ASK_ANSWERED, 0);
    return IKE2_OK;
}

ike2_err ike2_answer_child(ike2_endpoint *ep, ike2_time now, ike2_ask_id id,
                           const ike2_child_spec *spec)
{
    ike2_child_spec full = { 0 };
    struct ask *ask;
    ike2_err err = ask_find(ep, now, id, IKE2_ASK_CHILD, &ask);

    if (spec != NULL)
        memcpy(&full, spec, spec->struct_size < sizeof full ? spec->struct_size : sizeof full);
    if (err == IKE2_OK)
        err = ike2_child_accept(ask->exchange, spec == NULL ? NULL : &full);
    if (err == IKE2_OK)
        ike2_ask_close(ask, ASK_ANSWERED, 0);
    return err;
}

ike2_err ike2_answer_config(ike2_endpoint *ep, ike2_time now, ike2_ask_id id,
                            const ike2_cfg_attr *attrs, size_t n)
{
    struct ask *ask;
    ike2_err err = ask_find(ep, now, id, IKE2_ASK_CONFIG, &ask);

    if (err == IKE2_OK)
        err = ike2_assignment_answer(ask->exchange, attrs, n);
    if (err == IKE2_OK)
        ike2_ask_close(ask, ASK_ANSWERED, 0);
    return err;
}

ike2_err ike2_answer_spi(ike2_endpoint *ep, ike2_time now, ike2_ask_id id, uint32_t spi_in)
{
    struct ask *ask;
    struct pair *pair;
    ike2_err err = ask_find(ep, now, id, IKE2_ASK_SPI, &ask);

    if (err != IKE2_OK)
        return err;
    pair = ask->exchange->child->pair;
    err = ike2_pair_take_spi(pair, spi_in);
    if (err != IKE2_OK)
        return err;
    pair->lane.is_reserved = true;
    ike2_ask_close(ask, ASK_ANSWERED, 0);
    return IKE2_OK;
}

/* --- Jobs ---------------------------------------------------------------------------- */

static ike2_err finish_work(ike2_job *job)
{
    struct exchange *x = job->exchange;
    bool is_late = job->host->now >= job->answer_by;

    ike2_job_return(job);
    if (x != NULL && is_late)
        x->work.job = NULL; /* its timer is due: the SA learns then */
    if (x == NULL || is_late) {
        ike2_job_release(job);
        return IKE2_ERR_STALE;
    }
    x->work.is_out = false;
    x->work.is_back = true;
    ike2_exchange_run(x);
    ike2_sa_unpark(x->sa);
    return IKE2_OK;
}

ike2_err ike2_endpoint_finish(ike2_endpoint *ep, ike2_time now, ike2_job *job)
{
    struct sa *sa;

    endpoint_enter(ep, now);
    if (job->kind != IKE2_JOB_DATAPLANE)
        return finish_work(job);
    sa = job->child->sa;
    ike2_job_return(job);
    ike2_lane_on_finished(job->child);
    ike2_sa_unpark(sa);
    return IKE2_OK;
}
