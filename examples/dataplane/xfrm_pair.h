/* xfrm_pair.h - one SPI pair of a Child SA as the data plane of the kernel keeps it: what it needs
 * to tell the kernel again; and all pairs, by SPI and by child. */
#ifndef DATAPLANE_XFRM_PAIR_H
#define DATAPLANE_XFRM_PAIR_H

#include <ike2/job.h>

#include "table.h"
#include "xfrm_sa.h"
#include "xfrm_selector.h"

struct xfrm_pair {
    struct table_node by_spi, by_reqid; /* private to xfrm_pairs */
    struct xfrm_pair *next, *previous;  /* likewise: of all */
    /* As installed. Its keys are references of ours; of selectors there are only those below. Only
     * `spi_in` and `path` while the pair is but a reserved SPI. */
    ike2_pair pair;
    struct xfrm_selectors selectors;
    uint32_t reqid;        /* one for all pairs of a Child SA; 0 = it is empty */
    uint8_t halves;        /* IKE2_HALF_*: those that are left */
    bool is_reserved;      /* the kernel holds its SPI, and nothing else */
    bool is_sending;       /* SWITCH: the Child SA sends on it, or has done so */
    bool is_used;          /* the peer has sent on it */
    bool is_soft, is_hard; /* reported: a limit is near, or has been reached */
    ike2_addr source;      /* where authentic packets come from */
};

/* What the kernel is told of a half of it. */
struct xfrm_half xfrm_pair_half(const struct xfrm_pair *p, bool is_inbound);
/* The path of an installed pair has changed. */
bool xfrm_pair_move(struct xfrm_pair *p, const ike2_pair *to, struct fault *fault);

struct xfrm_pairs {
    const ike2_crypto *crypto;
    struct table by_spi, by_reqid;
    struct xfrm_pair *first; /* of all; go on with `next` */
};

/* False without memory. */
bool xfrm_pairs_init(struct xfrm_pairs *s, const ike2_crypto *crypto);
/* Removes what is left. */
void xfrm_pairs_clear(struct xfrm_pairs *s);
/* A new one that is reserved, or may be filled; NULL without memory. */
struct xfrm_pair *xfrm_pairs_add(struct xfrm_pairs *s, uint32_t spi_in, const ike2_path *path);
/* Takes references to the keys of a job's pair, and what else there is to keep. False after a
 * fault. `reqid` is not 0. */
bool xfrm_pairs_fill(struct xfrm_pairs *s, struct xfrm_pair *p, const ike2_pair *from,
                     uint32_t reqid, struct fault *fault);
/* The inverse: only its SPI and path remain. */
void xfrm_pairs_empty(struct xfrm_pairs *s, struct xfrm_pair *p);
/* Empties and frees it. */
void xfrm_pairs_remove(struct xfrm_pairs *s, struct xfrm_pair *p);
/* By its inbound SPI, or NULL. */
struct xfrm_pair *xfrm_pairs_find(const struct xfrm_pairs *s, uint32_t spi_in);
/* By the SPI of either direction, as the kernel names it, or NULL. */
struct xfrm_pair *xfrm_pairs_named(const struct xfrm_pairs *s, uint32_t reqid, uint32_t spi,
                                   bool *is_inbound);

#endif
