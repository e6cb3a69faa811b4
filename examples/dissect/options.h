/* options.h - the command line. */
#ifndef DISSECT_OPTIONS_H
#define DISSECT_OPTIONS_H

#include "ports.h"

struct options {
    const char *file, *keys; /* keys: NULL = none */
    bool is_verbose, is_help;
    struct ports ports;
};

extern const char options_usage[];

/* False if it is wrong. */
bool options_read(struct options *o, int argc, char **argv);

#endif
