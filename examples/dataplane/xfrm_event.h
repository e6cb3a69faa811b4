/* xfrm_event.h - what the kernel tells on its own: traffic that an SA is wanted for, SAs that have
 * come to a limit, peers that have got another address (RFC 7296 2.23). */
#ifndef DATAPLANE_XFRM_EVENT_H
#define DATAPLANE_XFRM_EVENT_H

#include <ike2/message.h>

#include <linux/netlink.h>

enum { XFRM_EVENT_ACQUIRE = 1, XFRM_EVENT_EXPIRE = 2, XFRM_EVENT_MAPPING = 3 };

struct xfrm_event {
    uint8_t kind;     /* XFRM_EVENT_* */
    bool is_hard;     /* EXPIRE: the SA has gone */
    uint32_t spi;     /* EXPIRE, MAPPING: of the SA */
    uint32_t reqid;   /* of the SA, or of the policy that wants one */
    uint64_t packets; /* EXPIRE: that the SA has carried */
    ike2_addr source; /* MAPPING: where authentic packets come from */
    /* ACQUIRE: the packet that wants an SA; ports or type and code, if it has any. */
    ike2_ts local, remote;
};

/* The groups of multicast to be a member of; 0 behind the last one. */
extern const int xfrm_event_groups[];
/* One message of at most `len` octets; false if it is nothing of interest. */
bool xfrm_event_read(const struct nlmsghdr *header, size_t len, struct xfrm_event *out);

#endif
