#include "show.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "table.h"

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

enum { CELL = 1024, IDS_SHOWN = 20 };

/* --- Cells ------------------------------------------------------------------------------- */

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static long long number_of(const json_t *object, const char *key)
{
    return (long long)json_integer_value(json_object_get(object, key));
}

static const char *number_cell(const json_t *object, const char *key, char cell[CELL])
{
    (void)snprintf(cell, CELL, "%lld", number_of(object, key));
    return cell;
}

/* "42s", "7m10s", "3h05m", "2d04h"; "-" for what is null. */
static const char *age_cell(const json_t *object, const char *key, char cell[CELL])
{
    long long s = number_of(object, key);

    if (!json_is_integer(json_object_get(object, key)))
        return "-";
    if (s < 60)
        (void)snprintf(cell, CELL, "%llds", s);
    else if (s < 3600)
        (void)snprintf(cell, CELL, "%lldm%02llds", s / 60, s % 60);
    else if (s < 86400)
        (void)snprintf(cell, CELL, "%lldh%02lldm", s / 3600, s / 60 % 60);
    else
        (void)snprintf(cell, CELL, "%lldd%02lldh", s / 86400, s / 3600 % 24);
    return cell;
}

static const char *list_cell(const json_t *object, const char *key, char cell[CELL])
{
    const json_t *list = json_object_get(object, key);
    size_t i, len = 0;

    cell[0] = '\0';
    for (i = 0; i < json_array_size(list) && len < CELL; i++) {
        const char *word = json_string_value(json_array_get(list, i));
        int n = snprintf(cell + len, CELL - len, "%s%s", i == 0 ? "" : ",", word);

        len += n > 0 ? (size_t)n : 0;
    }
    return cell;
}

/* "517", "1.2k", "3.4m" */
static const char *octets_cell(const json_t *object, const char *key, char cell[CELL])
{
    static const char units[] = "kmgt";
    long long n = number_of(object, key), tenths = n * 10;
    size_t i;

    if (n < 1024) {
        (void)snprintf(cell, CELL, "%lld", n);
        return cell;
    }
    for (i = 0, tenths /= 1024; tenths >= 10240 && units[i + 1] != '\0'; i++)
        tenths /= 1024;
    (void)snprintf(cell, CELL, "%lld.%lld%c", tenths / 10, tenths % 10, units[i]);
    return cell;
}

/* --- sas --------------------------------------------------------------------------------- */

static void add_spis(struct table *t, const json_t *child)
{
    const char *in = text_of(child, "spi_in"), *out = text_of(child, "spi_out");
    const char *encap = text_of(child, "encap");
    char cell[CELL];

    (void)snprintf(cell, sizeof cell, "in %s out %s%s", in != NULL ? in : "-",
                   out != NULL ? out : "-",
                   encap != NULL && strcmp(encap, "udp") == 0 ? " udp" : "");
    table_add(t, cell);
}

/* What carries nothing counts nothing. */
static void add_suite(struct table *t, const json_t *child)
{
    const char *suite = text_of(child, "esp");
    char in[CELL], out[CELL], cell[3 * CELL];

    if (json_object_get(child, "octets_in") == NULL) {
        table_add(t, suite);
        return;
    }
    (void)snprintf(cell, sizeof cell, "%s, %s in, %s out", suite != NULL ? suite : "-",
                   octets_cell(child, "octets_in", in), octets_cell(child, "octets_out", out));
    table_add(t, cell);
}

static void add_child(struct table *t, const json_t *child)
{
    const char *name = text_of(child, "name"), *mode = text_of(child, "mode");
    char local[CELL], remote[CELL], cell[2 * CELL + 64], age[CELL], rekey[CELL];

    table_add(t, number_cell(child, "id", cell));
    (void)snprintf(cell, sizeof cell, "  %s", name != NULL ? name : "child");
    table_add(t, cell);
    table_add(t, text_of(child, "state"));
    table_add(t, age_cell(child, "age", age));
    table_add(t, age_cell(child, "rekey_in", rekey));
    (void)snprintf(cell, sizeof cell, "%s === %s%s", list_cell(child, "local_ts", local),
                   list_cell(child, "remote_ts", remote),
                   mode != NULL && strcmp(mode, "transport") == 0 ? " transport" : "");
    table_add(t, cell);
    add_spis(t, child);
    add_suite(t, child);
}

/* With what AUTH covers, if that is more than the RFC asks for, and the policy that is named. */
static void add_ike_suite(struct table *t, const json_t *sa)
{
    const char *suite = text_of(sa, "suite"), *policy = text_of(sa, "policy");
    char cell[CELL];

    (void)snprintf(cell, sizeof cell, "%s%s%s%s", suite != NULL ? suite : "-",
                   json_is_true(json_object_get(sa, "full_transcript")) ? ", full transcript" : "",
                   policy != NULL ? ", policy " : "", policy != NULL ? policy : "");
    table_add(t, cell);
}

/* In parentheses: a name that was not proven. */
static void add_peer(struct table *t, const json_t *sa)
{
    const char *claimed = text_of(sa, "claimed_id");
    char cell[CELL];

    (void)snprintf(cell, sizeof cell, "(%s)", claimed != NULL ? claimed : "");
    table_add(t, claimed != NULL ? cell : text_of(sa, "remote_id"));
}

static void add_sa(struct table *t, const json_t *sa)
{
    const json_t *children = json_object_get(sa, "children");
    char cell[2 * CELL], rekey[CELL], reauth[CELL];
    size_t i;

    table_add(t, number_cell(sa, "id", cell));
    table_add(t, text_of(sa, "connection"));
    table_add(t, text_of(sa, "state"));
    table_add(t, age_cell(sa, "age", cell));
    (void)snprintf(cell, sizeof cell, "%s", age_cell(sa, "rekey_in", rekey));
    if (json_is_integer(json_object_get(sa, "reauth_in")))
        (void)snprintf(cell, sizeof cell, "%s, reauth %s", age_cell(sa, "rekey_in", rekey),
                       age_cell(sa, "reauth_in", reauth));
    table_add(t, cell);
    add_peer(t, sa);
    table_add(t, text_of(sa, "remote"));
    add_ike_suite(t, sa);
    for (i = 0; i < json_array_size(children); i++)
        add_child(t, json_array_get(children, i));
}

void show_sas(json_t *result)
{
    static const char *const heads[] = { "ID",    "CONNECTION", "STATE",   "AGE",
                                         "REKEY", "PEER",       "ADDRESS", "SUITE" };
    const json_t *list = json_object_get(result, "sas");
    struct table t;
    size_t i;

    if (json_array_size(list) == 0) {
        (void)puts("no SAs");
        return;
    }
    table_begin(&t, heads, COUNT(heads));
    for (i = 0; i < json_array_size(list); i++)
        add_sa(&t, json_array_get(list, i));
    table_end(&t);
}

/* --- connections ------------------------------------------------------------------------- */

static void add_connection(struct table *t, const json_t *c)
{
    const json_t *children = json_object_get(c, "children");
    char local[CELL], remote[CELL], cell[2 * CELL + 64];
    size_t i;

    table_add(t, text_of(c, "name"));
    table_add(t, number_cell(c, "sas", cell));
    table_add(t, text_of(c, "local_id"));
    table_add(t, text_of(c, "remote_id"));
    (void)snprintf(cell, sizeof cell, "%s / %s", text_of(c, "local_method"),
                   text_of(c, "remote_method"));
    table_add(t, cell);
    table_add(t, text_of(c, "policy"));
    for (i = 0; i < json_array_size(children); i++) {
        const json_t *child = json_array_get(children, i);

        (void)snprintf(cell, sizeof cell, "  %s", text_of(child, "name"));
        table_add(t, cell);
        table_add(t, "");
        table_add(t, list_cell(child, "local_ts", local));
        table_add(t, list_cell(child, "remote_ts", remote));
        table_add(t, "");
        table_add(t, "");
    }
}

void show_connections(json_t *result)
{
    static const char *const heads[] = {
        "NAME", "SAS", "LOCAL", "REMOTE", "WE PROVE / PEER PROVES", "POLICY"
    };
    const json_t *list = json_object_get(result, "connections");
    struct table t;
    size_t i;

    table_begin(&t, heads, COUNT(heads));
    for (i = 0; i < json_array_size(list); i++)
        add_connection(&t, json_array_get(list, i));
    table_end(&t);
}

/* --- pools ------------------------------------------------------------------------------- */

static void add_leases(struct table *t, const json_t *list)
{
    char address[CELL], sas[CELL];
    const json_t *lease, *ids;
    size_t i, j, len;

    for (i = 0; i < json_array_size(list); i++) {
        lease = json_array_get(list, i);
        ids = json_object_get(lease, "sas");
        (void)snprintf(address, sizeof address, "  %s", text_of(lease, "address"));
        sas[0] = '\0';
        for (j = 0, len = 0; j < json_array_size(ids) && len < CELL - 24; j++)
            len += (size_t)snprintf(sas + len, CELL - len, "%s%lld", j == 0 ? "" : ",",
                                    (long long)json_integer_value(json_array_get(ids, j)));
        table_add(t, address);
        table_add(t, text_of(lease, "identity"));
        table_add(t, sas);
        table_add(t, "");
    }
}

static void add_half(struct table *t, const json_t *pool, const char *key)
{
    const json_t *half = json_object_get(pool, key);
    bool is_huge = json_is_null(json_object_get(half, "size"));
    char cell[CELL];

    if (!is_huge && number_of(half, "size") == 0 && number_of(half, "used") == 0)
        return;
    (void)snprintf(cell, sizeof cell, "%s %s", text_of(pool, "name"), key);
    table_add(t, cell);
    table_add(t, is_huge ? "huge" : number_cell(half, "size", cell));
    table_add(t, number_cell(half, "used", cell));
    table_add(t, number_cell(half, "kept", cell));
}

void show_pools(json_t *result)
{
    static const char *const heads[] = { "POOL", "SIZE / IDENTITY", "USED / SA", "KEPT" };
    const json_t *list = json_object_get(result, "pools"), *pool;
    struct table t;
    size_t i;

    if (json_array_size(list) == 0) {
        (void)puts("no pools");
        return;
    }
    table_begin(&t, heads, COUNT(heads));
    for (i = 0; i < json_array_size(list); i++) {
        pool = json_array_get(list, i);
        add_half(&t, pool, "ip4");
        add_half(&t, pool, "ip6");
        add_leases(&t, json_object_get(pool, "leases"));
    }
    add_leases(&t, json_object_get(result, "strays"));
    table_end(&t);
}

/* --- The others -------------------------------------------------------------------------- */

/* "rekeying ike-sa 3, 5" */
void show_order(json_t *result)
{
    static const char *const doing[] = { "rekeying", "reauthenticating", "terminating" };
    const json_t *ids = json_object_get(result, "ids"), *refused, *one;
    size_t i;

    for (i = 0; i < COUNT(doing); i++) {
        if (text_of(result, doing[i]) != NULL)
            (void)printf("%s %s ", doing[i], text_of(result, doing[i]));
    }
    if (json_array_size(ids) > IDS_SHOWN)
        (void)printf("(%zu)", json_array_size(ids));
    for (i = 0; i < json_array_size(ids) && json_array_size(ids) <= IDS_SHOWN; i++)
        (void)printf("%s%lld", i == 0 ? "" : ", ",
                     (long long)json_integer_value(json_array_get(ids, i)));
    (void)printf("\n");
    refused = json_object_get(result, "refused");
    for (i = 0; i < json_array_size(refused); i++) {
        one = json_array_get(refused, i);
        (void)printf("not %lld: %s\n", number_of(one, "id"), text_of(one, "error"));
    }
}

void show_reload(json_t *result)
{
    static const char *const keys[] = { "added", "changed", "removed" };
    char cell[CELL];
    size_t i;

    (void)printf("reloaded: %lld connections\n", number_of(result, "connections"));
    for (i = 0; i < COUNT(keys); i++) {
        if (*list_cell(result, keys[i], cell) != '\0')
            (void)printf("%s: %s\n", keys[i], cell);
    }
    if (*list_cell(result, "restart", cell) != '\0')
        (void)printf("these change with a restart only: %s\n", cell);
}

/* Counters that are not 0, but for the first few. */
static void add_counters(struct table *t, const char *prefix, json_t *object)
{
    const char *key;
    json_t *value;
    char cell[CELL];

    json_object_foreach(object, key, value)
    {
        if (json_is_object(value)) {
            (void)snprintf(cell, CELL, "%s: ", key);
            add_counters(t, cell, value);
        } else if (json_is_integer(value) && (*prefix == '\0' || json_integer_value(value) != 0)) {
            (void)snprintf(cell, CELL, "%s%s", prefix, key);
            table_add(t, cell);
            (void)snprintf(cell, CELL, "%lld", (long long)json_integer_value(value));
            table_add(t, cell);
        }
    }
}

void show_stats(json_t *result)
{
    static const char *const heads[] = { "COUNTER", "VALUE" };
    struct table t;

    table_begin(&t, heads, COUNT(heads));
    add_counters(&t, "", result);
    table_end(&t);
}
