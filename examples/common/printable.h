/* printable.h - shows texts so that nothing in them can end the line, move the cursor, turn the
 * direction of writing, or pretend to be another field. What is printable ASCII stays as it is,
 * also what has been escaped before; every other octet becomes \xNN. */
#ifndef COMMON_PRINTABLE_H
#define COMMON_PRINTABLE_H

#include <stdio.h>

void printable_put(FILE *out, const char *text);
/* Into `out` of `cap` > 0 octets, cut to fit. Returns `out`. */
const char *printable_text(const char *text, char *out, size_t cap);
/* As the value of KEY=VALUE: in quotes where a reader could lose its end; a quote in it becomes
 * \x22. */
void printable_value(FILE *out, const char *text);

#endif
