/* base/map.c - open-addressing map from a nonzero 64-bit key to a pointer.
 *
 * Linear probing at a load of at most three quarters. Removal moves later entries of the run back
 * instead of leaving tombstones, so the map never needs to be rebuilt and removal never allocates.
 * The hash is SipHash-2-4 (Aumasson and Bernstein, 2012) with a random seed. */
#include "base/map.h"

enum { MAP_FIRST_CAP = 16 };

struct sip {
    uint64_t v0, v1, v2, v3;
};

static uint64_t rotate(uint64_t x, unsigned bits)
{
    return x << bits | x >> (64 - bits);
}

static void sip_round(struct sip *s)
{
    s->v0 += s->v1;
    s->v1 = rotate(s->v1, 13) ^ s->v0;
    s->v0 = rotate(s->v0, 32);
    s->v2 += s->v3;
    s->v3 = rotate(s->v3, 16) ^ s->v2;
    s->v0 += s->v3;
    s->v3 = rotate(s->v3, 21) ^ s->v0;
    s->v2 += s->v1;
    s->v1 = rotate(s->v1, 17) ^ s->v2;
    s->v2 = rotate(s->v2, 32);
}

static void sip_absorb(struct sip *s, uint64_t word)
{
    s->v3 ^= word;
    sip_round(s);
    sip_round(s);
    s->v0 ^= word;
}

/* Up to eight octets, little-endian. */
static uint64_t load_le(const uint8_t *at, size_t len)
{
    uint64_t v = 0;

    for (size_t i = len; i > 0; i--)
        v = v << 8 | at[i - 1];
    return v;
}

static struct sip sip_begin(const uint64_t seed[2])
{
    return (struct sip){
        .v0 = seed[0] ^ UINT64_C(0x736f6d6570736575),
        .v1 = seed[1] ^ UINT64_C(0x646f72616e646f6d),
        .v2 = seed[0] ^ UINT64_C(0x6c7967656e657261),
        .v3 = seed[1] ^ UINT64_C(0x7465646279746573),
    };
}

static uint64_t sip_end(struct sip *s, uint64_t last)
{
    sip_absorb(s, last);
    s->v2 ^= 0xff;
    for (int i = 0; i < 4; i++)
        sip_round(s);
    return s->v0 ^ s->v1 ^ s->v2 ^ s->v3;
}

uint64_t ike2_map_hash(const struct map *m, ike2_bytes octets)
{
    struct sip s = sip_begin(m->seed);
    size_t at = 0;

    for (; octets.len - at >= 8; at += 8)
        sip_absorb(&s, load_le(octets.ptr + at, 8));
    if (at == octets.len)
        return sip_end(&s, (uint64_t)octets.len << 56);
    return sip_end(&s, (uint64_t)octets.len << 56 | load_le(octets.ptr + at, octets.len - at));
}

static size_t home_of(const struct map *m, uint64_t key)
{
    struct sip s = sip_begin(m->seed);

    sip_absorb(&s, key);
    return (size_t)(sip_end(&s, UINT64_C(8) << 56) & (m->cap - 1));
}

/* The slot of `key`, or the empty slot where it would go. The map has one. */
static size_t slot_of(const struct map *m, uint64_t key)
{
    size_t i = home_of(m, key);

    while (m->slots[i].key != 0 && m->slots[i].key != key)
        i = (i + 1) & (m->cap - 1);
    return i;
}

void ike2_map_init(struct map *m, const uint8_t seed[16])
{
    *m = (struct map){ .seed = { load_le(seed, 8), load_le(seed + 8, 8) } };
}

static ike2_err grow(struct map *m, struct mem *mem)
{
    struct map bigger = *m;

    bigger.cap = m->cap == 0 ? MAP_FIRST_CAP : m->cap * 2;
    if (bigger.cap > SIZE_MAX / sizeof *bigger.slots)
        return IKE2_ERR_MEMORY;
    bigger.slots = ike2_mem_acquire(mem, bigger.cap * sizeof *bigger.slots);
    if (bigger.slots == NULL)
        return IKE2_ERR_MEMORY;

    for (size_t i = 0; i < m->cap; i++) {
        if (m->slots[i].key != 0)
            bigger.slots[slot_of(&bigger, m->slots[i].key)] = m->slots[i];
    }
    ike2_mem_release(mem, m->slots, m->cap * sizeof *m->slots);
    *m = bigger;
    return IKE2_OK;
}

ike2_err ike2_map_add(struct map *m, struct mem *mem, uint64_t key, void *value)
{
    if (key == 0 || (m->cap != 0 && m->slots[slot_of(m, key)].key == key))
        return IKE2_ERR_ARGUMENT;
    if (m->n >= m->cap - m->cap / 4) {
        ike2_err err = grow(m, mem);

        if (err != IKE2_OK)
            return err;
    }

    m->slots[slot_of(m, key)] = (struct map_slot){ .key = key, .value = value };
    m->n++;
    return IKE2_OK;
}

void ike2_map_replace(struct map *m, uint64_t key, void *value)
{
    if (ike2_map_get(m, key) != NULL)
        m->slots[slot_of(m, key)].value = value;
}

void *ike2_map_get(const struct map *m, uint64_t key)
{
    if (m->n == 0 || key == 0)
        return NULL;
    return m->slots[slot_of(m, key)].value;
}

void ike2_map_remove(struct map *m, uint64_t key)
{
    size_t hole, mask = m->cap - 1;

    if (m->n == 0 || key == 0)
        return;
    hole = slot_of(m, key);
    if (m->slots[hole].key != key)
        return;
    /* An entry of the same run may move into the hole unless its home lies behind the hole. */
    for (size_t i = (hole + 1) & mask; m->slots[i].key != 0; i = (i + 1) & mask) {
        size_t home = home_of(m, m->slots[i].key);

        if (((i - home) & mask) >= ((i - hole) & mask)) {
            m->slots[hole] = m->slots[i];
            hole = i;
        }
    }
    m->slots[hole] = (struct map_slot){ 0 };
    m->n--;
}

const struct map_slot *ike2_map_above(const struct map *m, uint64_t after)
{
    const struct map_slot *found = NULL;

    for (size_t i = 0; i < m->cap; i++) {
        const struct map_slot *s = &m->slots[i];

        if (s->key > after && (found == NULL || s->key < found->key))
            found = s;
    }
    return found;
}

void ike2_map_clear(struct map *m, struct mem *mem)
{
    ike2_mem_release(mem, m->slots, m->cap * sizeof *m->slots);
    m->slots = NULL;
    m->cap = 0;
    m->n = 0;
}
