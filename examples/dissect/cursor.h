/* cursor.h - bounded cursor over captured octets. The first read that does not fit marks it failed;
 * from then on every read yields zero or nothing. The outcome is tested before a field is used. */
#ifndef DISSECT_CURSOR_H
#define DISSECT_CURSOR_H

#include <ike2/types.h>

struct cursor {
    const uint8_t *at;
    size_t left;
    bool failed;
};

static inline struct cursor cursor_of(ike2_bytes octets)
{
    return (struct cursor){ .at = octets.ptr, .left = octets.len };
}

/* The only place that moves the cursor. */
static inline ike2_bytes take_bytes(struct cursor *c, size_t len)
{
    ike2_bytes out = { 0 };

    if (c->failed || len > c->left) {
        *c = (struct cursor){ .failed = true };
        return out;
    }
    out = (ike2_bytes){ .ptr = c->at, .len = len };
    if (len != 0)
        c->at += len;
    c->left -= len;
    return out;
}

static inline uint32_t take_number(struct cursor *c, size_t width)
{
    ike2_bytes octets = take_bytes(c, width);
    uint32_t value = 0;

    for (size_t i = 0; i < octets.len; i++)
        value = value << 8 | octets.ptr[i];
    return value;
}

static inline uint8_t take_u8(struct cursor *c)
{
    return (uint8_t)take_number(c, 1);
}

static inline uint16_t take_u16(struct cursor *c)
{
    return (uint16_t)take_number(c, 2);
}

static inline uint32_t take_u32(struct cursor *c)
{
    return take_number(c, 4);
}

static inline ike2_bytes take_rest(struct cursor *c)
{
    return take_bytes(c, c->left);
}

#endif
