/* policy/quirk.c - what peers are known not to verify. RFC 7296 3.12. */
#include "policy/quirk.h"

#include "base/bytes.h"

/* The beginning of a Vendor ID, and what its senders lack. */
static const struct known {
    uint8_t len, prefix[16];
    uint32_t quirks;
} known[] = {
    /* Windows, "MS NT5 ISAKMPOAKLEY" and a version: neither PSS nor EdDSA up to Windows 11. */
    { 16, { 0x1e, 0x2b, 0x51, 0x69, 0x05, 0x99, 0x1c, 0x7d, 0x7c, 0x96, 0xfc, 0xbf, 0xb5, 0x87,
            0xe4, 0x61 }, IKE2_QUIRK_NO_PSS | IKE2_QUIRK_NO_EDDSA },
};

static uint32_t quirks_of(ike2_bytes vendor_id)
{
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        const struct known *k = &known[i];

        if (vendor_id.len >= k->len &&
            bytes_equal(bytes_of(vendor_id.ptr, k->len), bytes_of(k->prefix, k->len)))
            return k->quirks;
    }
    return 0;
}

uint32_t ike2_quirks_read(const struct message *m)
{
    uint32_t quirks = 0;
    ike2_walk w;
    ike2_payload p;

    ike2_payload_walk(&w, m->first, m->chain);
    while (ike2_payload_next(&w, &p)) {
        if (p.type == IKE2_PAYLOAD_VENDOR)
            quirks |= quirks_of(p.body);
    }
    return quirks;
}

bool ike2_quirks_forbid(uint32_t quirks, uint16_t scheme)
{
    switch (scheme) {
    case IKE2_SIG_RSA_PSS_SHA256:
    case IKE2_SIG_RSA_PSS_SHA384:
    case IKE2_SIG_RSA_PSS_SHA512: return (quirks & IKE2_QUIRK_NO_PSS) != 0;
    case IKE2_SIG_ED25519:
    case IKE2_SIG_ED448: return (quirks & IKE2_QUIRK_NO_EDDSA) != 0;
    default: return false;
    }
}
