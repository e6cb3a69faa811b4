/* fuzz/check.h - what a fuzzer claims. A claim that does not hold ends the program, so that
 * libFuzzer keeps the input and a replay fails. */
#ifndef FUZZ_CHECK_H
#define FUZZ_CHECK_H

#include <stdlib.h>

#include <ike2/types.h>

static inline void check(bool claim)
{
    if (!claim)
        abort();
}

/* Every octet of the view is read, for a sanitizer to see. */
static inline void check_readable(ike2_bytes view)
{
    volatile uint8_t sink = 0;

    for (size_t i = 0; i < view.len; i++)
        sink = (uint8_t)(sink ^ view.ptr[i]);
}

/* The view lies in the octets. An empty one may lie anywhere. */
static inline void check_within(ike2_bytes view, ike2_bytes octets)
{
    if (view.len == 0)
        return;
    check(view.ptr >= octets.ptr && view.len <= octets.len);
    check((size_t)(view.ptr - octets.ptr) <= octets.len - view.len);
}

/* What libFuzzer calls, and fuzz/standalone.c. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
