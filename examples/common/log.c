#include "log.h"

#include <stdarg.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

#include "printable.h"

enum { LINE_TEXT = 1280 };

const char *const log_levels[LEVELS] = { "error", "warn", "info", "debug", "trace" };

void log_time(char text[LOG_TIME])
{
    struct timeval now = { 0 };
    struct tm utc = { 0 };
    size_t len;

    (void)gettimeofday(&now, NULL);
    (void)gmtime_r(&now.tv_sec, &utc);
    len = strftime(text, LOG_TIME, "%Y-%m-%dT%H:%M:%S", &utc);
    (void)snprintf(text + len, LOG_TIME - len, ".%03dZ", (int)(now.tv_usec / 1000));
}

/* --- Text -------------------------------------------------------------------------------- */

static void put_value(FILE *out, const json_t *value)
{
    if (json_is_string(value))
        printable_value(out, json_string_value(value));
    else if (json_is_integer(value))
        (void)fprintf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else if (json_is_null(value))
        (void)fputs("none", out);
    else
        (void)fputs(json_is_true(value) ? "yes" : "no", out);
}

static void put_list(FILE *out, const json_t *list)
{
    size_t i;

    for (i = 0; i < json_array_size(list); i++) {
        (void)fputs(i == 0 ? "" : ",", out);
        put_value(out, json_array_get(list, i));
    }
}

static void put_fields(FILE *out, json_t *fields)
{
    const char *key;
    json_t *value;

    json_object_foreach(fields, key, value)
    {
        (void)fprintf(out, " %s=", key);
        if (json_is_array(value))
            put_list(out, value);
        else
            put_value(out, value);
    }
}

/* --- JSON -------------------------------------------------------------------------------- */

static void put_json(FILE *out, const char *when, const char *level, const char *event,
                     json_t *fields)
{
    json_t *line = json_pack("{s:s, s:s, s:s}", "time", when, "level", level, "event", event);

    if (line == NULL)
        return;
    if (fields != NULL)
        (void)json_object_update_missing(line, fields);
    (void)json_dumpf(line, out, JSON_COMPACT | JSON_ENSURE_ASCII);
    json_decref(line);
}

/* --- Both -------------------------------------------------------------------------------- */

void log_event(const struct log *log, enum log_level level, const char *event, json_t *fields)
{
    char when[LOG_TIME];

    if (log_wants(log, level)) {
        log_time(when);
        if (log->json) {
            put_json(log->out, when, log_levels[level], event, fields);
        } else {
            (void)fprintf(log->out, "%s %-5s %s", when, log_levels[level], event);
            put_fields(log->out, fields);
        }
        (void)fputc('\n', log->out);
        (void)fflush(log->out);
    }
    json_decref(fields);
}

void log_say(const struct log *log, enum log_level level, const char *format, ...)
{
    char raw[LINE_TEXT], text[LINE_TEXT], when[LOG_TIME];
    va_list args;

    if (!log_wants(log, level))
        return;
    va_start(args, format);
    (void)vsnprintf(raw, sizeof raw, format, args);
    va_end(args);
    (void)printable_text(raw, text, sizeof text);
    if (log->json) {
        log_event(log, level, "message", json_pack("{s:s}", "text", text));
        return;
    }
    log_time(when);
    (void)fprintf(log->out, "%s %-5s %s\n", when, log_levels[level], text);
    (void)fflush(log->out);
}
