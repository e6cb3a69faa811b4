#include "duo.h"

#include <stdlib.h>
#include <string.h>

#include "dataplane.h"

enum { IKE_PORT = 500, TIMERS_PER_TURN = 64 };

struct duo_datagram {
    struct duo_datagram *next;
    struct duo_side *to;
    ike2_path path; /* as the receiver sees it */
    size_t len;
    uint8_t octets[];
};

/* --- Life ---------------------------------------------------------------------------- */

/* 10.`n`.0.0/16 */
static ike2_ts net_of(size_t n)
{
    ike2_ts ts = { .type = IKE2_TS_IPV4_ADDR_RANGE, .port_last = UINT16_MAX };

    ts.first[0] = ts.last[0] = 10;
    ts.first[1] = ts.last[1] = (uint8_t)n;
    ts.last[2] = ts.last[3] = UINT8_MAX;
    return ts;
}

static ike2_err define_other(struct duo_side *s, const struct duo_who who[DUO_SIDES], size_t i)
{
    const struct duo_who *us = &who[i], *other = &who[1 - i];
    const ike2_ts local = net_of(i), remote = net_of(1 - i);
    ike2_child_config child = IKE2_INIT(ike2_child_config);
    ike2_peer_config peer = IKE2_INIT(ike2_peer_config);

    child.ts_local = &local;
    child.ts_remote = &remote;
    child.n_ts_local = child.n_ts_remote = 1;
    peer.tag = i;
    peer.local_id = us->id;
    peer.remote_id = other->id;
    peer.credentials = &us->own;
    peer.n_credentials = 1;
    peer.trusted = other->own.issuers;
    peer.n_trusted = other->own.n_issuers;
    peer.children = &child;
    peer.n_children = 1;
    return ike2_peer_define(s->ep, &peer, &s->peer);
}

ike2_err duo_open(struct duo *d, const struct duo_who who[DUO_SIDES],
                  const ike2_endpoint_config *like, ike2_time now)
{
    ike2_err err = IKE2_OK;

    *d = (struct duo){ 0 };
    d->end = &d->first;
    for (size_t i = 0; i < DUO_SIDES && err == IKE2_OK; i++) {
        struct duo_side *s = &d->sides[i];

        s->duo = d;
        s->addr = (ike2_addr){ .family = 4, .port = IKE_PORT, .ip = { 192, 0, 2, (uint8_t)i } };
        err = ike2_endpoint_new(like, now, &s->ep);
        if (err == IKE2_OK)
            err = define_other(s, who, i);
    }
    if (err != IKE2_OK)
        duo_close(d);
    return err;
}

void duo_close_side(struct duo_side *s)
{
    ike2_endpoint_free(s->ep);
    s->ep = NULL;
}

void duo_close(struct duo *d)
{
    for (size_t i = 0; i < DUO_SIDES; i++)
        duo_close_side(&d->sides[i]);
    while (d->first != NULL) {
        struct duo_datagram *next = d->first->next;

        free(d->first);
        d->first = next;
    }
    d->end = &d->first;
}

ike2_err duo_connect(struct duo *d, ike2_time now, ike2_sa_id *out)
{
    const ike2_path path = { .local = d->sides[0].addr, .remote = d->sides[1].addr };
    ike2_connect connect = IKE2_INIT(ike2_connect);

    connect.peer = d->sides[0].peer;
    connect.path = &path;
    return ike2_sa_connect(d->sides[0].ep, now, &connect, out);
}

/* --- The wire ------------------------------------------------------------------------ */

static struct duo_side *other(struct duo_side *s)
{
    return &s->duo->sides[s == &s->duo->sides[0] ? 1 : 0];
}

/* Without memory the datagram is lost. */
static void wire_put(struct duo_side *s, const ike2_path *path, ike2_bytes octets)
{
    struct duo_datagram *g = malloc(sizeof *g + octets.len);

    if (g == NULL)
        return;
    *g = (struct duo_datagram){ .to = other(s), .path = *path, .len = octets.len };
    g->path.local = path->remote;
    g->path.remote = path->local;
    memcpy(g->octets, octets.ptr, octets.len);
    *s->duo->end = g;
    s->duo->end = &g->next;
}

/* The first one arrives; false: there is none. */
static bool wire_deliver(struct duo *d, ike2_time now)
{
    struct duo_datagram *g = d->first;

    if (g == NULL)
        return false;
    d->first = g->next;
    if (d->first == NULL)
        d->end = &d->first;
    if (g->to->ep != NULL)
        (void)ike2_endpoint_input(g->to->ep, now, &g->path, (ike2_bytes){ g->octets, g->len });
    free(g);
    return true;
}

/* --- Outputs ------------------------------------------------------------------------- */

/* What every host does; true: that was all. */
static bool handle(struct duo_side *s, ike2_time now, const ike2_output *out)
{
    if (out->type == IKE2_SEND) {
        for (size_t i = 0; i < out->u.send.n_payloads; i++)
            wire_put(s, &out->u.send.path, out->u.send.payloads[i]);
    } else if (out->type == IKE2_ASK_PEER) {
        (void)ike2_answer_peer(s->ep, now, out->ask, s->peer);
    } else if (out->type > IKE2_ASK_PEER) {
        (void)ike2_refuse(s->ep, now, out->ask, 0);
    } else if (out->type == IKE2_JOB && ike2_job_lane(out->u.job) != NULL) {
        dataplane_do(out->u.job);
        (void)ike2_endpoint_finish(s->ep, now, out->u.job);
    } else {
        return false;
    }
    return true;
}

static const ike2_output *next_of(struct duo_side *s, ike2_time now)
{
    const ike2_output *out = NULL;

    while (s->ep != NULL && (out = ike2_endpoint_poll(s->ep)) != NULL && handle(s, now, out))
        ;
    return out;
}

const ike2_output *duo_next(struct duo *d, ike2_time now, struct duo_side **from)
{
    do {
        for (size_t i = 0; i < DUO_SIDES; i++) {
            const ike2_output *out = next_of(&d->sides[i], now);

            *from = &d->sides[i];
            if (out != NULL)
                return out;
        }
    } while (wire_deliver(d, now));
    return NULL;
}

/* --- Jobs and time ------------------------------------------------------------------- */

ike2_err duo_finish(struct duo_side *s, ike2_time now, ike2_job *job)
{
    if (s->ep != NULL)
        return ike2_endpoint_finish(s->ep, now, job);
    ike2_job_free(job);
    return IKE2_ERR_STALE;
}

ike2_time duo_deadline(const struct duo *d)
{
    ike2_time first = IKE2_TIME_NEVER;

    for (size_t i = 0; i < DUO_SIDES; i++) {
        const ike2_endpoint *ep = d->sides[i].ep;
        ike2_time at = ep == NULL ? IKE2_TIME_NEVER : ike2_endpoint_deadline(ep);

        first = at < first ? at : first;
    }
    return first;
}

void duo_expire(struct duo *d, ike2_time now)
{
    for (size_t i = 0; i < DUO_SIDES; i++) {
        if (d->sides[i].ep != NULL)
            ike2_endpoint_expire(d->sides[i].ep, now, TIMERS_PER_TURN);
    }
}
