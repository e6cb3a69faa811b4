/* options.h - the command line of ikev2-bench. */
#ifndef BENCH_OPTIONS_H
#define BENCH_OPTIONS_H

#include <stdbool.h>

#include "common/problem.h"
#include "pace.h"
#include "suite.h"

enum measure { MEASURE_HANDSHAKE, MEASURE_MEMORY, MEASURE_MESSAGE, MEASURE_FLOOD, MEASURES };
extern const char *const measure_words[MEASURES];

struct options {
    struct pace pace;
    uint32_t sas;
    bool suites[SUITES];
    bool measures[MEASURES];
    bool json;             /* instead of the table, or into a file */
    const char *json_file; /* NULL: standard output */
};

/* -1: go on; else the program's exit code, and, unless it is 0, why. */
int options_read(struct options *o, int argc, char **argv, struct problem *why);

#endif
