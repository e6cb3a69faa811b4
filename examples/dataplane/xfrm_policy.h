/* xfrm_policy.h - one policy as the kernel is told of it, by XFRM_MSG_*POLICY: which packets have
 * to be in which SA, RFC 4301 4.4.1. */
#ifndef DATAPLANE_XFRM_POLICY_H
#define DATAPLANE_XFRM_POLICY_H

#include <ike2/types.h>

#include <linux/xfrm.h>

#include "talk.h"

/* What SA a policy wants: XFRMA_TMPL. */
struct xfrm_wish {
    ike2_addr from, to; /* outer ones; family 0 = any of ours */
    uint32_t spi;       /* 0 = any */
    uint32_t reqid;
    bool transport;
};
bool xfrm_wish_equal(const struct xfrm_wish *a, const struct xfrm_wish *b);

/* The kernel's name of a policy. `dir` is XFRM_POLICY_IN, _OUT or _FWD. */
struct xfrm_policy_name {
    struct xfrm_selector selector;
    uint8_t dir;
};

/* XFRM_MSG_NEWPOLICY, which must not be there yet, or _UPDPOLICY. */
void xfrm_policy_write(struct talk_message *m, uint16_t type, const struct xfrm_policy_name *name,
                       const struct xfrm_wish *wish);
/* XFRM_MSG_DELPOLICY or _GETPOLICY. */
void xfrm_policy_write_name(struct talk_message *m, uint16_t type,
                            const struct xfrm_policy_name *name);
/* The answer to the latter: the `reqid` that a policy wants, 0 = none. False if it is no answer. */
bool xfrm_policy_read(const struct talk_answer *a, uint32_t *reqid);
/* The same of another message, whose attributes follow `head` octets. */
uint32_t xfrm_policy_reqid(const struct nlmsghdr *header, size_t head);

#endif
