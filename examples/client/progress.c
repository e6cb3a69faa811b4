#include "progress.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A line is over: who waits for it at the other end of a pipe shall have it now. */
static void put_json(const char *event, json_t *fields)
{
    json_t *line = json_pack("{s:s}", "event", event);

    if (line != NULL && fields != NULL)
        (void)json_object_update_missing(line, fields);
    if (line != NULL)
        (void)json_dumpf(line, stdout, JSON_COMPACT | JSON_ENSURE_ASCII);
    (void)putchar('\n');
    (void)fflush(stdout);
    json_decref(line);
}

void progress_tell(const struct progress *p, const char *event, const char *step, json_t *fields,
                   const char *format, ...)
{
    va_list args;

    if (p->json) {
        put_json(event, fields);
    } else {
        (void)fprintf(stderr, "%-12s ", step);
        va_start(args, format);
        (void)vfprintf(stderr, format, args);
        va_end(args);
        (void)fputc('\n', stderr);
    }
    json_decref(fields);
}

void progress_warn(const struct progress *p, const struct problem *why)
{
    static const char prefix[] = "warning: ";
    const char *text = why->text;

    if (strncmp(text, prefix, sizeof prefix - 1) == 0)
        text += sizeof prefix - 1;
    progress_tell(p, "warning", "warning", json_pack("{s:s}", "text", text), "%s", text);
}
