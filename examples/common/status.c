#include "status.h"

#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "names.h"
#include "selector.h"

/* --- sas --------------------------------------------------------------------------------- */

static void set_count(json_t *object, const char *key, uint64_t value)
{
    (void)json_object_set_new(object, key, json_integer((json_int_t)value));
}

/* Of the pair in use; a data plane that carries nothing counts nothing. */
static void add_counts(const struct plane *p, uint32_t spi_in, json_t *child)
{
    struct dataplane_counts counts = { 0 };

    if (!p->dataplane->ops->stats(p->dataplane, spi_in, &counts))
        return;
    set_count(child, "packets_in", counts.packets_in);
    set_count(child, "octets_in", counts.octets_in);
    set_count(child, "packets_out", counts.packets_out);
    set_count(child, "octets_out", counts.octets_out);
}

static void complete_child(const struct book *b, const struct connection *c, json_t *child)
{
    ike2_child_id id = (ike2_child_id)json_integer_value(json_object_get(child, "id"));
    ike2_child_info info = IKE2_INIT(ike2_child_info);
    const struct connection_child *is;

    if (ike2_child_get(b->host->ep, id, &info) != IKE2_OK)
        return;
    is = book_child(c, info.tag);
    if (is != NULL)
        (void)json_object_set_new(child, "name", json_string(is->name));
    if (info.pair != NULL)
        add_counts(b->plane, info.pair->spi_in, child);
}

/* That the connection names; null if it names none. */
static json_t *policy_name(const struct connection *c)
{
    return c->policy.name != NULL ? json_string(c->policy.name) : json_null();
}

static json_t *sa_object(const struct book *b, ike2_sa_id sa, ike2_time now)
{
    json_t *object = json_sa(b->host->ep, sa, now), *child;
    const struct connection *c = book_of_sa(b, sa);
    size_t i;

    if (object != NULL && c != NULL) {
        (void)json_object_set_new(object, "connection", json_string(c->name));
        (void)json_object_set_new(object, "policy", policy_name(c));
    }
    json_array_foreach(json_object_get(object, "children"), i, child) complete_child(b, c, child);
    return object;
}

static json_t *run_sas(void *user, const json_t *request, struct problem *why)
{
    const struct book *b = user;
    const ike2_endpoint *ep = b->host->ep;
    json_t *list = json_array();
    ike2_time now = host_now();
    ike2_sa_id sa;

    (void)request;
    (void)why;
    for (sa = ike2_sa_next(ep, 0); sa != 0; sa = ike2_sa_next(ep, sa))
        (void)json_array_append_new(list, sa_object(b, sa, now));
    return json_pack("{s:o}", "sas", list);
}

/* --- connections ------------------------------------------------------------------------- */

/* Also those that began before a reload. */
static unsigned count_sas(const struct book *b, const char *name)
{
    const ike2_endpoint *ep = b->host->ep;
    const struct connection *c;
    unsigned n = 0;
    ike2_sa_id sa;

    for (sa = ike2_sa_next(ep, 0); sa != 0; sa = ike2_sa_next(ep, sa)) {
        c = book_of_sa(b, sa);
        if (c != NULL && strcmp(c->name, name) == 0)
            n++;
    }
    return n;
}

/* `is_assigned`: without any, they are the addresses that a client gets. */
static json_t *selector_list(const struct selectors *s, bool is_assigned)
{
    struct selectors all = { 0 };
    json_t *list = json_array();
    char text[TS_TEXT];
    size_t i;

    if (s->n == 0 && is_assigned)
        (void)json_array_append_new(list, json_string("assigned"));
    else if (s->n == 0)
        value_default_selectors(&all);
    else
        all = *s;
    for (i = 0; i < all.n; i++) {
        selector_list_text(&all.list[i], 1, text, sizeof text);
        (void)json_array_append_new(list, json_string(text));
    }
    return list;
}

static json_t *child_list(const struct connection *c)
{
    json_t *list = json_array();
    size_t i;

    for (i = 0; i < c->n_children; i++) {
        const struct connection_child *child = &c->children[i];
        json_t *local = selector_list(&child->local_ts, c->n_request > 0);
        json_t *remote = selector_list(&child->remote_ts, c->grant.n_pools > 0);

        (void)json_array_append_new(list, json_pack("{s:s, s:o, s:o}", "name", child->name,
                                                    "local_ts", local, "remote_ts", remote));
    }
    return list;
}

static const char *local_method(const struct connection_local *local)
{
    if (local->is_anonymous)
        return "none";
    if (local->is_raw)
        return "raw-key";
    return local->n_cert_files > 0 ? "certificate" : "psk";
}

static const char *remote_method(const struct connection *c)
{
    bool psk = (connection_methods(c) & IKE2_AUTH_PSK) != 0;

    if (connection_is_for_anonymous(c))
        return "none";
    if ((connection_methods(c) & IKE2_AUTH_SIGNATURE) == 0)
        return "psk";
    if (c->remote.n_public_keys == 0)
        return psk ? "psk or certificate" : "certificate";
    if (!connection_believes_cas(c))
        return psk ? "psk or raw-key" : "raw-key";
    return psk ? "psk, certificate or raw-key" : "certificate or raw-key";
}

static json_t *connection_object(const struct book *b, const struct connection *c)
{
    char local[ID_TEXT], remote[ID_TEXT];

    id_text(&c->local.id.id, local);
    id_text(&c->remote.id.id, remote);
    if (c->remote.id.id.type == 0)
        (void)strcpy(remote, "%any");
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:i}", "name", c->name, "local_id", local,
                     "remote_id", remote, "local_method", local_method(&c->local), "remote_method",
                     remote_method(c), "policy", policy_name(c), "children", child_list(c), "sas",
                     (int)count_sas(b, c->name));
}

static json_t *run_connections(void *user, const json_t *request, struct problem *why)
{
    const struct book *b = user;
    json_t *list = json_array();
    const struct connection *c;
    size_t i;

    (void)request;
    (void)why;
    for (i = 0; (c = b->listed(b->user, i)) != NULL; i++)
        (void)json_array_append_new(list, connection_object(b, c));
    return json_pack("{s:o}", "connections", list);
}

/* --- stats ------------------------------------------------------------------------------- */

static json_t *plane_counts(const struct plane *p)
{
    struct dataplane_counts counts = { 0 };
    json_t *drops = json_object();
    unsigned i;

    if (!p->dataplane->ops->stats(p->dataplane, 0, &counts)) {
        json_decref(drops);
        return json_null();
    }
    for (i = 0; i < DATAPLANE_DROPS; i++)
        set_count(drops, dataplane_drop_text((enum dataplane_drop)i), counts.dropped[i]);
    return json_pack("{s:s, s:I, s:I, s:I, s:I, s:o}", "name", p->dataplane->ops->name,
                     "packets_in", (json_int_t)counts.packets_in, "octets_in",
                     (json_int_t)counts.octets_in, "packets_out", (json_int_t)counts.packets_out,
                     "octets_out", (json_int_t)counts.octets_out, "drops", drops);
}

static json_t *run_stats(void *user, const json_t *request, struct problem *why)
{
    const struct book *b = user;
    json_t *stats = json_stats(b->host->ep);

    (void)request;
    (void)why;
    set_count(stats, "uptime", (host_now() - b->started_at) / 1000u);
    (void)json_object_set_new(stats, "dataplane", plane_counts(b->plane));
    return stats;
}

const struct control_command status_commands[] = {
    { "sas", run_sas },
    { "connections", run_connections },
    { "stats", run_stats },
};
const size_t n_status_commands = sizeof status_commands / sizeof status_commands[0];
