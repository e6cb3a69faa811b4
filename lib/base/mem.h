/* base/mem.h - the allocator hook with accounting. Every release wipes, so that no block can carry
 * a secret back to the host's heap. */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <ike2/types.h>

struct mem {
    ike2_mem hook;
    uint64_t octets_held;
};

/* `hook` NULL: malloc and free. */
void ike2_mem_init(struct mem *mem, const ike2_mem *hook);
/* Zeroed room, or NULL. `size` 0 is not allowed. */
void *ike2_mem_acquire(struct mem *mem, size_t size);
/* Wipes and releases; `ptr` NULL is allowed. `size` is what was acquired. */
void ike2_mem_release(struct mem *mem, void *ptr, size_t size);

#endif
