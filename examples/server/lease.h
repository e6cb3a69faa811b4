/* lease.h - which identity has which address: held by SAs of it, or kept for the time when it comes
 * back. An address is leased once; an identity may have several leases, and several SAs of it may
 * hold the same one. */
#ifndef SERVER_LEASE_H
#define SERVER_LEASE_H

#include <ike2/message.h>

#include "dataplane/table.h"

struct lease_list {
    struct lease *first, *last;
    size_t n;
};

/* Where leases are listed. */
struct lease_book {
    struct lease_list held, kept; /* kept: least recently released first */
};

struct lease {
    struct table_node node;
    struct lease *before, *behind; /* in the list of its book */
    struct lease_book *book;
    struct lease *next; /* of the same owner */
    struct lease_owner *owner;
    struct lease_holder *holders; /* none: it is kept */
    ike2_addr address;
};

/* An SA that uses a lease. */
struct lease_holder {
    struct table_node node;
    struct lease_holder *next; /* of the same lease */
    struct lease *lease;
    ike2_sa_id sa;
};

/* An identity. */
struct lease_owner {
    struct table_node node;
    struct lease *leases;
    ike2_id id; /* views what is behind */
    uint8_t octets[];
};

struct leases {
    struct table addresses, owners, holders;
    uint64_t seed;
};

/* `seed` is random: it keeps peers from choosing identities that are slow to find. */
bool leases_init(struct leases *all, uint64_t seed);
void leases_clear(struct leases *all);

/* The identity's entry, a new one if need be; NULL without memory. */
struct lease_owner *lease_owner_get(struct leases *all, const ike2_id *id);
/* Forgets who has no lease. */
void lease_owner_sweep(struct leases *all, struct lease_owner *owner);

/* Of this address; NULL if nobody has it. */
struct lease *lease_find(const struct leases *all, const ike2_addr *address);
/* A kept one; NULL without memory. */
struct lease *lease_new(struct leases *all, struct lease_book *book, struct lease_owner *owner,
                        const ike2_addr *address);
/* A kept one goes to another owner. */
void lease_pass(struct leases *all, struct lease *lease, struct lease_owner *owner);
/* Lists one that is in no book. */
void lease_enlist(struct lease_book *book, struct lease *lease);
/* Of a lease that is kept, and in no book. */
void lease_forget(struct leases *all, struct lease *lease);

bool lease_is_held_by(const struct lease *lease, ike2_sa_id sa);
/* The SA holds it, too; false without memory. */
bool lease_hold(struct leases *all, struct lease *lease, ike2_sa_id sa);
/* Does it hold any? */
bool lease_is_holder(const struct leases *all, ike2_sa_id sa);
/* The SA does not hold this one any more, which is in no book from here on: the caller enlists or
 * forgets it. NULL if it held none. */
struct lease *lease_drop(struct leases *all, ike2_sa_id sa);

#endif
