/* xfrm_selector.h - the traffic selectors of a Child SA as those of the kernel: it knows prefixes
 * and masks of ports where RFC 7296 3.13.1 knows ranges, and has one for each pair of ends. */
#ifndef DATAPLANE_XFRM_SELECTOR_H
#define DATAPLANE_XFRM_SELECTOR_H

#include <ike2/output.h>

#include <linux/xfrm.h>

#include "fault.h"

/* A peer may choose selectors that consist of many prefixes; this is where that ends. */
enum { XFRM_SELECTORS_MAX = 1024 };

/* What selectors are made of: all of a pair or of a trap that matters here. */
struct xfrm_traffic {
    const ike2_ts *local, *remote;
    size_t n_local, n_remote;
    /* Transport mode: the ends' own addresses, whatever stood in front of a NAT (RFC 7296 2.23.1).
     * NULL in tunnel mode. */
    const ike2_path *ends;
};

struct xfrm_selectors {
    struct xfrm_selector *list; /* as of what we send */
    size_t n;                   /* at least 1 */
};

/* False after a fault. */
bool xfrm_selectors_make(struct xfrm_selectors *s, const struct xfrm_traffic *traffic,
                         struct fault *fault);
void xfrm_selectors_clear(struct xfrm_selectors *s);

/* The same traffic as it comes in. */
struct xfrm_selector xfrm_selector_turn(const struct xfrm_selector *out);
/* The smaller, the sooner the kernel looks: closer selectors come first. By addresses, then ports,
 * then protocol. */
uint32_t xfrm_selector_priority(const struct xfrm_selector *s);
/* "10.1.0.0/16 -> 10.2.0.0/16", for who reads of a fault. */
enum { XFRM_SELECTOR_TEXT = 120 };
void xfrm_selector_text(const struct xfrm_selector *s, char text[XFRM_SELECTOR_TEXT]);

#endif
