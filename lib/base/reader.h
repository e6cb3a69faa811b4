/* base/reader.h - bounded cursor over received octets.
 *
 * The first read that does not fit marks the reader failed; from then on every read yields zero or
 * an empty view. Fields are read in wire order and the outcome is tested once, by reader_end(),
 * before any of them is used or branched on. */
#ifndef BASE_READER_H
#define BASE_READER_H

#include <ike2/types.h>

struct reader {
    const uint8_t *at;
    size_t left;
    bool failed;
};

static inline struct reader reader_of(ike2_bytes b)
{
    return (struct reader){ .at = b.ptr, .left = b.len };
}

/* The only place that moves the cursor. */
static inline ike2_bytes read_bytes(struct reader *r, size_t len)
{
    ike2_bytes out = { 0 };

    if (r->failed || len > r->left) {
        *r = (struct reader){ .failed = true };
        return out;
    }
    out = (ike2_bytes){ .ptr = r->at, .len = len };
    if (len != 0)
        r->at += len;
    r->left -= len;
    return out;
}

static inline uint64_t read_uint(struct reader *r, size_t width)
{
    ike2_bytes b = read_bytes(r, width);
    uint64_t v = 0;

    for (size_t i = 0; i < b.len; i++)
        v = v << 8 | b.ptr[i];
    return v;
}

static inline uint8_t read_u8(struct reader *r) { return (uint8_t)read_uint(r, 1); }
static inline uint16_t read_u16(struct reader *r) { return (uint16_t)read_uint(r, 2); }
static inline uint32_t read_u32(struct reader *r) { return (uint32_t)read_uint(r, 4); }
static inline uint64_t read_u64(struct reader *r) { return read_uint(r, 8); }

static inline ike2_bytes read_rest(struct reader *r) { return read_bytes(r, r->left); }

/* True if all reads fitted and nothing is left over. */
IKE2_MUST_CHECK static inline bool reader_end(const struct reader *r)
{
    return !r->failed && r->left == 0;
}

#endif
