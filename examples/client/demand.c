#include "demand.h"

#include "attempt.h"
#include "step.h"

static const uint64_t trap_tag = 1;

static void on_acquired(void *user, const struct dataplane_report *report)
{
    struct session *s = user;

    if (s->stage != SESSION_WAITING)
        return;
    s->stage = SESSION_CONNECTING;
    s->is_demanded = true;
    s->packet = (ike2_packet){ .local = report->local, .remote = report->remote };
    step_demanded(s, report);
    attempt_start(s);
}

/* The same as the Child SA that is to come. */
bool demand_begin(struct session *s, struct problem *why)
{
    const struct connection_child *child = &s->means.options->connection.children[0];
    struct selectors local = child->local_ts, remote = child->remote_ts;
    struct dataplane *d = s->means.plane->dataplane;
    struct dataplane_trap trap = {
        .tag = trap_tag,
        .path.remote = s->servers.list[0],
        .transport = child->transport == IKE2_WANT_REQUIRE,
    };
    struct fault fault = { "" };

    s->means.plane->acquired = on_acquired;
    s->means.plane->user = s;
    if (!udp_source(&trap.path.remote, &trap.path.local, why))
        return false;
    value_default_selectors(&local);
    value_default_selectors(&remote);
    trap.ts_local = local.list;
    trap.ts_remote = remote.list;
    trap.n_ts_local = local.n;
    trap.n_ts_remote = remote.n;
    if (d->ops->trap(d, &trap, true, &fault)) {
        step_waiting(s, &remote);
        return true;
    }
    problem_set(why, "the data plane '%s' cannot wait for traffic: %s", d->ops->name, fault.text);
    return false;
}
