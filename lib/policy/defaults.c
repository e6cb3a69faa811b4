/* policy/defaults.c - the library's own proposals. RFC 8247, RFC 8221. */
#include <ike2/iana.h>

#include "policy/select.h"

/* Compile-time constants: one row per transform. */
#define ENCR(name, bits) { .type = IKE2_TRANSFORM_ENCR, .id = IKE2_ENCR_##name, .key_bits = bits }
#define INTEG(name) { .type = IKE2_TRANSFORM_INTEG, .id = IKE2_INTEG_##name }
#define PRF(name) { .type = IKE2_TRANSFORM_PRF, .id = IKE2_PRF_##name }
#define KE(name) { .type = IKE2_TRANSFORM_KE, .id = IKE2_KE_##name }
#define ESN(name) { .type = IKE2_TRANSFORM_ESN, .id = IKE2_ESN_##name }
#define COMBINED_CIPHERS ENCR(AES_GCM_16, 256), ENCR(AES_GCM_16, 128), ENCR(CHACHA20_POLY1305, 0)
#define CLASSIC_CIPHERS                                                     \
    ENCR(AES_CBC, 256), ENCR(AES_CBC, 128), INTEG(HMAC_SHA2_256_128),       \
        INTEG(HMAC_SHA2_384_192), INTEG(HMAC_SHA2_512_256)
#define PRFS PRF(HMAC_SHA2_384), PRF(HMAC_SHA2_256), PRF(HMAC_SHA2_512)
#define KES KE(CURVE25519), KE(ECP_256), KE(ECP_384), KE(MODP_3072), KE(MODP_2048)
#define COUNT(table) (sizeof(table) / sizeof(table)[0])
#define PROPOSAL(which, table) \
    { .protocol = IKE2_PROTOCOL_##which, .transforms = table, .n_transforms = COUNT(table) }

static const ike2_transform ike_combined[] = { COMBINED_CIPHERS, PRFS, KES };
static const ike2_transform ike_classic[] = { CLASSIC_CIPHERS, PRFS, KES };
/* RFC 7296 1.3: fresh secrets for what CREATE_CHILD_SA makes, if the peer wants them too. */
#define ESP_KES KES, KE(NONE)
static const ike2_transform esp_combined[] = { COMBINED_CIPHERS, ESP_KES, ESN(NO), ESN(YES) };
static const ike2_transform esp_classic[] = { CLASSIC_CIPHERS, ESP_KES, ESN(NO), ESN(YES) };

static const ike2_proposal ike_proposals[] = {
    PROPOSAL(IKE, ike_combined),
    PROPOSAL(IKE, ike_classic),
};

static const ike2_proposal esp_proposals[] = {
    PROPOSAL(ESP, esp_combined),
    PROPOSAL(ESP, esp_classic),
};

struct proposals ike2_default_proposals(uint8_t protocol)
{
    if (protocol == IKE2_PROTOCOL_IKE)
        return (struct proposals){ .list = ike_proposals, .n = COUNT(ike_proposals) };
    if (protocol == IKE2_PROTOCOL_ESP)
        return (struct proposals){ .list = esp_proposals, .n = COUNT(esp_proposals) };
    return (struct proposals){ 0 };
}
