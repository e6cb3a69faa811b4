/* demo.h - certificates for a demonstration: a CA, and below it a.example.org and b.example.org.
 * Their private keys lie here in the open: they prove nothing to anybody. */
#ifndef MINIMAL_DEMO_H
#define MINIMAL_DEMO_H

#include <ike2/ike2.h>
#include <ike2/mbedtls.h>
#include <ike2/x509.h>

enum { DEMO_SIDES = 2, DEMO_CERTIFICATE = 1024, DEMO_SCHEMES = 8 };

struct demo {
    const ike2_crypto *crypto;
    uint8_t rooms[DEMO_SIDES + 1][DEMO_CERTIFICATE];
    ike2_bytes certificates[DEMO_SIDES], ca;
    uint8_t ca_hash[20];
    ike2_bytes trusted; /* that hash */
    ike2_id ids[DEMO_SIDES];
    ike2_key *keys[DEMO_SIDES];
    uint16_t schemes[DEMO_SIDES][DEMO_SCHEMES];
    size_t n_schemes[DEMO_SIDES];
};

/* It must not be moved: what it gives out views it. On failure there is nothing to be cleared. */
ike2_err demo_load(struct demo *d, const ike2_mbedtls *mbedtls);
void demo_clear(struct demo *d);
/* What proves side 0 (a.example.org) or 1 (b.example.org). */
ike2_credential demo_credential(const struct demo *d, size_t i);
/* What either side trusts. */
ike2_x509_policy demo_policy(const struct demo *d);

#endif
