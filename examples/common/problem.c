#include "problem.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void problem_set(struct problem *p, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)vsnprintf(p->text, sizeof p->text, format, args);
    va_end(args);
}

void problem_prefix(struct problem *p, const char *format, ...)
{
    char old[PROBLEM_TEXT];
    va_list args;
    size_t len;

    memcpy(old, p->text, sizeof old);
    va_start(args, format);
    (void)vsnprintf(p->text, sizeof p->text, format, args);
    va_end(args);
    len = strlen(p->text);
    if (len + 3 > sizeof p->text)
        return;
    memcpy(p->text + len, ": ", 3);
    (void)strncat(p->text, old, sizeof p->text - len - 3);
}
