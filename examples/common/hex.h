/* hex.h - octets in hexadecimal, as users write them: digits of either case. */
#ifndef EXAMPLES_COMMON_HEX_H
#define EXAMPLES_COMMON_HEX_H

static inline int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The octet that two digits say, or -1. Nothing behind a wrong digit is read. */
static inline int hex_octet(const char *digits)
{
    int high = hex_digit(digits[0]), low = high < 0 ? -1 : hex_digit(digits[1]);

    return low < 0 ? -1 : high << 4 | low;
}

#endif
