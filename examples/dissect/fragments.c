/* fragments.c - SKF messages put together again. RFC 7383 2.6. */
#include "fragments.h"

#include <stdlib.h>
#include <string.h>

struct slice {
    uint8_t *ptr; /* NULL: not here yet */
    size_t len;
};

struct assembly {
    struct fragment_key key;
    uint64_t begun; /* serial; 0 = unused */
    uint16_t total, n_here;
    uint8_t first;
    size_t octets;
    struct slice slices[FRAGMENTS_EACH];
};

struct fragments {
    uint64_t serial;
    struct assembly assemblies[FRAGMENTS_MESSAGES];
    uint8_t *chain; /* of the last whole message */
};

struct fragments *fragments_new(void)
{
    return calloc(1, sizeof(struct fragments));
}

static void assembly_clear(struct assembly *a)
{
    for (size_t i = 0; i < FRAGMENTS_EACH; i++)
        free(a->slices[i].ptr);
    *a = (struct assembly){ 0 };
}

void fragments_free(struct fragments *all)
{
    if (all == NULL)
        return;
    for (size_t i = 0; i < FRAGMENTS_MESSAGES; i++)
        assembly_clear(&all->assemblies[i]);
    free(all->chain);
    free(all);
}

static bool key_equal(const struct fragment_key *a, const struct fragment_key *b)
{
    return a->spi_i == b->spi_i && a->spi_r == b->spi_r && a->message_id == b->message_id &&
           a->flags == b->flags && a->capture.len == b->capture.len &&
           (a->capture.len == 0 || memcmp(a->capture.ptr, b->capture.ptr, a->capture.len) == 0);
}

/* The assembly of this message, or the place for it: an unused one, else the one begun first. */
static struct assembly *assembly_find(struct fragments *all, const struct fragment_key *key)
{
    struct assembly *oldest = &all->assemblies[0];

    for (size_t i = 0; i < FRAGMENTS_MESSAGES; i++) {
        struct assembly *a = &all->assemblies[i];

        if (a->begun != 0 && key_equal(&a->key, key))
            return a;
        if (a->begun < oldest->begun)
            oldest = a;
    }
    assembly_clear(oldest);
    oldest->key = *key;
    oldest->begun = ++all->serial;
    return oldest;
}

static enum fragments_outcome slice_keep(struct assembly *a, const struct fragment *fragment)
{
    struct slice *slice = &a->slices[fragment->number - 1];

    if (slice->ptr != NULL)
        return FRAGMENTS_WAIT;
    if (fragment->slice.len > FRAGMENTS_OCTETS - a->octets)
        return FRAGMENTS_BEYOND;
    /* An empty slice has a place as well, else it would not count as here. */
    slice->ptr = malloc(fragment->slice.len + 1);
    if (slice->ptr == NULL)
        return FRAGMENTS_MEMORY;
    if (fragment->slice.len != 0)
        memcpy(slice->ptr, fragment->slice.ptr, fragment->slice.len);
    slice->len = fragment->slice.len;
    a->octets += slice->len;
    a->n_here++;
    if (fragment->number == 1)
        a->first = fragment->first;
    return a->n_here == a->total ? FRAGMENTS_WHOLE : FRAGMENTS_WAIT;
}

/* Exactly as much room as the chain has octets: a reader that goes too far is found. */
static enum fragments_outcome assembly_join(const struct assembly *a, uint8_t **room,
                                            struct whole *out)
{
    uint8_t *chain = malloc(a->octets != 0 ? a->octets : 1);
    size_t len = 0;

    if (chain == NULL)
        return FRAGMENTS_MEMORY;
    for (size_t i = 0; i < a->total; i++) {
        memcpy(chain + len, a->slices[i].ptr, a->slices[i].len);
        len += a->slices[i].len;
    }
    free(*room);
    *room = chain;
    *out = (struct whole){ .first = a->first, .chain = { .ptr = chain, .len = len } };
    return FRAGMENTS_WHOLE;
}

enum fragments_outcome fragments_add(struct fragments *all, const struct fragment_key *key,
                                     const struct fragment *fragment, struct whole *out)
{
    enum fragments_outcome outcome;
    struct assembly *a;

    if (fragment->total > FRAGMENTS_EACH)
        return FRAGMENTS_BEYOND;
    a = assembly_find(all, key);
    /* RFC 7383 2.6: the sender made the message smaller pieces; the larger ones are of no use. */
    if (a->total != 0 && fragment->total < a->total)
        return FRAGMENTS_WAIT;
    if (a->total != 0 && fragment->total > a->total) {
        assembly_clear(a);
        a->key = *key;
        a->begun = ++all->serial;
    }
    a->total = fragment->total;
    outcome = slice_keep(a, fragment);
    if (outcome == FRAGMENTS_WHOLE)
        outcome = assembly_join(a, &all->chain, out);
    if (outcome != FRAGMENTS_WAIT)
        assembly_clear(a);
    return outcome;
}
