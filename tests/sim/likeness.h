/* sim/likeness.h - when two states of an exploration are alike: whatever can happen in the one can
 * happen in the other. */
#ifndef SIM_LIKENESS_H
#define SIM_LIKENESS_H

#include <stdint.h>

struct scene;

/* The same for states that are alike, but for what the network may still do (struct bounds). */
uint64_t likeness_of(const struct scene *s);

#endif
