#include "domain.h"

#include <string.h>

enum { LABEL_MAX = 63 };

/* RFC 1123 2.1, and '_' as in names of services; ASCII, whatever the locale. */
static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
}

static bool is_label(const char *text, size_t len)
{
    size_t i;

    if (len == 0 || len > LABEL_MAX || text[0] == '-' || text[len - 1] == '-')
        return false;
    for (i = 0; i < len; i++) {
        if (!is_plain(text[i]))
            return false;
    }
    return true;
}

bool domain_is_plain(const char *text, size_t len)
{
    if (len > 1 && text[len - 1] == '.')
        len--;
    if (len == 0 || len >= DOMAIN_TEXT)
        return false;
    while (len > 0) {
        const char *dot = memchr(text, '.', len);
        size_t label = dot != NULL ? (size_t)(dot - text) : len;

        if (!is_label(text, label))
            return false;
        len -= label;
        text += label;
        if (dot == NULL)
            continue;
        text++;
        if (--len == 0)
            return false; /* two dots at the end */
    }
    return true;
}
