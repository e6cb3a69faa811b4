/* grant.h - what a connection gives to the clients that ask for it: addresses of pools, name
 * servers, networks, domains; as a person writes it. RFC 7296 2.19, 3.15; RFC 8598. */
#ifndef COMMON_GRANT_H
#define COMMON_GRANT_H

#include "option.h"
#include "value.h"

enum {
    GRANT_NAME = 65,     /* of a pool, with the terminator */
    GRANT_POOLS_MAX = 8, /* of a connection */
    GRANT_SERVERS_MAX = 8,
    GRANT_DOMAINS_MAX = 16,
    GRANT_RESERVED_MAX = 32
};

/* Addresses to give away. */
struct grant_pool {
    const char *name;
    struct selectors ranges; /* of a network neither the first nor the last address */
    ike2_addr reserved[GRANT_RESERVED_MAX];
    size_t n_reserved;
};

/* Addresses of servers. */
struct grant_servers {
    ike2_addr list[GRANT_SERVERS_MAX];
    size_t n;
};

/* Texts are borrowed. */
struct grant {
    const char *pools[GRANT_POOLS_MAX]; /* none: nothing of this is given */
    size_t n_pools;
    struct grant_servers dns, nbns;
    struct selectors subnets; /* prefixes */
    const char *domains[GRANT_DOMAINS_MAX];
    size_t n_domains;
    ike2_addr netmask; /* family 0 = none */
};

/* Each takes one more value, and returns NULL, or what is wrong with it, as in value.h. */
const char *grant_add_range(struct grant_pool *p, const char *text);
const char *grant_add_reserved(struct grant_pool *p, const char *text);
const char *grant_add_pool(struct grant *g, const char *text);
/* One of the options that say what clients get: OPTION_DNS to OPTION_NETMASK. */
const char *grant_apply(struct grant *g, enum option_id id, const char *text);

/* Do two of them have an address in common? */
bool grant_pools_overlap(const struct grant_pool *a, const struct grant_pool *b);

#endif
