/* keylog.h - the file that gets the keys for Wireshark, one line each (development builds). */
#ifndef COMMON_KEYLOG_H
#define COMMON_KEYLOG_H

#include <stdbool.h>
#include <stdio.h>

#include "problem.h"

struct keylog {
    FILE *file; /* NULL: nobody wants keys */
    unsigned lines;
};

/* Appends to `path`, which only its owner may read. */
bool keylog_open(struct keylog *k, const char *path, struct problem *why);
/* For ike2_trace.keylog; `keylog` is a struct keylog. */
void keylog_line(void *keylog, const char *line);
/* False if keys were wanted but none came: no SA got that far, or the library was built without
 * IKE2_ENABLE_KEYLOG. */
bool keylog_close(struct keylog *k);

#endif
