/* report.c - lines about a capture, for people. */
#include "report.h"

#include <inttypes.h>
#include <stdarg.h>

/* Findings so far go first, so that both are in order where they go to the same place. */
static void place_print(const struct report *r)
{
    (void)fflush(r->out);
    fprintf(r->errors, "%s: ", r->path);
    if (r->packet != 0)
        fprintf(r->errors, "packet %" PRIu64 ": ", r->packet);
}

void report_error(struct report *r, const char *format, ...)
{
    va_list args;

    r->n_errors++;
    place_print(r);
    va_start(args, format);
    (void)vfprintf(r->errors, format, args);
    va_end(args);
    fputc('\n', r->errors);
}

void report_warning(struct report *r, const char *format, ...)
{
    va_list args;

    place_print(r);
    fputs("warning: ", r->errors);
    va_start(args, format);
    (void)vfprintf(r->errors, format, args);
    va_end(args);
    fputc('\n', r->errors);
}
