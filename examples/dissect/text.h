/* text.h - bounded builder of one output column. Octets of a peer or of the input file reach the
 * terminal only through text_add_escaped. */
#ifndef DISSECT_TEXT_H
#define DISSECT_TEXT_H

#include <ike2/types.h>

/* Room for the longest chain there is: a payload is at least 4 of 65535 octets, and at least 8 if
 * its text has a suffix; neither is ever more than 18 characters. */
enum { TEXT_CAP = 65536 / 4 * 18 };

/* What does not fit is cut: `len` never passes TEXT_CAP. */
struct text {
    size_t len;
    char ptr[TEXT_CAP + 1];
};

void text_clear(struct text *t);
void text_add(struct text *t, const char *string);
void text_add_number(struct text *t, size_t value);
/* Printable ASCII as it is; all else, and the backslash, as \xNN. */
void text_add_escaped(struct text *t, ike2_bytes octets);

#endif
