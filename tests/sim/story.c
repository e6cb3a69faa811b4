/* sim/story.c - what an exploration is about, as text. */
#include "sim/story.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- Names ---------------------------------------------------------------------------- */

const char *operation_name(enum operation op)
{
    static const char *const names[OPERATIONS] = {
        [OP_NOTHING] = "nothing",           [OP_CREATE_CHILD] = "create_child",
        [OP_REKEY_CHILD] = "rekey_child",   [OP_DELETE_CHILD] = "delete_child",
        [OP_REKEY_SA] = "rekey_sa",         [OP_DELETE_SA] = "delete_sa",
        [OP_PROBE] = "probe",               [OP_REAUTH] = "reauth",
    };

    return names[op];
}

const char *lowest_name(enum lowest l)
{
    static const char *const names[LOWESTS] = {
        [LOWEST_A_I] = "a.ni", [LOWEST_B_I] = "b.ni", [LOWEST_A_R] = "a.nr", [LOWEST_B_R] = "b.nr",
    };

    return names[l];
}

/* --- Writing -------------------------------------------------------------------------- */

static void append(char *text, const char *more)
{
    size_t len = strlen(text);

    (void)snprintf(text + len, STORY_TEXT - len, "%s%s", len == 0 ? "" : ",", more);
}

static void append_number(char *text, const char *key, unsigned value)
{
    char more[64];

    (void)snprintf(more, sizeof more, "%s=%u", key, value);
    append(text, more);
}

static void append_way(char *text, const struct way *way)
{
    append(text, "choices=");
    for (size_t i = 0; i < way->n; i++) {
        size_t len = strlen(text);

        (void)snprintf(text + len, STORY_TEXT - len, i == 0 ? "%u" : ".%u", way->choices[i]);
    }
}

void story_write(const struct story *s, const struct way *way, char *text)
{
    char more[64];

    text[0] = '\0';
    for (size_t i = 0; i < s->n_starts; i++) {
        (void)snprintf(more, sizeof more, "%c=%s", s->starts[i].side == 0 ? 'a' : 'b',
                       operation_name(s->starts[i].operation));
        append(text, more);
    }
    (void)snprintf(more, sizeof more, "low=%s", lowest_name(s->lowest));
    append(text, more);
    append_number(text, "slow", s->manners.slow);
    append_number(text, "traffic", s->manners.traffic);
    append_number(text, "losses", s->bounds.losses);
    append_number(text, "copies", s->bounds.copies);
    append_number(text, "early", s->bounds.early);
    if (way != NULL)
        append_way(text, way);
}

/* --- Reading -------------------------------------------------------------------------- */

static bool read_operation(const char *value, size_t side, struct story *s)
{
    for (enum operation op = 0; op < OPERATIONS && s->n_starts < STARTS_MAX; op++) {
        if (strcmp(operation_name(op), value) == 0) {
            s->starts[s->n_starts++] = (struct start){ .side = side, .operation = op };
            return true;
        }
    }
    return false;
}

static bool read_lowest(const char *value, struct story *s)
{
    for (enum lowest l = 0; l < LOWESTS; l++) {
        if (strcmp(lowest_name(l), value) == 0) {
            s->lowest = l;
            return true;
        }
    }
    return false;
}

static bool read_number(const char *value, unsigned max, unsigned *out)
{
    char *end;
    unsigned long n = strtoul(value, &end, 10);

    if (*value == '\0' || *end != '\0' || n > max)
        return false;
    *out = (unsigned)n;
    return true;
}

static bool read_way(const char *value, struct way *way)
{
    way->n = 0;
    while (*value != '\0') {
        char *end;
        unsigned long n = strtoul(value, &end, 10);

        if (end == value || n > UINT8_MAX || way->n == WAY_MAX || (*end != '\0' && *end != '.'))
            return false;
        way->choices[way->n++] = (uint8_t)n;
        value = *end == '.' ? end + 1 : end;
    }
    return true;
}

enum { BOUND_MAX = 9 };

static bool read_item(const char *key, const char *value, struct story *s, struct way *way)
{
    if (strcmp(key, "a") == 0)
        return read_operation(value, 0, s);
    if (strcmp(key, "b") == 0)
        return read_operation(value, 1, s);
    if (strcmp(key, "low") == 0)
        return read_lowest(value, s);
    if (strcmp(key, "slow") == 0)
        return read_number(value, 1, &s->manners.slow);
    if (strcmp(key, "traffic") == 0)
        return read_number(value, 1, &s->manners.traffic);
    if (strcmp(key, "losses") == 0)
        return read_number(value, BOUND_MAX, &s->bounds.losses);
    if (strcmp(key, "copies") == 0)
        return read_number(value, BOUND_MAX, &s->bounds.copies);
    if (strcmp(key, "early") == 0)
        return read_number(value, BOUND_MAX, &s->bounds.early);
    return strcmp(key, "choices") == 0 && read_way(value, way);
}

bool story_read(const char *text, struct story *s, struct way *way)
{
    while (*text != '\0') {
        char item[STORY_TEXT];
        size_t len = strcspn(text, ",");
        char *value;

        (void)snprintf(item, sizeof item, "%.*s", (int)len, text);
        value = strchr(item, '=');
        if (value == NULL)
            return false;
        *value++ = '\0';
        if (!read_item(item, value, s, way))
            return false;
        text += len;
        text += *text == ',' ? 1 : 0;
    }
    return true;
}
