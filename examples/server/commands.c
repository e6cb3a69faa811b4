#include "commands.h"

#include <string.h>

#include "common/json.h"
#include "common/names.h"
#include "common/selector.h"

/* --- sas --------------------------------------------------------------------------------- */

static const char *connection_of(const struct service *s, uint64_t tag)
{
    const struct roster_entry *e = roster_find(&s->roster, tag);

    return e != NULL ? e->connection->name : NULL;
}

static json_t *sa_object(const struct service *s, ike2_sa_id sa, ike2_time now)
{
    ike2_sa_info info = IKE2_INIT(ike2_sa_info);
    json_t *object = json_sa(s->host.ep, sa, now);
    const char *name = NULL;

    if (object != NULL && ike2_sa_get(s->host.ep, sa, &info) == IKE2_OK)
        name = connection_of(s, info.peer_tag);
    if (name != NULL)
        (void)json_object_set_new(object, "connection", json_string(name));
    return object;
}

static json_t *run_sas(void *user, const json_t *request, struct problem *why)
{
    const struct service *s = user;
    json_t *list = json_array();
    ike2_time now = host_now();
    ike2_sa_id sa;

    (void)request;
    (void)why;
    for (sa = ike2_sa_next(s->host.ep, 0); sa != 0; sa = ike2_sa_next(s->host.ep, sa))
        (void)json_array_append_new(list, sa_object(s, sa, now));
    return json_pack("{s:o}", "sas", list);
}

/* --- connections ------------------------------------------------------------------------- */

static unsigned count_sas(const struct service *s, uint64_t tag)
{
    ike2_sa_info info = IKE2_INIT(ike2_sa_info);
    unsigned n = 0;
    ike2_sa_id sa;

    for (sa = ike2_sa_next(s->host.ep, 0); sa != 0; sa = ike2_sa_next(s->host.ep, sa)) {
        if (ike2_sa_get(s->host.ep, sa, &info) == IKE2_OK && info.peer_tag == tag)
            n++;
    }
    return n;
}

static json_t *selector_list(const struct selectors *s)
{
    struct selectors all = { 0 };
    json_t *list = json_array();
    char text[TS_TEXT];
    size_t i;

    value_default_selectors(&all);
    if (s->n > 0)
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

        (void)json_array_append_new(list, json_pack("{s:s, s:o, s:o}", "name", child->name,
                                                    "local_ts", selector_list(&child->local_ts),
                                                    "remote_ts", selector_list(&child->remote_ts)));
    }
    return list;
}

static json_t *connection_object(const struct service *s, const struct roster_entry *e)
{
    const struct connection *c = e->connection;
    uint32_t methods = connection_methods(c);
    bool signs = e->credentials.own.n_chain > 0;
    char local[ID_TEXT], remote[ID_TEXT];

    id_text(&c->local.id.id, local);
    id_text(&c->remote.id.id, remote);
    if (c->remote.id.id.type == 0)
        (void)strcpy(remote, "%any");
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:i}", "name", c->name, "local_id", local,
                     "remote_id", remote, "local_method", signs ? "certificate" : "psk",
                     "remote_method",
                     methods == IKE2_AUTH_PSK         ? "psk"
                     : methods == IKE2_AUTH_SIGNATURE ? "certificate"
                                                      : "psk or certificate",
                     "children", child_list(c), "sas", (int)count_sas(s, e->tag));
}

static json_t *run_connections(void *user, const json_t *request, struct problem *why)
{
    const struct service *s = user;
    const struct generation *g = s->roster.current;
    json_t *list = json_array();
    size_t i;

    (void)request;
    (void)why;
    for (i = 0; i < g->n; i++)
        (void)json_array_append_new(list, connection_object(s, &g->entries[i]));
    return json_pack("{s:o}", "connections", list);
}

/* --- rekey ------------------------------------------------------------------------------- */

static json_t *run_rekey(void *user, const json_t *request, struct problem *why)
{
    struct service *s = user;
    const json_t *id = json_object_get(request, "id");
    uint64_t name = (uint64_t)json_integer_value(id);
    const char *kind = "ike-sa";
    ike2_err err;

    if (!json_is_integer(id) || json_integer_value(id) <= 0) {
        problem_set(why, "\"id\" is missing: the id of an IKE SA or a Child SA, as in 'sas'");
        return NULL;
    }
    err = ike2_sa_rekey(s->host.ep, host_now(), name);
    if (err == IKE2_ERR_STALE) {
        kind = "child-sa";
        err = ike2_child_rekey(s->host.ep, host_now(), name, 0);
    }
    if (err == IKE2_OK)
        return json_pack("{s:s, s:I}", "rekeying", kind, "id", (json_int_t)name);
    problem_set(why, err == IKE2_ERR_STALE ? "there is no SA with this id: see 'sas'"
                                           : "it cannot be rekeyed now");
    return NULL;
}

/* --- terminate --------------------------------------------------------------------------- */

static json_t *run_terminate(void *user, const json_t *request, struct problem *why)
{
    struct service *s = user;
    const json_t *id = json_object_get(request, "id");
    uint64_t name = (uint64_t)json_integer_value(id);
    const char *kind = "ike-sa";
    ike2_err err;

    if (!json_is_integer(id) || json_integer_value(id) <= 0) {
        problem_set(why, "\"id\" is missing: the id of an IKE SA or a Child SA, as in 'sas'");
        return NULL;
    }
    err = ike2_sa_close(s->host.ep, host_now(), name);
    if (err == IKE2_ERR_STATE) /* not up, or ending already: without a word to the peer */
        err = ike2_sa_drop(s->host.ep, host_now(), name);
    if (err == IKE2_ERR_STALE) {
        kind = "child-sa";
        err = ike2_child_close(s->host.ep, host_now(), name);
    }
    if (err == IKE2_OK)
        return json_pack("{s:s, s:I}", "terminating", kind, "id", (json_int_t)name);
    problem_set(why, err == IKE2_ERR_STALE ? "there is no SA with this id: see 'sas'"
                                           : "it cannot be terminated now");
    return NULL;
}

/* --- log --------------------------------------------------------------------------------- */

static json_t *run_log(void *user, const json_t *request, struct problem *why)
{
    struct service *s = user;
    const char *level = json_string_value(json_object_get(request, "level"));
    const char *wrong;
    size_t index = 0;

    if (level == NULL) {
        problem_set(why, "\"level\" is missing");
        return NULL;
    }
    wrong = value_word(level, log_levels, LEVELS, &index);
    if (wrong != NULL) {
        problem_set(why, "the level '%.20s' %s", level, wrong);
        return NULL;
    }
    s->log.level = (enum log_level)index;
    return json_pack("{s:s}", "level", log_levels[index]);
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
        (void)json_object_set_new(drops, dataplane_drop_text((enum dataplane_drop)i),
                                  json_integer((json_int_t)counts.dropped[i]));
    return json_pack("{s:s, s:I, s:I, s:I, s:I, s:o}", "name", p->dataplane->ops->name,
                     "packets_in", (json_int_t)counts.packets_in, "octets_in",
                     (json_int_t)counts.octets_in, "packets_out", (json_int_t)counts.packets_out,
                     "octets_out", (json_int_t)counts.octets_out, "drops", drops);
}

static json_t *run_stats(void *user, const json_t *request, struct problem *why)
{
    const struct service *s = user;
    json_t *stats = json_stats(s->host.ep);

    (void)request;
    (void)why;
    (void)json_object_set_new(stats, "uptime",
                              json_integer((json_int_t)((host_now() - s->started_at) / 1000u)));
    (void)json_object_set_new(stats, "dataplane", plane_counts(&s->plane));
    return stats;
}

/* --- reload ------------------------------------------------------------------------------ */

static json_t *run_reload(void *user, const json_t *request, struct problem *why)
{
    struct service *s = user;
    json_t *problems = json_array();
    json_t *result = NULL;

    (void)request;
    if (service_reload(s, problems))
        result = json_pack("{s:i}", "connections", (int)s->roster.current->n);
    else
        problem_set(why, "%s", json_string_value(json_array_get(problems, 0)));
    json_decref(problems);
    return result;
}

const struct control_command commands[] = {
    { "sas", run_sas },
    { "connections", run_connections },
    { "rekey", run_rekey },
    { "terminate", run_terminate },
    { "log", run_log },
    { "stats", run_stats },
    { "reload", run_reload },
};
const size_t n_commands = sizeof commands / sizeof commands[0];
