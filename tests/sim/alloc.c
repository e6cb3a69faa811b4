/* sim/alloc.c - an allocator hook for tests. */
#include "sim/alloc.h"

#include <stdlib.h>
#include <string.h>

enum { GARBAGE = 0xa5 };

/* In front of each block, as aligned as malloc's. */
union block {
    size_t size;
    max_align_t align;
};

static void *alloc_acquire(void *user, size_t size)
{
    struct alloc *a = user;
    union block *b;

    a->n_calls++;
    if (a->n_calls > a->n_calls_max)
        a->n_calls_max = a->n_calls;
    if (size == 0)
        a->fault = "an allocation of 0 octets";
    if (a->n_calls >= a->fail_from && a->n_calls <= a->fail_to)
        return NULL;
    b = malloc(sizeof *b + size);
    if (b == NULL)
        abort();
    b->size = size;
    memset(b + 1, GARBAGE, size);
    a->octets_held += size;
    a->n_blocks++;
    return b + 1;
}

static bool is_wiped(const uint8_t *octets, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (octets[i] != 0)
            return false;
    }
    return true;
}

static void alloc_release(void *user, void *ptr, size_t size)
{
    struct alloc *a = user;
    union block *b = (union block *)ptr - 1;

    if (b->size != size)
        a->fault = "a release with another size than was acquired";
    else if (!is_wiped(ptr, size))
        a->fault = "a release of octets that were not wiped";
    a->octets_held -= b->size;
    a->n_blocks--;
    free(b);
}

void alloc_init(struct alloc *a)
{
    *a = (struct alloc){ .hook = { .acquire = alloc_acquire, .release = alloc_release } };
    a->hook.user = a;
}

void alloc_fail(struct alloc *a, uint64_t from, uint64_t to)
{
    a->n_calls = 0;
    a->fail_from = from;
    a->fail_to = to;
}
