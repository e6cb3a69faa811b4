#include "settings.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    WORD_MAX = 80,
    SECTION_SEEN =
        1 << 24 /* in the flags of a section's option: a bit that libconfuse leaves free */
};

/* libconfuse's callbacks have no argument for us. One file is read at a time, on one thread. */
static struct {
    struct settings *settings;
    struct config *config;
} reading;

static struct source_place place_of(const cfg_t *cfg)
{
    return source_place(&reading.config->source, cfg->line);
}

static enum option_section kind_of(const cfg_t *cfg)
{
    unsigned i;

    for (i = SECTION_TOP + 1; i < SECTIONS; i++) {
        if (strcmp(cfg->name, option_sections[i]) == 0)
            return (enum option_section)i;
    }
    return SECTION_TOP;
}

/* --- Values ------------------------------------------------------------------------------ */

static bool add(const struct setting *setting)
{
    struct settings *s = reading.settings;

    if (s->n == s->cap) {
        size_t cap = 2 * s->cap + 64;
        struct setting *grown = realloc(s->list, cap * sizeof *grown);

        if (grown == NULL)
            return false;
        s->list = grown;
        s->cap = cap;
    }
    s->list[s->n] = *setting;
    s->list[s->n].value = strdup(setting->value);
    return s->list[s->n++].value != NULL;
}

/* Twice `x = 1`, or twice `x = { 1 }`; but not `x = { 1, 2 }` or `x += { 2 }`. */
static void check_twice(const cfg_t *cfg, const cfg_opt_t *opt, const struct option_row *row)
{
    const struct setting *first = settings_next(reading.settings, cfg, row, NULL);

    if (first == NULL || (row->list && opt->nvalues > 1))
        return;
    config_complain(reading.config, place_of(cfg), "%s is given twice: first in line %u%s",
                    row->name, source_place(&reading.config->source, first->line).line,
                    row->list ? "; write all values in one list, or add to it with +=" : "");
}

/* A value has been read, while its line is still known. */
static int on_value(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
{
    const struct option_row *row = option_find(kind_of(cfg), opt->name);
    struct setting setting = { .section = cfg, .row = row, .line = cfg->line };
    const char **out = result;

    check_twice(cfg, opt, row);
    setting.value = (char *)(uintptr_t)value; /* add() copies it */
    if (!add(&setting))
        return -1;
    *out = value;
    return 0;
}

/* A section has been closed in `outer`. */
static int on_section(cfg_t *outer, cfg_opt_t *opt)
{
    enum option_section kind = option_section_in(kind_of(outer), opt->name);

    if (!option_section_is_titled(kind) && (opt->flags & SECTION_SEEN) != 0)
        config_complain(reading.config, place_of(outer), "%s { } is given twice", opt->name);
    opt->flags |= SECTION_SEEN;
    return 0;
}

/* --- What libconfuse finds wrong --------------------------------------------------------- */

/* The word between the quotes of a message. */
static void quoted(const char *text, char word[WORD_MAX])
{
    const char *begin = strchr(text, '\''), *end = begin != NULL ? strrchr(text, '\'') : NULL;

    word[0] = '\0';
    if (end != NULL && end > begin)
        (void)snprintf(word, WORD_MAX, "%.*s", (int)(end - begin - 1), begin + 1);
}

static void explain_unknown(const cfg_t *cfg, const char *word)
{
    enum option_section kind = kind_of(cfg);
    const char *near = option_nearest(kind, word);
    char where[64] = "at this place";

    if (kind != SECTION_TOP)
        (void)snprintf(where, sizeof where, "of %s { }", option_sections[kind]);
    if (option_is_foreign(word))
        config_complain(reading.config, place_of(cfg), "'%s' is not supported by this version",
                        word);
    else if (near != NULL)
        config_complain(reading.config, place_of(cfg), "'%s' is no option %s; did you mean '%s'?",
                        word, where, near);
    else
        config_complain(reading.config, place_of(cfg), "'%s' is no option %s", word, where);
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static void explain(const cfg_t *cfg, const char *text)
{
    struct source_place place = place_of(cfg);
    struct config *c = reading.config;
    char word[WORD_MAX];

    quoted(text, word);
    if (begins(text, "no such option"))
        explain_unknown(cfg, word);
    else if (begins(text, "found duplicate title"))
        config_complain(c, place,
                        "there are two sections with the name '%s': give one another name", word);
    else if (begins(text, "missing equal sign"))
        config_complain(c, place, "'%s' is an option: write %s = VALUE", word, word);
    else if (begins(text, "missing opening brace"))
        config_complain(c, place, "'%s' is a section: write %s%s { ... }", word, word,
                        option_section_is_titled(option_section_in(kind_of(cfg), word)) ? " NAME"
                                                                                        : "");
    else if (begins(text, "missing title"))
        config_complain(c, place, "'%s' needs a name: write %s NAME { ... }", word, word);
    else if (begins(text, "attempt to append"))
        config_complain(c, place, "'%s' takes one value: write %s = VALUE", word, word);
    else if (begins(text, "unexpected token"))
        config_complain(c, place,
                        "'%s' is not expected here: write NAME = VALUE, NAME = { VALUE, "
                        "VALUE } or SECTION { ... }",
                        word);
    else if (begins(text, "premature end"))
        config_complain(c, place, "the file ends in the middle of an option");
    else
        config_complain(c, place, "%s", text);
}

static void on_error(cfg_t *cfg, const char *format, va_list args)
{
    char text[512];

    (void)vsnprintf(text, sizeof text, format, args);
    explain(cfg, text);
}

/* --- Reading ----------------------------------------------------------------------------- */

/* libconfuse's own tables of one section, and of those in it. It copies them. */
struct tables {
    cfg_opt_t list[SECTIONS][OPTION_NAMES_MAX + 1];
};

static void fill_section(struct tables *t, unsigned kind)
{
    cfg_opt_t *at = t->list[kind];
    unsigned i;

    for (i = 0; i < OPTIONS; i++) {
        const struct option_row *row = &option_rows[i];

        if (row->section != kind)
            continue;
        if (row->list)
            *at++ = (cfg_opt_t)CFG_STR_LIST_CB(row->name, NULL, CFGF_NODEFAULT, on_value);
        else
            *at++ = (cfg_opt_t)CFG_STR_CB(row->name, NULL, CFGF_NODEFAULT, on_value);
    }
    for (i = SECTION_TOP + 1; i < SECTIONS; i++) {
        if (option_section_in((enum option_section)kind, option_sections[i]) != i)
            continue;
        *at = (cfg_opt_t)CFG_SEC(option_sections[i], t->list[i],
                                 option_section_is_titled((enum option_section)i)
                                     ? CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES
                                     : CFGF_NONE);
        at->validcb = on_section;
        at++;
    }
    *at = (cfg_opt_t)CFG_END();
}

static cfg_t *make_parser(void)
{
    struct tables *t = calloc(1, sizeof *t);
    cfg_t *root = NULL;
    unsigned kind;

    if (t == NULL)
        return NULL;
    for (kind = 0; kind < SECTIONS; kind++)
        fill_section(t, kind);
    root = cfg_init(t->list[SECTION_TOP], CFGF_NONE);
    free(t);
    return root;
}

bool settings_read(struct settings *s, struct config *c)
{
    int err;

    *s = (struct settings){ .root = make_parser() };
    if (s->root == NULL) {
        config_complain(c, (struct source_place){ .file = "" }, "out of memory");
        return false;
    }
    (void)cfg_set_error_function(s->root, on_error);
    reading.settings = s;
    reading.config = c;
    err = cfg_parse_buf(s->root, c->source.text);
    if (err != CFG_SUCCESS && c->n_problems == 0)
        config_complain(c, source_place(&c->source, s->root->line), "cannot be read");
    reading.settings = NULL;
    reading.config = NULL;
    return err == CFG_SUCCESS && c->n_problems == 0;
}

void settings_free(struct settings *s)
{
    size_t i;

    for (i = 0; i < s->n; i++)
        free(s->list[i].value);
    free(s->list);
    if (s->root != NULL)
        (void)cfg_free(s->root);
    *s = (struct settings){ 0 };
}

/* --- What was read ----------------------------------------------------------------------- */

const struct setting *settings_next(const struct settings *s, const cfg_t *section,
                                    const struct option_row *row, const struct setting *after)
{
    size_t i = after == NULL ? 0 : (size_t)(after - s->list) + 1;

    for (; i < s->n; i++) {
        if (s->list[i].section == section && s->list[i].row == row)
            return &s->list[i];
    }
    return NULL;
}

static bool same_values(const struct settings *a, const cfg_t *in_a, const struct settings *b,
                        const cfg_t *in_b, const struct option_row *row)
{
    const struct setting *x = settings_next(a, in_a, row, NULL);
    const struct setting *y = settings_next(b, in_b, row, NULL);

    while (x != NULL && y != NULL && strcmp(x->value, y->value) == 0) {
        x = settings_next(a, in_a, row, x);
        y = settings_next(b, in_b, row, y);
    }
    return x == NULL && y == NULL;
}

bool settings_same(const struct settings *a, const cfg_t *in_a, const struct settings *b,
                   const cfg_t *in_b, enum option_section kind)
{
    bool same = true;
    size_t i;

    for (i = 0; i < OPTIONS && same; i++)
        same = option_rows[i].section != kind || same_values(a, in_a, b, in_b, &option_rows[i]);
    return same;
}

cfg_t *settings_section(const struct settings *s, cfg_t *outer, enum option_section kind,
                        unsigned index)
{
    cfg_t *from = outer != NULL ? outer : s->root;

    return cfg_getnsec(from, option_sections[kind], index);
}
