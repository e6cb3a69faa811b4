/* support/allocator.h - an allocator that counts, can fail, and notices what a host would suffer:
 * sizes that disagree and blocks that still carry a secret. */
#ifndef SUPPORT_ALLOCATOR_H
#define SUPPORT_ALLOCATOR_H

#include <ike2/types.h>

struct allocator {
    size_t fail_after; /* so many allocations succeed; SIZE_MAX = all */
    size_t n_acquired, n_released;
    size_t octets_held;
    bool is_dirty;     /* a released block was not wiped */
};

/* All allocations succeed until `fail_after` is set. */
void allocator_init(struct allocator *a);
/* For ike2_mem_init; `a` outlives it. */
ike2_mem allocator_hook(struct allocator *a);
/* Fails the running test unless all is released, and was wiped. */
void allocator_expect_empty(const struct allocator *a);

#endif
