/* pool.h - addresses for clients: named pools of ranges. The same identity gets the same address
 * again as long as nobody else needs it. What was never given to anybody takes no memory, however
 * large a range is. RFC 7296 2.19, 3.15.4. */
#ifndef SERVER_POOL_H
#define SERVER_POOL_H

#include "common/grant.h"
#include "lease.h"

/* The addresses of one family in one pool. */
struct pool_half {
    struct lease_book book;
    uint64_t size; /* UINT64_MAX = as many, or more */
    size_t range;  /* private: the last one that was given for the first time */
    uint8_t at[16];
    bool is_inside;
};

struct pool {
    char name[GRANT_NAME];
    struct selectors ranges;
    ike2_addr *reserved; /* within the ranges, each once */
    size_t n_reserved;
    struct pool_half halves[2]; /* IPv4, IPv6 */
};

struct pools {
    struct pool *list;
    size_t n;
    struct leases leases;
    struct lease_book strays; /* held, but a reload took their ranges away */
};

/* `seed` is random. */
bool pools_init(struct pools *p, uint64_t seed);
/* A zeroed one is allowed. */
void pools_clear(struct pools *p);

/* Takes over what is configured; at a reload leases stay, but for those kept ones that have no pool
 * any more. None of `own` is ever given out. False without memory: nothing has changed. */
bool pools_configure(struct pools *p, const struct grant_pool *list, size_t n, const ike2_addr *own,
                     size_t n_own);

enum pool_result {
    POOL_OK,
    POOL_NONE, /* no pool has addresses of this family */
    POOL_EXHAUSTED,
    POOL_MEMORY
};

/* What an SA needs. */
struct pool_wish {
    const char *const *names; /* of the pools, preferred first */
    size_t n_names;
    const ike2_id *owner;
    ike2_sa_id sa;
    ike2_addr address; /* of this family; all zeros = no matter which */
    bool replaces;     /* other SAs of the owner are about to end: it takes over their address */
};

/* In order: what the SA has already; the address asked for, if it is free or the owner's; one that
 * the owner had; one that nobody had; the one that has been out of use for the longest time. */
enum pool_result pools_take(struct pools *p, const struct pool_wish *wish, ike2_addr *out);
/* Has the SA got an address? */
bool pools_has(const struct pools *p, ike2_sa_id sa);
/* The SA has ended. */
void pools_release(struct pools *p, ike2_sa_id sa);

#endif
