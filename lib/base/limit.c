/* base/limit.c - token bucket: how often something may happen. */
#include "base/limit.h"

enum { MILLI = 1000 };

void ike2_limit_init(struct limit *l, uint32_t per_second, uint32_t burst, ike2_time now)
{
    *l = (struct limit){
        .per_second = per_second,
        .burst = burst,
        .milli_tokens = (uint64_t)burst * MILLI,
        .filled_at = now,
    };
}

/* One token per second is one thousandth of a token per millisecond. */
static void fill(struct limit *l, ike2_time now)
{
    uint64_t room = (uint64_t)l->burst * MILLI - l->milli_tokens;
    uint64_t elapsed = now > l->filled_at ? now - l->filled_at : 0;

    if (elapsed == 0)
        return;
    l->filled_at = now;
    if (l->per_second == 0)
        return;
    /* Compared by division: the product could overflow after a long silence. */
    if (elapsed > room / l->per_second)
        l->milli_tokens += room;
    else
        l->milli_tokens += elapsed * l->per_second;
}

bool ike2_limit_take(struct limit *l, ike2_time now)
{
    fill(l, now);
    if (l->milli_tokens < MILLI)
        return false;
    l->milli_tokens -= MILLI;
    return true;
}
