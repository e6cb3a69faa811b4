/* arguments.h - the command line of `ikev2-server ca`. */
#ifndef CA_ARGUMENTS_H
#define CA_ARGUMENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/problem.h"
#include "subject.h"

/* Texts are borrowed of argv; NULL and 0 as long as nobody has said it. */
struct arguments {
    const char *command, *operand;
    const char *dir, *name, *organization, *key, *crl_url;
    const char *password_file, *server, *reason, *as;
    const char *also[SUBJECT_NAMES_MAX - 1];
    size_t n_also;
    uint32_t days, crl_days;
    bool wildcard, renew, modern, json, help;
};

/* False if it is no use; `why` says what would be. */
bool arguments_read(struct arguments *a, int argc, char **argv, struct problem *why);
void arguments_help(void);

#endif
