#include "session.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <ike2/iana.h>

#include "attempt.h"
#include "children.h"
#include "common/outcome.h"
#include "demand.h"
#include "retry.h"
#include "step.h"

enum {
    CLOSE_MS = 3000, /* for the server's answer to our Delete */
    REFUSALS_MAX = 3 /* so many ICMP messages make one silence */
};

/* --- The end ------------------------------------------------------------------------- */

/* From here on only what must be undone is waited for. */
static void begin_closing(struct session *s)
{
    if (s->stage == SESSION_CLOSING || s->stage == SESSION_OVER)
        return;
    s->stage = SESSION_CLOSING;
    (void)uv_timer_stop(&s->timers.stage);
    (void)uv_timer_stop(&s->timers.attempt);
    (void)uv_timer_stop(&s->timers.childless);
    host_stop(&s->host, CLOSE_MS);
}

/* What is left of the connection goes, and so does what it would still have to say. */
static void abandon(struct session *s)
{
    s->is_up = false;
    s->attempt.is_abandoned = true;
    inside_exit(s);
    if (journal_sa_close(s->host.journal, s->host.ep, host_now(), s->attempt.sa) == IKE2_ERR_STATE)
        (void)journal_sa_drop(s->host.journal, s->host.ep, host_now(), s->attempt.sa);
}

void session_give_up(struct session *s, const struct failure *f)
{
    s->failure = *f;
    if (s->failure.code == EXIT_OK)
        s->failure.code = EXIT_OTHER;
    begin_closing(s);
}

void session_fail(struct session *s, const struct failure *f)
{
    if (!s->means.options->always_on || s->stage != SESSION_CONNECTING) {
        session_give_up(s, f);
        return;
    }
    abandon(s);
    retry_begin(s, f, false);
}

static void fail_plain(struct session *s, int code, const struct problem *why, const char *hint)
{
    struct failure f;

    failure_plain(code, why, hint, &f);
    session_fail(s, &f);
}

static const char *lost_text(uint8_t reason, const struct failure *f)
{
    switch (reason) {
    case IKE2_REASON_LOCAL: return "it was ended here";
    case IKE2_REASON_PEER: return "the server has ended it";
    case IKE2_REASON_REPLACED: return "another one has taken its place";
    default: return f->what;
    }
}

/* The connection has gone; with --always-on another one follows. */
static void lose(struct session *s, const struct failure *f, uint8_t reason, const char *text)
{
    step_lost(s, outcome_reason(reason), text);
    abandon(s);
    retry_begin(s, f, true);
}

void session_stop(struct session *s, const char *why)
{
    static const char hint[] = "nothing: somebody wanted us to end";
    struct problem interrupted = { "interrupted before the connection was up" };

    watch_tell(&s->watch, s->attempt.sa);
    if (s->stage == SESSION_CONNECTING && !s->means.options->always_on) {
        fail_plain(s, EXIT_OTHER, &interrupted, hint);
    } else if (s->stage != SESSION_CONNECTED && s->stage != SESSION_CLOSING) {
        begin_closing(s);
    } else if (s->stage == SESSION_CONNECTED) {
        progress_tell(s->means.progress, "disconnecting", "closing", json_pack("{s:s}", "why", why),
                      "%s", why);
        begin_closing(s);
    } else if (s->stage == SESSION_CLOSING) {
        host_stop(&s->host, 0);
    }
}

/* --- What somebody wishes ------------------------------------------------------------ */

void session_rekey(struct session *s)
{
    ike2_endpoint *ep = s->host.ep;
    ike2_time now = host_now();
    ike2_child_id child;

    if (s->stage != SESSION_CONNECTED)
        return;
    (void)journal_sa_rekey(s->host.journal, ep, now, s->attempt.sa);
    for (child = ike2_child_next(ep, s->attempt.sa, 0); child != 0;
         child = ike2_child_next(ep, s->attempt.sa, child))
        (void)journal_child_rekey(s->host.journal, ep, now, child, 0);
}

void session_renew(struct session *s)
{
    const struct problem told = { "told to connect anew" };
    struct failure f;

    s->retry.backoff.n = 0;
    if (s->stage == SESSION_RETRYING) {
        retry_now(s);
    } else if (s->stage == SESSION_CONNECTED) {
        failure_plain(EXIT_OK, &told, "", &f);
        lose(s, &f, IKE2_REASON_LOCAL, f.what);
    }
}

/* --- Events -------------------------------------------------------------------------- */

static void on_fetched(void *user, const char *url)
{
    step_fetched(user, url);
}

static void on_judged(void *user, const ike2_proof *proof, const ike2_verdict *verdict)
{
    struct session *s = user;

    s->facts.verdict = verdict->ok ? 0 : verdict->reason;
    s->facts.theirs = NULL;
    if (proof->n_certs > 0 && proof->certs[0].encoding == IKE2_CERT_X509_SIGNATURE &&
        certificate_read(proof->certs[0].data, &s->theirs))
        s->facts.theirs = &s->theirs;
    watch_tell(&s->watch, s->attempt.sa);
    if (verdict->ok && s->facts.theirs != NULL)
        step_certificate(s);
}

static void on_sa_up(void *user, const ike2_output *out)
{
    struct session *s = user;
    struct problem why = { "" };

    if (out->sa != s->attempt.sa)
        return;
    watch_tell(&s->watch, s->attempt.sa);
    s->is_up = true;
    step_authenticated(s, out);
    if (!children_begin(s, &why))
        fail_plain(s, EXIT_LOCAL, &why, "leave --childless out");
}

static void on_hold_over(uv_timer_t *timer)
{
    struct session *s = timer->data;

    session_stop(s, s->means.options->hold_seconds == 0 ? "nothing more to do: --once"
                                                        : "the time of --hold is over");
}

static void on_child_up(void *user, const ike2_output *out)
{
    struct session *s = user;

    if (out->sa != s->attempt.sa)
        return;
    if (s->stage == SESSION_CONNECTED)
        children_up(s, out);
    if (s->stage != SESSION_CONNECTING)
        return;
    watch_tell(&s->watch, s->attempt.sa);
    step_child(s, out->u.child.pair);
    inside_enter(s, out->u.child.pair);
}

/* Our addresses are in place. */
static void connected(struct session *s)
{
    s->stage = SESSION_CONNECTED;
    (void)uv_timer_stop(&s->timers.stage);
    (void)uv_timer_stop(&s->timers.attempt);
    step_connected(s);
    retry_connected(s);
    if (s->means.options->hold_seconds != IKE2_NEVER)
        (void)uv_timer_start(&s->timers.stage, on_hold_over,
                             s->means.options->hold_seconds * 1000ull, 0);
}

static void on_config(void *user, const ike2_output *out)
{
    struct session *s = user;

    if (out->sa != s->attempt.sa)
        return;
    watch_tell(&s->watch, s->attempt.sa);
    inside_take(s, out);
}

/* The IKE SA has not ended with its child. */
static void on_childless(uv_timer_t *timer)
{
    const struct problem closed = { "the server has closed the Child SA" };
    struct session *s = timer->data;
    struct failure f;

    if (children_any(s))
        return;
    failure_plain(EXIT_OK, &closed, "", &f);
    if (s->means.options->always_on)
        lose(s, &f, IKE2_REASON_PEER, f.what);
    else
        session_stop(s, closed.text);
}

/* The server refuses the child and keeps the IKE SA (RFC 7296 1.2), or ends the child later. We
 * have no use for an IKE SA alone. */
static void on_child_down(void *user, const ike2_output *out)
{
    struct session *s = user;
    struct failure f;

    if (out->sa != s->attempt.sa || !s->is_up)
        return; /* the IKE SA's own end follows, and says why */
    watch_tell(&s->watch, s->attempt.sa);
    if (s->stage == SESSION_CONNECTED) {
        children_down(s, out);
        (void)uv_timer_start(&s->timers.childless, on_childless, 0, 0);
    }
    if (s->stage != SESSION_CONNECTING)
        return;
    failure_of_down(out, &s->facts, &f);
    session_fail(s, &f);
}

/* No answer: is there another address? True if it goes on there. */
static bool try_next(struct session *s)
{
    struct problem why;
    char remote[UDP_ADDR_TEXT];

    if (!attempt_has_more(s) || s->watch.init.received > 0)
        return false;
    udp_addr_text(&s->servers.list[s->servers.at], remote, sizeof remote);
    problem_set(&why, "no answer from %s", remote);
    progress_warn(s->means.progress, &why);
    s->servers.at++;
    attempt_go_on(s);
    return true;
}

static void on_attempt_down(struct session *s, const ike2_output *out)
{
    struct failure f;
    ike2_output silence = *out;

    if (s->attempt.is_given_up)
        silence.u.sa.reason = IKE2_REASON_TIMEOUT; /* our patience, instead of the library's */
    if (silence.u.sa.reason == IKE2_REASON_TIMEOUT && try_next(s))
        return;
    failure_of_down(&silence, &s->facts, &f);
    session_fail(s, &f);
}

/* Did nobody answer our Delete? */
static bool is_late(const struct session *s)
{
    return s->host.unanswered > 0 && s->host.patience_ms > 0; /* a second signal has none */
}

static void on_sa_down(void *user, const ike2_output *out)
{
    struct session *s = user;
    struct failure f;

    if (out->sa != s->attempt.sa || s->attempt.is_abandoned)
        return;
    watch_tell(&s->watch, s->attempt.sa);
    if (s->stage == SESSION_CONNECTING) {
        on_attempt_down(s, out);
        return;
    }
    failure_of_down(out, &s->facts, &f);
    if (s->stage == SESSION_CONNECTED && s->means.options->always_on) {
        lose(s, &f, out->u.sa.reason, lost_text(out->u.sa.reason, &f));
        return;
    }
    if (s->is_up)
        step_disconnected(s, out, is_late(s));
    s->is_up = false;
    if (s->stage != SESSION_CONNECTED)
        return;
    if (f.code != EXIT_OK)
        s->failure = f;
    begin_closing(s);
}

static void on_sa_changed(void *user, const ike2_output *out)
{
    struct session *s = user;

    if (out->sa != s->attempt.sa)
        return;
    step_sa_changed(s, out);
    inside_change(s, out);
}

static void on_child_rekeyed(void *user, const ike2_output *out)
{
    step_child_rekeyed(user, out);
}

/* --- What the network says ----------------------------------------------------------- */

static void on_lost(void *user, const struct problem *why)
{
    struct session *s = user;

    (void)snprintf(s->facts.lost, sizeof s->facts.lost, "%s", why->text);
    progress_warn(s->means.progress, why);
}

/* Anybody can send ICMP messages. They end an attempt that nothing better came of. */
static void on_refused(void *user, const ike2_addr *remote, int error)
{
    struct session *s = user;
    bool is_final =
        error == ECONNREFUSED || error == EHOSTUNREACH || error == ENETUNREACH || error == EACCES;

    if (!is_final || s->stage != SESSION_CONNECTING)
        return;
    watch_tell(&s->watch, s->attempt.sa);
    s->facts.refused = error;
    udp_addr_text(remote, s->facts.refused_by, sizeof s->facts.refused_by);
    if (s->attempt.refusals++ == 0)
        progress_tell(
            s->means.progress, "refused", "ICMP",
            json_pack("{s:s, s:s}", "remote", s->facts.refused_by, "error", strerror(error)),
            "%s: %s; trying again", s->facts.refused_by, strerror(error));
    if (s->attempt.refusals >= REFUSALS_MAX && s->watch.init.received == 0)
        attempt_give_up(s);
}

/* --- From the host ------------------------------------------------------------------- */

static void on_job(void *user, ike2_job *job)
{
    struct session *s = user;

    plane_job(s->means.plane, &s->host, job);
}

static bool on_ask(void *user, const ike2_output *out)
{
    struct session *s = user;

    return out->type == IKE2_ASK_SPI && plane_ask_spi(s->means.plane, out);
}

static void on_esp(void *user, const ike2_path *path, ike2_bytes packet)
{
    struct session *s = user;

    plane_esp(s->means.plane, path, packet);
}

static struct trust *on_trust(void *user, uint64_t peer_tag)
{
    struct session *s = user;

    return peer_tag == SESSION_TAG ? s->means.credentials->trust : NULL;
}

static struct token *on_sign(void *user, const ike2_job *job)
{
    const struct session *s = user;

    return credentials_token(s->means.credentials, job);
}

static void on_unfetched(void *user, const struct problem *why)
{
    const struct session *s = user;

    progress_warn(s->means.progress, why);
}

static void on_unsigned(void *user, const ike2_job *job, const struct problem *why)
{
    struct session *s = user;

    (void)job; /* of the only IKE SA, or of that which takes its place */
    progress_warn(s->means.progress, why);
    (void)snprintf(s->facts.unsigned_job, sizeof s->facts.unsigned_job, "%s", why->text);
}

static void session_close(struct session *s)
{
    plane_close(s->means.plane);
    transport_close(s->means.transport);
    uv_close((uv_handle_t *)&s->timers.tell, NULL);
    uv_close((uv_handle_t *)&s->timers.stage, NULL);
    uv_close((uv_handle_t *)&s->timers.attempt, NULL);
    uv_close((uv_handle_t *)&s->timers.childless, NULL);
}

static void on_stopped(void *user)
{
    struct session *s = user;

    s->stage = SESSION_OVER;
    inside_leave(s);
}

static void on_left(struct session *s)
{
    host_close(&s->host);
    session_close(s);
    if (s->means.over != NULL)
        s->means.over(s->means.over_user);
}

/* --- Life cycle ---------------------------------------------------------------------- */

/* Steps are told soon, but not from inside of the library. */
static void on_tell(uv_timer_t *timer)
{
    struct session *s = timer->data;

    watch_tell(&s->watch, s->attempt.sa);
}

static void on_record(void *user, const ike2_trace_record *rec)
{
    struct session *s = user;

    watch_record(&s->watch, rec);
    if (s->watch.n_steps > 0 && s->stage != SESSION_OVER)
        (void)uv_timer_start(&s->timers.tell, on_tell, 0, 0);
}

static void on_keylog(void *user, const char *line)
{
    struct session *s = user;

    keylog_line(s->means.keylog, line);
}

static void set_handlers(struct session *s)
{
    s->handlers = (struct host_handlers){
        .user = s,
        .sa_up = on_sa_up,
        .sa_down = on_sa_down,
        .sa_changed = on_sa_changed,
        .config = on_config,
        .child_up = on_child_up,
        .child_rekeyed = on_child_rekeyed,
        .child_down = on_child_down,
        .ask = on_ask,
        .dataplane = on_job,
        .trust = on_trust,
        .token = on_sign,
        .unsigned_job = on_unsigned,
        .fetched = on_fetched,
        .unfetched = on_unfetched,
        .judged = on_judged,
        .esp = on_esp,
        .lost = on_lost,
        .stopped = on_stopped,
    };
}

static void init_timers(struct session *s, uv_loop_t *loop)
{
    (void)uv_timer_init(loop, &s->timers.tell);
    (void)uv_timer_init(loop, &s->timers.stage);
    (void)uv_timer_init(loop, &s->timers.attempt);
    (void)uv_timer_init(loop, &s->timers.childless);
    s->timers.childless.data = s;
    s->timers.tell.data = s->timers.stage.data = s->timers.attempt.data = s;
}

static bool open_host(struct session *s, uv_loop_t *loop, struct problem *why)
{
    ike2_endpoint_config cfg = IKE2_INIT(ike2_endpoint_config);

    s->trace = (ike2_trace){
        .struct_size = sizeof s->trace,
        .user = s,
        .classes = UINT64_MAX,
        .record = on_record,
        .keylog = s->means.keylog != NULL ? on_keylog : NULL,
    };
    cfg.crypto = s->means.credentials->crypto;
    cfg.trace = &s->trace;
    cfg.ask_spi = plane_asks_spi(s->means.plane);
    s->host.journal = s->means.journal;
    return host_open(&s->host, loop, s->means.transport, &cfg, &s->handlers, why);
}

static bool define_peer(struct session *s, struct problem *why)
{
    ike2_err err = connection_define(&s->means.options->connection, s->means.credentials,
                                     SESSION_TAG, 0, &s->host, &s->peer);

    if (err != IKE2_OK)
        problem_set(why, "the options do not make a connection: %s", ike2_strerror(err));
    return err == IKE2_OK;
}

static void start_on_demand(struct session *s)
{
    struct problem why = { "" };

    s->stage = SESSION_WAITING;
    if (!demand_begin(s, &why))
        fail_plain(s, EXIT_LOCAL, &why, "wait for less: see --remote-ts and --mode");
}

static void begin(struct session *s)
{
    if (s->means.options->on_demand)
        start_on_demand(s);
    else if (s->servers.n == 0)
        fail_plain(s, EXIT_LOCAL, &s->servers.found.why, "check the name, and the name servers");
    else
        attempt_start(s);
}

bool session_open(struct session *s, uv_loop_t *loop, struct problem *why)
{
    set_handlers(s);
    init_timers(s, loop);
    s->inside.begin = begin;
    s->inside.entered = connected;
    s->inside.left = on_left;
    s->inside.failed = fail_plain;
    inside_open(s, loop);
    s->facts.options = s->means.options;
    s->facts.watch = &s->watch;
    s->watch.progress = s->means.progress;
    s->watch.print_all = s->means.options->trace;
    s->watch.is_forced = s->means.options->connection.force_encap;
    if (open_host(s, loop, why)) {
        s->watch.ep = s->host.ep;
        transport_want_refusals(s->means.transport, on_refused, s);
        if (define_peer(s, why) && plane_start(s->means.plane, &s->host, why))
            return true;
        host_close(&s->host);
    }
    s->stage = SESSION_OVER;
    session_close(s);
    return false;
}

void session_start(struct session *s)
{
    inside_begin(s);
}

int session_finish(struct session *s)
{
    host_free(&s->host);
    if (s->failure.code != EXIT_OK)
        failure_tell(s->means.progress, &s->failure);
    return s->failure.code;
}
