/* sa/jitter.c - a little randomness in times. */
#include "sa/jitter.h"

enum { SHORTER_PERCENT = 10 };

uint64_t ike2_jitter_draw(const struct host *host, uint64_t range)
{
    const ike2_crypto *c = host->crypto;
    uint8_t octets[4];
    uint64_t draw = 0;

    if (range == 0 || c->random(c->user, octets, sizeof octets) != IKE2_OK)
        return range / 2;
    for (size_t i = 0; i < sizeof octets; i++)
        draw = draw << 8 | octets[i];
    return draw % range;
}

uint64_t ike2_jitter_shorter(const struct host *host, uint32_t seconds)
{
    uint64_t ms = seconds * UINT64_C(1000);

    return ms - ike2_jitter_draw(host, ms * SHORTER_PERCENT / 100 + 1);
}
