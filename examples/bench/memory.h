/* memory.h - how many octets an IKE SA with one Child SA holds when nothing is going on, and how
 * many more while it is being set up. */
#ifndef BENCH_MEMORY_H
#define BENCH_MEMORY_H

#include "account.h"
#include "pair.h"

enum { BLOCKS_MAX = 32 };

struct memory_side {
    double octets;      /* per idle SA, all that the allocator hook gave */
    double tables;      /* of these, what is not in blocks of the SA's own: maps and heaps */
    double peak;        /* octets at the worst moment of one handshake */
    size_t n_blocks;
    struct account_size blocks[BLOCKS_MAX]; /* of one idle SA; of differing ones the mean */
};

struct memory_result {
    uint32_t sas;
    struct memory_side sides[SUITE_SIDES];
    double heap; /* per pair of SAs, from malloc: both sides, keys of the provider, overhead;
                    negative: this C library does not tell */
};

bool memory_measure(const struct suite *suite, uint32_t sas, struct memory_result *out,
                    struct problem *why);

#endif
