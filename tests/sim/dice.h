/* sim/dice.h - SplitMix64: octets and numbers that a seed decides, the same everywhere. */
#ifndef SIM_DICE_H
#define SIM_DICE_H

#include <stdint.h>

struct dice {
    uint64_t state;
};

static inline uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static inline uint64_t dice_next(struct dice *d)
{
    return mix(d->state += UINT64_C(0x9e3779b97f4a7c15));
}

/* 0 to n - 1. */
static inline uint32_t dice_below(struct dice *d, uint32_t n)
{
    return n == 0 ? 0 : (uint32_t)(dice_next(d) % n);
}

#endif
