/* platform.h - peers that are recognized by what they send in IKE_SA_INIT, RFC 7296 3.12. Nothing
 * that recognizes them is authenticated: it is good for advice, and for nothing else. */
#ifndef COMMON_PLATFORM_H
#define COMMON_PLATFORM_H

#include <ike2/types.h>

enum platform {
    PLATFORM_UNKNOWN,
    PLATFORM_WINDOWS,
    PLATFORM_APPLE,
    PLATFORM_STRONGSWAN, /* the app for Android, too */
    PLATFORM_CISCO,
    PLATFORMS
};

/* By a Vendor ID. */
enum platform platform_of_vendor(ike2_bytes data);
/* By the payloads of the message as "peer.init" has them; NULL is of nobody. */
enum platform platform_of_shape(const char *payloads);
/* "Windows"; NULL for PLATFORM_UNKNOWN. */
const char *platform_name(enum platform platform);

#endif
