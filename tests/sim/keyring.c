/* sim/keyring.c - the keys that a fake provider has sealed messages with. RFC 7296 3.1. */
#include "sim/keyring.h"

#include <string.h>

#include <ike2/iana.h>

#include "base/reader.h"

enum { HEADER_OCTETS = 28 };

const struct ring_key *keyring_find(const struct keyring *r, uint64_t spi_i, uint64_t spi_r,
                                    bool is_initiators)
{
    for (size_t i = 0; i < KEYRING_KEYS && i < r->n; i++) {
        const struct ring_key *k = &r->keys[i];

        if (k->spi_i == spi_i && k->spi_r == spi_r && k->is_initiators == is_initiators)
            return k;
    }
    return NULL;
}

void keyring_note(struct keyring *r, const ike2_seal_args *args, ike2_bytes key)
{
    struct reader header = reader_of(args->aad);
    struct ring_key k = { .encr = args->encr, .iv_len = args->iv.len, .icv_len = args->icv_len };

    k.spi_i = read_u64(&header);
    k.spi_r = read_u64(&header);
    (void)read_bytes(&header, 3);
    k.is_initiators = (read_u8(&header) & IKE2_FLAG_INITIATOR) != 0;
    if (args->aad.len < HEADER_OCTETS || key.len > sizeof k.octets ||
        keyring_find(r, k.spi_i, k.spi_r, k.is_initiators) != NULL)
        return;
    k.len = key.len;
    memcpy(k.octets, key.ptr, k.len);
    r->keys[r->n++ % KEYRING_KEYS] = k;
}
