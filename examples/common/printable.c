#include "printable.h"

#include <stdbool.h>
#include <string.h>

enum { OCTET_TEXT = 5 };

/* One octet as it is shown. */
static const char *shown(char c, char special, char out[OCTET_TEXT])
{
    unsigned octet = (unsigned char)c;
    bool is_plain = octet >= ' ' && octet <= '~' && c != special;

    (void)snprintf(out, OCTET_TEXT, is_plain ? "%c" : "\\x%02x", octet);
    return out;
}

static void put(FILE *out, const char *text, char special)
{
    char octet[OCTET_TEXT];

    for (; *text != '\0'; text++)
        (void)fputs(shown(*text, special, octet), out);
}

void printable_put(FILE *out, const char *text)
{
    put(out, text, '\0');
}

const char *printable_text(const char *text, char *out, size_t cap)
{
    char octet[OCTET_TEXT];
    size_t len = 0;

    for (; *text != '\0' && len + OCTET_TEXT <= cap; text++)
        len += (size_t)snprintf(out + len, cap - len, "%s", shown(*text, '\0', octet));
    out[len] = '\0';
    return out;
}

void printable_value(FILE *out, const char *text)
{
    bool is_plain = *text != '\0' && strpbrk(text, " =\"") == NULL;

    if (!is_plain)
        (void)fputc('"', out);
    put(out, text, '"');
    if (!is_plain)
        (void)fputc('"', out);
}
