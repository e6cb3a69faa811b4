/* lexer.h - as much of libconfuse's syntax as it takes to know where braces, strings and comments
 * begin and end. Comments are taken out, because libconfuse 3.3 counts their lines twice. */
#ifndef COMMON_LEXER_H
#define COMMON_LEXER_H

#include <stdbool.h>

#include "problem.h"

enum { LEXER_DEPTH_MAX = 16 };

enum lexer_state { LEXER_PLAIN, LEXER_WORD, LEXER_DOUBLE, LEXER_SINGLE, LEXER_COMMENT };

struct lexer {
    enum lexer_state state;
    unsigned begun_at; /* line of the string or comment that is open */
    unsigned depth;
    unsigned opened_at[LEXER_DEPTH_MAX]; /* lines of the braces that are open */
};

/* Takes one line, without its end, and blanks its comments. False and why if it cannot be right. */
bool lexer_line(struct lexer *l, char *text, unsigned line, struct problem *why);
/* At the end of the file: is something open? Then `*line` is where it began. */
bool lexer_end(const struct lexer *l, unsigned *line, struct problem *why);

#endif
