/* tree.h - lines that are indented by what they belong to. Octets of a peer reach the output as
 * hexadecimal digits, or escaped. */
#ifndef DISSECT_TREE_H
#define DISSECT_TREE_H

#include <stdio.h>

#include "text.h"

struct tree {
    FILE *out;
    unsigned depth;
    struct text *room; /* for what is escaped */
};

void tree_line(const struct tree *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* "label: NAME (number)", or without the name if it is NULL. */
void tree_named(const struct tree *t, const char *label, const char *name, unsigned number);
/* "label: none", "label: 0a0b0c", or, if there are many, their number and lines of them below. */
void tree_octets(const struct tree *t, const char *label, ike2_bytes octets);
/* `label: "text"`, escaped. */
void tree_text(const struct tree *t, const char *label, ike2_bytes octets);
/* What belongs to the line before. */
struct tree tree_below(const struct tree *t);

#endif
