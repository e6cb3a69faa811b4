#include "account.h"

#include <stdlib.h>

/* Its row, or `n_sizes`. */
static size_t find(const struct account *a, size_t octets)
{
    size_t i;

    for (i = 0; i < a->n_sizes && a->sizes[i].octets != octets; i++)
        ;
    return i;
}

static void *account_acquire(void *user, size_t size)
{
    struct account *a = user;
    size_t row = find(a, size);
    void *ptr = malloc(size);

    if (ptr == NULL)
        return NULL;
    if (row == a->n_sizes && row < SIZES_MAX)
        a->sizes[a->n_sizes++].octets = size;
    if (row < a->n_sizes)
        a->sizes[row].n++;
    a->held += size;
    if (a->held > a->peak)
        a->peak = a->held;
    return ptr;
}

static void account_release(void *user, void *ptr, size_t size)
{
    struct account *a = user;
    size_t row = find(a, size);

    if (row < a->n_sizes)
        a->sizes[row].n--;
    a->held -= size;
    free(ptr);
}

void account_init(struct account *a)
{
    *a = (struct account){ .hook = { .user = a,
                                     .acquire = account_acquire,
                                     .release = account_release } };
}

size_t account_count(const struct account *a, size_t octets)
{
    size_t row = find(a, octets);

    return row < a->n_sizes ? a->sizes[row].n : 0;
}
