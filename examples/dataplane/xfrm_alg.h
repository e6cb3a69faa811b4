/* xfrm_alg.h - what the kernel calls the algorithms of ESP: RFC 4106, 4309, 4543 and 7634 for those
 * that authenticate as well; else RFC 3602, 3686, 2451, 2410 with RFC 2403, 2404, 3566, 4494, 4868.
 * Lengths of keys are those of the keys: KEYMAT holds key and salt as the kernel wants them. */
#ifndef DATAPLANE_XFRM_ALG_H
#define DATAPLANE_XFRM_ALG_H

#include <ike2/crypto.h>

#include "fault.h"

struct xfrm_alg {
    const char *encr;  /* the cipher */
    const char *integ; /* the checksum; NULL where the cipher has its own */
    uint16_t icv_bits; /* of the checksum, as it is cut */
};

/* False after a fault: Linux does not have it. */
bool xfrm_alg_find(const ike2_suite *suite, struct xfrm_alg *out, struct fault *fault);

#endif
