/* base/heap.h - binary heap of intrusive timer nodes. Room for a node is reserved when its owner is
 * made, so that setting a timer cannot fail. */
#ifndef BASE_HEAP_H
#define BASE_HEAP_H

#include <ike2/error.h>

#include "base/mem.h"

struct heap_node {
    ike2_time at;  /* IKE2_TIME_NEVER = not in the heap */
    size_t index;  /* position + 1; 0 = not in the heap */
};

struct heap {
    struct heap_node **nodes;
    size_t n, cap, n_reserved;
};

/* Room for one node more; each is given back by ike2_heap_unreserve. */
ike2_err ike2_heap_reserve(struct heap *h, struct mem *mem);
void ike2_heap_unreserve(struct heap *h);
/* Insert, move or (IKE2_TIME_NEVER) remove. */
void ike2_heap_set(struct heap *h, struct heap_node *node, ike2_time at);
/* The earliest node, or NULL. */
struct heap_node *ike2_heap_first(const struct heap *h);
void ike2_heap_clear(struct heap *h, struct mem *mem);

#endif
