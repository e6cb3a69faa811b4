/* policy/keyword.c - the words of proposals. They are strongSwan's where it has one. */
#include "policy/keyword.h"

#include <ike2/iana.h>

#include "base/bytes.h"

/* Compile-time constants: one row per word. */
#define CLASSIC(name, value, bits) \
    { .word = name, .transform = { .type = IKE2_TRANSFORM_ENCR, .id = value, .key_bits = bits } }
#define COMBINED(name, value, bits)                                                            \
    { .word = name,                                                                            \
      .transform = { .type = IKE2_TRANSFORM_ENCR, .id = value, .key_bits = bits },             \
      .is_aead = true }
#define MAC(name, value, same) \
    { .word = name, .transform = { .type = IKE2_TRANSFORM_INTEG, .id = value }, .prf = same }
#define PRF(name, value) { .word = name, .transform = { .type = IKE2_TRANSFORM_PRF, .id = value } }
#define KE(name, value) { .word = name, .transform = { .type = IKE2_TRANSFORM_KE, .id = value } }
#define ESN(name, value) { .word = name, .transform = { .type = IKE2_TRANSFORM_ESN, .id = value } }

/* Of two words for one transform, the first is said. */
static const struct keyword keywords[] = {
    CLASSIC("aes128", IKE2_ENCR_AES_CBC, 128),
    CLASSIC("aes192", IKE2_ENCR_AES_CBC, 192),
    CLASSIC("aes256", IKE2_ENCR_AES_CBC, 256),
    CLASSIC("aes128ctr", IKE2_ENCR_AES_CTR, 128),
    CLASSIC("aes192ctr", IKE2_ENCR_AES_CTR, 192),
    CLASSIC("aes256ctr", IKE2_ENCR_AES_CTR, 256),
    CLASSIC("3des", IKE2_ENCR_3DES, 0),
    CLASSIC("des", IKE2_ENCR_DES, 0),
    CLASSIC("null", IKE2_ENCR_NULL, 0),
    CLASSIC("camellia128", IKE2_ENCR_CAMELLIA_CBC, 128),
    CLASSIC("camellia192", IKE2_ENCR_CAMELLIA_CBC, 192),
    CLASSIC("camellia256", IKE2_ENCR_CAMELLIA_CBC, 256),

    COMBINED("aes128gcm16", IKE2_ENCR_AES_GCM_16, 128),
    COMBINED("aes192gcm16", IKE2_ENCR_AES_GCM_16, 192),
    COMBINED("aes256gcm16", IKE2_ENCR_AES_GCM_16, 256),
    COMBINED("aes128gcm12", IKE2_ENCR_AES_GCM_12, 128),
    COMBINED("aes192gcm12", IKE2_ENCR_AES_GCM_12, 192),
    COMBINED("aes256gcm12", IKE2_ENCR_AES_GCM_12, 256),
    COMBINED("aes128gcm8", IKE2_ENCR_AES_GCM_8, 128),
    COMBINED("aes192gcm8", IKE2_ENCR_AES_GCM_8, 192),
    COMBINED("aes256gcm8", IKE2_ENCR_AES_GCM_8, 256),
    COMBINED("aes128ccm16", IKE2_ENCR_AES_CCM_16, 128),
    COMBINED("aes192ccm16", IKE2_ENCR_AES_CCM_16, 192),
    COMBINED("aes256ccm16", IKE2_ENCR_AES_CCM_16, 256),
    COMBINED("aes128ccm12", IKE2_ENCR_AES_CCM_12, 128),
    COMBINED("aes192ccm12", IKE2_ENCR_AES_CCM_12, 192),
    COMBINED("aes256ccm12", IKE2_ENCR_AES_CCM_12, 256),
    COMBINED("aes128ccm8", IKE2_ENCR_AES_CCM_8, 128),
    COMBINED("aes192ccm8", IKE2_ENCR_AES_CCM_8, 192),
    COMBINED("aes256ccm8", IKE2_ENCR_AES_CCM_8, 256),
    COMBINED("chacha20poly1305", IKE2_ENCR_CHACHA20_POLY1305, 0),

    MAC("sha256", IKE2_INTEG_HMAC_SHA2_256_128, IKE2_PRF_HMAC_SHA2_256),
    MAC("sha384", IKE2_INTEG_HMAC_SHA2_384_192, IKE2_PRF_HMAC_SHA2_384),
    MAC("sha512", IKE2_INTEG_HMAC_SHA2_512_256, IKE2_PRF_HMAC_SHA2_512),
    MAC("sha1", IKE2_INTEG_HMAC_SHA1_96, IKE2_PRF_HMAC_SHA1),
    MAC("md5", IKE2_INTEG_HMAC_MD5_96, IKE2_PRF_HMAC_MD5),
    MAC("aesxcbc", IKE2_INTEG_AES_XCBC_96, IKE2_PRF_AES128_XCBC),
    MAC("aescmac", IKE2_INTEG_AES_CMAC_96, IKE2_PRF_AES128_CMAC),

    PRF("prfsha256", IKE2_PRF_HMAC_SHA2_256),
    PRF("prfsha384", IKE2_PRF_HMAC_SHA2_384),
    PRF("prfsha512", IKE2_PRF_HMAC_SHA2_512),
    PRF("prfsha1", IKE2_PRF_HMAC_SHA1),
    PRF("prfmd5", IKE2_PRF_HMAC_MD5),
    PRF("prfaesxcbc", IKE2_PRF_AES128_XCBC),
    PRF("prfaescmac", IKE2_PRF_AES128_CMAC),

    KE("x25519", IKE2_KE_CURVE25519),
    KE("curve25519", IKE2_KE_CURVE25519),
    KE("x448", IKE2_KE_CURVE448),
    KE("ecp256", IKE2_KE_ECP_256),
    KE("ecp384", IKE2_KE_ECP_384),
    KE("ecp521", IKE2_KE_ECP_521),
    KE("ecp256bp", IKE2_KE_BRAINPOOL_P256R1),
    KE("ecp384bp", IKE2_KE_BRAINPOOL_P384R1),
    KE("ecp512bp", IKE2_KE_BRAINPOOL_P512R1),
    KE("modp768", IKE2_KE_MODP_768),
    KE("modp1024", IKE2_KE_MODP_1024),
    KE("modp1536", IKE2_KE_MODP_1536),
    KE("modp2048", IKE2_KE_MODP_2048),
    KE("modp3072", IKE2_KE_MODP_3072),
    KE("modp4096", IKE2_KE_MODP_4096),
    KE("modp6144", IKE2_KE_MODP_6144),
    KE("modp8192", IKE2_KE_MODP_8192),
    KE("modpnone", IKE2_KE_NONE),

    ESN("noesn", IKE2_ESN_NO),
    ESN("esn", IKE2_ESN_YES),
};

enum { N_KEYWORDS = sizeof keywords / sizeof keywords[0] };

const struct keyword *ike2_keyword_find(const char *word, size_t len)
{
    for (size_t i = 0; i < N_KEYWORDS; i++)
        if (bytes_equal(bytes_of(word, len),
                        bytes_of(keywords[i].word, strlen(keywords[i].word))))
            return &keywords[i];
    return NULL;
}

static const char *word_of(const ike2_transform *t)
{
    for (size_t i = 0; i < N_KEYWORDS; i++) {
        const ike2_transform *k = &keywords[i].transform;

        if (k->type == t->type && k->id == t->id && k->key_bits == t->key_bits)
            return keywords[i].word;
    }
    return NULL;
}

static void add_type(struct text *text, uint8_t type)
{
    static const char *const names[] = {
        [IKE2_TRANSFORM_ENCR] = "encr", [IKE2_TRANSFORM_PRF] = "prf",
        [IKE2_TRANSFORM_INTEG] = "integ", [IKE2_TRANSFORM_KE] = "ke",
        [IKE2_TRANSFORM_ESN] = "esn",
    };

    if (type < sizeof names / sizeof names[0] && names[type] != NULL) {
        ike2_text_add(text, names[type]);
        return;
    }
    ike2_text_add(text, "type");
    ike2_text_uint(text, type);
    ike2_text_char(text, ':');
}

void ike2_keyword_add(struct text *text, const ike2_transform *t)
{
    const char *word = word_of(t);

    if (word != NULL) {
        ike2_text_add(text, word);
    } else {
        add_type(text, t->type);
        ike2_text_uint(text, t->id);
        if (t->key_bits != 0) {
            ike2_text_char(text, '/');
            ike2_text_uint(text, t->key_bits);
        }
    }
    /* RFC 7296 3.3.6: why it is not chosen although it may be one of ours. */
    if (t->strange)
        ike2_text_add(text, "(unknown attribute)");
}
