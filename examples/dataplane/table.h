/* table.h - a hash table of nodes that lie inside of what is found: chains, and slots that double.
 * Whoever looks something up compares the key: the table knows hashes only. */
#ifndef DATAPLANE_TABLE_H
#define DATAPLANE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct table_node {
    struct table_node *next;
    uint64_t hash;
};

struct table {
    struct table_node **slots;
    size_t n_slots; /* a power of two */
    size_t n_nodes;
};

/* False without memory. */
bool table_init(struct table *t);
/* Frees the slots; the nodes belong to others. */
void table_clear(struct table *t);

/* Cannot fail: without memory for more slots the chains grow. */
void table_add(struct table *t, struct table_node *node, uint64_t hash);
void table_remove(struct table *t, struct table_node *node);
/* The nodes with this hash, newest first; NULL behind the last one. */
struct table_node *table_first(const struct table *t, uint64_t hash);
struct table_node *table_next(const struct table_node *node);
/* Takes all nodes out, as one chain by `next`. */
struct table_node *table_drain(struct table *t);

/* Mixes all bits of `value` into all bits of the result. */
uint64_t table_mix(uint64_t value);

#endif
