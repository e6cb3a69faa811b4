/* policy/registry.c - the one table of algorithms. RFC 8247 2, RFC 8221 5 and 6; IANA's status
 * "deprecated" is RFC 9395's. */
#include "policy/registry.h"

#include <string.h>

#include <ike2/iana.h>

/* Compile-time constants: what a row says. */
#define ENCR(name, bits) \
    .info.transform = { .type = IKE2_TRANSFORM_ENCR, .id = IKE2_ENCR_##name, .key_bits = bits }
#define PRF(name) .info.transform = { .type = IKE2_TRANSFORM_PRF, .id = IKE2_PRF_##name }
#define INTEG(name) .info.transform = { .type = IKE2_TRANSFORM_INTEG, .id = IKE2_INTEG_##name }
/* The strength is that of NIST SP 800-57 part 1 in bits, and more than that where no quantum
 * computer takes it away. */
#define KE(name, bits) \
    .info.transform = { .type = IKE2_TRANSFORM_KE, .id = IKE2_KE_##name }, .strength = bits
enum { LASTING = 1000 };
#define ESN(name) .info.transform = { .type = IKE2_TRANSFORM_ESN, .id = IKE2_ESN_##name }
#define WORD(text) .info.word = text
#define ALSO(text) .info.also = text
#define BOTH .info.ike = true, .info.esp = true
#define IKE_ONLY .info.ike = true
#define ESP_ONLY .info.esp = true
#define AH_ONLY .info.ike = false
#define AEAD .info.aead = true
#define IOT .info.iot = true
#define LEGACY .info.legacy = true
#define DEPRECATED .info.deprecated = true
#define LEVELS(of_ike, of_esp) \
    .info.ike_level = IKE2_LEVEL_##of_ike, .info.esp_level = IKE2_LEVEL_##of_esp
#define RFC(text) .info.rfc = text
#define UNSPECIFIED .info.rfc = NULL
#define SAME(name) .prf = IKE2_PRF_##name

/* Of each type the common ones first. */
static const struct algorithm algorithms[] = {
    { ENCR(AES_CBC, 128), WORD("aes128"), BOTH, LEVELS(MUST, MUST), RFC("RFC 3602") },
    { ENCR(AES_CBC, 192), WORD("aes192"), BOTH, LEVELS(MAY, MAY), RFC("RFC 3602") },
    { ENCR(AES_CBC, 256), WORD("aes256"), BOTH, LEVELS(MUST, MUST), RFC("RFC 3602") },
    { ENCR(AES_CTR, 128), WORD("aes128ctr"), BOTH, LEVELS(MAY, MAY), RFC("RFC 3686, RFC 5930") },
    { ENCR(AES_CTR, 192), WORD("aes192ctr"), BOTH, LEVELS(MAY, MAY), RFC("RFC 3686, RFC 5930") },
    { ENCR(AES_CTR, 256), WORD("aes256ctr"), BOTH, LEVELS(MAY, MAY), RFC("RFC 3686, RFC 5930") },

    { ENCR(AES_GCM_16, 128), WORD("aes128gcm16"), BOTH, AEAD, LEVELS(SHOULD, MUST),
      RFC("RFC 4106, RFC 5282") },
    { ENCR(AES_GCM_16, 192), WORD("aes192gcm16"), BOTH, AEAD, LEVELS(MAY, MAY),
      RFC("RFC 4106, RFC 5282") },
    { ENCR(AES_GCM_16, 256), WORD("aes256gcm16"), BOTH, AEAD, LEVELS(SHOULD, MUST),
      RFC("RFC 4106, RFC 5282") },
    { ENCR(AES_GCM_12, 128), WORD("aes128gcm12"), BOTH, AEAD, LEVELS(MAY, NONE),
      RFC("RFC 4106, RFC 5282") },
    { ENCR(AES_GCM_12, 192), WORD("aes192gcm12"), BOTH, AEAD, LEVELS(MAY, NONE),
      RFC("RFC 4106, RFC 5282") },
    { ENCR(AES_GCM_12, 256), WORD("aes256gcm12"), BOTH, AEAD, LEVELS(MAY, NONE),
      RFC("RFC 4106, RFC 5282") },
    { ENCR(AES_GCM_8, 128), WORD("aes128gcm8"), BOTH, AEAD, LEVELS(MAY, NONE),
      RFC("RFC 4106, RFC 5282") },
    { ENCR(AES_GCM_8, 192), WORD("aes192gcm8"), BOTH, AEAD, LEVELS(MAY, NONE),
      RFC("RFC 4106, RFC 5282") },
    { ENCR(AES_GCM_8, 256), WORD("aes256gcm8"), BOTH, AEAD, LEVELS(MAY, NONE),
      RFC("RFC 4106, RFC 5282") },
    { ENCR(AES_CCM_16, 128), WORD("aes128ccm16"), BOTH, AEAD, RFC("RFC 4309, RFC 5282") },
    { ENCR(AES_CCM_16, 192), WORD("aes192ccm16"), BOTH, AEAD, RFC("RFC 4309, RFC 5282") },
    { ENCR(AES_CCM_16, 256), WORD("aes256ccm16"), BOTH, AEAD, RFC("RFC 4309, RFC 5282") },
    { ENCR(AES_CCM_12, 128), WORD("aes128ccm12"), BOTH, AEAD, RFC("RFC 4309, RFC 5282") },
    { ENCR(AES_CCM_12, 192), WORD("aes192ccm12"), BOTH, AEAD, RFC("RFC 4309, RFC 5282") },
    { ENCR(AES_CCM_12, 256), WORD("aes256ccm12"), BOTH, AEAD, RFC("RFC 4309, RFC 5282") },
    { ENCR(AES_CCM_8, 128), WORD("aes128ccm8"), BOTH, AEAD, IOT, LEVELS(SHOULD, SHOULD),
      RFC("RFC 4309, RFC 5282") },
    { ENCR(AES_CCM_8, 192), WORD("aes192ccm8"), BOTH, AEAD, LEVELS(MAY, MAY),
      RFC("RFC 4309, RFC 5282") },
    { ENCR(AES_CCM_8, 256), WORD("aes256ccm8"), BOTH, AEAD, LEVELS(MAY, MAY),
      RFC("RFC 4309, RFC 5282") },
    { ENCR(CHACHA20_POLY1305, 0), WORD("chacha20poly1305"), BOTH, AEAD, LEVELS(SHOULD, SHOULD),
      RFC("RFC 7634") },
    { ENCR(NULL_AUTH_AES_GMAC, 128), WORD("aes128gmac"), ESP_ONLY, AEAD, RFC("RFC 4543") },
    { ENCR(NULL_AUTH_AES_GMAC, 192), WORD("aes192gmac"), ESP_ONLY, AEAD, RFC("RFC 4543") },
    { ENCR(NULL_AUTH_AES_GMAC, 256), WORD("aes256gmac"), ESP_ONLY, AEAD, RFC("RFC 4543") },
    { ENCR(NULL, 0), WORD("null"), ESP_ONLY, LEVELS(MUST_NOT, MUST), RFC("RFC 2410") },
    { ENCR(3DES, 0), WORD("3des"), BOTH, LEGACY, LEVELS(MAY, SHOULD_NOT), RFC("RFC 2451") },
    { ENCR(AES_CCM_8_IIV, 128), ESP_ONLY, AEAD, RFC("RFC 8750") },
    { ENCR(AES_CCM_8_IIV, 192), ESP_ONLY, AEAD, RFC("RFC 8750") },
    { ENCR(AES_CCM_8_IIV, 256), ESP_ONLY, AEAD, RFC("RFC 8750") },
    { ENCR(AES_GCM_16_IIV, 128), ESP_ONLY, AEAD, RFC("RFC 8750") },
    { ENCR(AES_GCM_16_IIV, 192), ESP_ONLY, AEAD, RFC("RFC 8750") },
    { ENCR(AES_GCM_16_IIV, 256), ESP_ONLY, AEAD, RFC("RFC 8750") },
    { ENCR(CHACHA20_POLY1305_IIV, 0), ESP_ONLY, AEAD, RFC("RFC 8750") },

    { ENCR(CAMELLIA_CBC, 128), WORD("camellia128"), BOTH, RFC("RFC 5529") },
    { ENCR(CAMELLIA_CBC, 192), WORD("camellia192"), BOTH, RFC("RFC 5529") },
    { ENCR(CAMELLIA_CBC, 256), WORD("camellia256"), BOTH, RFC("RFC 5529") },
    { ENCR(CAMELLIA_CTR, 128), WORD("camellia128ctr"), BOTH, RFC("RFC 5529") },
    { ENCR(CAMELLIA_CTR, 192), WORD("camellia192ctr"), BOTH, RFC("RFC 5529") },
    { ENCR(CAMELLIA_CTR, 256), WORD("camellia256ctr"), BOTH, RFC("RFC 5529") },
    { ENCR(CAMELLIA_CCM_16, 128), WORD("camellia128ccm16"), BOTH, AEAD, RFC("RFC 5529") },
    { ENCR(CAMELLIA_CCM_16, 192), WORD("camellia192ccm16"), BOTH, AEAD, RFC("RFC 5529") },
    { ENCR(CAMELLIA_CCM_16, 256), WORD("camellia256ccm16"), BOTH, AEAD, RFC("RFC 5529") },
    { ENCR(CAMELLIA_CCM_12, 128), WORD("camellia128ccm12"), BOTH, AEAD, RFC("RFC 5529") },
    { ENCR(CAMELLIA_CCM_12, 192), WORD("camellia192ccm12"), BOTH, AEAD, RFC("RFC 5529") },
    { ENCR(CAMELLIA_CCM_12, 256), WORD("camellia256ccm12"), BOTH, AEAD, RFC("RFC 5529") },
    { ENCR(CAMELLIA_CCM_8, 128), WORD("camellia128ccm8"), BOTH, AEAD, RFC("RFC 5529") },
    { ENCR(CAMELLIA_CCM_8, 192), WORD("camellia192ccm8"), BOTH, AEAD, RFC("RFC 5529") },
    { ENCR(CAMELLIA_CCM_8, 256), WORD("camellia256ccm8"), BOTH, AEAD, RFC("RFC 5529") },
    { ENCR(KUZNYECHIK_MGM_KTREE, 0), BOTH, AEAD, RFC("RFC 9227, RFC 9385") },
    { ENCR(MAGMA_MGM_KTREE, 0), BOTH, AEAD, RFC("RFC 9227, RFC 9385") },
    { ENCR(KUZNYECHIK_MGM_MAC_KTREE, 0), ESP_ONLY, AEAD, RFC("RFC 9227") },
    { ENCR(MAGMA_MGM_MAC_KTREE, 0), ESP_ONLY, AEAD, RFC("RFC 9227") },

    { ENCR(DES_IV64, 0), BOTH, DEPRECATED, LEVELS(NONE, MUST_NOT), RFC("RFC 1827") },
    { ENCR(DES, 0), WORD("des"), BOTH, DEPRECATED, LEVELS(MUST_NOT, MUST_NOT), RFC("RFC 2405") },
    { ENCR(RC5, 0), BOTH, DEPRECATED, RFC("RFC 2451") },
    { ENCR(IDEA, 0), BOTH, DEPRECATED, RFC("RFC 2451") },
    { ENCR(CAST, 0), BOTH, DEPRECATED, RFC("RFC 2451") },
    { ENCR(BLOWFISH, 0), BOTH, DEPRECATED, LEVELS(NONE, MUST_NOT), RFC("RFC 2451") },
    { ENCR(3IDEA, 0), BOTH, DEPRECATED, LEVELS(NONE, MUST_NOT), UNSPECIFIED },
    { ENCR(DES_IV32, 0), BOTH, DEPRECATED, LEVELS(NONE, MUST_NOT), UNSPECIFIED },

    { PRF(HMAC_SHA2_256), WORD("prfsha256"), IKE_ONLY, LEVELS(MUST, NONE), RFC("RFC 4868") },
    { PRF(HMAC_SHA2_384), WORD("prfsha384"), IKE_ONLY, RFC("RFC 4868") },
    { PRF(HMAC_SHA2_512), WORD("prfsha512"), IKE_ONLY, LEVELS(SHOULD_PLUS, NONE), RFC("RFC 4868") },
    { PRF(HMAC_SHA1), WORD("prfsha1"), IKE_ONLY, LEGACY, LEVELS(MUST_MINUS, NONE),
      RFC("RFC 2104") },
    { PRF(AES128_XCBC), WORD("prfaesxcbc"), IKE_ONLY, IOT, LEVELS(SHOULD, NONE), RFC("RFC 4434") },
    { PRF(AES128_CMAC), WORD("prfaescmac"), IKE_ONLY, RFC("RFC 4615") },
    { PRF(HMAC_MD5), WORD("prfmd5"), IKE_ONLY, DEPRECATED, LEVELS(MUST_NOT, NONE),
      RFC("RFC 2104") },
    { PRF(HMAC_TIGER), IKE_ONLY, DEPRECATED, UNSPECIFIED },
    { PRF(HMAC_STREEBOG_512), IKE_ONLY, RFC("RFC 9385") },

    { INTEG(HMAC_SHA2_256_128), WORD("sha256"), BOTH, SAME(HMAC_SHA2_256), LEVELS(MUST, MUST),
      RFC("RFC 4868") },
    { INTEG(HMAC_SHA2_384_192), WORD("sha384"), BOTH, SAME(HMAC_SHA2_384), RFC("RFC 4868") },
    { INTEG(HMAC_SHA2_512_256), WORD("sha512"), BOTH, SAME(HMAC_SHA2_512), LEVELS(SHOULD, SHOULD),
      RFC("RFC 4868") },
    { INTEG(HMAC_SHA1_96), WORD("sha1"), BOTH, SAME(HMAC_SHA1), LEGACY,
      LEVELS(MUST_MINUS, MUST_MINUS), RFC("RFC 2404") },
    { INTEG(AES_XCBC_96), WORD("aesxcbc"), BOTH, SAME(AES128_XCBC), IOT, LEVELS(SHOULD, SHOULD),
      RFC("RFC 3566") },
    { INTEG(AES_CMAC_96), WORD("aescmac"), BOTH, SAME(AES128_CMAC), RFC("RFC 4494") },
    { INTEG(HMAC_MD5_96), WORD("md5"), BOTH, SAME(HMAC_MD5), DEPRECATED, LEVELS(MUST_NOT, MUST_NOT),
      RFC("RFC 2403") },
    { INTEG(DES_MAC), BOTH, DEPRECATED, LEVELS(MUST_NOT, MUST_NOT), UNSPECIFIED },
    { INTEG(KPDK_MD5), BOTH, DEPRECATED, LEVELS(MUST_NOT, MUST_NOT), UNSPECIFIED },
    { INTEG(HMAC_MD5_128), WORD("md5_128"), BOTH, SAME(HMAC_MD5), DEPRECATED, RFC("RFC 4595") },
    { INTEG(HMAC_SHA1_160), WORD("sha1_160"), BOTH, SAME(HMAC_SHA1), DEPRECATED, RFC("RFC 4595") },
    { INTEG(AES_128_GMAC), AH_ONLY, LEVELS(NONE, MAY), RFC("RFC 4543") },
    { INTEG(AES_192_GMAC), AH_ONLY, LEVELS(NONE, MAY), RFC("RFC 4543") },
    { INTEG(AES_256_GMAC), AH_ONLY, LEVELS(NONE, MAY), RFC("RFC 4543") },
    { INTEG(NONE), BOTH, LEVELS(NONE, MUST), RFC("RFC 7296, RFC 5282") },

    { KE(CURVE25519, 128), WORD("x25519"), ALSO("curve25519"), BOTH, RFC("RFC 8031") },
    { KE(CURVE448, 224), WORD("x448"), ALSO("curve448"), BOTH, RFC("RFC 8031") },
    { KE(ECP_256, 128), WORD("ecp256"), BOTH, LEVELS(SHOULD, NONE), RFC("RFC 5903") },
    { KE(ECP_384, 192), WORD("ecp384"), BOTH, RFC("RFC 5903") },
    { KE(ECP_521, 256), WORD("ecp521"), BOTH, RFC("RFC 5903") },
    { KE(BRAINPOOL_P256R1, 128), WORD("ecp256bp"), BOTH, RFC("RFC 6954") },
    { KE(BRAINPOOL_P384R1, 192), WORD("ecp384bp"), BOTH, RFC("RFC 6954") },
    { KE(BRAINPOOL_P512R1, 256), WORD("ecp512bp"), BOTH, RFC("RFC 6954") },
    { KE(BRAINPOOL_P224R1, 112), WORD("ecp224bp"), BOTH, RFC("RFC 6954") },
    { KE(ECP_224, 112), WORD("ecp224"), BOTH, RFC("RFC 5114") },
    { KE(ECP_192, 96), WORD("ecp192"), BOTH, RFC("RFC 5114") },
    { KE(MODP_2048, 112), WORD("modp2048"), BOTH, LEVELS(MUST, NONE), RFC("RFC 3526") },
    { KE(MODP_3072, 128), WORD("modp3072"), BOTH, RFC("RFC 3526") },
    { KE(MODP_4096, 152), WORD("modp4096"), BOTH, RFC("RFC 3526") },
    { KE(MODP_6144, 176), WORD("modp6144"), BOTH, RFC("RFC 3526") },
    { KE(MODP_8192, 200), WORD("modp8192"), BOTH, RFC("RFC 3526") },
    { KE(MODP_1536, 96), WORD("modp1536"), BOTH, LEGACY, LEVELS(SHOULD_NOT, NONE),
      RFC("RFC 3526") },
    { KE(MODP_1024, 80), WORD("modp1024"), BOTH, LEGACY, LEVELS(SHOULD_NOT, NONE),
      RFC("RFC 7296") },
    { KE(MODP_768, 64), WORD("modp768"), BOTH, DEPRECATED, LEVELS(MUST_NOT, NONE),
      RFC("RFC 7296") },
    { KE(MODP_1024_160, 80), WORD("modp1024s160"), BOTH, DEPRECATED, LEVELS(MUST_NOT, NONE),
      RFC("RFC 5114") },
    { KE(MODP_2048_224, 112), WORD("modp2048s224"), BOTH, LEVELS(SHOULD_NOT, NONE),
      RFC("RFC 5114") },
    { KE(MODP_2048_256, 112), WORD("modp2048s256"), BOTH, LEVELS(SHOULD_NOT, NONE),
      RFC("RFC 5114") },
    { KE(GOST3410_2012_256, 128), BOTH, RFC("RFC 9385") },
    { KE(GOST3410_2012_512, 256), BOTH, RFC("RFC 9385") },
    { KE(ML_KEM_512, LASTING + 128), WORD("mlkem512"), BOTH,
      RFC("draft-ietf-ipsecme-ikev2-mlkem") },
    { KE(ML_KEM_768, LASTING + 192), WORD("mlkem768"), BOTH,
      RFC("draft-ietf-ipsecme-ikev2-mlkem") },
    { KE(ML_KEM_1024, LASTING + 256), WORD("mlkem1024"), BOTH,
      RFC("draft-ietf-ipsecme-ikev2-mlkem") },
    { KE(NONE, 0), WORD("modpnone"), ESP_ONLY, RFC("RFC 7296") },

    { ESN(NO), WORD("noesn"), ESP_ONLY, RFC("RFC 4303") },
    { ESN(YES), WORD("esn"), ESP_ONLY, RFC("RFC 4303, RFC 4304") },
};

enum { N_ALGORITHMS = sizeof algorithms / sizeof algorithms[0] };

const struct algorithm *ike2_registry_at(size_t i)
{
    return i < N_ALGORITHMS ? &algorithms[i] : NULL;
}

const struct algorithm *ike2_registry_find(const ike2_transform *t)
{
    /* RFC 9370 2.2.1: ADDKE transforms name the methods of the KE registry. */
    bool is_addke = t->type >= IKE2_TRANSFORM_ADDKE1 && t->type <= IKE2_TRANSFORM_ADDKE7;
    uint8_t type = is_addke ? IKE2_TRANSFORM_KE : t->type;

    for (size_t i = 0; i < N_ALGORITHMS; i++) {
        const ike2_transform *k = &algorithms[i].info.transform;

        if (k->type == type && k->id == t->id && k->key_bits == t->key_bits)
            return &algorithms[i];
    }
    return NULL;
}

bool ike2_registry_allows(const struct algorithm *a, uint8_t protocol)
{
    if (protocol == IKE2_PROTOCOL_IKE)
        return a->info.ike;
    return protocol == IKE2_PROTOCOL_ESP && a->info.esp;
}

/* --- Public ----------------------------------------------------------------------------- */

static bool info_copy(const struct algorithm *a, ike2_algorithm *out)
{
    size_t size = out->struct_size;
    ike2_algorithm info;

    if (a == NULL || size < sizeof out->struct_size)
        return false;
    info = a->info;
    info.struct_size = size;
    memcpy(out, &info, size < sizeof info ? size : sizeof info);
    return true;
}

bool ike2_algorithm_at(size_t i, ike2_algorithm *out)
{
    return info_copy(ike2_registry_at(i), out);
}

bool ike2_algorithm_find(const ike2_transform *t, ike2_algorithm *out)
{
    return info_copy(ike2_registry_find(t), out);
}

const char *ike2_level_text(uint8_t level)
{
    static const char *const texts[] = {
        [IKE2_LEVEL_NONE] = "not mentioned",   [IKE2_LEVEL_MUST] = "MUST",
        [IKE2_LEVEL_MUST_MINUS] = "MUST-",     [IKE2_LEVEL_SHOULD_PLUS] = "SHOULD+",
        [IKE2_LEVEL_SHOULD] = "SHOULD",        [IKE2_LEVEL_MAY] = "MAY",
        [IKE2_LEVEL_SHOULD_NOT] = "SHOULD NOT", [IKE2_LEVEL_MUST_NOT] = "MUST NOT",
    };

    return level < sizeof texts / sizeof texts[0] ? texts[level] : NULL;
}
