/* memory.c - allocations that fail. */
#include "memory.h"

#include <stddef.h>

static uint64_t countdown;

/* By the linker's option --wrap. */
void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);

void memory_fail_at(uint64_t n)
{
    countdown = n;
}

void *__wrap_calloc(size_t n, size_t size)
{
    if (countdown != 0 && --countdown == 0)
        return NULL;
    return __real_calloc(n, size);
}
