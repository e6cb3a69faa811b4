/* request.h - from the words of the command line to what is asked of the program. */
#ifndef CTL_REQUEST_H
#define CTL_REQUEST_H

#include <stdbool.h>

#include <jansson.h>

#include "common/problem.h"

/* What a command takes behind its name. */
enum request_form {
    REQUEST_PLAIN, /* nothing */
    REQUEST_LOG,   /* LEVEL, or --last N, or nothing */
    REQUEST_SA,    /* NAME or ID, or --all */
    REQUEST_ANY_SA /* ike or child, if need be, and the same */
};

/* Options of the commands. */
struct request_options {
    bool all;
    const char *last; /* of --last; NULL = not given */
};

/* NULL, and why, if the words or the options do not fit. */
json_t *request_make(const char *command, enum request_form form, char **words, int n,
                     const struct request_options *options, struct problem *why);

#endif
