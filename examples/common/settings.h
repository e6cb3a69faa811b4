/* settings.h - a configuration file as libconfuse reads it, by the table of options: which option
 * got which value in which line, before anybody asks what the value means. Private to config.c. */
#ifndef COMMON_SETTINGS_H
#define COMMON_SETTINGS_H

#include <confuse.h>

#include "config.h"
#include "option.h"

/* One value; each element of a list is one. */
struct setting {
    const cfg_t *section;
    const struct option_row *row;
    char *value;
    int line; /* of the source's text */
};

struct settings {
    cfg_t *root;
    struct setting *list;
    size_t n, cap;
};

/* Of `c->source`; what is wrong with the syntax becomes problems of `c`. False after any. */
bool settings_read(struct settings *s, struct config *c);
void settings_free(struct settings *s);

/* The next value of the option in the section, behind `after` (NULL: the first); NULL if none is
 * left. */
const struct setting *settings_next(const struct settings *s, const cfg_t *section,
                                    const struct option_row *row, const struct setting *after);
/* Have all options of this kind of section the same values in both? */
bool settings_same(const struct settings *a, const cfg_t *in_a, const struct settings *b,
                   const cfg_t *in_b, enum option_section kind);
/* The sections of this kind in `outer`, by number; NULL behind the last one. An untitled section is
 * there even if it was not written. */
cfg_t *settings_section(const struct settings *s, cfg_t *outer, enum option_section kind,
                        unsigned index);

#endif
