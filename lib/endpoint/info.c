/* endpoint/info.c - looking into an endpoint. */
#include <string.h>

#include <ike2/info.h>

#include "endpoint/endpoint.h"
#include "sa/child.h"

/* As much of `from` as the caller's structure has room for; its `struct_size` stays. */
static void info_copy(void *to, size_t to_size, const void *from, size_t from_size)
{
    memcpy(to, from, to_size < from_size ? to_size : from_size);
    memcpy(to, &to_size, sizeof to_size);
}

ike2_err ike2_sa_get(const ike2_endpoint *ep, ike2_sa_id id, ike2_sa_info *out)
{
    const struct sa *sa = ike2_map_get(&ep->host.sas, id);
    ike2_sa_info info;

    if (sa == NULL)
        return IKE2_ERR_STALE;
    info = (ike2_sa_info){
        .id = sa->id, .peer = sa->peer == NULL ? 0 : sa->peer->id, .peer_tag = sa_peer_tag(sa),
        .spi_local = sa_spi_local(sa), .spi_remote = sa_spi_remote(sa),
        .state = ike2_sa_state_name(sa->state), .local_id = sa->who.local,
        .remote_id = sa->who.remote, .initiator = sa->role == INITIATOR,
        .established = sa->clock.established_at != 0, .nat_local = sa->nat.local,
        .nat_remote = sa->nat.remote, .fragmentation = sa->intent.fragmentation,
        .local_method = sa->who.local_method, .remote_method = sa->who.remote_method,
        .full_transcript = sa->intent.full_transcript,
        .n_children = (uint32_t)sa->children.n, .retransmits = sa->clock.retransmits,
        .suite = sa->protection.suite, .path = sa->path, .created_at = sa->clock.created_at,
        .established_at = sa->clock.established_at, .last_in_at = sa->clock.last_in_at,
        .keyed_at = sa->clock.keyed_at, .rekey_at = sa->clock.timers.at[TIMER_REKEY],
        .reauth_at = sa->clock.timers.at[TIMER_REAUTH],
    };
    info_copy(out, out->struct_size, &info, sizeof info);
    return IKE2_OK;
}

ike2_sa_id ike2_sa_next(const ike2_endpoint *ep, ike2_sa_id after)
{
    const struct map_slot *slot = ike2_map_above(&ep->host.sas, after);

    return slot == NULL ? 0 : slot->key;
}

ike2_err ike2_child_get(const ike2_endpoint *ep, ike2_child_id id, ike2_child_info *out)
{
    const struct child *c = ike2_map_get(&ep->host.children, id);
    const struct pair *current;
    ike2_child_info info;

    if (c == NULL)
        return IKE2_ERR_STALE;
    current = ike2_child_current(c);
    info = (ike2_child_info){
        .id = c->id, .sa = c->sa->id, .tag = c->tag, .state = ike2_child_state_name(c),
        .pair = current == NULL ? NULL : &current->view, .created_at = c->created_at,
        .rekey_at = current == NULL ? IKE2_TIME_NEVER : current->times.rekey_at,
    };
    info_copy(out, out->struct_size, &info, sizeof info);
    return IKE2_OK;
}

/* Its children are few, and in no order. */
static ike2_child_id next_of_sa(struct sa *sa, ike2_child_id after)
{
    ike2_child_id next = 0;

    SA_EACH_CHILD (c, sa) {
        if (c->id > after && (next == 0 || c->id < next))
            next = c->id;
    }
    return next;
}

ike2_child_id ike2_child_next(const ike2_endpoint *ep, ike2_sa_id sa, ike2_child_id after)
{
    const struct map_slot *slot;
    struct sa *owner;

    if (sa != 0) {
        owner = ike2_map_get(&ep->host.sas, sa);
        return owner == NULL ? 0 : next_of_sa(owner, after);
    }
    slot = ike2_map_above(&ep->host.children, after);
    return slot == NULL ? 0 : slot->key;
}

ike2_err ike2_stats_get(const ike2_endpoint *ep, ike2_stats *out)
{
    ike2_stats stats = ep->host.stats;

    stats.octets_held = ep->host.mem.octets_held;
    stats.outputs_queued = ep->host.outputs.n;
    info_copy(out, out->struct_size, &stats, sizeof stats);
    return IKE2_OK;
}
