/* flood.h - what an IKE_SA_INIT request of somebody unknown costs a responder: with cookies, and
 * without. */
#ifndef BENCH_FLOOD_H
#define BENCH_FLOOD_H

#include "pace.h"
#include "recording.h"
#include "spread.h"

struct flood_side {
    unsigned long count;  /* requests in each round; each got an answer */
    struct spread ns;     /* of processor time, each */
    double octets;        /* held for each of them afterwards */
};

struct flood_result {
    size_t request_octets;
    struct flood_side cookie, half_open;
};

bool flood_measure(const struct suite *suite, const struct recording *rec,
                   const struct pace *pace, struct flood_result *out, struct problem *why);

#endif
