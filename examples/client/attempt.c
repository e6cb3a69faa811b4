#include "attempt.h"

#include "common/outcome.h"
#include "step.h"

enum { ATTEMPT_MS = 6000 }; /* for a first answer, as long as there are other addresses */

static const struct udp_socket *socket_of(const struct session *s, uint8_t family, uint8_t encap)
{
    size_t i;

    for (i = 0; i < s->means.transport->n_sockets; i++) {
        if (s->means.transport->sockets[i].local.family == family &&
            s->means.transport->sockets[i].encap == encap)
            return &s->means.transport->sockets[i];
    }
    return NULL;
}

/* From where to where; NAT detection hashes our address, so "any" would not do. */
static bool make_path(const struct session *s, ike2_path *path, uint16_t *natt_port,
                      struct problem *why)
{
    const ike2_addr *server = &s->servers.list[s->servers.at];
    const struct udp_socket *plain = socket_of(s, server->family, IKE2_ENCAP_NONE);
    const struct udp_socket *marked = socket_of(s, server->family, IKE2_ENCAP_UDP);

    *path = (ike2_path){ .remote = *server, .encap = IKE2_ENCAP_NONE };
    path->remote.port = s->means.options->port;
    if (plain == NULL || marked == NULL) {
        problem_set(why, "this machine does not speak IPv%u", server->family);
        return false;
    }
    if (!udp_source(server, &path->local, why))
        return false;
    path->local.port = plain->local.port;
    *natt_port = marked->local.port;
    return true;
}

/* Begins with the address that is due. */
static bool begin(struct session *s, struct problem *why)
{
    ike2_connect connect = IKE2_INIT(ike2_connect);
    ike2_path path;
    ike2_err err;

    watch_begin(&s->watch, s->attempt.sa);
    s->attempt.refusals = 0;
    s->attempt.is_given_up = s->attempt.is_abandoned = false;
    s->facts.refused = 0;
    s->facts.lost[0] = '\0';
    s->facts.unsigned_job[0] = '\0';
    if (!make_path(s, &path, &connect.nat_port_local, why))
        return false;
    step_connecting(s, &path);
    connect.peer = s->peer;
    connect.path = &path;
    connect.packet = s->is_demanded ? &s->packet : NULL;
    connect.nat_port_remote = s->means.options->natt_port;
    err = journal_sa_connect(s->host.journal, s->host.ep, host_now(), &connect, &s->attempt.sa);
    if (err != IKE2_OK)
        problem_set(why, "the library does not begin: %s", ike2_strerror(err));
    return err == IKE2_OK;
}

bool attempt_has_more(const struct session *s)
{
    return !s->servers.is_last && s->servers.at + 1 < s->servers.n;
}

void attempt_give_up(struct session *s)
{
    if (s->attempt.is_given_up || s->stage != SESSION_CONNECTING)
        return;
    s->attempt.is_given_up = true;
    (void)journal_sa_drop(s->host.journal, s->host.ep, host_now(), s->attempt.sa);
}

static void on_attempt_over(uv_timer_t *timer)
{
    struct session *s = timer->data;

    if (s->watch.init.received == 0)
        attempt_give_up(s);
}

static bool begin_one_of(struct session *s, struct problem *why)
{
    while (!begin(s, why)) {
        if (!attempt_has_more(s))
            return false;
        progress_warn(s->means.progress, why);
        s->servers.at++;
    }
    (void)uv_timer_stop(&s->timers.attempt);
    if (attempt_has_more(s))
        (void)uv_timer_start(&s->timers.attempt, on_attempt_over, ATTEMPT_MS, 0);
    return true;
}

void attempt_go_on(struct session *s)
{
    static const char hint[] = "check the address, and the routes of this machine";
    struct problem why = { "" };
    struct failure f;

    if (begin_one_of(s, &why))
        return;
    failure_plain(EXIT_LOCAL, &why, hint, &f);
    session_fail(s, &f);
}

static void on_too_late(uv_timer_t *timer)
{
    struct session *s = timer->data;

    s->servers.is_last = true;
    attempt_give_up(s);
}

/* Without a limit of its own the attempt lasts as long as the library has patience. */
void attempt_start(struct session *s)
{
    uint32_t seconds = s->means.options->timeout_seconds;

    s->begun_at = host_now();
    s->servers.at = 0;
    s->servers.is_last = false;
    if (seconds != 0 && seconds != IKE2_NEVER)
        (void)uv_timer_start(&s->timers.stage, on_too_late, seconds * 1000ull, 0);
    attempt_go_on(s);
}
