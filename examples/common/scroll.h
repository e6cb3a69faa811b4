/* scroll.h - lines of named numbers and octets, written and read by the same functions: what a
 * function writes it can read again, and a reader can compare what it would have written. A line is
 * a word and fields, "input now=1010 octets=2f0a", in a fixed order. The first thing that does not
 * fit makes the scroll fail; from then on numbers are 0 and octets empty. */
#ifndef COMMON_SCROLL_H
#define COMMON_SCROLL_H

#include <stdio.h>

#include <ike2/types.h>

#include "problem.h"

enum { SCROLL_WORD = 24, SCROLL_ARRAY_MAX = 4096 };

struct scroll_room;

struct scroll {
    FILE *file;
    bool is_reading;
    char *line;       /* reading: the line, as getline has it */
    size_t cap;
    char *at;         /* reading: behind what has been taken of it */
    unsigned number;  /* of the line, from 1 */
    struct scroll_room *rooms; /* that what was read points to, newest first */
    bool failed;
    struct problem why; /* with the number of the line */
};

/* `file` stays the caller's. */
void scroll_open(struct scroll *s, FILE *file, bool is_reading);
void scroll_close(struct scroll *s);
/* Releases what earlier lines have been read into. */
void scroll_forget(struct scroll *s);
void scroll_fail(struct scroll *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Writing: begins a line. Reading: takes the next one, which has to begin with this word. */
void scroll_begin(struct scroll *s, const char *word);
/* Reading: the word of the next line, "" at the end; it is not taken yet. */
const char *scroll_peek(struct scroll *s, char word[SCROLL_WORD]);
void scroll_end(struct scroll *s);

/* An unsigned integer of 1, 2, 4 or 8 octets. */
void scroll_number(struct scroll *s, const char *name, void *at, size_t size);
void scroll_flag(struct scroll *s, const char *name, bool *flag);
/* Octets; what was read stays until scroll_forget. */
void scroll_bytes(struct scroll *s, const char *name, ike2_bytes *octets);
/* Octets of a number that is known, into the caller's room. */
void scroll_octets(struct scroll *s, const char *name, uint8_t *octets, size_t len);
/* The number of elements. Reading: returns room for them, zeroed, until scroll_forget; NULL if
 * there are none. Writing: returns `given`. */
void *scroll_array(struct scroll *s, const char *name, size_t *n, const void *given, size_t size);

/* Writes it, or reads it and fails if it is another one. */
void scroll_expect(struct scroll *s, const char *name, uint64_t value);
void scroll_expect_bytes(struct scroll *s, const char *name, ike2_bytes octets);

#endif
