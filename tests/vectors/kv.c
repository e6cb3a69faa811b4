/* vectors/kv.c - reader of the .kv format. */
#include "vectors/kv.h"

#include <stdlib.h>
#include <string.h>

/* Cuts the line into its field, in place. */
static bool field_read(char *line, struct kv_field *out)
{
    size_t len = strlen(line);
    char *equals;

    if (line[0] == '[') {
        if (line[len - 1] != ']')
            return false;
        line[len - 1] = '\0';
        line++;
        out->in_group = true;
    }
    equals = strstr(line, " =");
    if (equals == NULL || (equals[2] != ' ' && equals[2] != '\0'))
        return false;
    *equals = '\0';
    out->name = line;
    out->value = equals[2] == ' ' ? equals + 3 : equals + 2;
    return line[0] != '\0';
}

static size_t count_lines(const char *chars)
{
    size_t n = 1;

    for (; *chars != '\0'; chars++)
        n += *chars == '\n';
    return n;
}

static bool parse(struct kv_file *f)
{
    char *line = f->text.chars;
    bool begins = true;

    while (line != NULL) {
        char *end = strchr(line, '\n');

        if (end != NULL)
            *end++ = '\0';
        if (line[0] == '\0') {
            begins = true;
        } else if (line[0] != '#') {
            f->fields[f->n_fields] = (struct kv_field){ .begins = begins };
            if (!field_read(line, &f->fields[f->n_fields]))
                return false;
            f->n_fields++;
            begins = false;
        }
        line = end;
    }
    return true;
}

static bool fields_read(struct kv_file *f)
{
    f->fields = calloc(count_lines(f->text.chars), sizeof *f->fields);
    if (f->fields != NULL && parse(f))
        return true;
    kv_close(f);
    return false;
}

bool kv_open(struct kv_file *f, const char *name)
{
    *f = (struct kv_file){ 0 };
    return text_open(&f->text, name) && fields_read(f);
}

bool kv_open_path(struct kv_file *f, const char *path)
{
    *f = (struct kv_file){ 0 };
    return text_open_path(&f->text, path) && fields_read(f);
}

void kv_close(struct kv_file *f)
{
    free(f->fields);
    text_close(&f->text);
    *f = (struct kv_file){ 0 };
}

/* The run of fields from `at` that belong together. */
static size_t run_of(const struct kv_file *f, size_t at)
{
    size_t n = 1;

    while (at + n < f->n_fields && !f->fields[at + n].begins &&
           f->fields[at + n].in_group == f->fields[at].in_group)
        n++;
    return n;
}

bool kv_next(struct kv_file *f, struct kv_record *out)
{
    while (f->at < f->n_fields) {
        const struct kv_field *first = &f->fields[f->at];
        size_t n = run_of(f, f->at);

        f->at += n;
        if (!first->in_group) {
            *out = (struct kv_record){ .file = f, .fields = first, .n_fields = n,
                                       .group = f->group, .n_group = f->n_group };
            return true;
        }
        f->group = first;
        f->n_group = n;
    }
    return false;
}

static const char *find(const struct kv_field *fields, size_t n, const char *name, size_t nth)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(fields[i].name, name) == 0 && nth-- == 0)
            return fields[i].value;
    }
    return NULL;
}

const char *kv_nth(const struct kv_record *r, const char *name, size_t nth)
{
    return find(r->fields, r->n_fields, name, nth);
}

const char *kv_get(const struct kv_record *r, const char *name)
{
    const char *value = kv_nth(r, name, 0);

    return value != NULL ? value : find(r->group, r->n_group, name, 0);
}

bool kv_is(const struct kv_record *r, const char *name, const char *value)
{
    const char *found = kv_get(r, name);

    return found != NULL && strcmp(found, value) == 0;
}

long kv_number(const struct kv_record *r, const char *name)
{
    const char *value = kv_get(r, name);
    char *end = NULL;
    long number = value != NULL && value[0] != '\0' ? strtol(value, &end, 10) : -1;

    return end != NULL && *end == '\0' ? number : -1;
}

bool kv_octets(const struct kv_record *r, const char *name, ike2_bytes *out)
{
    const char *value = kv_get(r, name);

    return value != NULL && text_hex(&r->file->text, value, out);
}
