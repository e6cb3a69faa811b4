/* ikev2-client - connects to an IKEv2 server, says each step of it, and explains what does not
 * work. Read `connect_to`, what is made and in which order; session.c, what happens then. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/order.h"
#include "common/outcome.h"
#include "common/privileges.h"
#include "common/status.h"
#include "session.h"

enum { N_SIGNALS = 4 };

struct client {
    struct options options;
    struct progress progress;
    struct keylog keylog;
    struct journal *journal;
    struct provider provider;
    struct credentials credentials;
    struct certificate ours;
    struct transport transport;
    struct plane plane;
    uv_loop_t loop;
    uv_signal_t signals[N_SIGNALS];
    size_t n_signals;
    struct control control;
    struct book book;
    struct session session;
};

static bool warn_or_fail(const struct client *c, bool ok, const struct problem *why)
{
    if (ok && why->text[0] != '\0')
        progress_warn(&c->progress, why);
    return ok;
}

/* --- Who we are ---------------------------------------------------------------------- */

static bool take_identity(struct client *c, struct problem *why)
{
    struct connection_local *local = &c->options.connection.local;
    struct identity *id = &local->id;
    ike2_bytes leaf;

    if (c->credentials.pairs.n == 0 || local->is_raw)
        return true;
    leaf = c->credentials.pairs.list[0].chain[0];
    if (!certificate_read(leaf, &c->ours) ||
        (id->id.type == 0 && !certificate_identity(leaf, id))) {
        problem_set(why, "%s names nobody: give --id", local->cert_files[0]);
        return false;
    }
    c->session.facts.ours = &c->ours;
    if (!certificate_holds(leaf, &id->id)) {
        problem_set(why,
                    "--id does not stand in the certificate, which is made out to %s%s%s: the "
                    "server will hardly believe it",
                    c->ours.subject, c->ours.names[0] != '\0' ? ", " : "", c->ours.names);
        progress_warn(&c->progress, why);
    }
    return true;
}

static bool load_credentials(struct client *c, struct problem *why)
{
    return provider_open(&c->provider, why) &&
           warn_or_fail(
               c, credentials_load(&c->credentials, &c->provider, &c->options.connection, why),
               why) &&
           take_identity(c, why);
}

/* --- Where it goes ------------------------------------------------------------------- */

/* With --always-on there may be an answer later. */
static bool resolve(struct client *c, struct problem *why)
{
    struct servers *s = &c->session.servers;
    ike2_addr numeric;

    s->host = c->options.host;
    if (!servers_find(s, why))
        return c->options.always_on;
    if (value_address(s->host, &numeric) != NULL)
        progress_tell(&c->progress, "resolved", "resolving",
                      json_pack("{s:s, s:I}", "host", s->host, "addresses", (json_int_t)s->n),
                      "%s: %zu address%s", s->host, s->n, s->n == 1 ? "" : "es");
    return true;
}

/* One pair for each family; without IPv6 here the others may still do. With --always-on the name
 * may stand for other addresses later. */
static bool open_sockets(struct client *c, struct problem *why)
{
    const ike2_addr any4 = { .family = 4 }, any6 = { .family = 6 };
    bool always = c->options.always_on;
    bool has4 = always || servers_have(&c->session.servers, 4);
    bool has6 = always || servers_have(&c->session.servers, 6);
    bool ok = true;

    if (has4)
        ok = transport_open(&c->transport, &any4, 0, 0, why);
    if (has6 && (udp_has_ipv6() || !has4))
        ok = ok && transport_open(&c->transport, &any6, 0, 0, why);
    return ok;
}

/* --- What carries the traffic -------------------------------------------------------- */

/* Marked datagrams go beside the tunnel, whatever routes lead into it. The mark is also the number
 * of the tunnel's routing table: each client has its own. */
static bool mark_sockets(struct client *c, uint32_t mark, struct problem *why)
{
    size_t i;

    for (i = 0; i < c->transport.n_sockets; i++) {
        if (setsockopt(c->transport.sockets[i].fd, SOL_SOCKET, SO_MARK, &mark, sizeof mark) != 0) {
            problem_set(why, "cannot mark our datagrams, which keeps them out of the tunnel: "
                             "root or CAP_NET_ADMIN is needed");
            return false;
        }
    }
    return true;
}

static bool open_plane(struct client *c, struct problem *why)
{
    const struct dataplane_ops *ops = dataplane_find(c->options.dataplane);
    struct dataplane_config config = { 0 };

    /* A script that has an interface makes routes, and one past the tunnel for the server. */
    config.no_routes = ops->interface != NULL && c->options.script != NULL;
    if (ops->needs_encap)
        c->options.connection.force_encap = true;
    if (ops != &dataplane_none) {
        config.mark = 0x1b000000u | ((uint32_t)getpid() & 0xffffffu);
        if (!mark_sockets(c, config.mark, why))
            return false;
    }
    return plane_open(&c->plane, ops, &config, c->provider.crypto, why);
}

/* --- The control socket --------------------------------------------------------------- */

static const struct connection *connection_of(void *user, uint64_t tag)
{
    const struct client *c = user;

    return tag == SESSION_TAG ? &c->options.connection : NULL;
}

static const struct connection *connection_at(void *user, size_t index)
{
    const struct client *c = user;

    return index == 0 ? &c->options.connection : NULL;
}

static bool open_control(struct client *c, struct problem *why)
{
    const struct control_config config = {
        .path = c->options.control,
        .sets = { { status_commands, n_status_commands, &c->book },
                  { order_commands, n_order_commands, &c->book } },
        .n_sets = 2,
    };

    c->book = (struct book){
        .host = &c->session.host,
        .plane = &c->plane,
        .started_at = host_now(),
        .connection = connection_of,
        .listed = connection_at,
        .user = c,
    };
    return config.path == NULL || control_open(&c->control, &c->loop, &config, why);
}

/* --- The loop ------------------------------------------------------------------------ */

static void on_signal(uv_signal_t *signal, int number)
{
    struct client *c = signal->data;

    if (number == SIGUSR1)
        session_rekey(&c->session);
    else if (number == SIGHUP)
        session_renew(&c->session);
    else
        session_stop(&c->session, number == SIGINT ? "interrupted by SIGINT" : "ended by SIGTERM");
}

static void on_over(void *user)
{
    struct client *c = user;
    size_t i;

    for (i = 0; i < c->n_signals; i++)
        uv_close((uv_handle_t *)&c->signals[i], NULL);
    control_close(&c->control);
}

/* Without --always-on the end of the terminal, SIGHUP, is that of the program. */
static void watch_signals(struct client *c)
{
    static const int numbers[N_SIGNALS] = { SIGINT, SIGTERM, SIGUSR1, SIGHUP };
    size_t i;

    c->n_signals = c->options.always_on ? N_SIGNALS : N_SIGNALS - 1;
    for (i = 0; i < c->n_signals; i++) {
        (void)uv_signal_init(&c->loop, &c->signals[i]);
        c->signals[i].data = c;
        (void)uv_signal_start(&c->signals[i], on_signal, numbers[i]);
    }
}

/* With everything open: until all is over. */
static int run(struct client *c)
{
    struct problem why = { "" };
    struct failure f;

    c->session.means = (struct session_means){
        .options = &c->options,
        .progress = &c->progress,
        .plane = &c->plane,
        .credentials = &c->credentials,
        .transport = &c->transport,
        .keylog = c->options.keylog_file != NULL ? &c->keylog : NULL,
        .journal = c->journal,
        .over = on_over,
        .over_user = c,
    };
    if (session_open(&c->session, &c->loop, &why)) {
        watch_signals(c);
        if (open_control(c, &why)) {
            session_start(&c->session);
        } else {
            failure_plain(EXIT_LOCAL, &why, "give --control another path", &f);
            session_give_up(&c->session, &f);
        }
    } else {
        failure_plain(EXIT_LOCAL, &why, "", &f);
        c->session.failure = f;
    }
    (void)uv_run(&c->loop, UV_RUN_DEFAULT);
    return session_finish(&c->session);
}

/* --- Start and end ------------------------------------------------------------------- */

static bool open_keylog(struct client *c, struct problem *why)
{
    return c->options.keylog_file == NULL || keylog_open(&c->keylog, c->options.keylog_file, why);
}

static bool open_journal(struct client *c, struct problem *why)
{
    if (c->options.journal_file == NULL)
        return true;
    c->journal = journal_open(c->options.journal_file, c->credentials.crypto, why);
    return c->journal != NULL;
}

static enum privileges privileges_of(const struct client *c)
{
    if (c->plane.dataplane->ops == &dataplane_none)
        return PRIVILEGES_NONE;
    return c->options.script != NULL ? PRIVILEGES_SCRIPT : PRIVILEGES_ROUTES;
}

static int connect_to(struct client *c)
{
    struct problem why = { "" };
    struct failure f;

    if (open_keylog(c, &why) && load_credentials(c, &why) && open_journal(c, &why) &&
        resolve(c, &why) && open_sockets(c, &why) && open_plane(c, &why) &&
        privileges_drop(privileges_of(c), &why))
        return run(c);
    transport_close(&c->transport);
    failure_plain(EXIT_LOCAL, &why, "", &f);
    failure_tell(&c->progress, &f);
    return EXIT_LOCAL;
}

static void end_journal(struct client *c)
{
    struct problem why;

    if (!journal_close(c->journal, &why))
        progress_warn(&c->progress, &why);
}

static void warn_no_keys(struct client *c)
{
    struct problem why;

    if (keylog_close(&c->keylog))
        return;
    problem_set(&why, "no keys were logged: no SA got that far, or the library was built without "
                      "IKE2_ENABLE_KEYLOG");
    progress_warn(&c->progress, &why);
}

int main(int argc, char **argv)
{
    static struct client c;
    struct problem why;
    int code = options_read(&c.options, argc, argv, &why);

    if (code > EXIT_OK)
        (void)fprintf(stderr, "ikev2-client: %s\n", why.text);
    c.progress.json = c.options.json;
    (void)signal(SIGPIPE, SIG_IGN); /* who stops reading does not end the connection */
    if (code < 0 && uv_loop_init(&c.loop) == 0) {
        code = connect_to(&c);
        (void)uv_loop_close(&c.loop);
    }
    end_journal(&c);
    plane_free(&c.plane);
    credentials_clear(&c.credentials);
    provider_close(&c.provider);
    warn_no_keys(&c);
    options_clear(&c.options);
    return code < 0 ? EXIT_LOCAL : code;
}
