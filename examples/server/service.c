#include "service.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "common/outcome.h"
#include "common/privileges.h"
#include "events.h"
#include "notice.h"

enum { CLOSE_MS = 3000 }; /* for the peers' answers to our Deletes */

/* --- The end ----------------------------------------------------------------------------- */

static void close_all(struct service *s)
{
    size_t i;

    if (s->listening) {
        for (i = 0; i < sizeof s->signals / sizeof s->signals[0]; i++)
            uv_close((uv_handle_t *)&s->signals[i], NULL);
        host_close(&s->host);
    }
    s->listening = false;
    control_close(&s->control);
    plane_close(&s->plane);
    transport_close(&s->transport);
}

static void on_stopped(void *user)
{
    struct service *s = user;

    log_event(&s->log, LEVEL_INFO, "stopped", NULL);
    close_all(s);
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct service *s = handle->data;

    if (number == SIGHUP) {
        (void)service_reload(s, NULL);
        return;
    }
    log_event(&s->log, LEVEL_INFO, "stopping", NULL);
    notice_stopping();
    host_stop(&s->host, CLOSE_MS);
}

/* --- Reload ------------------------------------------------------------------------------ */

/* Takes all problems out of `c`. */
static void report(const struct service *s, const struct config *c, json_t *problems)
{
    char text[2 * PROBLEM_TEXT];
    size_t i;

    for (i = 0; i < c->n_problems; i++) {
        config_problem_text(&c->problems[i], text, sizeof text);
        log_say(&s->log, LEVEL_ERROR, "%s", text);
        if (problems != NULL)
            (void)json_array_append_new(problems, json_string(text));
    }
    log_say(&s->log, LEVEL_ERROR, "the configuration was not reloaded: the old one stays");
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* What was opened at the start stays as it is. */
static void warn_of_fixed(const struct service *s, const struct config *now,
                          const struct config *next)
{
    if (now->listen.n_addresses != next->listen.n_addresses ||
        memcmp(now->listen.addresses, next->listen.addresses, sizeof now->listen.addresses) != 0 ||
        now->listen.port != next->listen.port || now->listen.natt_port != next->listen.natt_port)
        log_say(&s->log, LEVEL_WARN, "listen, port and natt-port change with a restart only");
    if (!same_text(now->control, next->control) || !same_text(now->dataplane, next->dataplane))
        log_say(&s->log, LEVEL_WARN, "control and dataplane change with a restart only");
    if (memcmp(&now->limits, &next->limits, sizeof now->limits) != 0 ||
        now->cookie != next->cookie || now->half_open_ms != next->half_open_ms)
        log_say(&s->log, LEVEL_WARN, "limits and cookie change with a restart only");
}

bool service_reload(struct service *s, json_t *problems)
{
    struct config *config;
    struct generation *g = NULL;

    if (!config_read(s->config_path, &config) || !roster_load(&s->provider, config, &s->log, &g)) {
        if (config != NULL)
            report(s, config, problems);
        config_free(config);
        return false;
    }
    warn_of_fixed(s, s->roster.current->config, config);
    if (!roster_adopt(&s->roster, g)) {
        report(s, config, problems);
        generation_free(g);
        return false;
    }
    s->log.level = config->log.level;
    s->log.json = config->log.json;
    log_event(&s->log, LEVEL_INFO, "reloaded",
              json_pack("{s:i}", "connections", (int)s->roster.current->n));
    return true;
}

/* --- The start --------------------------------------------------------------------------- */

static bool open_sockets(struct service *s, const struct config *c, struct problem *why)
{
    static const ike2_addr everywhere[] = { { .family = 4 }, { .family = 6 } };
    const ike2_addr *list = c->listen.n_addresses > 0 ? c->listen.addresses : everywhere;
    size_t i, n = c->listen.n_addresses > 0 ? c->listen.n_addresses : udp_has_ipv6() ? 2 : 1;
    uint16_t port = c->listen.port, natt_port = c->listen.natt_port;

    for (i = 0; i < n; i++) {
        if (!transport_open(&s->transport, &list[i], port, natt_port, why))
            return false;
        port = s->transport.sockets[0].local.port; /* port 0: the free one found first serves all */
        natt_port = s->transport.sockets[1].local.port;
    }
    return true;
}

static bool open_plane(struct service *s, const struct config *c, struct problem *why)
{
    const struct dataplane_ops *ops = dataplane_find(c->dataplane);
    const struct dataplane_config config = {
        .interface_name = c->tun.interface_name,
        .interface_mtu = c->tun.mtu,
        .route_table = c->tun.route_table,
        .no_routes = c->tun.no_routes,
    };

    s->roster.force_encap = ops != NULL && ops->needs_encap;
    if (ops != NULL)
        return plane_open(&s->plane, ops, &config, s->provider.crypto, why);
    problem_set(why, "the data plane '%s' is not part of this build", c->dataplane);
    return false;
}

static bool open_host(struct service *s, const struct config *c, struct problem *why)
{
    ike2_endpoint_config config = IKE2_INIT(ike2_endpoint_config);

    s->trace = (ike2_trace){
        .struct_size = sizeof s->trace,
        .user = s,
        .classes = UINT64_MAX,
        .record = event_record,
        .keylog = s->keylog.file != NULL ? event_key : NULL,
    };
    s->handlers = event_handlers;
    s->handlers.user = s;
    s->handlers.stopped = on_stopped;
    config.crypto = s->provider.crypto;
    config.trace = &s->trace;
    config.limits = &c->limits;
    config.nat_port = s->transport.sockets[1].local.port;
    config.cookie = c->cookie;
    config.half_open_ms = c->half_open_ms;
    config.ask_spi = plane_asks_spi(&s->plane);
    if (!host_open(&s->host, &s->loop, &s->transport, &config, &s->handlers, why))
        return false;
    s->roster.ep = s->host.ep;
    s->roster.provider = &s->provider;
    return true;
}

static bool open_signals(struct service *s, struct problem *why)
{
    static const int numbers[] = { SIGTERM, SIGINT, SIGHUP };
    size_t i;
    int err = 0;

    for (i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        (void)uv_signal_init(&s->loop, &s->signals[i]);
        s->signals[i].data = s;
        if (err == 0)
            err = uv_signal_start(&s->signals[i], on_signal, numbers[i]);
    }
    s->listening = true;
    if (err != 0)
        problem_set(why, "cannot wait for signals: %s", uv_strerror(err));
    return err == 0;
}

static bool open_control(struct service *s, const char *path, struct problem *why)
{
    const struct control_config config = {
        .path = path, .commands = commands, .n_commands = n_commands, .user = s
    };

    return control_open(&s->control, &s->loop, &config, why);
}

static bool adopt(struct service *s, struct generation *g, struct problem *why)
{
    if (roster_adopt(&s->roster, g))
        return true;
    config_problem_text(&g->config->problems[0], why->text, sizeof why->text);
    generation_free(g);
    return false;
}

/* Takes `g`, whose configuration is `c`. */
static bool start(struct service *s, struct generation *g, struct problem *why)
{
    const struct config *c = g->config;

    if ((c->keylog_file != NULL && !keylog_open(&s->keylog, c->keylog_file, why)) ||
        !open_sockets(s, c, why) || !open_plane(s, c, why) || !open_host(s, c, why) ||
        !open_signals(s, why)) {
        generation_free(g);
        return false;
    }
    return adopt(s, g, why) && plane_start(&s->plane, &s->host, why) &&
           (c->control == NULL || open_control(s, c->control, why)) &&
           privileges_drop(strcmp(c->dataplane, "none") != 0, why);
}

static void release(struct service *s)
{
    host_free(&s->host);
    plane_free(&s->plane);
    roster_clear(&s->roster);
    if (!keylog_close(&s->keylog))
        log_say(&s->log, LEVEL_WARN,
                "no keys were logged: no SA got that far, or the library was "
                "built without IKE2_ENABLE_KEYLOG");
    provider_close(&s->provider);
    (void)uv_loop_close(&s->loop);
}

static int run(struct service *s, struct generation *g)
{
    struct problem why = { "" };
    bool ok = start(s, g, &why);

    s->started_at = host_now();
    if (ok) {
        notice_ready(&s->transport, s->json);
        log_event(&s->log, LEVEL_INFO, "ready",
                  json_pack("{s:i}", "connections", (int)s->roster.current->n));
    } else {
        notice_problem(s->json, &why);
        close_all(s);
    }
    (void)uv_run(&s->loop, UV_RUN_DEFAULT);
    return ok ? EXIT_OK : EXIT_LOCAL;
}

int service_run(struct service *s, struct config *config)
{
    struct generation *g = NULL;
    struct problem why = { "" };
    int code = EXIT_LOCAL;

    (void)uv_loop_init(&s->loop);
    s->log = (struct log){ .out = stderr, .level = config->log.level, .json = config->log.json };
    if (!provider_open(&s->provider, &why)) {
        notice_problem(s->json, &why);
        config_free(config);
    } else if (!roster_load(&s->provider, config, &s->log, &g)) {
        code = EXIT_USAGE;
        notice_config(config, s->json);
        config_free(config);
    } else {
        code = run(s, g);
    }
    release(s);
    return code;
}
