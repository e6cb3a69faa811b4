/* handshake.h - processor time of a handshake (IKE_SA_INIT, IKE_AUTH with one Child SA) on each
 * side, and of its primitives alone. */
#ifndef BENCH_HANDSHAKE_H
#define BENCH_HANDSHAKE_H

#include "pace.h"
#include "recording.h"
#include "spread.h"

/* Calls of the same kind with the same parameters. */
struct call_cost {
    const char *name;
    char detail[CALL_DETAIL];
    size_t n;
    double ns; /* of all `n` together */
};

struct handshake_side {
    struct spread handshake_ns, primitives_ns;
    struct spread ratio; /* of the two, in the same round */
    double datagrams, octets; /* sent by this side */
    size_t n_calls; /* of its provider, in one handshake */
    size_t n_costs;
    struct call_cost costs[TAPE_CALLS];
};

struct handshake_result {
    unsigned long count;      /* in each round */
    struct spread per_second; /* of both sides, on one processor */
    struct handshake_side sides[SUITE_SIDES];
};

bool handshake_measure(const struct suite *suite, const struct recording *rec,
                       const struct pace *pace, struct handshake_result *out,
                       struct problem *why);

#endif
