/* tsv.c - a table of TAB-separated fields with named columns. */
#include "tsv.h"

#include <stdio.h>
#include <string.h>

/* Fills `field`; returns how many fields there are, TSV_COLUMNS + 1 for "too many". */
static size_t tsv_split(struct tsv *t, ike2_bytes line)
{
    size_t n = 0;

    while (n < TSV_COLUMNS) {
        const uint8_t *tab = line.len != 0 ? memchr(line.ptr, '\t', line.len) : NULL;
        size_t len = tab != NULL ? (size_t)(tab - line.ptr) : line.len;

        t->field[n++] = (ike2_bytes){ .ptr = line.ptr, .len = len };
        if (tab == NULL)
            return n;
        line.ptr += len + 1;
        line.len -= len + 1;
    }
    return TSV_COLUMNS + 1;
}

static bool is_named(ike2_bytes field, const char *name)
{
    return field.len == strlen(name) && memcmp(field.ptr, name, field.len) == 0;
}

static bool tsv_header(struct tsv *t, const char *first)
{
    ike2_bytes line;

    while (lines_next(&t->lines, &line)) {
        if (line.len == 0)
            continue;
        if (line.ptr[0] != '#')
            break;
        t->n_columns = tsv_split(t, (ike2_bytes){ .ptr = line.ptr + 1, .len = line.len - 1 });
        if (t->n_columns <= TSV_COLUMNS && is_named(t->field[0], first))
            return true;
    }
    fprintf(stderr, "%s:%zu: no line of column names that begins with #%s\n", t->lines.path,
            t->lines.line != 0 ? t->lines.line : 1, first);
    return false;
}

bool tsv_open(struct tsv *t, const char *path, const char *first)
{
    *t = (struct tsv){ 0 };
    return lines_open(&t->lines, path) && tsv_header(t, first);
}

bool tsv_columns(struct tsv *t, const char *const *names, size_t n, size_t *index)
{
    for (size_t i = 0; i < n; i++) {
        size_t at = 0;

        while (at < t->n_columns && !is_named(t->field[at], names[i]))
            at++;
        if (at == t->n_columns) {
            lines_error(&t->lines, names[i], "there is no such column");
            return false;
        }
        index[i] = at;
    }
    return true;
}

bool tsv_next(struct tsv *t)
{
    ike2_bytes line;

    while (lines_next(&t->lines, &line)) {
        if (line.len == 0 || line.ptr[0] == '#')
            continue;
        if (tsv_split(t, line) == t->n_columns)
            return true;
        lines_error(&t->lines, "row", "its number of fields is not that of the column names");
    }
    return false;
}

void tsv_close(struct tsv *t)
{
    lines_close(&t->lines);
    *t = (struct tsv){ 0 };
}
