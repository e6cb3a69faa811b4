/* support/allocator.c - an allocator that counts, can fail, and checks sizes. */
#include "support/allocator.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Not zero, so that who relies on zeroed room is found out. */
enum { FILL = 0xa5 };

static void *acquire(void *user, size_t size)
{
    struct allocator *a = user;
    void *ptr;

    if (a->n_acquired >= a->fail_after)
        return NULL;
    ptr = malloc(size);
    assert_non_null(ptr);
    memset(ptr, FILL, size);
    a->n_acquired++;
    a->octets_held += size;
    return ptr;
}

static void release(void *user, void *ptr, size_t size)
{
    struct allocator *a = user;
    const uint8_t *octets = ptr;

    for (size_t i = 0; i < size; i++)
        a->is_dirty = a->is_dirty || octets[i] != 0;
    a->n_released++;
    a->octets_held -= size;
    free(ptr);
}

void allocator_init(struct allocator *a)
{
    *a = (struct allocator){ .fail_after = SIZE_MAX };
}

ike2_mem allocator_hook(struct allocator *a)
{
    return (ike2_mem){ .user = a, .acquire = acquire, .release = release };
}

void allocator_expect_empty(const struct allocator *a)
{
    assert_int_equal(a->n_acquired, a->n_released);
    assert_int_equal(a->octets_held, 0);
    assert_false(a->is_dirty);
}
