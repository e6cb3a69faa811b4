#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config_apply.h"
#include "config_check.h"
#include "policy.h"

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
        wrong = config_apply(t);
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
        config_check_connection(c, n, source_place(&c->source, section->line));
    policy_settle(n);
}

static void build_pools(struct config *c)
{
    struct target t = { .config = c };
    const struct settings *s = &c->store->settings;
    struct config_pools *p = &c->pools;
    cfg_t *section;
    size_t n = 0;

    while (settings_section(s, NULL, SECTION_POOL, (unsigned)n) != NULL)
        n++;
    p->list = calloc(n + 1, sizeof *p->list);
    p->places = calloc(n + 1, sizeof *p->places);
    while (p->list != NULL && p->places != NULL && p->n < n) {
        section = settings_section(s, NULL, SECTION_POOL, (unsigned)p->n);
        p->places[p->n] = source_place(&c->source, section->line);
        t.pool = &p->list[p->n++];
        t.pool->name = section->title;
        check_name(c, section);
        apply_section(&t, section, SECTION_POOL);
    }
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
    build_pools(c);
    build_connections(c);
    if (c->n_problems == 0)
        config_check_pools(c);
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
    free(c->pools.list);
    free(c->pools.places);
    free(c->connections);
    free(c->places);
    free(c);
}

/* --- Two of them ------------------------------------------------------------------------- */

static bool same_section(const struct settings *a, cfg_t *in_a, const struct settings *b,
                         cfg_t *in_b, enum option_section kind)
{
    return settings_same(a, settings_section(a, in_a, kind, 0), b,
                         settings_section(b, in_b, kind, 0), kind);
}

static bool same_children(const struct settings *a, cfg_t *in_a, const struct settings *b,
                          cfg_t *in_b)
{
    cfg_t *x, *y;
    unsigned i;

    for (i = 0;; i++) {
        x = settings_section(a, in_a, SECTION_CHILD, i);
        y = settings_section(b, in_b, SECTION_CHILD, i);
        if (x == NULL || y == NULL)
            return x == NULL && y == NULL;
        if (strcmp(x->title, y->title) != 0 || !settings_same(a, x, b, y, SECTION_CHILD))
            return false;
    }
}

bool config_same_connection(const struct config *a, size_t i, const struct config *b, size_t k)
{
    const struct settings *s = &a->store->settings, *t = &b->store->settings;
    cfg_t *x = settings_section(s, NULL, SECTION_CONNECTION, (unsigned)i);
    cfg_t *y = settings_section(t, NULL, SECTION_CONNECTION, (unsigned)k);

    return settings_same(s, x, t, y, SECTION_CONNECTION) &&
           same_section(s, x, t, y, SECTION_LOCAL) && same_section(s, x, t, y, SECTION_REMOTE) &&
           same_children(s, x, t, y);
}
