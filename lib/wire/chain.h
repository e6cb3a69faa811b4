/* wire/chain.h - what the walks over nested structures share. */
#ifndef WIRE_CHAIN_H
#define WIRE_CHAIN_H

#include <ike2/message.h>

#include "base/reader.h"

enum { NEXT_PAYLOAD_AT = 16, IKE_HEADER_OCTETS = 28, PAYLOAD_HEADER_OCTETS = 4 };

/* What is left of a `len` that counts `header` octets already read. A `len` too small to be true
 * becomes one that no read fits, so that the reader fails instead of the arithmetic. */
static inline size_t length_without(size_t len, size_t header)
{
    return len >= header ? len - header : SIZE_MAX;
}

static inline ike2_walk walk_of(ike2_bytes octets)
{
    return (ike2_walk){ .rest = octets };
}

/* Ends a walk as malformed; for `return walk_fail(w)` in a `..._next`. */
static inline bool walk_fail(ike2_walk *w)
{
    *w = (ike2_walk){ .failed = true };
    return false;
}

#endif
