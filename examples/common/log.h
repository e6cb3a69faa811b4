/* log.h - what happens, one line each on stderr: text for people, or JSON for machines. A line is a
 * level, an event's word and fields. What a peer sent is escaped before it gets here or here;
 * secrets have no field. Loop thread only. */
#ifndef COMMON_LOG_H
#define COMMON_LOG_H

#include <stdbool.h>
#include <stdio.h>

#include <jansson.h>

enum { LOG_TIME = 40 };

/* In this order: a level includes those before it. */
enum log_level { LEVEL_ERROR, LEVEL_WARN, LEVEL_INFO, LEVEL_DEBUG, LEVEL_TRACE };
enum { LEVELS = LEVEL_TRACE + 1 };

struct log {
    FILE *out;
    enum log_level level;
    bool json;
};

/* "error", "warn", "info", "debug", "trace"; for value_word. */
extern const char *const log_levels[LEVELS];

/* The time of day, UTC: "2027-03-01T12:00:00.123Z". */
void log_time(char text[LOG_TIME]);

/* Takes `fields`, an object whose values are texts, numbers, truths or lists of texts; NULL = none.
 * Text: TIME LEVEL EVENT key=value..., JSON: {"time": ..., "level": ..., "event": ..., ...}. */
void log_event(const struct log *log, enum log_level level, const char *event, json_t *fields);
/* One sentence, event "message". */
void log_say(const struct log *log, enum log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static inline bool log_wants(const struct log *log, enum log_level level)
{
    return level <= log->level;
}

#endif
