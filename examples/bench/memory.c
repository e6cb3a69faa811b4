#include "memory.h"

#include <malloc.h>
#include <stdlib.h>

enum { TABLE_OCTETS = 4096 }; /* no block of one SA is as large */

/* What one measurement works with. */
struct work {
    struct pair *pair;
    struct account accounts[SUITE_SIDES], before[SUITE_SIDES];
    size_t heap_before;
};

/* Octets in use; 0 where malloc is another one, as with a sanitizer. */
static size_t heap_in_use(void)
{
#if defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 33)
    struct mallinfo2 info = mallinfo2();

    return info.uordblks + info.hblkhd;
#else
    return 0;
#endif
}

/* One handshake alone. */
static bool find_peak(struct work *w, struct memory_result *out, struct problem *why)
{
    size_t before[SUITE_SIDES];

    for (size_t i = 0; i < SUITE_SIDES; i++)
        before[i] = w->accounts[i].peak = w->accounts[i].held;
    if (!pair_establish(w->pair, 1, why))
        return false;
    for (size_t i = 0; i < SUITE_SIDES; i++)
        out->sides[i].peak = (double)(w->accounts[i].peak - before[i]);
    return true;
}

static bool establish_all(struct work *w, uint32_t sas, struct problem *why)
{
    for (uint32_t done = 0, some; done < sas; done += some) {
        some = sas - done < PAIR_AT_A_TIME ? sas - done : PAIR_AT_A_TIME;
        if (!pair_establish(w->pair, some, why))
            return false;
    }
    return true;
}

static void add_block(struct memory_side *out, size_t octets, size_t n)
{
    if (n == 0 || out->n_blocks == BLOCKS_MAX)
        return;
    out->blocks[out->n_blocks++] = (struct account_size){ .octets = octets, .n = n };
    out->tables -= (double)(octets * n);
}

/* Blocks that have become more by a multiple of `sas`, or nearly so, are the SAs' own. So are,
 * taken together, those of differing sizes, such as messages with an ECDSA signature; tables are
 * few. */
static void count_blocks(const struct work *w, size_t side, uint32_t sas, struct memory_side *out)
{
    const struct account *now = &w->accounts[side], *before = &w->before[side];
    size_t n_differing = 0, octets_differing = 0;

    out->octets = out->tables = (double)(now->held - before->held) / sas;
    for (size_t i = 0; i < now->n_sizes; i++) {
        size_t octets = now->sizes[i].octets, n_before = account_count(before, octets);
        size_t n = now->sizes[i].n > n_before ? now->sizes[i].n - n_before : 0;
        size_t of_each = (n + sas / 2) / sas;

        add_block(out, octets, of_each);
        if (of_each == 0 && octets < TABLE_OCTETS) {
            n_differing += n;
            octets_differing += n * octets;
        }
    }
    if (n_differing != 0)
        add_block(out, octets_differing / n_differing, (n_differing + sas / 2) / sas);
}

static bool run(struct work *w, uint32_t sas, struct memory_result *out, struct problem *why)
{
    if (!find_peak(w, out, why))
        return false;
    for (size_t i = 0; i < SUITE_SIDES; i++)
        w->before[i] = w->accounts[i];
    w->heap_before = heap_in_use();
    if (!establish_all(w, sas, why))
        return false;
    out->heap = w->heap_before != 0 ? (double)(heap_in_use() - w->heap_before) / sas : -1;
    for (size_t i = 0; i < SUITE_SIDES; i++)
        count_blocks(w, i, sas, &out->sides[i]);
    return true;
}

bool memory_measure(const struct suite *suite, uint32_t sas, struct memory_result *out,
                    struct problem *why)
{
    struct work *w = calloc(1, sizeof *w);
    struct pair_means means = { 0 };
    bool good;

    *out = (struct memory_result){ .sas = sas };
    if (w == NULL) {
        problem_set(why, "no memory");
        return false;
    }
    for (size_t i = 0; i < SUITE_SIDES; i++) {
        account_init(&w->accounts[i]);
        means.mem[i] = &w->accounts[i].hook;
    }
    w->pair = pair_new(suite, &means, why);
    good = w->pair != NULL && run(w, sas, out, why);
    pair_free(w->pair);
    free(w);
    return good;
}
