#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <ike2/iana.h>

#include "settings.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

enum { STRINGS_PER_BLOCK = 64 };

/* Paths, made absolute to the file they stand in. */
struct config_store {
    struct settings settings;
    char **strings;
    size_t n, cap;
};

/* What a value is for. */
struct target {
    struct config *config;
    struct connection *connection;
    struct connection_child *child;
    const struct setting *setting;
    const char *value;
    bool alone; /* no other value of this option in this section */
};

/* --- Problems ---------------------------------------------------------------------------- */

void config_complain(struct config *c, struct source_place place, const char *format, ...)
{
    struct config_problem *p;
    va_list args;

    if (c->n_problems == CONFIG_PROBLEMS_MAX)
        return;
    p = &c->problems[c->n_problems++];
    p->place = place;
    va_start(args, format);
    (void)vsnprintf(p->why.text, sizeof p->why.text, format, args);
    va_end(args);
}

void config_problem_text(const struct config_problem *p, char *text, size_t cap)
{
    if (p->place.line != 0)
        (void)snprintf(text, cap, "%s:%u: %s", p->place.file, p->place.line, p->why.text);
    else
        (void)snprintf(text, cap, "%s: %s", p->place.file, p->why.text);
}

/* --- Values ------------------------------------------------------------------------------ */
/* Each returns NULL, or what is wrong: "it ...". */

/* Takes `text`; NULL without memory. */
static const char *keep(struct config_store *store, char *text)
{
    if (text != NULL && store->n == store->cap) {
        char **grown = realloc(store->strings, (store->cap + STRINGS_PER_BLOCK) * sizeof *grown);

        if (grown == NULL) {
            free(text);
            return NULL;
        }
        store->strings = grown;
        store->cap += STRINGS_PER_BLOCK;
    }
    if (text != NULL)
        store->strings[store->n++] = text;
    return text;
}

static const char *take_path(const struct target *t, const char **out)
{
    const char *file = source_place(&t->config->source, t->setting->line).file;
    const char *slash = t->value[0] == '/' ? NULL : strrchr(file, '/');
    char *path = NULL;

    if (t->value[0] == '\0')
        return "is empty: write a path";
    if (asprintf(&path, "%.*s%s", slash != NULL ? (int)(slash + 1 - file) : 0, file, t->value) < 0)
        path = NULL;
    *out = keep(t->config->store, path);
    return *out != NULL ? NULL : "does not fit into memory";
}

static const char *take_file(const struct target *t, const char **out)
{
    static char said[PROBLEM_TEXT];
    const char *wrong = take_path(t, out);

    if (wrong != NULL || access(*out, R_OK) == 0)
        return wrong;
    (void)snprintf(said, sizeof said, "cannot be read (%s): %s", *out, strerror(errno));
    return said;
}

static const char *add_file(const struct target *t, const char **list, size_t *n)
{
    if (*n == FILES_MAX)
        return "is one file too many: put the certificates into one";
    return take_file(t, &list[(*n)++]);
}

static const char *add_address(const struct target *t, struct config_listen *listen)
{
    if (listen->n_addresses == TRANSPORT_PAIRS_MAX)
        return "is one address too many: 16 will do";
    return value_address(t->value, &listen->addresses[listen->n_addresses++]);
}

/* "default" is the empty list. */
static const char *add_proposal(const struct target *t, uint8_t protocol, struct proposals *out)
{
    const char *wrong;

    if (strcmp(t->value, "default") != 0) {
        wrong = value_proposal(t->value, protocol, out);
        if (wrong == NULL)
            out->lines[out->n - 1] = t->setting->line;
        return wrong;
    }
    return t->alone ? NULL : "stands alone: the library's proposals are not mixed with others";
}

static const char *take_name(const struct target *t, size_t most, const char **out)
{
    if (t->value[0] == '\0' || strlen(t->value) > most)
        return "is empty or too long";
    *out = t->setting->value;
    return NULL;
}

static const char *choose(const struct target *t, const char *const *words, size_t n, size_t *out)
{
    return value_word(t->value, words, n, out);
}

/* --- Options, by section ----------------------------------------------------------------- */

static const char *take_control(const struct target *t)
{
    if (strcmp(t->value, "none") != 0)
        return take_path(t, &t->config->control);
    t->config->control = NULL;
    return NULL;
}

static const char *take_dataplane(const struct target *t)
{
    static const char *const words[] = { "none", "tun", "xfrm" };
    size_t index = 0;
    const char *wrong = choose(t, words, COUNT(words), &index);

    if (wrong == NULL)
        t->config->dataplane = words[index];
    return wrong;
}

static const char *take_cookie(const struct target *t)
{
    static const char *const words[] = { "auto", "always", "never" };
    static const ike2_toggle values[] = { IKE2_DEFAULT, IKE2_ON, IKE2_OFF };
    size_t index = 0;
    const char *wrong = choose(t, words, COUNT(words), &index);

    if (wrong == NULL)
        t->config->cookie = values[index];
    return wrong;
}

static const char *take_log_level(const struct target *t)
{
    size_t index = 0;
    const char *wrong = choose(t, log_levels, LEVELS, &index);

    if (wrong == NULL)
        t->config->log.level = (enum log_level)index;
    return wrong;
}

static const char *take_log_format(const struct target *t)
{
    static const char *const words[] = { "text", "json" };
    size_t index = 0;
    const char *wrong = choose(t, words, COUNT(words), &index);

    if (wrong == NULL)
        t->config->log.json = index == 1;
    return wrong;
}

static const char *apply_top(const struct target *t)
{
    struct config *c = t->config;

    switch (t->setting->row->id) {
    case OPTION_LISTEN: return add_address(t, &c->listen);
    case OPTION_PORT: return value_u16(t->value, 0, &c->listen.port);
    case OPTION_NATT_PORT: return value_u16(t->value, 0, &c->listen.natt_port);
    case OPTION_CONTROL: return take_control(t);
    case OPTION_DATAPLANE: return take_dataplane(t);
    case OPTION_COOKIE: return take_cookie(t);
    case OPTION_LOG_LEVEL: return take_log_level(t);
    case OPTION_LOG_FORMAT: return take_log_format(t);
    default: /* OPTION_KEYLOG */ return take_path(t, &c->keylog_file);
    }
}

static const char *take_limit(const struct target *t, uint32_t *out)
{
    return value_number(t->value, 1, 1000000, out);
}

static const char *take_half_open_time(const struct target *t)
{
    uint32_t seconds = 0;
    const char *wrong = value_seconds(t->value, 1, &seconds);

    if (wrong == NULL && seconds > 3600)
        return "is too long: an hour at most";
    if (wrong == NULL)
        t->config->half_open_ms = seconds * 1000u;
    return wrong;
}

static const char *apply_limits(const struct target *t)
{
    ike2_limits *limits = &t->config->limits;

    switch (t->setting->row->id) {
    case OPTION_SAS: return take_limit(t, &limits->sas);
    case OPTION_HALF_OPEN: return take_limit(t, &limits->half_open);
    case OPTION_HALF_OPEN_COOKIE: return take_limit(t, &limits->half_open_cookie);
    case OPTION_HALF_OPEN_PER_ADDRESS: return take_limit(t, &limits->half_open_per_addr);
    default: /* OPTION_HALF_OPEN_TIME */ return take_half_open_time(t);
    }
}

static const char *take_mtu(const struct target *t)
{
    uint32_t mtu = 0;
    const char *wrong = value_number(t->value, 576, 9000, &mtu);

    if (wrong == NULL)
        t->config->tun.mtu = (uint16_t)mtu;
    return wrong;
}

static const char *take_not(const struct target *t, bool *out)
{
    bool yes = false;
    const char *wrong = value_switch(t->value, &yes);

    if (wrong == NULL)
        *out = !yes;
    return wrong;
}

static const char *apply_tun(const struct target *t)
{
    struct config_tun *tun = &t->config->tun;

    switch (t->setting->row->id) {
    case OPTION_INTERFACE: return take_name(t, 15, &tun->interface_name);
    case OPTION_MTU: return take_mtu(t);
    case OPTION_ROUTES: return take_not(t, &tun->no_routes);
    default: /* OPTION_ROUTE_TABLE */
        return value_number(t->value, 1, UINT32_MAX, &tun->route_table);
    }
}

static const char *take_fragmentation(const struct target *t)
{
    static const char *const words[] = { "yes", "no", "required" };
    static const ike2_want values[] = { IKE2_WANT_PREFER, IKE2_WANT_OFF, IKE2_WANT_REQUIRE };
    size_t index = 0;
    const char *wrong = choose(t, words, COUNT(words), &index);

    if (wrong == NULL)
        t->connection->fragmentation = values[index];
    return wrong;
}

static const char *apply_connection(const struct target *t)
{
    struct connection *c = t->connection;

    switch (t->setting->row->id) {
    case OPTION_PROPOSALS: return add_proposal(t, IKE2_PROTOCOL_IKE, &c->ike);
    case OPTION_ESP_PROPOSALS: return add_proposal(t, IKE2_PROTOCOL_ESP, &c->esp);
    case OPTION_DPD: return value_seconds(t->value, 1, &c->liveness_seconds);
    case OPTION_KEEPALIVE: return value_seconds(t->value, 1, &c->keepalive_seconds);
    case OPTION_FRAGMENTATION: return take_fragmentation(t);
    case OPTION_FRAGMENT_SIZE: return value_u16(t->value, 576, &c->fragment_octets);
    case OPTION_FORCE_ENCAP: return value_switch(t->value, &c->force_encap);
    default: /* OPTION_SHA1_SIGNATURES */ return value_switch(t->value, &c->sha1_signatures);
    }
}

static const char *apply_local(const struct target *t)
{
    struct connection_local *local = &t->connection->local;

    switch (t->setting->row->id) {
    case OPTION_LOCAL_ID: return value_identity(t->value, &local->id);
    case OPTION_LOCAL_CERT: return take_file(t, &local->cert_file);
    case OPTION_LOCAL_KEY: return take_file(t, &local->key_file);
    case OPTION_LOCAL_KEY_PASSWORD_FILE: return take_file(t, &local->password_file);
    case OPTION_LOCAL_PSK_FILE: return take_file(t, &local->psk_file);
    default: /* OPTION_LOCAL_SCHEMES */ return value_scheme(t->value, &local->schemes);
    }
}

static const char *take_method(const struct target *t)
{
    static const char *const words[] = { "psk", "certificate" };
    static const uint32_t values[] = { IKE2_AUTH_PSK, IKE2_AUTH_SIGNATURE };
    size_t index = 0;
    const char *wrong;

    if (strncmp(t->value, "eap", 3) == 0)
        return "is not supported by this version: write psk or certificate";
    wrong = choose(t, words, COUNT(words), &index);
    if (wrong == NULL)
        t->connection->remote.methods |= values[index];
    return wrong;
}

static const char *apply_remote(const struct target *t)
{
    struct connection_remote *remote = &t->connection->remote;

    switch (t->setting->row->id) {
    case OPTION_REMOTE_ID: return value_identity(t->value, &remote->id);
    case OPTION_REMOTE_METHOD: return take_method(t);
    case OPTION_REMOTE_CA: return add_file(t, remote->ca_files, &remote->n_ca_files);
    case OPTION_REMOTE_PSK_FILE: return take_file(t, &remote->psk_file);
    case OPTION_REMOTE_ADDRESS: return value_selector(t->value, &remote->networks);
    default: /* OPTION_REMOTE_SCHEMES */ return value_scheme(t->value, &remote->schemes);
    }
}

static const char *apply_child(const struct target *t)
{
    struct connection_child *child = t->child;

    switch (t->setting->row->id) {
    case OPTION_LOCAL_TS: return value_selector(t->value, &child->local_ts);
    case OPTION_REMOTE_TS: return value_selector(t->value, &child->remote_ts);
    case OPTION_CHILD_MODE: return value_mode(t->value, &child->transport);
    case OPTION_CHILD_REKEY_TIME: return value_seconds(t->value, 1, &child->rekey_seconds);
    case OPTION_CHILD_EXPIRE_TIME: return value_seconds(t->value, 1, &child->expire_seconds);
    case OPTION_CHILD_REKEY_OCTETS: return value_octets(t->value, 1, &child->rekey_octets);
    default: /* OPTION_CHILD_ESP_PROPOSALS */
        return add_proposal(t, IKE2_PROTOCOL_ESP, &child->esp);
    }
}

static const char *apply(const struct target *t)
{
    switch (t->setting->row->section) {
    case SECTION_TOP: return apply_top(t);
    case SECTION_LIMITS: return apply_limits(t);
    case SECTION_TUN: return apply_tun(t);
    case SECTION_CONNECTION: return apply_connection(t);
    case SECTION_LOCAL: return apply_local(t);
    case SECTION_REMOTE: return apply_remote(t);
    case SECTION_CHILD: return apply_child(t);
    case SECTIONS: break;
    }
    return NULL;
}

/* --- Sections ---------------------------------------------------------------------------- */

static void apply_row(struct target *t, const cfg_t *section, const struct option_row *row)
{
    const struct settings *s = &t->config->store->settings;
    const struct setting *first = settings_next(s, section, row, NULL), *at;
    const char *wrong;

    for (at = first; at != NULL; at = settings_next(s, section, row, at)) {
        t->setting = at;
        t->value = at->value;
        t->alone = settings_next(s, section, row, first) == NULL;
        wrong = apply(t);
        if (wrong != NULL)
            config_complain(t->config, source_place(&t->config->source, at->line),
                            "%s = %.200s: it %s", row->name, at->value, wrong);
    }
}

static void apply_section(struct target *t, const cfg_t *section, enum option_section kind)
{
    size_t i;

    for (i = 0; section != NULL && i < OPTIONS; i++) {
        if (option_rows[i].section == kind)
            apply_row(t, section, &option_rows[i]);
    }
}

static bool is_plain_name(const char *name)
{
    return *name != '\0' && strlen(name) <= 64 &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") ==
               strlen(name);
}

static void check_name(struct config *c, const cfg_t *section)
{
    if (!is_plain_name(section->title))
        config_complain(c, source_place(&c->source, section->line),
                        "the name of a %s is made of letters, digits, '.', '_' and '-'",
                        section->name);
}

static void build_children(struct target *t, cfg_t *section)
{
    struct connection *connection = t->connection;
    cfg_t *at;
    unsigned i;

    for (i = 0;
         (at = settings_section(&t->config->store->settings, section, SECTION_CHILD, i)) != NULL;
         i++) {
        check_name(t->config, at);
        if (i == CHILDREN_MAX) {
            config_complain(t->config, source_place(&t->config->source, at->line),
                            "connection '%s' has one child { } too many: %d will do",
                            connection->name, CHILDREN_MAX);
            return;
        }
        t->child = &connection->children[connection->n_children++];
        t->child->name = at->title;
        apply_section(t, at, SECTION_CHILD);
    }
}

/* What no single option says. */
static void check_connection(struct config *c, const struct connection *n,
                             struct source_place place)
{
    const struct connection_local *local = &n->local;
    const struct connection_remote *remote = &n->remote;
    uint32_t methods = connection_methods(n);

    if (local->id.id.type == 0)
        config_complain(c, place,
                        "connection '%s' does not say who we are: write local { id = "
                        "... }",
                        n->name);
    if (n->n_children == 0)
        config_complain(c, place, "connection '%s' carries nothing: write child NAME { }", n->name);
    if (local->cert_file == NULL && local->psk_file == NULL)
        config_complain(c, place,
                        "connection '%s' has nothing to prove us with: write local { "
                        "psk-file = ... }, or cert and key",
                        n->name);
    if ((local->cert_file == NULL) != (local->key_file == NULL))
        config_complain(c, place, "connection '%s': cert and key belong together", n->name);
    if ((methods & IKE2_AUTH_SIGNATURE) != 0 && remote->n_ca_files == 0)
        config_complain(c, place,
                        "connection '%s' believes nobody's certificate: write remote { "
                        "ca = ... }",
                        n->name);
    if ((methods & IKE2_AUTH_PSK) != 0 && local->psk_file == NULL && remote->psk_file == NULL)
        config_complain(c, place,
                        "connection '%s' has no pre-shared key of the peer's: write "
                        "remote { psk-file = ... }",
                        n->name);
}

static void build_connection(struct config *c, struct connection *n, cfg_t *section)
{
    struct target t = { .config = c, .connection = n };
    const struct settings *s = &c->store->settings;
    size_t before = c->n_problems;

    check_name(c, section);
    n->name = section->title;
    apply_section(&t, section, SECTION_CONNECTION);
    apply_section(&t, settings_section(s, section, SECTION_LOCAL, 0), SECTION_LOCAL);
    apply_section(&t, settings_section(s, section, SECTION_REMOTE, 0), SECTION_REMOTE);
    build_children(&t, section);
    if (c->n_problems == before) /* what is missing may only be misspelt */
        check_connection(c, n, source_place(&c->source, section->line));
}

static void build_connections(struct config *c)
{
    const struct settings *s = &c->store->settings;
    size_t i, n = 0;

    while (settings_section(s, NULL, SECTION_CONNECTION, (unsigned)n) != NULL)
        n++;
    c->connections = calloc(n + 1, sizeof *c->connections);
    c->places = calloc(n + 1, sizeof *c->places);
    if (c->connections == NULL || c->places == NULL)
        n = 0;
    for (i = 0; i < n; i++) {
        cfg_t *section = settings_section(s, NULL, SECTION_CONNECTION, (unsigned)i);

        c->places[i] = source_place(&c->source, section->line);
        build_connection(c, &c->connections[i], section);
    }
    c->n_connections = n;
    if (n == 0)
        config_complain(c, (struct source_place){ .file = c->source.files[0] },
                        "no connection is configured: write connection NAME { ... }");
}

static void build(struct config *c)
{
    struct target t = { .config = c };
    const struct settings *s = &c->store->settings;

    apply_section(&t, s->root, SECTION_TOP);
    apply_section(&t, settings_section(s, NULL, SECTION_LIMITS, 0), SECTION_LIMITS);
    apply_section(&t, settings_section(s, NULL, SECTION_TUN, 0), SECTION_TUN);
    build_connections(c);
}

/* --- All of it --------------------------------------------------------------------------- */

bool config_read(const char *path, struct config **out)
{
    struct config *c = calloc(1, sizeof *c);
    struct source_place where;
    struct problem why;

    *out = c;
    if (c == NULL)
        return false;
    c->listen.port = 500;
    c->listen.natt_port = 4500;
    c->control = "/run/ikev2/control.sock";
    c->dataplane = "none";
    c->log.level = LEVEL_INFO;
    c->limits.struct_size = sizeof c->limits;
    c->store = calloc(1, sizeof *c->store);
    if (c->store == NULL)
        return false;
    if (!source_read(&c->source, path, &where, &why))
        config_complain(c, where, "%s", why.text);
    else if (settings_read(&c->store->settings, c))
        build(c);
    return c->n_problems == 0;
}

void config_free(struct config *c)
{
    size_t i;

    if (c == NULL)
        return;
    if (c->store != NULL) {
        settings_free(&c->store->settings);
        for (i = 0; i < c->store->n; i++)
            free(c->store->strings[i]);
        free(c->store->strings);
        free(c->store);
    }
    source_free(&c->source);
    free(c->connections);
    free(c->places);
    free(c);
}
