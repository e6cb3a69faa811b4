/* base/map.h - open-addressing map from a nonzero 64-bit key to a pointer. The hash is keyed, so
 * that a peer who chooses SPIs cannot aim at one bucket. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <ike2/error.h>

#include "base/mem.h"

struct map_slot {
    uint64_t key; /* 0 = empty */
    void *value;
};

struct map {
    struct map_slot *slots;
    size_t cap; /* a power of two, or 0 */
    size_t n;
    uint64_t seed[2];
};

/* `seed` from the provider's random source; nothing is allocated. */
void ike2_map_init(struct map *m, const uint8_t seed[16]);
/* IKE2_ERR_ARGUMENT if `key` is present already; IKE2_ERR_MEMORY leaves the map as it was. */
ike2_err ike2_map_add(struct map *m, struct mem *mem, uint64_t key, void *value);
/* Another value under a key that is present. Never allocates. */
void ike2_map_replace(struct map *m, uint64_t key, void *value);
void *ike2_map_get(const struct map *m, uint64_t key);
/* Never allocates; an absent key is harmless. */
void ike2_map_remove(struct map *m, uint64_t key);
/* The entry with the smallest key above `after`, or NULL; O(n), for displays. */
const struct map_slot *ike2_map_above(const struct map *m, uint64_t after);
void ike2_map_clear(struct map *m, struct mem *mem);
/* SipHash-2-4 of `octets` with the map's seed: for keys that are longer than 64 bits. */
uint64_t ike2_map_hash(const struct map *m, ike2_bytes octets);

#endif
