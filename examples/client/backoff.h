/* backoff.h - how long to wait before the next attempt: at once, then about a second, two, four and
 * so on up to a bound; of each the second half is left to chance, so that clients that lost their
 * server together do not come back together. */
#ifndef CLIENT_BACKOFF_H
#define CLIENT_BACKOFF_H

#include <stdbool.h>
#include <stdint.h>

enum { BACKOFF_FIRST_MS = 1000 };

/* With `n` zero it is fresh. */
struct backoff {
    uint32_t longest_ms;
    unsigned n; /* waits so far */
};

static inline uint32_t backoff_jitter(uint32_t ms, uint32_t random)
{
    return ms / 2 + random % (ms - ms / 2 + 1);
}

/* The longest wait there is, for what hardly changes by itself. */
static inline uint32_t backoff_last(const struct backoff *b, uint32_t random)
{
    return backoff_jitter(b->longest_ms, random);
}

/* The next wait, in milliseconds. `at_once`: nothing speaks against it, if it is fresh. */
static inline uint32_t backoff_next(struct backoff *b, bool at_once, uint32_t random)
{
    uint32_t ms = BACKOFF_FIRST_MS;
    unsigned i;

    if (at_once && b->n == 0) {
        b->n = 1;
        return 0;
    }
    for (i = 1; i < b->n && ms < b->longest_ms; i++)
        ms = ms <= b->longest_ms / 2 ? 2 * ms : b->longest_ms;
    if (ms >= b->longest_ms)
        return backoff_last(b, random);
    b->n += b->n == 0 ? 2 : 1;
    return backoff_jitter(ms, random);
}

#endif
