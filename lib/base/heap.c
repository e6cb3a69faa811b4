/* base/heap.c - binary heap of intrusive timer nodes: no node is later than its children. */
#include <assert.h>
#include <string.h>

#include "base/heap.h"

enum { HEAP_FIRST_CAP = 16 };

ike2_err ike2_heap_reserve(struct heap *h, struct mem *mem)
{
    size_t cap = h->cap == 0 ? HEAP_FIRST_CAP : h->cap * 2;
    struct heap_node **nodes;

    if (h->n_reserved < h->cap) {
        h->n_reserved++;
        return IKE2_OK;
    }
    if (cap > SIZE_MAX / sizeof *nodes)
        return IKE2_ERR_MEMORY;
    nodes = ike2_mem_acquire(mem, cap * sizeof *nodes);
    if (nodes == NULL)
        return IKE2_ERR_MEMORY;

    if (h->n != 0)
        memcpy(nodes, h->nodes, h->n * sizeof *nodes);
    ike2_mem_release(mem, h->nodes, h->cap * sizeof *nodes);
    h->nodes = nodes;
    h->cap = cap;
    h->n_reserved++;
    return IKE2_OK;
}

void ike2_heap_unreserve(struct heap *h)
{
    assert(h->n_reserved > h->n);
    h->n_reserved--;
}

static void put(struct heap *h, size_t i, struct heap_node *node)
{
    h->nodes[i] = node;
    node->index = i + 1;
}

/* Puts `node` at the hole `i`, or as far above it as order demands. */
static void sift_up(struct heap *h, size_t i, struct heap_node *node)
{
    while (i > 0 && node->at < h->nodes[(i - 1) / 2]->at) {
        put(h, i, h->nodes[(i - 1) / 2]);
        i = (i - 1) / 2;
    }
    put(h, i, node);
}

/* The earlier child of `i`, or `n` if it has none. */
static size_t earlier_child(const struct heap *h, size_t i)
{
    size_t child = 2 * i + 1;

    if (child >= h->n)
        return h->n;
    if (child + 1 < h->n && h->nodes[child + 1]->at < h->nodes[child]->at)
        child++;
    return child;
}

/* Puts `node` at the hole `i`, or as far below it as order demands. */
static void sift_down(struct heap *h, size_t i, struct heap_node *node)
{
    size_t child = earlier_child(h, i);

    while (child < h->n && h->nodes[child]->at < node->at) {
        put(h, i, h->nodes[child]);
        i = child;
        child = earlier_child(h, i);
    }
    put(h, i, node);
}

static void settle(struct heap *h, size_t i, struct heap_node *node)
{
    if (i > 0 && node->at < h->nodes[(i - 1) / 2]->at)
        sift_up(h, i, node);
    else
        sift_down(h, i, node);
}

static void take_out(struct heap *h, struct heap_node *node)
{
    size_t i = node->index - 1;
    struct heap_node *last = h->nodes[--h->n];

    node->index = 0;
    if (last != node)
        settle(h, i, last);
}

void ike2_heap_set(struct heap *h, struct heap_node *node, ike2_time at)
{
    node->at = at;
    if (at == IKE2_TIME_NEVER) {
        if (node->index != 0)
            take_out(h, node);
        return;
    }
    if (node->index == 0) {
        assert(h->n < h->n_reserved);
        sift_up(h, h->n++, node);
        return;
    }
    settle(h, node->index - 1, node);
}

struct heap_node *ike2_heap_first(const struct heap *h)
{
    return h->n == 0 ? NULL : h->nodes[0];
}

void ike2_heap_clear(struct heap *h, struct mem *mem)
{
    for (size_t i = 0; i < h->n; i++)
        *h->nodes[i] = (struct heap_node){ .at = IKE2_TIME_NEVER };
    ike2_mem_release(mem, h->nodes, h->cap * sizeof(struct heap_node *));
    *h = (struct heap){ 0 };
}
