/* pair.h - one SPI pair of a Child SA as the data plane keeps it: keys of both directions, replay
 * window, sequence numbers, selectors, counts; and the table of all pairs. */
#ifndef DATAPLANE_PAIR_H
#define DATAPLANE_PAIR_H

#include "dataplane.h"
#include "esp.h"
#include "replay.h"
#include "selector.h"
#include "table.h"

struct pair {
    struct table_node by_spi, by_child; /* private to pairs */
    uint32_t spi_in;
    ike2_child_id child;
    ike2_path path;        /* where we send to; how, as well */
    ike2_addr source;      /* where authentic packets come from */
    size_t mtu;            /* of inner packets: then the outer ones fit their path */
    uint8_t halves;        /* IKE2_HALF_*: those that are left */
    bool is_sending;       /* SWITCH: the Child SA sends on this pair */
    bool is_used;          /* the peer has sent on it */
    ike2_time seen_at;     /* reported: when it last did */
    bool is_soft, is_hard; /* reported: time to rekey; no sequence numbers are left */
    uint64_t rekey_octets; /* of inner packets in one direction: then it is time; 0 = no limit */
    struct esp in, out;
    struct replay replay;
    uint64_t sequence; /* the last one that was sent; 0 = none */
    struct selectors selectors;
    struct dataplane_counts counts;
};

/* A pair of its own, which holds references to the keys. NULL after a fault. */
struct pair *pair_new(const ike2_crypto *crypto, const ike2_pair *p, uint16_t path_mtu,
                      struct fault *fault);
/* Sends to another path from now on; after a fault, as before. */
bool pair_move(struct pair *p, const ike2_pair *to, uint16_t path_mtu, struct fault *fault);
/* NULL is allowed. */
void pair_free(struct pair *p);
/* Gives up the keys of these halves. */
void pair_drop(struct pair *p, uint8_t halves);

struct pairs {
    struct table by_spi, by_child;
};

/* False without memory. */
bool pairs_init(struct pairs *s);
/* Frees the pairs too. */
void pairs_clear(struct pairs *s);
void pairs_add(struct pairs *s, struct pair *p);
/* Takes it out, and frees it. */
void pairs_remove(struct pairs *s, struct pair *p);
/* By its inbound SPI, or NULL. */
struct pair *pairs_find(const struct pairs *s, uint32_t spi_in);
/* The pair that a Child SA sends on, or NULL. */
struct pair *pairs_sending(const struct pairs *s, ike2_child_id child);

#endif
