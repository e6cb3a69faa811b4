#include "profile.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <confuse.h>

#include "common/nearest.h"
#include "common/source.h"

/* Where libconfuse's complaints go: its error function has no argument of ours. */
static _Thread_local struct problem *complaint;
static _Thread_local const struct source *complained_of;

static bool is_in_file(const struct word *w)
{
    return w->kind != WORD_LINE;
}

/* libconfuse names the line; for a misspelt word we name the one that was probably meant. */
static void say_unknown(const char *word)
{
    const char *names[WORDS], *nearest;
    size_t i, n = 0, len;

    for (i = 0; i < WORDS; i++) {
        if (is_in_file(&words[i]))
            names[n++] = words[i].name;
    }
    nearest = nearest_word(word, names, n);
    len = strlen(complaint->text);
    if (nearest != NULL)
        (void)snprintf(complaint->text + len, sizeof complaint->text - len, "; did you mean '%s'?",
                       nearest);
}

static void on_error(cfg_t *cfg, const char *format, va_list args)
{
    struct source_place place = source_place(complained_of, cfg->line);
    char text[256];
    va_list copy;

    if (complaint->text[0] != '\0')
        return; /* the first one is the true one */
    va_copy(copy, args);
    (void)vsnprintf(text, sizeof text, format, args);
    problem_set(complaint, "%s:%u: %s", place.file, place.line, text);
    if (strstr(format, "no such option '%s'") != NULL)
        say_unknown(va_arg(copy, const char *));
    va_end(copy);
}

/* libconfuse's table of our words; the caller has room for all and the end. */
static void make_table(cfg_opt_t *table)
{
    size_t i, n = 0;

    for (i = 0; i < WORDS; i++) {
        const struct word *w = &words[i];
        const cfg_opt_t one = CFG_STR(w->name, NULL, CFGF_NODEFAULT);
        const cfg_opt_t many = CFG_STR_LIST(w->name, NULL, CFGF_NODEFAULT);
        const cfg_opt_t flag = CFG_BOOL(w->name, cfg_false, CFGF_NODEFAULT);

        if (is_in_file(w))
            table[n++] = w->kind == WORD_MANY ? many : w->kind == WORD_FLAG ? flag : one;
    }
    table[n] = (cfg_opt_t)CFG_END();
}

static bool take_word(cfg_t *cfg, const struct word *w, profile_taker *take, void *user)
{
    cfg_opt_t *opt = cfg_getopt(cfg, w->name);
    unsigned i, n = opt != NULL ? cfg_opt_size(opt) : 0;

    for (i = 0; i < n; i++) {
        const char *text = w->kind == WORD_FLAG ? (cfg_opt_getnbool(opt, i) ? "yes" : "no")
                                                : cfg_opt_getnstr(opt, i);

        if (text == NULL || !take(user, w->id, text))
            return false;
    }
    return true;
}

static bool parse(const struct source *source, cfg_t *cfg, profile_taker *take, void *user)
{
    bool ok;
    size_t i;

    complained_of = source;
    (void)cfg_set_error_function(cfg, on_error);
    ok = cfg_parse_buf(cfg, source->text != NULL ? source->text : "") == CFG_SUCCESS;
    for (i = 0; ok && i < WORDS; i++)
        ok = !is_in_file(&words[i]) || take_word(cfg, &words[i], take, user);
    return ok;
}

static bool read_source(const char *path, struct source *source, struct problem *why)
{
    struct source_place where;

    if (source_read(source, path, &where, why))
        return true;
    if (where.line != 0)
        problem_prefix(why, "%s:%u", where.file, where.line);
    source_free(source);
    return false;
}

bool profile_read(const char *path, profile_taker *take, void *user, struct problem *why)
{
    cfg_opt_t table[WORDS + 1];
    struct source source;
    bool ok = false;
    cfg_t *cfg;

    why->text[0] = '\0';
    if (!read_source(path, &source, why))
        return false;
    complaint = why;
    make_table(table);
    cfg = cfg_init(table, CFGF_NONE);
    if (cfg != NULL)
        ok = parse(&source, cfg, take, user);
    if (!ok && why->text[0] == '\0')
        problem_set(why, "%s: cannot be read", path);
    if (cfg != NULL)
        (void)cfg_free(cfg);
    source_free(&source);
    complaint = NULL;
    complained_of = NULL;
    return ok;
}
