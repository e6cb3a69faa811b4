/* platform.h - peers that are recognized by what they send in IKE_SA_INIT, RFC 7296 3.12, and what
 * has to be done on them so that they meet us. Nothing that recognizes them is authenticated: it is
 * good for advice, and for nothing else. */
#ifndef COMMON_PLATFORM_H
#define COMMON_PLATFORM_H

#include <stdbool.h>

#include <ike2/types.h>

enum platform {
    PLATFORM_UNKNOWN,
    PLATFORM_WINDOWS,
    PLATFORM_APPLE,
    PLATFORM_STRONGSWAN, /* the app for Android, too */
    PLATFORM_CISCO,
    PLATFORMS
};

enum { PLATFORM_REMEDY = 640 };

/* By a Vendor ID. */
enum platform platform_of_vendor(ike2_bytes data);
/* By the payloads of the message as "peer.init" has them; NULL is of nobody. */
enum platform platform_of_shape(const char *payloads);
/* "Windows"; NULL for PLATFORM_UNKNOWN. */
const char *platform_name(enum platform platform);

/* What to do on the peer, of whose proposals for IKE (or ESP) none was taken, so that it offers one
 * of `accepted`, as "policy.proposal" lists them. False: nothing is known. */
bool platform_remedy(enum platform platform, bool is_esp, const char *accepted,
                     char out[PLATFORM_REMEDY]);

#endif
