/* hex.c - hexadecimal and decimal text to values. The text comes from a file nobody vouches for, so
 * every length is checked before a digit is read. */
#include "hex.h"

static int digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool hex_decode(ike2_bytes text, ike2_buffer *out, const char **reason)
{
    if (text.len % 2 != 0) {
        *reason = "odd number of hexadecimal digits";
        return false;
    }
    if (text.len / 2 > out->cap) {
        *reason = "too many octets";
        return false;
    }
    for (size_t i = 0; i < text.len / 2; i++) {
        int high = digit(text.ptr[2 * i]);
        int low = digit(text.ptr[2 * i + 1]);

        if (high < 0 || low < 0) {
            *reason = "not a hexadecimal digit";
            return false;
        }
        out->ptr[i] = (uint8_t)(high << 4 | low);
    }
    out->len = text.len / 2;
    return true;
}

bool hex_spi(ike2_bytes text, uint64_t *out)
{
    uint8_t octets[8];
    ike2_buffer room = { .ptr = octets, .cap = sizeof octets };
    const char *reason;
    uint64_t value = 0;

    if (text.len != 2 * sizeof octets || !hex_decode(text, &room, &reason))
        return false;
    for (size_t i = 0; i < sizeof octets; i++)
        value = value << 8 | octets[i];
    *out = value;
    return true;
}

bool decimal(ike2_bytes text, uint32_t max, uint32_t *out)
{
    uint64_t value = 0;

    if (text.len == 0 || text.len > 10)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
        value = value * 10 + (uint64_t)(text.ptr[i] - '0');
    }
    if (value > max)
        return false;
    *out = (uint32_t)value;
    return true;
}

void octets_wipe(void *ptr, size_t len)
{
    volatile uint8_t *at = ptr;

    while (len-- > 0)
        *at++ = 0;
}
