#include "lexer.h"

#include <string.h>

static bool open_brace(struct lexer *l, unsigned line, struct problem *why)
{
    if (l->depth == LEXER_DEPTH_MAX) {
        problem_set(why, "braces are nested too deeply");
        return false;
    }
    l->opened_at[l->depth++] = line;
    return true;
}

static bool close_brace(struct lexer *l, struct problem *why)
{
    if (l->depth == 0) {
        problem_set(why, "this '}' closes nothing: there is no '{' before it");
        return false;
    }
    l->depth--;
    return true;
}

static void begin(struct lexer *l, enum lexer_state state, unsigned line)
{
    l->state = state;
    l->begun_at = line;
}

/* The rest is a comment. */
static char *end_line(char *at)
{
    *at = '\0';
    return at;
}

/* Between words, and in them. Returns what follows, or NULL after a problem. */
static char *take_plain(struct lexer *l, char *at, unsigned line, struct problem *why)
{
    bool in_word = l->state == LEXER_WORD;

    l->state = LEXER_PLAIN;
    switch (*at) {
    case '{': return open_brace(l, line, why) ? at + 1 : NULL;
    case '}': return close_brace(l, why) ? at + 1 : NULL;
    case '"': begin(l, LEXER_DOUBLE, line); return at + 1;
    case '\'': begin(l, LEXER_SINGLE, line); return at + 1;
    case '#': return end_line(at);
    case ' ':
    case '\t':
    case '\r':
    case '=':
    case ',':
    case '+':
    case '(':
    case ')': return at + 1;
    default: break;
    }
    if (!in_word && at[0] == '/' && at[1] == '/')
        return end_line(at);
    if (!in_word && at[0] == '/' && at[1] == '*') {
        begin(l, LEXER_COMMENT, line);
        at[0] = at[1] = ' ';
        return at + 2;
    }
    l->state = LEXER_WORD;
    return at + 1;
}

static char *take_string(struct lexer *l, char *at)
{
    if (*at == (l->state == LEXER_DOUBLE ? '"' : '\''))
        l->state = LEXER_PLAIN;
    return *at == '\\' && at[1] != '\0' ? at + 2 : at + 1;
}

static char *take_comment(struct lexer *l, char *at)
{
    if (at[0] == '*' && at[1] == '/') {
        l->state = LEXER_PLAIN;
        at[0] = at[1] = ' ';
        return at + 2;
    }
    *at = ' ';
    return at + 1;
}

static char *take(struct lexer *l, char *at, unsigned line, struct problem *why)
{
    /* libconfuse would put in a variable of the environment. */
    if (at[0] == '$' && at[1] == '{' && l->state != LEXER_SINGLE && l->state != LEXER_COMMENT) {
        problem_set(why, "variables of the environment are not supported: write the value");
        return NULL;
    }
    switch (l->state) {
    case LEXER_DOUBLE:
    case LEXER_SINGLE: return take_string(l, at);
    case LEXER_COMMENT: return take_comment(l, at);
    case LEXER_PLAIN:
    case LEXER_WORD: break;
    }
    return take_plain(l, at, line, why);
}

bool lexer_line(struct lexer *l, char *text, unsigned line, struct problem *why)
{
    char *at = text;

    while (at != NULL && *at != '\0')
        at = take(l, at, line, why);
    if (l->state == LEXER_WORD)
        l->state = LEXER_PLAIN;
    return at != NULL;
}

bool lexer_end(const struct lexer *l, unsigned *line, struct problem *why)
{
    *line = l->begun_at;
    if (l->state == LEXER_DOUBLE || l->state == LEXER_SINGLE) {
        problem_set(why, "the string that begins here never ends: its closing quote is missing");
        return false;
    }
    if (l->state == LEXER_COMMENT) {
        problem_set(why, "the comment that begins here never ends: its closing '*/' is missing");
        return false;
    }
    if (l->depth == 0)
        return true;
    *line = l->opened_at[l->depth - 1];
    problem_set(why, "the '{' in this line is never closed: a '}' is missing");
    return false;
}
