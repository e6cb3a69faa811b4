/* base/mem.c - the allocator hook with accounting. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/secret.h"

static void *libc_acquire(void *user, size_t size)
{
    (void)user;
    return malloc(size);
}

static void libc_release(void *user, void *ptr, size_t size)
{
    (void)user;
    (void)size;
    free(ptr);
}

void ike2_mem_init(struct mem *mem, const ike2_mem *hook)
{
    static const ike2_mem libc = { .acquire = libc_acquire, .release = libc_release };

    *mem = (struct mem){ .hook = hook != NULL ? *hook : libc };
}

void *ike2_mem_acquire(struct mem *mem, size_t size)
{
    void *ptr;

    assert(size != 0);
    ptr = mem->hook.acquire(mem->hook.user, size);
    if (ptr == NULL)
        return NULL;
    memset(ptr, 0, size);
    mem->octets_held += size;
    return ptr;
}

void ike2_mem_release(struct mem *mem, void *ptr, size_t size)
{
    if (ptr == NULL)
        return;
    assert(mem->octets_held >= size);
    ike2_secret_wipe(ptr, size);
    mem->octets_held -= size;
    mem->hook.release(mem->hook.user, ptr, size);
}
