#include "replay.h"

void replay_init(struct replay *r, bool esn)
{
    *r = (struct replay){ .esn = esn };
}

/* RFC 4303 A2.2: the upper half is that which puts the number into the window or just ahead of it.
 */
static bool full_number(const struct replay *r, uint32_t low, uint64_t *sequence)
{
    uint32_t top_low = (uint32_t)r->top;
    uint64_t high = r->top >> 32;
    uint32_t bottom_low = top_low - (REPLAY_WINDOW - 1);

    if (top_low >= REPLAY_WINDOW - 1) {
        if (low < bottom_low)
            high++;
    } else if (low >= bottom_low) {
        /* The window begins in the lower subspace; before the first one there is none. */
        if (high == 0)
            return false;
        high--;
    }
    if (high > UINT32_MAX)
        return false;
    *sequence = high << 32 | low;
    return true;
}

static bool is_seen(const struct replay *r, uint64_t sequence)
{
    return (r->seen[sequence / 64 % REPLAY_WORDS] >> sequence % 64 & 1) != 0;
}

bool replay_check(const struct replay *r, uint32_t low, uint64_t *sequence)
{
    uint64_t full = low;

    if (r->esn && !full_number(r, low, &full))
        return false;
    /* RFC 4303 3.3.3: the first packet has number 1, and numbers never cycle. */
    if (full == 0)
        return false;
    if (full <= r->top && (r->top - full >= REPLAY_WINDOW || is_seen(r, full)))
        return false;
    *sequence = full;
    return true;
}

void replay_update(struct replay *r, uint64_t sequence)
{
    uint64_t word = sequence / 64;

    if (sequence > r->top) {
        uint64_t steps = word - r->top / 64;

        if (steps > REPLAY_WORDS)
            steps = REPLAY_WORDS;
        for (uint64_t i = 0; i < steps; i++)
            r->seen[(word - i) % REPLAY_WORDS] = 0;
        r->top = sequence;
    }
    r->seen[word % REPLAY_WORDS] |= (uint64_t)1 << sequence % 64;
}
