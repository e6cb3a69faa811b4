/* report.h - where findings go: what was found to `out`, what was in the way to `errors`, with the
 * file and the number of the packet. */
#ifndef DISSECT_REPORT_H
#define DISSECT_REPORT_H

#include <stdio.h>

#include <ike2/types.h>

struct report {
    FILE *out, *errors;
    const char *path;
    uint64_t packet; /* number of the current one; 0: none */
    size_t n_errors;
};

/* One line: file, packet, message. What a peer sent has to be escaped by then. */
void report_error(struct report *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same for what is no error. */
void report_warning(struct report *r, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
