/* sim/world.h - a clock, a network and some sides. Time moves from one thing that happens to the
 * next; after each the invariants are checked. */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include "sim/net.h"
#include "sim/side.h"

/* The clock begins at WORLD_START. */
enum { WORLD_SIDES = 250, WORLD_START = 1000000 };

struct world {
    ike2_time now;
    uint64_t seed;
    const char *note;      /* what the test wants to know when it fails, with `number` */
    uint64_t number;
    struct net net;
    struct side *sides[WORLD_SIDES];
    size_t n_sides;
    ike2_time due[WORLD_SIDES]; /* when each side has something to do by itself */
    uint64_t n_steps;
    /* Called in place of failing; does not return. NULL = the test fails. */
    void (*on_fail)(const struct world *w, const struct side *s, const char *what);
    struct world *older;   /* of the same test: sim/trial.h */
    bool is_unchecked;     /* no invariants: the crowd is large */
    /* In a crowd: the invariants of one side after so many steps, then those of the next one; 0 =
     * of all sides after every step. */
    uint32_t check_every;
    size_t checked;        /* whose turn it is */
};

/* Two sides, "a" and "b", each defined as the other's peer; not yet started. */
struct world *world_new(uint64_t seed);
struct side *world_add(struct world *w, const char *name);
/* Frees everything; fails the test if something is left: memory, keys, jobs. */
void world_free(struct world *w);

/* One thing that happens until `until`, which is what the clock shows when nothing is left. */
bool world_step(struct world *w, ike2_time until);
/* All that happens within `ms`. */
void world_run(struct world *w, uint64_t ms);
/* Until neither side has an SA, but no longer than `ms`; true if it came to that. */
bool world_run_out(struct world *w, uint64_t ms);
/* A side's outputs have been dealt with: it may have something else to do next. */
void world_touch(struct world *w, const struct side *s);
/* Checks the invariants now, of all sides. */
void world_check(struct world *w);
/* Fails the running test; says where, when and with which seed. */
void world_fail(const struct world *w, const struct side *s, const char *what);

#endif
