/* request.h - from the words of the command line to what is asked of the program. */
#ifndef CTL_REQUEST_H
#define CTL_REQUEST_H

#include <stdbool.h>

#include <jansson.h>

#include "common/problem.h"

/* What a command takes behind its name. */
enum request_form {
    REQUEST_PLAIN, /* nothing */
    REQUEST_LEVEL, /* LEVEL */
    REQUEST_SA,    /* NAME or ID, or --all */
    REQUEST_ANY_SA /* ike or child, if need be, and the same */
};

/* `all`: --all was given. NULL, and why, if the words do not fit. */
json_t *request_make(const char *command, enum request_form form, char **words, int n, bool all,
                     struct problem *why);

#endif
