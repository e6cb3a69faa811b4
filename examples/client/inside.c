#include "inside.h"

#include <string.h>

#include "common/outcome.h"
#include "session.h"
#include "step.h"

static const char hint_script[] = "see what it says above; without --script we set addresses and "
                                  "routes ourselves";

/* --- The script -------------------------------------------------------------------------- */

static bool has_script(const struct session *s)
{
    return s->inside.script.path != NULL;
}

static const struct dataplane *dataplane_of(const struct session *s)
{
    return s->means.plane->dataplane;
}

/* A script that has an interface sets addresses and routes on it. */
static bool script_sets_addresses(const struct session *s)
{
    return has_script(s) && dataplane_of(s)->ops->interface != NULL;
}

static bool tell(struct session *s, const char *reason, script_done *done)
{
    struct inside *in = &s->inside;
    const struct dataplane *d = dataplane_of(s);
    struct environment_facts facts = { .reason = reason, .gateway = &in->gateway };

    if (in->gateway.family == 0)
        facts.gateway = &s->servers.list[s->servers.at];
    if (d->ops->interface != NULL)
        facts.device = d->ops->interface(d, &facts.mtu);
    if (in->inner.n > 0 || in->remote.n > 0) {
        facts.inner = &in->inner;
        facts.remote = &in->remote;
        facts.assigned = in->is_assigned ? &in->assigned : NULL;
    }
    return script_run(&in->script, &facts, done);
}

/* Is it over, but for the script? Called when a run of it has ended. */
static bool is_leaving(struct session *s)
{
    struct inside *in = &s->inside;

    if (in->is_leaving && in->script.n == 0)
        in->left(s);
    return in->is_leaving;
}

void inside_open(struct session *s, uv_loop_t *loop)
{
    s->inside.script.path = s->means.options->script;
    s->inside.script.loop = loop;
    s->inside.script.limit_ms = SCRIPT_MS;
    s->inside.script.progress = s->means.progress;
    s->inside.script.user = s;
}

/* --- The beginning ----------------------------------------------------------------------- */

static void on_initialised(void *user, const struct problem *why)
{
    struct session *s = user;

    if (is_leaving(s) || s->stage == SESSION_CLOSING)
        return;
    if (why != NULL)
        s->inside.failed(s, EXIT_LOCAL, why, hint_script);
    else
        s->inside.begin(s);
}

void inside_begin(struct session *s)
{
    if (!has_script(s) || !tell(s, "pre-init", on_initialised))
        s->inside.begin(s);
}

/* --- Addresses --------------------------------------------------------------------------- */

static void keep_remote(struct selectors *out, const ike2_pair *pair)
{
    size_t i;

    out->n = pair->n_ts_remote < SELECTORS_MAX ? pair->n_ts_remote : SELECTORS_MAX;
    for (i = 0; i < out->n; i++)
        out->list[i] = pair->ts_remote[i];
}

/* What was asked for decides whether there has to be an address. */
static bool choose(const struct session *s, const ike2_pair *pair, struct inner *out,
                   struct problem *why)
{
    const struct inside *in = &s->inside;
    const struct options *o = s->means.options;

    if (o->connection.n_request == 0)
        return inner_choose(o, pair, out, why);
    if (in->is_assigned && assigned_has_address(&in->assigned))
        return inner_take(&in->assigned, pair, out, why);
    problem_set(why, "the server has assigned no address to us");
    return false;
}

static void on_told(void *user, const struct problem *why)
{
    struct session *s = user;
    struct inside *in = &s->inside;

    in->n_told--;
    if (is_leaving(s) || s->stage != SESSION_CONNECTING || !in->is_told || in->n_told > 0)
        return;
    if (why != NULL)
        s->inside.failed(s, EXIT_LOCAL, why, hint_script);
    else
        s->inside.entered(s);
}

void inside_enter(struct session *s, const ike2_pair *pair)
{
    struct inside *in = &s->inside;
    struct problem why = { "" };

    keep_remote(&in->remote, pair);
    in->gateway = pair->path.remote;
    if (!choose(s, pair, &in->inner, &why)) {
        in->failed(s, EXIT_SELECTORS, &why,
                   s->means.options->connection.n_request > 0
                       ? "configure a pool on the server; or give --address, or neither"
                       : "give another --address, or none");
        return;
    }
    if (!script_sets_addresses(s) && !inner_set(&in->inner, &in->set, s->means.plane, &why)) {
        in->failed(s, EXIT_LOCAL, &why, "run as root, or with the capability CAP_NET_ADMIN");
        return;
    }
    in->is_told = has_script(s) && tell(s, "connect", on_told);
    if (in->is_told)
        in->n_told++;
    else
        in->entered(s);
}

/* --- Changes ----------------------------------------------------------------------------- */

/* A script that fails while we are connected does not end the connection. */
static void on_change_told(void *user, const struct problem *why)
{
    struct session *s = user;

    if (why != NULL)
        progress_warn(s->means.progress, why);
    (void)is_leaving(s);
}

/* The server gave us other addresses: the old ones go, the new ones come. */
static void move(struct session *s, const struct inner *now)
{
    struct inside *in = &s->inside;
    struct problem why = { "" };

    if (in->is_told)
        (void)tell(s, "disconnect", on_change_told);
    if (!script_sets_addresses(s) && !inner_set(now, &in->set, s->means.plane, &why))
        progress_warn(s->means.progress, &why);
    in->inner = *now;
    if (in->is_told)
        (void)tell(s, "connect", on_change_told);
}

static bool is_same(const struct inner *a, const struct inner *b)
{
    return a->n == b->n && memcmp(a->list, b->list, a->n * sizeof a->list[0]) == 0;
}

/* The same families as before, with the addresses that are assigned now. */
static void renew(const struct inside *in, struct inner *now)
{
    const struct assigned *a = &in->assigned;
    size_t i;

    *now = in->inner;
    for (i = 0; i < now->n; i++) {
        const ike2_addr *ip = now->list[i].family == 4 ? &a->ip4 : &a->ip6;

        if (ip->family != 0)
            now->list[i] = *ip;
    }
}

void inside_take(struct session *s, const ike2_output *out)
{
    struct inside *in = &s->inside;
    struct problem why;
    struct inner now;

    assigned_read(&in->assigned, out->u.config.attrs, out->u.config.n);
    in->is_assigned = true;
    step_assigned(s, &in->assigned);
    if (in->assigned.ignored > 0) {
        problem_set(&why, "%u of the server's configuration attributes make no sense",
                    in->assigned.ignored);
        progress_warn(s->means.progress, &why);
    }
    renew(in, &now);
    if (s->stage == SESSION_CONNECTED && !is_same(&now, &in->inner))
        move(s, &now);
}

void inside_change(struct session *s, const ike2_output *out)
{
    struct inside *in = &s->inside;
    bool is_anew = out->type == IKE2_EVENT_SA_REKEYED && out->u.sa.how == IKE2_HOW_REAUTH;

    if (s->stage != SESSION_CONNECTED)
        return;
    in->gateway = out->u.sa.path->remote;
    if (in->is_told && in->script.n < 2 && (is_anew || out->type == IKE2_EVENT_SA_MOVED))
        (void)tell(s, "reconnect", on_change_told);
}

/* --- The end ----------------------------------------------------------------------------- */

/* One that was told to connect is told to disconnect, even if it failed: it may have done half of
 * it. */
void inside_exit(struct session *s)
{
    struct inside *in = &s->inside;

    if (in->is_told)
        (void)tell(s, "disconnect", on_change_told);
    in->is_told = in->is_assigned = false;
    in->inner.n = in->remote.n = 0;
    in->gateway = (ike2_addr){ 0 };
}

/* Our own addresses go with the data plane. */
void inside_leave(struct session *s)
{
    struct inside *in = &s->inside;

    inside_exit(s);
    in->is_leaving = true;
    if (in->script.n == 0)
        in->left(s);
}
