/* text.c - bounded builder of one output column. */
#include "text.h"

static void add_char(struct text *t, char c)
{
    if (t->len == TEXT_CAP)
        return;
    t->ptr[t->len++] = c;
    t->ptr[t->len] = '\0';
}

void text_clear(struct text *t)
{
    t->len = 0;
    t->ptr[0] = '\0';
}

void text_add(struct text *t, const char *string)
{
    while (*string != '\0')
        add_char(t, *string++);
}

void text_add_number(struct text *t, size_t value)
{
    char digits[24];
    size_t n = 0;

    do {
        digits[n++] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    while (n > 0)
        add_char(t, digits[--n]);
}

void text_add_escaped(struct text *t, ike2_bytes octets)
{
    static const char hex[] = "0123456789abcdef";

    for (size_t i = 0; i < octets.len; i++) {
        uint8_t c = octets.ptr[i];

        if (c >= 0x20 && c < 0x7f && c != '\\') {
            add_char(t, (char)c);
            continue;
        }
        text_add(t, "\\x");
        add_char(t, hex[c >> 4]);
        add_char(t, hex[c & 15]);
    }
}
