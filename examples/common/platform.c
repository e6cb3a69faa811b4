#include "platform.h"

#include <string.h>

/* The beginning of a Vendor ID; what follows it is a version. */
static const struct vendor {
    enum platform platform;
    size_t len;
    const char *prefix;
} vendors[] = {
    /* "MS NT5 ISAKMPOAKLEY", hashed */
    { PLATFORM_WINDOWS, 16, "\x1e\x2b\x51\x69\x05\x99\x1c\x7d\x7c\x96\xfc\xbf\xb5\x87\xe4\x61" },
    /* "strongSwan", hashed */
    { PLATFORM_STRONGSWAN, 16,
      "\x88\x2f\xe5\x6d\x6f\xd2\x0d\xbc\x22\x51\x61\x3b\x2e\xbe\x5b\xeb" },
    { PLATFORM_CISCO, 19, "CISCO-DELETE-REASON" },
    { PLATFORM_CISCO, 17, "FLEXVPN-SUPPORTED" },
    { PLATFORM_CISCO, 16, "CISCO(COPYRIGHT)" },
    { PLATFORM_CISCO, 15, "CISCOVPN-REV-02" },
};

/* Who sends no Vendor ID is known by which payloads it sends, and in which order. */
static const struct {
    enum platform platform;
    const char *payloads;
} shapes[] = {
    { PLATFORM_APPLE, "SA KE Nonce N(REDIRECT_SUPPORTED) N(NAT_DETECTION_SOURCE_IP) "
                      "N(NAT_DETECTION_DESTINATION_IP) N(IKEV2_FRAGMENTATION_SUPPORTED)" },
};

enum platform platform_of_vendor(ike2_bytes data)
{
    for (size_t i = 0; i < sizeof vendors / sizeof vendors[0]; i++) {
        const struct vendor *v = &vendors[i];

        if (data.len >= v->len && memcmp(data.ptr, v->prefix, v->len) == 0)
            return v->platform;
    }
    return PLATFORM_UNKNOWN;
}

enum platform platform_of_shape(const char *payloads)
{
    for (size_t i = 0; payloads != NULL && i < sizeof shapes / sizeof shapes[0]; i++) {
        if (strcmp(payloads, shapes[i].payloads) == 0)
            return shapes[i].platform;
    }
    return PLATFORM_UNKNOWN;
}

const char *platform_name(enum platform platform)
{
    static const char *const names[PLATFORMS] = {
        [PLATFORM_WINDOWS] = "Windows",
        [PLATFORM_APPLE] = "Apple's iOS or macOS",
        [PLATFORM_STRONGSWAN] = "strongSwan, or its app for Android",
        [PLATFORM_CISCO] = "Cisco's",
    };

    return platform < PLATFORMS ? names[platform] : NULL;
}
