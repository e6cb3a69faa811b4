#include "psk_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ike2/iana.h>

#include "psk.h"
#include "value.h"

enum { BLOCK = 64, NAME_MAX_OCTETS = 512 };

struct line {
    struct identity who; /* of a pattern: its type, and what follows the star; type 0: anybody */
    bool is_pattern;
    unsigned number;
    ike2_key *key;
};

struct psk_table {
    const ike2_crypto *crypto;
    struct line **lines; /* each stays where it is: identities view themselves */
    size_t n;
};

/* --- Identities -------------------------------------------------------------------------- */

/* "*.example.org" fits names, "*@example.org" addresses; more than one star is no pattern. */
static const char *read_pattern(const char *text, struct line *out)
{
    size_t len = strlen(text + 1);

    if ((text[1] != '.' && text[1] != '@') || len < 2 || len > sizeof out->who.room)
        return "is no pattern: write *.example.org or *@example.org";
    memcpy(out->who.room, text + 1, len);
    out->who.id = (ike2_id){ .type = text[1] == '@' ? IKE2_ID_RFC822_ADDR : IKE2_ID_FQDN,
                             .data = { .ptr = out->who.room, .len = len } };
    out->is_pattern = true;
    return NULL;
}

static const char *read_who(const char *text, struct line *out)
{
    return text[0] == '*' ? read_pattern(text, out) : value_identity(text, &out->who);
}

static bool same_octets(const uint8_t *a, ike2_bytes b)
{
    return b.len == 0 || memcmp(a, b.ptr, b.len) == 0;
}

/* 0: not at all. */
static size_t fit(const struct line *line, const ike2_id *id)
{
    ike2_bytes ours = line->who.id.data;

    if (line->who.id.type == 0)
        return 1;
    if (line->who.id.type != id->type || ours.len > id->data.len)
        return 0;
    if (line->is_pattern)
        return ours.len < id->data.len &&
                       same_octets(id->data.ptr + id->data.len - ours.len, ours)
                   ? 1 + ours.len
                   : 0;
    return ours.len == id->data.len && same_octets(id->data.ptr, ours) ? SIZE_MAX : 0;
}

ike2_key *psk_table_find(const struct psk_table *t, const ike2_id *id)
{
    ike2_key *best = NULL;
    size_t most = 0, i;

    for (i = 0; t != NULL && i < t->n; i++) {
        size_t how_well = fit(t->lines[i], id);

        if (how_well > most) {
            most = how_well;
            best = t->lines[i]->key;
        }
    }
    return best;
}

/* --- Reading ----------------------------------------------------------------------------- */

static bool is_same(const struct line *a, const struct line *b)
{
    return a->is_pattern == b->is_pattern && a->who.id.type == b->who.id.type &&
           a->who.id.data.len == b->who.id.data.len &&
           (a->who.id.data.len == 0 || same_octets(a->who.id.data.ptr, b->who.id.data));
}

static const struct line *twin_of(const struct psk_table *t, const struct line *line)
{
    for (size_t i = 0; i < t->n; i++) {
        if (is_same(t->lines[i], line))
            return t->lines[i];
    }
    return NULL;
}

/* Takes `line`, or frees it. */
static bool add(struct psk_table *t, struct line *line, const char *path, struct problem *why)
{
    const struct line *twin = twin_of(t, line);
    struct line **grown = t->lines;

    if (twin == NULL && t->n % BLOCK == 0)
        grown = realloc(t->lines, (t->n + BLOCK) * sizeof *grown);
    if (twin == NULL && grown != NULL) {
        t->lines = grown;
        t->lines[t->n++] = line;
        return true;
    }
    if (twin != NULL)
        problem_set(why, "%s:%u: the identity has a key in line %u already", path, line->number,
                    twin->number);
    else
        problem_set(why, "out of memory");
    t->crypto->key_free(t->crypto->user, line->key);
    free(line);
    return false;
}

/* "IDENTITY KEY", cut in place. */
static bool read_line(struct psk_table *t, const char *path, char *text, unsigned number,
                      struct problem *why)
{
    struct line *line = calloc(1, sizeof *line);
    size_t len = strcspn(text, " \t");
    char name[NAME_MAX_OCTETS];
    struct file_text secret = { .text = text + len + strspn(text + len, " \t") };
    const char *wrong;

    (void)snprintf(name, sizeof name, "%s:%u", path, number);
    secret.len = strlen(secret.text);
    if (line == NULL) {
        problem_set(why, "out of memory");
        return false;
    }
    text[len] = '\0';
    line->number = number;
    wrong = read_who(text, line);
    if (wrong != NULL)
        problem_set(why, "%s: %s: it %s", name, text, wrong);
    if (wrong != NULL || !psk_import(t->crypto, &secret, name, &line->key, why)) {
        free(line);
        return false;
    }
    return add(t, line, path, why);
}

static bool read_lines(struct psk_table *t, const char *path, struct file_text *file,
                       struct problem *why)
{
    struct problem said, warning = { "" };
    unsigned number = 1;
    char *next;

    for (char *at = file->text; at != NULL; at = next, number++) {
        next = strchr(at, '\n');
        if (next != NULL)
            *next++ = '\0';
        at += strspn(at, " \t");
        if (*at == '\0' || *at == '#')
            continue;
        said.text[0] = '\0';
        if (!read_line(t, path, at, number, &said)) {
            *why = said;
            return false;
        }
        if (warning.text[0] == '\0')
            warning = said;
    }
    *why = warning;
    if (t->n == 0)
        problem_set(why, "%s holds no keys: write a line with an identity and its key", path);
    return t->n > 0;
}

bool psk_table_load(const ike2_crypto *crypto, const char *path, struct psk_table **out,
                    struct problem *why)
{
    struct psk_table *t = calloc(1, sizeof *t);
    struct file_text file = { 0 };
    bool shared = false, ok;

    if (t == NULL) {
        problem_set(why, "out of memory");
        return false;
    }
    t->crypto = crypto;
    ok = file_read_secret(path, &file, &shared, why) && read_lines(t, path, &file, why);
    file_free(&file);
    if (!ok) {
        psk_table_free(t);
        return false;
    }
    if (shared)
        problem_set(why, "warning: %s is open to other users: chmod 600 %s", path, path);
    *out = t;
    return true;
}

void psk_table_free(struct psk_table *t)
{
    for (size_t i = 0; t != NULL && i < t->n; i++) {
        t->crypto->key_free(t->crypto->user, t->lines[i]->key);
        free(t->lines[i]);
    }
    if (t != NULL)
        free(t->lines);
    free(t);
}
