#include "table.h"

#include <stdlib.h>

enum { SLOTS_AT_FIRST = 64 };

bool table_init(struct table *t)
{
    *t = (struct table){ .slots = calloc(SLOTS_AT_FIRST, sizeof *t->slots) };
    t->n_slots = t->slots != NULL ? SLOTS_AT_FIRST : 0;
    return t->slots != NULL;
}

void table_clear(struct table *t)
{
    free(t->slots);
    *t = (struct table){ 0 };
}

static void link_node(struct table *t, struct table_node *node)
{
    struct table_node **slot = &t->slots[node->hash & (t->n_slots - 1)];

    node->next = *slot;
    *slot = node;
}

/* Nodes of one hash stay in their order: each chain is turned round, and then rebuilt from its
 * end. */
static void grow(struct table *t)
{
    struct table bigger = { .n_slots = t->n_slots * 2, .n_nodes = t->n_nodes };

    bigger.slots = calloc(bigger.n_slots, sizeof *bigger.slots);
    if (bigger.slots == NULL)
        return;
    for (size_t i = 0; i < t->n_slots; i++) {
        struct table_node *reversed = NULL;

        for (struct table_node *node = t->slots[i], *next; node != NULL; node = next) {
            next = node->next;
            node->next = reversed;
            reversed = node;
        }
        for (struct table_node *next; reversed != NULL; reversed = next) {
            next = reversed->next;
            link_node(&bigger, reversed);
        }
    }
    free(t->slots);
    *t = bigger;
}

void table_add(struct table *t, struct table_node *node, uint64_t hash)
{
    if (t->n_nodes >= t->n_slots)
        grow(t);
    node->hash = hash;
    link_node(t, node);
    t->n_nodes++;
}

void table_remove(struct table *t, struct table_node *node)
{
    struct table_node **at = &t->slots[node->hash & (t->n_slots - 1)];

    while (*at != node)
        at = &(*at)->next;
    *at = node->next;
    t->n_nodes--;
}

static struct table_node *skip_others(struct table_node *node, uint64_t hash)
{
    while (node != NULL && node->hash != hash)
        node = node->next;
    return node;
}

struct table_node *table_first(const struct table *t, uint64_t hash)
{
    return skip_others(t->slots[hash & (t->n_slots - 1)], hash);
}

struct table_node *table_next(const struct table_node *node)
{
    return skip_others(node->next, node->hash);
}

struct table_node *table_drain(struct table *t)
{
    struct table_node *all = NULL;

    for (size_t i = 0; i < t->n_slots; i++) {
        while (t->slots[i] != NULL) {
            struct table_node *node = t->slots[i];

            t->slots[i] = node->next;
            node->next = all;
            all = node;
        }
    }
    t->n_nodes = 0;
    return all;
}

/* The finaliser of SplitMix64. */
uint64_t table_mix(uint64_t value)
{
    value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9u;
    value = (value ^ value >> 27) * 0x94d049bb133111ebu;
    return value ^ value >> 31;
}
