#include "commands.h"

#include <arpa/inet.h>

#include "common/names.h"
#include "common/selector.h"
#include "common/value.h"

/* --- log --------------------------------------------------------------------------------- */

/* The newest `last` failures, all without it. */
static json_t *recent_object(const struct service *s, const json_t *last, struct problem *why)
{
    json_int_t n = last != NULL ? json_integer_value(last) : RECENT_KEPT;

    if (n > 0)
        return json_pack("{s:s, s:o}", "level", log_levels[s->log.level], "failures",
                         recent_list(&s->failed.recent, (size_t)n));
    problem_set(why, "\"last\" is a number from 1");
    return NULL;
}

static json_t *run_log(void *user, const json_t *request, struct problem *why)
{
    struct service *s = user;
    const json_t *word = json_object_get(request, "level");
    const char *level = json_string_value(word), *wrong;
    char safe[SAFE_TEXT];
    size_t index = 0;

    if (word == NULL)
        return recent_object(s, json_object_get(request, "last"), why);
    if (level == NULL) {
        problem_set(why, "\"level\" is a word");
        return NULL;
    }
    wrong = value_word(level, log_levels, LEVELS, &index);
    if (wrong != NULL) {
        problem_set(why, "the level '%.20s' %s", safe_text(level, safe), wrong);
        return NULL;
    }
    s->log.level = (enum log_level)index;
    return json_pack("{s:s}", "level", log_levels[index]);
}

/* --- reload ------------------------------------------------------------------------------ */

static json_t *run_reload(void *user, const json_t *request, struct problem *why)
{
    struct service *s = user;
    json_t *problems = json_array();
    json_t *result = NULL;

    (void)request;
    if (service_reload(s, &result, problems))
        (void)json_object_set_new(result, "connections",
                                  json_integer((json_int_t)s->roster.current->n));
    else
        problem_set(why, "%s", json_string_value(json_array_get(problems, 0)));
    json_decref(problems);
    return result;
}

/* --- pools ------------------------------------------------------------------------------- */

static json_t *lease_object(const struct lease *l)
{
    const struct lease_holder *h;
    char address[INET6_ADDRSTRLEN] = "", identity[ID_TEXT];
    json_t *sas = json_array();

    (void)inet_ntop(l->address.family == 4 ? AF_INET : AF_INET6, l->address.ip, address,
                    sizeof address);
    id_text(&l->owner->id, identity);
    for (h = l->holders; h != NULL; h = h->next)
        (void)json_array_append_new(sas, json_integer((json_int_t)h->sa));
    return json_pack("{s:s, s:s, s:o}", "address", address, "identity", identity, "sas", sas);
}

static void add_leases(json_t *list, const struct lease_book *book)
{
    const struct lease *l;

    for (l = book->held.first; l != NULL; l = l->behind)
        (void)json_array_append_new(list, lease_object(l));
}

/* A size that JSON cannot count is null. */
static json_t *half_object(const struct pool_half *half)
{
    return json_pack("{s:o, s:I, s:I}", "size",
                     half->size <= INT64_MAX ? json_integer((json_int_t)half->size) : json_null(),
                     "used", (json_int_t)half->book.held.n, "kept",
                     (json_int_t)half->book.kept.n);
}

static json_t *pool_object(const struct pool *pool)
{
    json_t *ranges = json_array(), *list = json_array();
    char text[TS_TEXT];
    size_t i;

    for (i = 0; i < pool->ranges.n; i++) {
        selector_list_text(&pool->ranges.list[i], 1, text, sizeof text);
        (void)json_array_append_new(ranges, json_string(text));
    }
    add_leases(list, &pool->halves[0].book);
    add_leases(list, &pool->halves[1].book);
    return json_pack("{s:s, s:o, s:o, s:o, s:o}", "name", pool->name, "ranges", ranges, "ip4",
                     half_object(&pool->halves[0]), "ip6", half_object(&pool->halves[1]),
                     "leases", list);
}

static json_t *run_pools(void *user, const json_t *request, struct problem *why)
{
    const struct service *s = user;
    const struct pools *pools = &s->roster.pools;
    json_t *list = json_array(), *strays = json_array();
    size_t i;

    (void)request;
    (void)why;
    for (i = 0; i < pools->n; i++)
        (void)json_array_append_new(list, pool_object(&pools->list[i]));
    add_leases(strays, &pools->strays);
    return json_pack("{s:o, s:o}", "pools", list, "strays", strays);
}

const struct control_command commands[] = {
    { "pools", run_pools },
    { "log", run_log },
    { "reload", run_reload },
};
const size_t n_commands = sizeof commands / sizeof commands[0];
