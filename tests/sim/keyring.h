/* sim/keyring.h - the keys that a fake provider has sealed messages with, last: who watches the
 * network in a test may read along. */
#ifndef SIM_KEYRING_H
#define SIM_KEYRING_H

#include <ike2/crypto.h>

enum { KEYRING_KEYS = 32, KEYRING_OCTETS = 40 };

/* What one side of one IKE SA seals with. */
struct ring_key {
    uint64_t spi_i, spi_r;
    bool is_initiators;
    ike2_transform encr;
    size_t iv_len, icv_len, len;
    uint8_t octets[KEYRING_OCTETS];
};

struct keyring {
    struct ring_key keys[KEYRING_KEYS]; /* by number modulo their count */
    size_t n;
};

/* Something is being sealed with this key: `args->aad` begins with the IKE header. */
void keyring_note(struct keyring *r, const ike2_seal_args *args, ike2_bytes key);
/* The key that a message with this header is sealed with, or NULL. */
const struct ring_key *keyring_find(const struct keyring *r, uint64_t spi_i, uint64_t spi_r,
                                    bool is_initiators);

#endif
