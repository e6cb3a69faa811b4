/* xfrm_policies.h - all policies that we have made: one for a selector and direction, whoever wants
 * it. Several pairs may, one after another or at a time, and a trap below them. The one that wanted
 * it last is heard; when it goes, the one before is, without a moment in between. RFC 4301 4.4.1.
 */
#ifndef DATAPLANE_XFRM_POLICIES_H
#define DATAPLANE_XFRM_POLICIES_H

#include "fault.h"
#include "table.h"
#include "xfrm_policy.h"

/* What ties SAs and policies together, the kernel's `reqid`: those of ours begin with the same
 * bits. Other programs use smaller ones. */
enum {
    XFRM_REQID_CHILD = 0x68000000,   /* with the low bits of a Child SA's name */
    XFRM_REQID_TRAP = 0x69000000,    /* with a number */
    XFRM_REQID_PROGRAM = 0x00f00000, /* which of the programs that run at a time */
    XFRM_REQID_NUMBER = 0x000fffff,  /* the bits of both */
    XFRM_REQID_OURS = 0x7ef00000     /* those that all of a program have in common */
};

struct xfrm_policies {
    struct table table;
    struct talk *talk;
    uint64_t seed;    /* unknown to peers, who choose selectors */
    uint32_t program; /* of XFRM_REQID_PROGRAM */
    /* A policy has taken the place of one that a program of this number left behind; may be NULL.
     */
    void (*replaced)(void *user, uint32_t reqid);
    void *user;
};

/* Who wants a policy, and what of it. */
struct xfrm_use {
    const void *owner;
    struct xfrm_wish wish;
    bool is_trap; /* comes behind all that are none */
};

/* False without memory. */
bool xfrm_policies_init(struct xfrm_policies *s, struct talk *talk, uint64_t seed);
/* Removes those that are left from the kernel. */
void xfrm_policies_clear(struct xfrm_policies *s);

/* Wants it from now on; or, if it did so before, something else of it. False after a fault. */
bool xfrm_policies_put(struct xfrm_policies *s, const struct xfrm_policy_name *name,
                       const struct xfrm_use *use, struct fault *fault);
/* Wants it no more; does nothing if it did not. */
void xfrm_policies_drop(struct xfrm_policies *s, const struct xfrm_policy_name *name,
                        const void *owner);

#endif
