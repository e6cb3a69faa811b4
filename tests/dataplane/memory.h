/* memory.h - allocations that fail: the tests are linked so that calloc of the data planes comes
 * here. */
#ifndef TESTS_MEMORY_H
#define TESTS_MEMORY_H

#include <stdint.h>

/* The n-th calloc from now on fails, once; 0 = none. */
void memory_fail_at(uint64_t n);

#endif
