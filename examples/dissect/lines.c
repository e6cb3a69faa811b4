/* lines.c - a text file line by line. */
#include "lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hex.h"

enum { LINES_STEP = 1 << 16, LINES_MAX = 1 << 28 };

/* Moves `text` to twice the room; the old one is wiped, it may hold keys. */
static bool lines_grow(struct lines *l, size_t *cap)
{
    size_t larger = *cap == 0 ? LINES_STEP : 2 * *cap;
    char *text = larger <= LINES_MAX ? malloc(larger) : NULL;

    if (text == NULL)
        return false;
    if (l->len != 0)
        memcpy(text, l->text, l->len);
    octets_wipe(l->text, l->len);
    free(l->text);
    l->text = text;
    *cap = larger;
    return true;
}

static bool lines_load(struct lines *l, FILE *file)
{
    size_t cap = 0;

    do {
        if (l->len == cap && !lines_grow(l, &cap)) {
            fprintf(stderr, "%s: file is too large\n", l->path);
            return false;
        }
        l->len += fread(l->text + l->len, 1, cap - l->len, file);
    } while (!feof(file) && !ferror(file));
    if (ferror(file)) {
        fprintf(stderr, "%s: cannot be read\n", l->path);
        return false;
    }
    return true;
}

bool lines_open(struct lines *l, const char *path)
{
    FILE *file = fopen(path, "rb");
    bool loaded;

    *l = (struct lines){ .path = path };
    if (file == NULL) {
        fprintf(stderr, "%s: cannot be opened\n", path);
        return false;
    }
    loaded = lines_load(l, file);
    fclose(file);
    return loaded;
}

bool lines_next(struct lines *l, ike2_bytes *line)
{
    const char *start = l->text + l->at;
    size_t left = l->len - l->at;
    const char *end;
    size_t len;

    if (left == 0)
        return false;
    end = memchr(start, '\n', left);
    len = end != NULL ? (size_t)(end - start) : left;
    l->at += end != NULL ? len + 1 : len;
    l->line++;
    if (len > 0 && start[len - 1] == '\r')
        len--;
    *line = (ike2_bytes){ .ptr = (const uint8_t *)start, .len = len };
    return true;
}

bool lines_have(const struct lines *l, const char *start)
{
    struct lines all = { .text = l->text, .len = l->len };
    size_t len = strlen(start);
    ike2_bytes line;

    while (lines_next(&all, &line)) {
        if (line.len >= len && memcmp(line.ptr, start, len) == 0)
            return true;
    }
    return false;
}

void lines_error(struct lines *l, const char *column, const char *message)
{
    l->n_errors++;
    fprintf(stderr, "%s:%zu: %s: %s\n", l->path, l->line, column, message);
}

void lines_warn(const struct lines *l, const char *column, const char *message)
{
    fprintf(stderr, "%s:%zu: warning: %s: %s\n", l->path, l->line, column, message);
}

void lines_close(struct lines *l)
{
    octets_wipe(l->text, l->len);
    free(l->text);
    *l = (struct lines){ 0 };
}
