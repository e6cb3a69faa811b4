/* endpoint/commands.c - peers and commands of the integrator's. RFC 7296 1.2, 1.4.1, 2.4. */
#include <string.h>

#include "endpoint/endpoint.h"
#include "sa/create.h"
#include "sa/liveness.h"
#include "sa/init.h"
#include "sa/lifetime.h"
#include "sa/packet.h"

enum { NAT_PORT = 4500 };

/* --- Peers --------------------------------------------------------------------------- */

ike2_err ike2_peer_define(ike2_endpoint *ep, const ike2_peer_config *cfg, ike2_peer_id *out)
{
    struct host *host = &ep->host;
    struct definition *d;
    ike2_err err = ike2_definition_new(host, cfg, &d);

    if (err != IKE2_OK)
        return err;
    d->id = ++host->serial;
    err = ike2_map_add(&ep->peers, &host->mem, d->id, d);
    if (err != IKE2_OK) {
        ike2_definition_unref(host, d);
        return err;
    }
    *out = d->id;
    return IKE2_OK;
}

ike2_err ike2_peer_undefine(ike2_endpoint *ep, ike2_peer_id peer)
{
    struct definition *d = ike2_map_get(&ep->peers, peer);

    if (d == NULL)
        return IKE2_ERR_STALE;
    ike2_map_remove(&ep->peers, peer);
    d->id = 0;
    ike2_definition_unref(&ep->host, d);
    return IKE2_OK;
}

/* --- IKE SAs ------------------------------------------------------------------------- */

static bool connect_is_valid(const ike2_connect *c)
{
    return c->path != NULL && (c->path->remote.family == 4 || c->path->remote.family == 6) &&
           c->path->remote.port != 0 &&
           (c->path->encap == IKE2_ENCAP_NONE || c->path->encap == IKE2_ENCAP_UDP) &&
           (c->packet == NULL || ike2_packet_is_valid(c->packet));
}

ike2_err ike2_sa_connect(ike2_endpoint *ep, ike2_time now, const ike2_connect *given,
                         ike2_sa_id *out)
{
    struct host *host = &ep->host;
    ike2_connect connect = { 0 };
    struct definition *d;
    struct sa *sa;
    ike2_sa_id id;
    ike2_err err;

    memcpy(&connect, given,
           given->struct_size < sizeof connect ? given->struct_size : sizeof connect);
    if (!connect_is_valid(&connect))
        return IKE2_ERR_ARGUMENT;
    d = ike2_map_get(&ep->peers, connect.peer);
    if (d == NULL)
        return IKE2_ERR_STALE;
    if (!ike2_outputs_have_room(host))
        return IKE2_ERR_LIMIT;
    endpoint_enter(ep, now);
    err = ike2_sa_new(host, INITIATOR, connect.path, &sa);
    if (err != IKE2_OK)
        return err;
    sa->peer = ike2_definition_ref(d);
    sa->nat.port_local = connect.nat_port_local != 0 ? connect.nat_port_local
                                                     : host->settings.nat_port;
    sa->nat.port_remote = connect.nat_port_remote != 0 ? connect.nat_port_remote : NAT_PORT;
    sa->intent.is_announced = sa->intent.began = true;
    id = sa->id;
    err = ike2_packet_keep(host, connect.packet, &sa->init->packet);
    if (err == IKE2_OK)
        err = ike2_exchange_begin(sa, &ike2_init_connect, true, NULL);
    if (err != IKE2_OK) {
        ike2_sa_destroy(sa);
        return err;
    }
    host->stats.connects++;
    *out = id;
    return IKE2_OK;
}

static ike2_err sa_find(ike2_endpoint *ep, ike2_time now, ike2_sa_id id, struct sa **out)
{
    *out = ike2_map_get(&ep->host.sas, id);
    if (*out == NULL)
        return IKE2_ERR_STALE;
    if (sa_is_over(*out))
        return IKE2_ERR_STATE;
    endpoint_enter(ep, now);
    return IKE2_OK;
}

ike2_err ike2_sa_close(ike2_endpoint *ep, ike2_time now, ike2_sa_id id)
{
    struct sa *sa;
    ike2_err err = sa_find(ep, now, id, &sa);

    if (err == IKE2_OK && (sa->state == STATE_CLOSING || sa->intent.leave_reason != 0))
        err = IKE2_ERR_STATE;
    if (err == IKE2_OK)
        ike2_sa_leave(sa, IKE2_REASON_LOCAL, 0, 0);
    return err;
}

ike2_err ike2_sa_drop(ike2_endpoint *ep, ike2_time now, ike2_sa_id id)
{
    struct sa *sa;
    ike2_err err = sa_find(ep, now, id, &sa);

    if (err == IKE2_OK)
        ike2_sa_end(sa, IKE2_REASON_LOCAL, 0, 0);
    return err;
}

ike2_err ike2_sa_rekey(ike2_endpoint *ep, ike2_time now, ike2_sa_id id)
{
    struct sa *sa;
    ike2_err err = sa_find(ep, now, id, &sa);

    if (err == IKE2_OK && !sa_is_up(sa))
        err = IKE2_ERR_STATE;
    if (err == IKE2_OK && !ike2_outputs_have_room(&ep->host))
        err = IKE2_ERR_LIMIT;
    if (err != IKE2_OK)
        return err;
    sa->intent.wants_rekey = true;
    ike2_sa_settle(sa);
    return IKE2_OK;
}

ike2_err ike2_sa_reauth(ike2_endpoint *ep, ike2_time now, ike2_sa_id id)
{
    struct sa *sa;
    ike2_err err = sa_find(ep, now, id, &sa);

    if (err == IKE2_OK && (!sa_is_up(sa) || !sa->intent.began))
        err = IKE2_ERR_STATE;
    if (err == IKE2_OK && !ike2_outputs_have_room(&ep->host))
        err = IKE2_ERR_LIMIT;
    if (err != IKE2_OK)
        return err;
    sa->intent.wants_reauth = true;
    ike2_sa_settle(sa);
    return IKE2_OK;
}

ike2_err ike2_sa_probe(ike2_endpoint *ep, ike2_time now, ike2_sa_id id)
{
    struct sa *sa;
    ike2_err err = sa_find(ep, now, id, &sa);

    if (err == IKE2_OK && !sa_is_up(sa))
        err = IKE2_ERR_STATE;
    if (err == IKE2_OK && !ike2_outputs_have_room(&ep->host))
        err = IKE2_ERR_LIMIT;
    if (err == IKE2_OK)
        ike2_liveness_probe(sa);
    return err;
}

/* --- Child SAs ----------------------------------------------------------------------- */

ike2_err ike2_child_create(ike2_endpoint *ep, ike2_time now, ike2_sa_id id,
                           uint32_t template_index, ike2_child_id *out)
{
    return ike2_child_create_for(ep, now, id, template_index, NULL, out);
}

ike2_err ike2_child_create_for(ike2_endpoint *ep, ike2_time now, ike2_sa_id id,
                               uint32_t template_index, const ike2_packet *packet,
                               ike2_child_id *out)
{
    struct sa *sa;
    struct child *child;
    ike2_err err = sa_find(ep, now, id, &sa);

    if (err != IKE2_OK)
        return err;
    if (!sa_is_up(sa))
        return IKE2_ERR_STATE;
    if (template_index >= sa->peer->peer.n_children ||
        (packet != NULL && !ike2_packet_is_valid(packet)))
        return IKE2_ERR_ARGUMENT;
    if (sa->children.n >= ep->host.settings.limits.children_per_sa ||
        !ike2_outputs_have_room(&ep->host))
        return IKE2_ERR_LIMIT;
    err = ike2_child_new(sa, template_index, &child);
    if (err != IKE2_OK)
        return err;
    err = ike2_packet_keep(&ep->host, packet, &child->packet);
    if (err != IKE2_OK) {
        ike2_child_discard(child);
        return err;
    }
    *out = child->id;
    child->plan.wants_create = true;
    ike2_sa_settle(sa);
    return IKE2_OK;
}

ike2_err ike2_child_rekey(ike2_endpoint *ep, ike2_time now, ike2_child_id id, uint32_t spi_in)
{
    struct child *child = ike2_map_get(&ep->host.children, id);
    const struct pair *current;

    if (child == NULL)
        return IKE2_ERR_STALE;
    if (child->state != CHILD_UP)
        return IKE2_ERR_STATE;
    current = ike2_child_current(child);
    if (spi_in != 0 && spi_in != current->view.spi_in)
        return IKE2_ERR_STALE;
    if (!ike2_outputs_have_room(&ep->host))
        return IKE2_ERR_LIMIT;
    endpoint_enter(ep, now);
    ike2_create_plan_rekey(child, current->view.spi_in);
    child->plan.not_before = 0; /* also one that was put off after a refusal */
    ike2_sa_settle(child->sa);
    return IKE2_OK;
}

ike2_err ike2_child_close(ike2_endpoint *ep, ike2_time now, ike2_child_id id)
{
    struct child *child = ike2_map_get(&ep->host.children, id);

    if (child == NULL)
        return IKE2_ERR_STALE;
    if (child->state == CHILD_CLOSING || (child->state == CHILD_NEW && child->sa->init != NULL))
        return IKE2_ERR_STATE;
    endpoint_enter(ep, now);
    ike2_child_end(child, true, IKE2_REASON_LOCAL, 0, 0);
    ike2_sa_settle(child->sa);
    return IKE2_OK;
}

ike2_err ike2_child_report(ike2_endpoint *ep, ike2_time now, const ike2_report *given)
{
    ike2_report report = { 0 };
    struct pair *pair;
    struct sa *sa;
    ike2_err err;

    memcpy(&report, given,
           given->struct_size < sizeof report ? given->struct_size : sizeof report);
    pair = ike2_map_get(&ep->host.esp_spis, report.spi_in);
    if (pair == NULL || pair->state == PAIR_NEW)
        return IKE2_ERR_STALE;
    endpoint_enter(ep, now);
    sa = pair->child->sa;
    err = ike2_lifetime_report(pair, &report);
    ike2_sa_settle(sa);
    return err;
}
