/* sim/known.h - the states that an exploration has seen: for each likeness the sets of bounds with
 * which it was seen, and whether it is on the way to where the exploration is now. */
#ifndef SIM_KNOWN_H
#define SIM_KNOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct known_slot {
    uint64_t likeness;    /* 0: free */
    uint32_t seen, on_way; /* sets of ranks, 0 to 31 */
};

struct known {
    struct known_slot *slots;
    size_t n, cap;
};

/* False: it has been seen with this rank, or with more. `within`: ranks that this one covers. */
bool known_add(struct known *k, uint64_t likeness, unsigned rank, uint32_t within);
void known_enter(struct known *k, uint64_t likeness, unsigned rank);
void known_leave(struct known *k, uint64_t likeness, unsigned rank);
bool known_is_on_the_way(const struct known *k, uint64_t likeness, unsigned rank);
void known_clear(struct known *k);

#endif
