/* x509/pin.h - certificates and keys that are known by their SHA-256. */
#ifndef X509_PIN_H
#define X509_PIN_H

#include <ike2/x509.h>

struct pins {
    const uint8_t (*list)[32];
    size_t n;
};

/* Is the SHA-256 of `octets` one of these? Not if it cannot be computed. */
bool ike2_x509_is_pinned(const ike2_x509_crypto *crypto, struct pins pins, ike2_bytes octets);

#endif
