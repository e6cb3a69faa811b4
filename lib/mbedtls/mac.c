/* mbedtls/mac.c - HMAC (RFC 2104), AES-CMAC (RFC 4493) and AES-XCBC-MAC (RFC 3566) with keys of any
 * length, and the integrity transforms: RFC 2404, RFC 3566, RFC 4494, RFC 4868. */
#include "mbedtls/mac.h"

#include <string.h>

#include <mbedtls/cmac.h>
#include <mbedtls/platform_util.h>

#include "base/bytes.h"

enum { AES_KEY = 16 };

static const struct integ_kind integs[] = {
#ifdef IKE2_ENABLE_LEGACY
    { IKE2_INTEG_HMAC_SHA1_96, .icv_len = 12, .mac = HMAC_KIND(SHA1, 20) },
#endif
    { IKE2_INTEG_HMAC_SHA2_256_128, .icv_len = 16, .mac = HMAC_KIND(SHA2_256, 32) },
    { IKE2_INTEG_HMAC_SHA2_384_192, .icv_len = 24, .mac = HMAC_KIND(SHA2_384, 48) },
    { IKE2_INTEG_HMAC_SHA2_512_256, .icv_len = 32, .mac = HMAC_KIND(SHA2_512, 64) },
    { IKE2_INTEG_AES_XCBC_96, .icv_len = 12, .mac = { .family = MAC_XCBC, .len = AES_KEY } },
    { IKE2_INTEG_AES_CMAC_96, .icv_len = 12, .mac = { .family = MAC_CMAC, .len = AES_KEY } },
};

/* --- Kinds --------------------------------------------------------------------- */

bool ike2_mbed_mac_exists(const struct mac_kind *k)
{
    switch (k->family) {
    case MAC_HMAC:
        return ike2_mbed_hash_kind(k->hash) != NULL;
    case MAC_CMAC:
        return mbedtls_cipher_info_from_type(MBEDTLS_CIPHER_AES_128_ECB) != NULL;
    case MAC_XCBC:
        return true;
    }
    return false;
}

const struct integ_kind *ike2_mbed_integ_kind(const ike2_transform *t)
{
    for (size_t i = 0; i < sizeof integs / sizeof integs[0]; i++) {
        if (integs[i].id == t->id && t->type == IKE2_TRANSFORM_INTEG && t->key_bits == 0)
            return ike2_mbed_mac_exists(&integs[i].mac) ? &integs[i] : NULL;
    }
    return NULL;
}

ike2_err ike2_mbed_integ_describe(const ike2_transform *t, ike2_transform_info *out)
{
    const struct integ_kind *k = ike2_mbed_integ_kind(t);

    if (k == NULL)
        return IKE2_ERR_UNSUPPORTED;
    /* RFC 4868 2.1.1: an HMAC's key is as long as its untruncated output; RFC 3566, RFC 4494: 128
     * bits. */
    *out = (ike2_transform_info){ .key_len = k->mac.len, .icv_len = k->icv_len };
    return IKE2_OK;
}

/* --- Keys ---------------------------------------------------------------------- */

/* Joins a key in `room`, if it has at most `cap` octets; its length, or cap + 1. */
static size_t key_join(const ike2_input *key, size_t n, uint8_t *room, size_t cap)
{
    size_t len = 0;

    for (size_t i = 0; i < n && len <= cap; i++) {
        ike2_bytes part = input_octets(&key[i]);

        if (part.len > cap - len)
            return cap + 1;
        if (part.len != 0)
            memcpy(room + len, part.ptr, part.len);
        len += part.len;
    }
    return len;
}

static int hash_inputs(const struct hash_kind *h, const ike2_input *in, size_t n, uint8_t *out)
{
    mbedtls_md_context_t md;
    int ret = ike2_mbed_hash_begin(&md, h);

    for (size_t i = 0; i < n && ret == 0; i++) {
        ike2_bytes part = input_octets(&in[i]);

        if (part.len != 0)
            ret = mbedtls_md_update(&md, part.ptr, part.len);
    }
    if (ret == 0)
        ret = mbedtls_md_finish(&md, out);
    mbedtls_md_free(&md);
    return ret;
}

static int hmac_begin(mbedtls_md_context_t *md, const struct hash_kind *h, const ike2_input *key,
                      size_t n)
{
    uint8_t block[HASH_BLOCK_MAX] = { 0 };
    size_t len = key_join(key, n, block, h->block);
    int ret = 0;

    mbedtls_md_init(md);
    /* RFC 2104 2: of a key that is longer than a block, the hash counts. */
    if (len > h->block) {
        ret = hash_inputs(h, key, n, block);
        len = h->len;
    }
    if (ret == 0)
        ret = mbedtls_md_setup(md, mbedtls_md_info_from_type(h->md), 1);
    if (ret == 0)
        ret = mbedtls_md_hmac_starts(md, block, len);
    mbedtls_platform_zeroize(block, sizeof block);
    return ret;
}

static int cmac_begin(mbedtls_cipher_context_t *cipher, const uint8_t key[AES_KEY])
{
    int ret;

    mbedtls_cipher_init(cipher);
    ret = mbedtls_cipher_setup(cipher, mbedtls_cipher_info_from_type(MBEDTLS_CIPHER_AES_128_ECB));
    return ret == 0 ? mbedtls_cipher_cmac_starts(cipher, key, 8 * AES_KEY) : ret;
}

/* With an AES key that has its length. */
static int aes_begin(struct mac *m, const uint8_t key[AES_KEY])
{
    return m->kind.family == MAC_CMAC ? cmac_begin(&m->of.cipher, key)
                                      : ike2_mbed_xcbc_begin(&m->of.xcbc, key);
}

/* The code of a key, with a key of zeros. */
static int aes_key_mac(const struct mac_kind *k, const ike2_input *key, size_t n,
                       uint8_t out[AES_KEY])
{
    static const uint8_t zeros[AES_KEY];
    struct mac m = { .kind = *k };
    int ret = aes_begin(&m, zeros);

    if (ret == 0)
        ret = ike2_mbed_mac_feed(&m, key, n);
    if (ret == 0)
        ret = ike2_mbed_mac_finish(&m, out);
    ike2_mbed_mac_end(&m);
    return ret;
}

/* A key of 128 bits out of one of any length. */
static int aes_key_make(const struct mac_kind *k, const ike2_input *key, size_t n,
                        uint8_t out[AES_KEY])
{
    size_t len = key_join(key, n, out, AES_KEY);

    /* RFC 4434 2: a shorter key is padded with zeros, of a longer one its own code counts.
     * RFC 4615 3: its own code counts unless it is exactly as long. */
    if (len == AES_KEY || (len < AES_KEY && k->family == MAC_XCBC))
        return 0;
    return aes_key_mac(k, key, n, out);
}

/* --- Codes --------------------------------------------------------------------- */

int ike2_mbed_mac_begin(struct mac *m, const struct mac_kind *k, const ike2_input *key, size_t n)
{
    uint8_t aes_key[AES_KEY] = { 0 };
    int ret;

    *m = (struct mac){ .kind = *k };
    if (k->family == MAC_HMAC)
        return hmac_begin(&m->of.md, ike2_mbed_hash_kind(k->hash), key, n);
    ret = aes_key_make(k, key, n, aes_key);
    if (ret == 0)
        ret = aes_begin(m, aes_key);
    mbedtls_platform_zeroize(aes_key, sizeof aes_key);
    return ret;
}

int ike2_mbed_mac_update(struct mac *m, ike2_bytes octets)
{
    if (octets.len == 0)
        return 0;
    switch (m->kind.family) {
    case MAC_HMAC:
        return mbedtls_md_hmac_update(&m->of.md, octets.ptr, octets.len);
    case MAC_CMAC:
        return mbedtls_cipher_cmac_update(&m->of.cipher, octets.ptr, octets.len);
    case MAC_XCBC:
        return ike2_mbed_xcbc_update(&m->of.xcbc, octets);
    }
    return MBEDTLS_ERR_MD_FEATURE_UNAVAILABLE;
}

int ike2_mbed_mac_feed(struct mac *m, const ike2_input *in, size_t n)
{
    int ret = 0;

    for (size_t i = 0; i < n && ret == 0; i++)
        ret = ike2_mbed_mac_update(m, input_octets(&in[i]));
    return ret;
}

int ike2_mbed_mac_finish(struct mac *m, uint8_t *out)
{
    switch (m->kind.family) {
    case MAC_HMAC:
        return mbedtls_md_hmac_finish(&m->of.md, out);
    case MAC_CMAC:
        return mbedtls_cipher_cmac_finish(&m->of.cipher, out);
    case MAC_XCBC:
        return ike2_mbed_xcbc_finish(&m->of.xcbc, out);
    }
    return MBEDTLS_ERR_MD_FEATURE_UNAVAILABLE;
}

int ike2_mbed_mac_reset(struct mac *m)
{
    switch (m->kind.family) {
    case MAC_HMAC:
        return mbedtls_md_hmac_reset(&m->of.md);
    case MAC_CMAC:
        return mbedtls_cipher_cmac_reset(&m->of.cipher);
    case MAC_XCBC:
        ike2_mbed_xcbc_reset(&m->of.xcbc);
        return 0;
    }
    return MBEDTLS_ERR_MD_FEATURE_UNAVAILABLE;
}

void ike2_mbed_mac_end(struct mac *m)
{
    switch (m->kind.family) {
    case MAC_HMAC:
        mbedtls_md_free(&m->of.md);
        return;
    case MAC_CMAC:
        mbedtls_cipher_free(&m->of.cipher);
        return;
    case MAC_XCBC:
        ike2_mbed_xcbc_end(&m->of.xcbc);
        return;
    }
}
