/* limiter.h - at most so many lines a second, and how many were left out. */
#ifndef SERVER_LIMITER_H
#define SERVER_LIMITER_H

#include <stdbool.h>

#include <ike2/types.h>

enum { LIMITER_BURST = 20, LIMITER_REFILL_MS = 500 };

/* Zeroed, it is full. */
struct limiter {
    unsigned used;
    unsigned left_out; /* since the last one that was taken */
    ike2_time at;      /* when it was refilled last */
};

/* May one more be said? */
static inline bool limiter_take(struct limiter *l, ike2_time now)
{
    uint64_t back = (now - l->at) / LIMITER_REFILL_MS;

    if (back > 0) {
        l->used = back < l->used ? l->used - (unsigned)back : 0;
        l->at = now;
    }
    if (l->used == LIMITER_BURST) {
        l->left_out++;
        return false;
    }
    l->used++;
    return true;
}

#endif
