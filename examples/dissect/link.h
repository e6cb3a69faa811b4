/* link.h - what is in front of an IP packet in a capture. */
#ifndef DISSECT_LINK_H
#define DISSECT_LINK_H

#include <ike2/types.h>

enum link_type {
    LINK_ETHERNET, /* also with VLAN tags, IEEE 802.1Q and 802.1ad */
    LINK_COOKED,   /* Linux "any", version 1 */
    LINK_COOKED_2, /* version 2 */
    LINK_RAW,      /* nothing: IPv4 or IPv6 */
    LINK_LOOPBACK  /* BSD: four octets of address family */
};

enum link_outcome {
    LINK_IP,
    LINK_OTHER, /* another protocol */
    LINK_SHORT  /* it ends within the link header */
};

/* Steps over the header; `*packet` is written with LINK_IP only. */
enum link_outcome link_read(enum link_type link, ike2_bytes frame, ike2_bytes *packet);

#endif
