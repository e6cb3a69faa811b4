/* problem.h - why something did not work, as one line for a person: what, and the remedy. */
#ifndef COMMON_PROBLEM_H
#define COMMON_PROBLEM_H

enum { PROBLEM_TEXT = 1024 };

struct problem {
    char text[PROBLEM_TEXT]; /* "" as long as there is none */
};

/* Cut to fit. */
void problem_set(struct problem *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Says where: what is there already is put behind `format` and ": ". */
void problem_prefix(struct problem *p, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
