/* endpoint/endpoint.h - many SAs: the host they share, the peers they may have, the cookies. */
#ifndef ENDPOINT_ENDPOINT_H
#define ENDPOINT_ENDPOINT_H

#include <ike2/endpoint.h>

#include "base/limit.h"
#include "crypto/cookie.h"
#include "sa/sa.h"

struct ike2_endpoint {
    struct host host;
    size_t size;
    struct map peers;       /* ike2_peer_id -> struct definition */
    struct cookie_jar cookies;
    struct limit stateless; /* replies that no SA sends */
    struct limit refusals;  /* INVALID_IKE_SPI, apart: they are not to use up those */
};

/* Copies the configuration and fills in its defaults. IKE2_ERR_ARGUMENT: config.h forbids it. */
ike2_err ike2_settings_read(const ike2_endpoint_config *cfg, struct settings *out);
/* Begins a call of the integrator's: the time. */
static inline void endpoint_enter(ike2_endpoint *ep, ike2_time now)
{
    if (now > ep->host.now) /* a clock that steps back stands still */
        ep->host.now = now;
}

#endif
