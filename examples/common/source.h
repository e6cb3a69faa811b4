/* source.h - the text of a configuration: one file with all that it includes, where each line knows
 * its place. What would confuse libconfuse is found here: braces, quotes and comments that do not
 * end. */
#ifndef COMMON_SOURCE_H
#define COMMON_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "problem.h"

enum { SOURCE_DEPTH_MAX = 8, SOURCE_FILES_MAX = 256, SOURCE_TEXT_MAX = 4 * 1024 * 1024 };

struct source_place {
    const char *file; /* as long as the source lives */
    unsigned line;    /* from 1; 0 = the file as a whole */
};

struct source {
    char *text; /* terminated */
    size_t len, cap;
    struct source_place *places; /* of each line of `text` */
    size_t n_places, places_cap;
    char *files[SOURCE_FILES_MAX];
    size_t n_files;
};

/* `include("PATTERN")`, alone in its line, stands for all files that match, in order; relative to
 * the file that includes. After a failure `*where` says where. */
bool source_read(struct source *s, const char *path, struct source_place *where,
                 struct problem *why);
/* Zeroed sources are allowed. */
void source_free(struct source *s);

/* Of a line of `text`, from 1. */
struct source_place source_place(const struct source *s, int line);

#endif
