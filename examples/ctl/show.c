#include "show.h"

#include <stdio.h>
#include <string.h>

#include "table.h"

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

enum { CELL = 1024 };

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

/* "42s", "7m10s", "3h05m", "2d04h" */
static const char *age_cell(const json_t *object, const char *key, char cell[CELL])
{
    long long s = number_of(object, key);

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

/* --- sas --------------------------------------------------------------------------------- */

static void add_child(struct table *t, const json_t *child)
{
    char local[CELL], remote[CELL], cell[2 * CELL + 64], age[CELL];

    table_add(t, number_cell(child, "id", cell));
    table_add(t, "  child");
    table_add(t, text_of(child, "state"));
    table_add(t, age_cell(child, "age", age));
    (void)snprintf(cell, sizeof cell, "%s === %s", list_cell(child, "local_ts", local),
                   list_cell(child, "remote_ts", remote));
    table_add(t, cell);
    (void)snprintf(cell, sizeof cell, "in %s out %s%s",
                   text_of(child, "spi_in") != NULL ? text_of(child, "spi_in") : "-",
                   text_of(child, "spi_out") != NULL ? text_of(child, "spi_out") : "-",
                   text_of(child, "encap") != NULL && strcmp(text_of(child, "encap"), "udp") == 0
                       ? " udp"
                       : "");
    table_add(t, cell);
}

static void add_sa(struct table *t, const json_t *sa)
{
    const json_t *children = json_object_get(sa, "children");
    char cell[CELL];
    size_t i;

    table_add(t, number_cell(sa, "id", cell));
    table_add(t, text_of(sa, "connection"));
    table_add(t, text_of(sa, "state"));
    table_add(t, age_cell(sa, "age", cell));
    table_add(t, text_of(sa, "remote_id"));
    table_add(t, text_of(sa, "remote"));
    for (i = 0; i < json_array_size(children); i++)
        add_child(t, json_array_get(children, i));
}

void show_sas(json_t *result)
{
    static const char *const heads[] = { "ID", "CONNECTION", "STATE", "AGE", "PEER", "ADDRESS" };
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
    for (i = 0; i < json_array_size(children); i++) {
        const json_t *child = json_array_get(children, i);

        (void)snprintf(cell, sizeof cell, "  %s", text_of(child, "name"));
        table_add(t, cell);
        table_add(t, "");
        table_add(t, list_cell(child, "local_ts", local));
        table_add(t, list_cell(child, "remote_ts", remote));
        table_add(t, "");
    }
}

void show_connections(json_t *result)
{
    static const char *const heads[] = { "NAME", "SAS", "LOCAL", "REMOTE",
                                         "WE PROVE / PEER PROVES" };
    const json_t *list = json_object_get(result, "connections");
    struct table t;
    size_t i;

    table_begin(&t, heads, COUNT(heads));
    for (i = 0; i < json_array_size(list); i++)
        add_connection(&t, json_array_get(list, i));
    table_end(&t);
}

/* --- The others -------------------------------------------------------------------------- */

void show_rekey(json_t *result)
{
    (void)printf("rekeying %s %lld\n", text_of(result, "rekeying"), number_of(result, "id"));
}

void show_terminate(json_t *result)
{
    (void)printf("terminating %s %lld\n", text_of(result, "terminating"), number_of(result, "id"));
}

void show_log(json_t *result)
{
    (void)printf("log level %s\n", text_of(result, "level"));
}

void show_reload(json_t *result)
{
    (void)printf("reloaded: %lld connections\n", number_of(result, "connections"));
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
