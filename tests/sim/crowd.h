/* sim/crowd.h - a world with one responder, its first side, and many initiators. Each initiator has
 * an address, an identity and a net of its own; the responder takes them all by one definition. */
#ifndef SIM_CROWD_H
#define SIM_CROWD_H

#include "sim/world.h"

/* How they are to live. */
struct crowd_plan {
    size_t n;                  /* initiators, at most WORLD_SIDES - 1 */
    size_t n_behind_nats;      /* of these, each behind a NAT of its own; at most NET_NATS */
    uint32_t ike_seconds;      /* rekey lifetimes, as both ends have them */
    uint32_t child_seconds;
    uint32_t liveness_seconds;
    uint32_t traffic_ms;       /* 0 = none. Every third initiator is silent */
    struct plan install;       /* the data planes' */
};

/* Sums of all initiators. */
struct crowd_sums {
    uint64_t sa_rekeyed, child_rekeyed; /* events; the fewest of one: */
    uint64_t least_sa_rekeyed, least_child_rekeyed;
    uint64_t octets_held;
    uint64_t messages_out;              /* the responder's as well */
};

struct world *crowd_new(uint64_t seed, const struct crowd_plan *plan);
static inline struct side *crowd_responder(const struct world *w)
{
    return w->sides[0];
}
/* One after the other, and then `ms` for the last one to come up. */
void crowd_connect(struct world *w, uint64_t ms);
/* Traffic as planned. */
void crowd_start_traffic(struct world *w, const struct crowd_plan *plan);
/* All NATs get new bindings. */
void crowd_rebind(struct world *w, const struct crowd_plan *plan, uint16_t first_port);
struct crowd_sums crowd_sums(const struct world *w);
/* Fails the test, and says which, if an SA or a child of an initiator has gone down. */
void crowd_expect_no_down(const struct world *w);
/* All tunnels are up, and each carries a packet both ways. The network must lose nothing. */
void crowd_expect_up(struct world *w);

#endif
