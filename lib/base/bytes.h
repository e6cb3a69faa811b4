/* base/bytes.h - views of octets: make, compare, slice. */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <string.h>

#include <ike2/types.h>

static inline ike2_bytes bytes_of(const void *ptr, size_t len)
{
    return (ike2_bytes){ .ptr = ptr, .len = len };
}

static inline bool bytes_equal(ike2_bytes a, ike2_bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* The time depends on the lengths only: for whatever a peer could learn from by timing. */
static inline bool bytes_equal_ct(ike2_bytes a, ike2_bytes b)
{
    volatile uint8_t diff = 0;

    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        diff = (uint8_t)(diff | (a.ptr[i] ^ b.ptr[i]));
    return diff == 0;
}

#endif
