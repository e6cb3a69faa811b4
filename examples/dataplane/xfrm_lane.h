/* xfrm_lane.h - the operations of a lane (ike2/job.h) in the kernel: its SAs, and the policies that
 * lead packets into them. RFC 7296 2.8, RFC 4301 4.4. */
#ifndef DATAPLANE_XFRM_LANE_H
#define DATAPLANE_XFRM_LANE_H

#include "dataplane.h"
#include "xfrm_pair.h"
#include "xfrm_policies.h"
#include "xfrm_sad.h"

struct xfrm_lane {
    struct xfrm_sad sad;
    struct xfrm_pairs pairs;
    struct xfrm_policies policies;
    uint32_t first_reqid;         /* by chance, within those of this program */
    int lock;                     /* keeps the program's number, or -1 */
    struct dataplane_counts past; /* of halves that have been removed */
};

/* False after a fault. `talk` is the lane's from then on. */
bool xfrm_lane_init(struct xfrm_lane *l, const ike2_crypto *crypto, struct talk *talk,
                    struct fault *fault);
/* Removes all pairs and policies from the kernel. One without memory is allowed, but for `lock`. */
void xfrm_lane_clear(struct xfrm_lane *l);

bool xfrm_lane_reserve(struct xfrm_lane *l, const ike2_path *path, uint8_t protocol, uint32_t *spi,
                       struct fault *fault);
bool xfrm_lane_install(struct xfrm_lane *l, const ike2_pair *pair, struct fault *fault);
bool xfrm_lane_switch(struct xfrm_lane *l, const ike2_pair *pair, struct fault *fault);
bool xfrm_lane_move(struct xfrm_lane *l, const ike2_pair *pair, struct fault *fault);
bool xfrm_lane_remove(struct xfrm_lane *l, const ike2_pair *pair, uint8_t halves,
                      struct fault *fault);
bool xfrm_lane_release(struct xfrm_lane *l, const ike2_pair *pair, struct fault *fault);

/* Sets the limits of the inbound half anew: it was used for the first time, or was not. */
void xfrm_lane_renew(const struct xfrm_lane *l, const struct xfrm_pair *p);
/* Of a pair, or with 0 of all that there are and were. */
bool xfrm_lane_stats(const struct xfrm_lane *l, uint32_t spi_in, struct dataplane_counts *out);

#endif
