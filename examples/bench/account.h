/* account.h - an allocator hook that keeps account of what an endpoint holds: octets, the most of
 * them, and how many blocks of which size. */
#ifndef BENCH_ACCOUNT_H
#define BENCH_ACCOUNT_H

#include <ike2/types.h>

enum { SIZES_MAX = 256 };

struct account_size {
    size_t octets; /* of one block */
    size_t n;      /* blocks that live */
};

/* It must not be moved. */
struct account {
    ike2_mem hook;
    size_t held, peak; /* octets; `peak` may be set back to `held` */
    size_t n_sizes;
    struct account_size sizes[SIZES_MAX]; /* what has no place here is in `held` all the same */
};

void account_init(struct account *a);
/* How many blocks of that size live. */
size_t account_count(const struct account *a, size_t octets);

#endif
