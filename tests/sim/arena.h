/* sim/arena.h - the memory of a world in one piece that stays where it is, and can be copied out
 * and back. A copy that is put back is the world as it was, pointers and all, which is what an
 * exploration needs at every fork in the road.
 *
 * The program is linked with --wrap for malloc, calloc, realloc and free (cmake/Tests.cmake): while
 * the arena is entered, they take from it. */
#ifndef SIM_ARENA_H
#define SIM_ARENA_H

#include <stddef.h>
#include <stdint.h>

/* A copy of what has changed since arena_settle. Zeroed: empty. */
struct snapshot {
    uint8_t *octets;
    size_t len, cap;
};

void arena_open(void);
/* What is acquired from here on, until arena_leave, comes from the arena. */
void arena_enter(void);
void arena_leave(void);
/* The world has been made: from here on copies can be taken, of what changes. */
void arena_settle(void);
void arena_close(void);

/* Copies out; the room of an older copy is used again. */
void arena_save(struct snapshot *to);
void arena_restore(const struct snapshot *from);
void snapshot_clear(struct snapshot *s);
/* Octets that a copy takes now. */
size_t arena_octets(void);

#endif
