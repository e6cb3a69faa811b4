#include "changes.h"

#include <stddef.h>
#include <string.h>

/* --- Options that count from the start of the process ------------------------------------ */

/* A member of struct config. */
struct fixed {
    const char *name; /* of the option */
    size_t at, len;   /* `len` 0: it is a text, or NULL */
};

#define MEMBER(option, member)                                                                     \
    {                                                                                              \
        option, offsetof(struct config, member), sizeof((struct config *)NULL)->member             \
    }
#define TEXT(option, member)                                                                       \
    {                                                                                              \
        option, offsetof(struct config, member), 0                                                 \
    }

static const struct fixed fixed[] = {
    MEMBER("listen", listen.addresses),
    MEMBER("port", listen.port),
    MEMBER("natt-port", listen.natt_port),
    TEXT("control", control),
    TEXT("dataplane", dataplane),
    TEXT("keylog", keylog_file),
    MEMBER("cookie", cookie),
    MEMBER("answer-unknown", answer_unknown),
    MEMBER("limits { sas }", limits.sas),
    MEMBER("limits { half-open }", limits.half_open),
    MEMBER("limits { half-open-cookie }", limits.half_open_cookie),
    MEMBER("limits { half-open-per-address }", limits.half_open_per_addr),
    MEMBER("limits { half-open-time }", half_open_ms),
    TEXT("tun { interface }", tun.interface_name),
    MEMBER("tun { mtu }", tun.mtu),
    MEMBER("tun { routes }", tun.no_routes),
    MEMBER("tun { route-table }", tun.route_table),
};

static json_t *value_of(const struct fixed *f, const struct config *c)
{
    const uint8_t *at = (const uint8_t *)c + f->at;
    json_t *octets = json_array();
    const char *text;
    size_t i;

    if (f->len == 0) {
        json_decref(octets);
        memcpy(&text, at, sizeof text);
        return text != NULL ? json_string(text) : json_null();
    }
    for (i = 0; i < f->len; i++)
        (void)json_array_append_new(octets, json_integer(at[i]));
    return octets;
}

json_t *changes_fixed(const struct config *c)
{
    json_t *values = json_object();
    size_t i;

    for (i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
        (void)json_object_set_new(values, fixed[i].name, value_of(&fixed[i], c));
    return values;
}

static json_t *list_fixed(const json_t *start, const struct config *next)
{
    json_t *list = json_array(), *value;
    size_t i;

    for (i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
        value = value_of(&fixed[i], next);
        if (!json_equal(value, json_object_get(start, fixed[i].name)))
            (void)json_array_append_new(list, json_string(fixed[i].name));
        json_decref(value);
    }
    return list;
}

/* --- Connections ------------------------------------------------------------------------- */

/* The index of the one with this name; `g->n` if there is none. */
static size_t find(const struct generation *g, const char *name)
{
    size_t i;

    for (i = 0; i < g->n; i++) {
        if (strcmp(g->entries[i].connection->name, name) == 0)
            break;
    }
    return i;
}

static void add(json_t *list, const struct generation *g, size_t i)
{
    (void)json_array_append_new(list, json_string(g->entries[i].connection->name));
}

json_t *changes_between(const json_t *start, const struct generation *now,
                        const struct generation *next)
{
    json_t *added = json_array(), *removed = json_array(), *changed = json_array();
    size_t i, k;

    for (i = 0; i < next->n; i++) {
        k = find(now, next->entries[i].connection->name);
        if (k == now->n)
            add(added, next, i);
        else if (now->entries[k].stamp != next->entries[i].stamp ||
                 !config_same_connection(now->config, k, next->config, i))
            add(changed, next, i);
    }
    for (k = 0; k < now->n; k++) {
        if (find(next, now->entries[k].connection->name) == next->n)
            add(removed, now, k);
    }
    return json_pack("{s:o, s:o, s:o, s:o}", "added", added, "removed", removed, "changed", changed,
                     "restart", list_fixed(start, next->config));
}
