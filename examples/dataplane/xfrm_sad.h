/* xfrm_sad.h - the kernel's SAs (RFC 4301 4.4.2): put there, changed, asked for, taken away. */
#ifndef DATAPLANE_XFRM_SAD_H
#define DATAPLANE_XFRM_SAD_H

#include "xfrm_sa.h"

struct xfrm_sad {
    struct talk *talk;
    const ike2_crypto *crypto;
};

/* An SPI for what the peer sends. The kernel holds it for a while, 30 s if nobody has changed that:
 * then others may get it, too. */
bool xfrm_sad_reserve(const struct xfrm_sad *s, const ike2_path *path, uint8_t protocol,
                      uint32_t *spi, struct fault *fault);
/* A new SA; with `is_reserved` in the place of a reserved SPI, if the kernel still has it. */
bool xfrm_sad_put(const struct xfrm_sad *s, const struct xfrm_half *h, bool is_reserved,
                  struct fault *fault);
/* Limits and the ports of UDP change. */
bool xfrm_sad_update(const struct xfrm_sad *s, const struct xfrm_half *h, struct fault *fault);
/* False if it is not there. */
bool xfrm_sad_get(const struct xfrm_sad *s, const struct xfrm_name *name,
                  struct xfrm_progress *out);
/* Deletes all SAs with this `reqid`: of a program that has left them behind. */
void xfrm_sad_purge(const struct xfrm_sad *s, uint32_t reqid);
/* True also if it is not there: one that has come to a limit goes by itself. */
bool xfrm_sad_delete(const struct xfrm_sad *s, const struct xfrm_name *name, struct fault *fault);

#endif
