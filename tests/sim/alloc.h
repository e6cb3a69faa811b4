/* sim/alloc.h - an allocator hook that counts, that can fail, and that looks at what comes back:
 * the size has to be right and the octets wiped. What it hands out is filled with garbage. */
#ifndef SIM_ALLOC_H
#define SIM_ALLOC_H

#include <ike2/types.h>

struct alloc {
    ike2_mem hook;
    uint64_t octets_held, n_blocks;
    uint64_t n_calls; /* of acquire, since the last alloc_fail */
    uint64_t n_calls_max; /* the most that this was */
    uint64_t fail_from, fail_to; /* calls of these numbers fail, counted from 1; 0 = none */
    const char *fault; /* what the library did wrong, or NULL */
};

void alloc_init(struct alloc *a);
/* From now on the calls `from` to `to`, counted from 1, fail. */
void alloc_fail(struct alloc *a, uint64_t from, uint64_t to);

#endif
