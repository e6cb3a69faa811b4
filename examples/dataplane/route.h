/* route.h - which of many pairs sends a packet: the one with the longest prefix of the peer's side
 * that holds the destination, among those whose selectors fit; then the closest selector; then the
 * newest. One lookup for each length of prefix that occurs. */
#ifndef DATAPLANE_ROUTE_H
#define DATAPLANE_ROUTE_H

#include "pair.h"

/* A peer may choose selectors that consist of many prefixes; this is where that ends. */
enum { ROUTES_PER_PAIR = 1024, ROUTE_LENGTHS = 129 };

struct routes_config {
    void *user;
    /* The first route of a prefix appears, or its last one goes: to tell a kernel. A false for the
     * former makes routes_add fail. */
    bool (*changed)(void *user, const struct prefix *prefix, bool present);
    uint64_t seed; /* unknown to peers, who choose prefixes */
};

struct routes {
    struct routes_config config;
    struct table prefixes;
    size_t n_of_len[2][ROUTE_LENGTHS]; /* of IPv4 and of IPv6 */
};

/* False without memory. */
bool routes_init(struct routes *r, const struct routes_config *config);
/* Says nothing to anybody. */
void routes_clear(struct routes *r);

/* From now on the pair gets packets; all of its routes or none. */
bool routes_add(struct routes *r, struct pair *p, struct fault *fault);
/* Does nothing for a pair that has none. */
void routes_remove(struct routes *r, const struct pair *p);

/* The pair that sends the packet, or NULL. */
struct pair *routes_find(const struct routes *r, const struct flow *f);

#endif
