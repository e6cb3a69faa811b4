#include "service.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "changes.h"
#include "assign.h"
#include "commands.h"
#include "common/order.h"
#include "common/outcome.h"
#include "common/privileges.h"
#include "common/status.h"
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

    log_event(&s->log, LEVEL_INFO, "stopped",
              json_pack("{s:I}", "unanswered", (json_int_t)s->host.unanswered));
    close_all(s);
}

static void on_signal(uv_signal_t *handle, int number)
{
    ike2_stats stats = IKE2_INIT(ike2_stats);
    struct service *s = handle->data;

    if (number == SIGHUP) {
        (void)service_reload(s, NULL, NULL);
        return;
    }
    (void)ike2_stats_get(s->host.ep, &stats);
    log_event(&s->log, LEVEL_INFO, "stopping", json_pack("{s:I}", "sas", (json_int_t)stats.sas));
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

/* Takes `changes`; what has not changed is not said. */
static void log_changes(const struct service *s, json_t *changes)
{
    json_t *fields = json_pack("{s:i}", "connections", (int)s->roster.current->n), *list;
    const char *key;

    json_object_foreach(changes, key, list)
    {
        if (json_array_size(list) > 0 && strcmp(key, "restart") != 0)
            (void)json_object_set(fields, key, list);
    }
    log_event(&s->log, LEVEL_INFO, "reloaded", fields);
    list = json_object_get(changes, "restart");
    if (json_array_size(list) > 0)
        log_event(&s->log, LEVEL_WARN, "restart-needed", json_pack("{s:O}", "options", list));
    json_decref(changes);
}

bool service_reload(struct service *s, json_t **changes, json_t *problems)
{
    struct generation *g = NULL;
    struct config *config;
    json_t *different;

    if (!config_read(s->paths.config, &config) || !roster_load(&s->provider, config, &s->log, &g)) {
        if (config != NULL)
            report(s, config, problems);
        config_free(config);
        return false;
    }
    different = changes_between(s->fixed, s->roster.current, g);
    if (!roster_adopt(&s->roster, g)) {
        report(s, config, problems);
        generation_free(g);
        json_decref(different);
        return false;
    }
    if (!assign_configure(&s->roster.pools, config))
        log_say(&s->log, LEVEL_ERROR, "out of memory: the pools stay as they were");
    s->log.level = config->log.level;
    s->log.json = config->log.json;
    if (changes != NULL)
        *changes = json_incref(different);
    log_changes(s, different);
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
    config.answer_unknown = c->answer_unknown ? IKE2_ON : IKE2_DEFAULT;
    config.half_open_ms = c->half_open_ms;
    config.ask_spi = plane_asks_spi(&s->plane);
    if (s->paths.journal != NULL) {
        s->host.journal = journal_open(s->paths.journal, s->provider.crypto, why);
        if (s->host.journal == NULL)
            return false;
    }
    if (!host_open(&s->host, &s->loop, &s->transport, &config, &s->handlers, why))
        return false;
    s->roster.host = &s->host;
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

static const struct connection *connection_of(void *user, uint64_t tag)
{
    const struct service *s = user;
    const struct roster_entry *e = roster_find(&s->roster, tag);

    return e != NULL ? e->connection : NULL;
}

static const struct connection *connection_at(void *user, size_t index)
{
    const struct service *s = user;
    const struct generation *g = s->roster.current;

    return index < g->n ? g->entries[index].connection : NULL;
}

static bool open_control(struct service *s, const char *path, struct problem *why)
{
    const struct control_config config = {
        .path = path,
        .sets = { { status_commands, n_status_commands, &s->book },
                  { order_commands, n_order_commands, &s->book },
                  { commands, n_commands, s } },
        .n_sets = 3,
    };

    s->book = (struct book){
        .host = &s->host,
        .plane = &s->plane,
        .started_at = host_now(),
        .connection = connection_of,
        .listed = connection_at,
        .user = s,
    };

    return control_open(&s->control, &s->loop, &config, why);
}

static bool open_pools(struct service *s, const struct config *c, struct problem *why)
{
    const ike2_crypto *crypto = s->provider.crypto;
    uint8_t octets[8];
    uint64_t seed;

    if (crypto->random(crypto->user, octets, sizeof octets) == IKE2_OK) {
        memcpy(&seed, octets, sizeof seed);
        if (pools_init(&s->roster.pools, seed) && assign_configure(&s->roster.pools, c))
            return true;
    }
    problem_set(why, "no memory, or no random octets, for the pools");
    return false;
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
    return adopt(s, g, why) && open_pools(s, c, why) && plane_start(&s->plane, &s->host, why) &&
           (c->control == NULL || open_control(s, c->control, why)) &&
           privileges_drop(strcmp(c->dataplane, "none") != 0 ? PRIVILEGES_ROUTES : PRIVILEGES_NONE,
                           why);
}

static void release(struct service *s)
{
    struct problem why;

    host_free(&s->host);
    if (!journal_close(s->host.journal, &why))
        log_say(&s->log, LEVEL_WARN, "%s", why.text);
    plane_free(&s->plane);
    roster_clear(&s->roster);
    if (!keylog_close(&s->keylog))
        log_say(&s->log, LEVEL_WARN,
                "no keys were logged: no SA got that far, or the library was "
                "built without IKE2_ENABLE_KEYLOG");
    provider_close(&s->provider);
    recent_clear(&s->failed.recent);
    json_decref(s->fixed);
    (void)uv_loop_close(&s->loop);
}

static int run(struct service *s, struct generation *g)
{
    struct problem why = { "" };
    bool ok;

    s->fixed = changes_fixed(g->config);
    ok = start(s, g, &why);

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
