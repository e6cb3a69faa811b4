/* sim/announced.h - what the two sides of a world announce by SIGNATURE_HASH_ALGORITHMS.
 * RFC 7427 4. */
#ifndef SIM_ANNOUNCED_H
#define SIM_ANNOUNCED_H

#include "sim/world.h"

enum { ANNOUNCED_HASHES = 8 };

/* By direction: 0 is what the second side hears, 1 what the first one does. */
struct announced {
    struct side *responder;
    bool has[2];
    size_t n[2];
    uint16_t hashes[2][ANNOUNCED_HASHES];
};

/* Taps the network; the second side of the world is the responder. */
void announced_listen(struct announced *h, struct world *w);

#endif
