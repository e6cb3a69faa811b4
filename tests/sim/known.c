/* sim/known.c - the states that an exploration has seen. */
#include "sim/known.h"

#include <stdlib.h>

enum { FIRST_CAP = 1024 };

static struct known_slot *slot_of(const struct known *k, uint64_t likeness)
{
    size_t at = (size_t)(likeness & (k->cap - 1));

    while (k->slots[at].likeness != 0 && k->slots[at].likeness != likeness)
        at = (at + 1) & (k->cap - 1);
    return &k->slots[at];
}

static void grow(struct known *k)
{
    struct known before = *k;

    k->cap = before.cap == 0 ? FIRST_CAP : before.cap * 2;
    k->slots = calloc(k->cap, sizeof *k->slots);
    if (k->slots == NULL)
        abort();
    for (size_t i = 0; i < before.cap; i++) {
        if (before.slots[i].likeness != 0)
            *slot_of(k, before.slots[i].likeness) = before.slots[i];
    }
    free(before.slots);
}

bool known_add(struct known *k, uint64_t likeness, unsigned rank, uint32_t within)
{
    struct known_slot *slot;

    if (k->n * 2 >= k->cap)
        grow(k);
    slot = slot_of(k, likeness);
    if (slot->likeness == 0) {
        slot->likeness = likeness;
        k->n++;
    }
    if ((slot->seen >> rank & 1) != 0)
        return false;
    slot->seen |= within;
    return true;
}

void known_enter(struct known *k, uint64_t likeness, unsigned rank)
{
    slot_of(k, likeness)->on_way |= UINT32_C(1) << rank;
}

void known_leave(struct known *k, uint64_t likeness, unsigned rank)
{
    slot_of(k, likeness)->on_way &= ~(UINT32_C(1) << rank);
}

bool known_is_on_the_way(const struct known *k, uint64_t likeness, unsigned rank)
{
    return k->cap != 0 && (slot_of(k, likeness)->on_way >> rank & 1) != 0;
}

void known_clear(struct known *k)
{
    free(k->slots);
    *k = (struct known){ 0 };
}
