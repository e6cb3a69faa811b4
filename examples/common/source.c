#include "source.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "lexer.h"

/* --- Growing ----------------------------------------------------------------------------- */

/* One line more; it is copied. */
static bool add_line(struct source *s, const char *text, struct source_place place)
{
    size_t len = strlen(text);

    if (s->len + len + 2 > s->cap) {
        size_t cap = 2 * (s->cap + len + 2);
        char *grown = cap <= SOURCE_TEXT_MAX ? realloc(s->text, cap) : NULL;

        if (grown == NULL)
            return false;
        s->text = grown;
        s->cap = cap;
    }
    if (s->n_places == s->places_cap) {
        size_t cap = 2 * s->places_cap + 64;
        struct source_place *grown = realloc(s->places, cap * sizeof *grown);

        if (grown == NULL)
            return false;
        s->places = grown;
        s->places_cap = cap;
    }
    memcpy(s->text + s->len, text, len);
    s->len += len;
    s->text[s->len++] = '\n';
    s->text[s->len] = '\0';
    s->places[s->n_places++] = place;
    return true;
}

static const char *add_file(struct source *s, const char *path)
{
    char *copy = s->n_files < SOURCE_FILES_MAX ? strdup(path) : NULL;

    if (copy != NULL)
        s->files[s->n_files++] = copy;
    return copy;
}

/* --- Includes ---------------------------------------------------------------------------- */

struct reading {
    struct source *source;
    struct source_place *where;
    struct problem *why;
    unsigned depth;
};

static bool read_one(struct reading *r, const char *path);

static const char *skip_blanks(const char *text)
{
    return text + strspn(text, " \t");
}

/* The pattern of a line `include("...")`; false if it is another line. */
static bool is_include(const char *line, char *pattern, size_t cap)
{
    const char *at = skip_blanks(line), *end;
    char quote;

    if (strncmp(at, "include", 7) != 0)
        return false;
    at = skip_blanks(at + 7);
    if (*at != '(')
        return false;
    at = skip_blanks(at + 1);
    quote = *at;
    if (quote != '"' && quote != '\'')
        return false;
    end = strchr(++at, quote);
    if (end == NULL || end == at || (size_t)(end - at) >= cap)
        return false;
    (void)snprintf(pattern, cap, "%.*s", (int)(end - at), at);
    at = skip_blanks(end + 1);
    if (*at != ')')
        return false;
    at = skip_blanks(at + 1);
    return *at == '\0' || *at == '#' || *at == '\r';
}

/* A pattern without wildcards has to match: a file that is missing is a mistake. */
static bool include_all(struct reading *r, const char *file, const char *pattern)
{
    const char *slash = pattern[0] == '/' ? NULL : strrchr(file, '/');
    char path[4096];
    glob_t found = { 0 };
    bool ok = true;
    size_t i;

    (void)snprintf(path, sizeof path, "%.*s%s", slash != NULL ? (int)(slash + 1 - file) : 0, file,
                   pattern);
    if (strpbrk(pattern, "*?[") == NULL)
        return read_one(r, path);
    if (glob(path, 0, NULL, &found) == 0) {
        for (i = 0; ok && i < found.gl_pathc; i++)
            ok = read_one(r, found.gl_pathv[i]);
        globfree(&found);
    }
    return ok;
}

/* --- One file ---------------------------------------------------------------------------- */

static bool fail_memory(const struct reading *r)
{
    problem_set(r->why, "the configuration is too large");
    return false;
}

static bool read_line(struct reading *r, struct lexer *lexer, char *text, struct source_place place)
{
    bool between = lexer->state == LEXER_PLAIN;
    char pattern[1024];

    *r->where = place;
    if (between && is_include(text, pattern, sizeof pattern))
        return (add_line(r->source, "", place) || fail_memory(r)) &&
               include_all(r, place.file, pattern);
    return lexer_line(lexer, text, place.line, r->why) &&
           (add_line(r->source, text, place) || fail_memory(r));
}

static bool read_lines(struct reading *r, const char *name, char *text)
{
    struct source_place place = { .file = name };
    struct lexer lexer = { .state = LEXER_PLAIN };
    char *next;

    for (; text != NULL; text = next) {
        next = strchr(text, '\n');
        if (next != NULL)
            *next++ = '\0';
        place.line++;
        if (!read_line(r, &lexer, text, place))
            return false;
    }
    *r->where = place;
    return lexer_end(&lexer, &r->where->line, r->why);
}

static bool read_one(struct reading *r, const char *path)
{
    const char *name;
    struct file_text file;
    bool ok;

    if (r->depth == SOURCE_DEPTH_MAX) {
        problem_set(r->why, "includes are nested too deeply: does a file include itself?");
        return false;
    }
    if (!file_read(path, &file, r->why))
        return false;
    name = add_file(r->source, path);
    r->depth++;
    if (name == NULL) {
        ok = fail_memory(r);
    } else if (memchr(file.text, '\0', file.len) != NULL) {
        *r->where = (struct source_place){ .file = name };
        problem_set(r->why, "this is no text");
        ok = false;
    } else {
        ok = read_lines(r, name, file.text);
    }
    r->depth--;
    file_free(&file);
    return ok;
}

bool source_read(struct source *s, const char *path, struct source_place *where,
                 struct problem *why)
{
    struct reading r = { .source = s, .where = where, .why = why };

    *s = (struct source){ 0 };
    *where = (struct source_place){ .file = path };
    return read_one(&r, path);
}

void source_free(struct source *s)
{
    size_t i;

    for (i = 0; i < s->n_files; i++)
        free(s->files[i]);
    free(s->places);
    free(s->text);
    *s = (struct source){ 0 };
}

struct source_place source_place(const struct source *s, int line)
{
    if (s->n_places == 0)
        return (struct source_place){ .file = "?" };
    if (line < 1)
        line = 1;
    if ((size_t)line > s->n_places)
        line = (int)s->n_places;
    return s->places[line - 1];
}
