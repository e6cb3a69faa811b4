/* progress.h - what the client does, step by step: one line of text each on stderr, or, for
 * programs, one JSON object each on stdout. */
#ifndef CLIENT_PROGRESS_H
#define CLIENT_PROGRESS_H

#include <stdbool.h>

#include <jansson.h>

#include "common/problem.h"

struct progress {
    bool json;
};

/* The same event in two forms: `step` and the formatted text for people; the word `event` with
 * `fields` for programs. `fields` is taken; NULL = none. Texts of peers have been escaped. */
void progress_tell(const struct progress *p, const char *event, const char *step, json_t *fields,
                   const char *format, ...) __attribute__((format(printf, 5, 6)));
/* Something is not as it should be, but it goes on. */
void progress_warn(const struct progress *p, const struct problem *why);

#endif
