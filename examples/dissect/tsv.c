/* tsv.c - a table of TAB-separated fields with named columns. */
#include "tsv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hex.h"

enum { TSV_STEP = 1 << 16, TSV_MAX = 1 << 28 };

/* Moves `text` to twice the room; the old one is wiped, it may hold keys. */
static bool tsv_grow(struct tsv *t, size_t *cap)
{
    size_t larger = *cap == 0 ? TSV_STEP : 2 * *cap;
    char *text = larger <= TSV_MAX ? malloc(larger) : NULL;

    if (text == NULL)
        return false;
    if (t->len != 0)
        memcpy(text, t->text, t->len);
    octets_wipe(t->text, t->len);
    free(t->text);
    t->text = text;
    *cap = larger;
    return true;
}

static bool tsv_load(struct tsv *t, FILE *file)
{
    size_t cap = 0;

    do {
        if (t->len == cap && !tsv_grow(t, &cap)) {
            fprintf(stderr, "%s: file is too large\n", t->path);
            return false;
        }
        t->len += fread(t->text + t->len, 1, cap - t->len, file);
    } while (!feof(file) && !ferror(file));
    if (ferror(file)) {
        fprintf(stderr, "%s: cannot be read\n", t->path);
        return false;
    }
    return true;
}

/* The next line without its end; false at the end of the file. */
static bool tsv_line(struct tsv *t, ike2_bytes *line)
{
    const char *start = t->text + t->at;
    size_t left = t->len - t->at;
    const char *end;
    size_t len;

    if (left == 0)
        return false;
    end = memchr(start, '\n', left);
    len = end != NULL ? (size_t)(end - start) : left;
    t->at += end != NULL ? len + 1 : len;
    t->line++;
    if (len > 0 && start[len - 1] == '\r')
        len--;
    *line = (ike2_bytes){ .ptr = (const uint8_t *)start, .len = len };
    return true;
}

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

    while (tsv_line(t, &line)) {
        if (line.len == 0)
            continue;
        if (line.ptr[0] != '#')
            break;
        t->n_columns = tsv_split(t, (ike2_bytes){ .ptr = line.ptr + 1, .len = line.len - 1 });
        if (t->n_columns <= TSV_COLUMNS && is_named(t->field[0], first))
            return true;
    }
    fprintf(stderr, "%s:%zu: no line of column names that begins with #%s\n", t->path,
            t->line != 0 ? t->line : 1, first);
    return false;
}

bool tsv_open(struct tsv *t, const char *path, const char *first)
{
    FILE *file = fopen(path, "rb");
    bool loaded;

    *t = (struct tsv){ .path = path };
    if (file == NULL) {
        fprintf(stderr, "%s: cannot be opened\n", path);
        return false;
    }
    loaded = tsv_load(t, file);
    fclose(file);
    return loaded && tsv_header(t, first);
}

bool tsv_columns(struct tsv *t, const char *const *names, size_t n, size_t *index)
{
    for (size_t i = 0; i < n; i++) {
        size_t at = 0;

        while (at < t->n_columns && !is_named(t->field[at], names[i]))
            at++;
        if (at == t->n_columns) {
            tsv_error(t, names[i], "there is no such column");
            return false;
        }
        index[i] = at;
    }
    return true;
}

bool tsv_next(struct tsv *t)
{
    ike2_bytes line;

    while (tsv_line(t, &line)) {
        if (line.len == 0 || line.ptr[0] == '#')
            continue;
        if (tsv_split(t, line) == t->n_columns)
            return true;
        tsv_error(t, "row", "its number of fields is not that of the column names");
    }
    return false;
}

void tsv_error(struct tsv *t, const char *column, const char *message)
{
    t->n_errors++;
    fprintf(stderr, "%s:%zu: %s: %s\n", t->path, t->line, column, message);
}

void tsv_warn(const struct tsv *t, const char *column, const char *message)
{
    fprintf(stderr, "%s:%zu: warning: %s: %s\n", t->path, t->line, column, message);
}

void tsv_close(struct tsv *t)
{
    octets_wipe(t->text, t->len);
    free(t->text);
    *t = (struct tsv){ 0 };
}
