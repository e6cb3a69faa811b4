/* xfrm_trap.h - traps: policies without an SA, for which the kernel asks when a packet fits one. */
#ifndef DATAPLANE_XFRM_TRAP_H
#define DATAPLANE_XFRM_TRAP_H

#include "dataplane.h"
#include "xfrm_policies.h"

struct xfrm_traps {
    struct xfrm_policies *policies;
    struct xfrm_trap *first;
    uint32_t last_reqid;
};

/* `first_reqid` by chance: XFRM_REQID_NUMBER of its bits count. */
void xfrm_traps_init(struct xfrm_traps *s, struct xfrm_policies *policies, uint32_t first_reqid);
/* Removes all. A zeroed one is allowed. */
void xfrm_traps_clear(struct xfrm_traps *s);
bool xfrm_traps_set(struct xfrm_traps *s, const struct dataplane_trap *trap, struct fault *fault);
bool xfrm_traps_remove(struct xfrm_traps *s, uint64_t tag, struct fault *fault);
/* The tag of the trap that the kernel names, or 0. */
uint64_t xfrm_traps_find(const struct xfrm_traps *s, uint32_t reqid);

#endif
