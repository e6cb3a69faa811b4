/* lines.h - a text file line by line. It is read whole, since its lines can be long. Lines may end
 * with CR LF, the last one with nothing. */
#ifndef DISSECT_LINES_H
#define DISSECT_LINES_H

#include <ike2/types.h>

struct lines {
    const char *path;
    char *text;
    size_t len;
    size_t at;   /* where the next line starts */
    size_t line; /* number of the current line, from 1 */
    size_t n_errors;
};

/* False, with the reason on stderr, if the file cannot be read. Always call lines_close. */
bool lines_open(struct lines *l, const char *path);
/* The next line without its end; false at the end of the file. */
bool lines_next(struct lines *l, ike2_bytes *line);
/* Does a line begin with `start`? */
bool lines_have(const struct lines *l, const char *start);
/* `path:line: column: message` on stderr, and one error more. */
void lines_error(struct lines *l, const char *column, const char *message);
/* The same for what is no error. */
void lines_warn(const struct lines *l, const char *column, const char *message);
/* Wipes, since a file may hold keys. */
void lines_close(struct lines *l);

#endif
