/* x509/pin.c - certificates and keys that are known by their SHA-256. */
#include "x509/pin.h"

#include "base/bytes.h"

bool ike2_x509_is_pinned(const ike2_x509_crypto *crypto, struct pins pins, ike2_bytes octets)
{
    uint8_t digest[32];

    if (pins.n == 0 || crypto->hash(crypto->user, octets, digest) != IKE2_OK)
        return false;
    for (size_t i = 0; i < pins.n; i++) {
        if (memcmp(pins.list[i], digest, sizeof digest) == 0)
            return true;
    }
    return false;
}
