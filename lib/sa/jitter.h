/* sa/jitter.h - a little randomness in times, so that many SAs, or both sides of one, do not act at
 * the same moment. RFC 7296 2.4, 2.8. */
#ifndef SA_JITTER_H
#define SA_JITTER_H

#include "sa/host.h"

/* A number below `range`, or 0 for 0; the middle one without randomness. */
uint64_t ike2_jitter_draw(const struct host *host, uint64_t range);
/* These seconds in milliseconds, made up to 10 % shorter. */
uint64_t ike2_jitter_shorter(const struct host *host, uint32_t seconds);

#endif
