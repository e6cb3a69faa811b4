/* mbedtls/engine.c - the modes of ciphers: CBC over mbedTLS's cipher layer, which has it for every
 * cipher, the others over their own. RFC 2451, RFC 3602, RFC 3686, RFC 4106, RFC 4309, RFC 4543,
 * RFC 7634. */
#include "mbedtls/engine.h"

#include <stdlib.h>
#include <string.h>

#include <mbedtls/platform_util.h>

#include "base/bytes.h"

enum { CTR_BLOCK = 16, GMAC_OCTETS = 16 };

/* --- Without a checksum -------------------------------------------------------- */

static const mbedtls_cipher_info_t *cbc_info(const struct encr_kind *k, size_t key_len)
{
    return mbedtls_cipher_info_from_values(k->cipher, (int)key_len * 8, MBEDTLS_MODE_CBC);
}

static int cbc_begin(mbedtls_cipher_context_t *cipher, const struct engine_plan *p)
{
    int ret;

    mbedtls_cipher_init(cipher);
    ret = mbedtls_cipher_setup(cipher, cbc_info(p->kind, p->key_len));
    if (ret == 0)
        ret = mbedtls_cipher_setkey(cipher, p->key, (int)p->key_len * 8,
                                    p->sealing ? MBEDTLS_ENCRYPT : MBEDTLS_DECRYPT);
    /* RFC 7296 3.14, RFC 4303 2.4: padding is part of what is encrypted. */
    if (ret == 0)
        ret = mbedtls_cipher_set_padding_mode(cipher, MBEDTLS_PADDING_NONE);
    return ret;
}

static int run_cbc(struct engine *e, const ike2_seal_args *a, ike2_bytes iv)
{
    size_t len = 0;
    int ret;

    if (a->len == 0)
        return 0;
    ret = mbedtls_cipher_crypt(&e->of.cbc, iv.ptr, iv.len, a->data, a->len, a->data, &len);
    return ret == 0 && len != a->len ? MBEDTLS_ERR_CIPHER_FULL_BLOCK_EXPECTED : ret;
}

static int run_ctr(struct engine *e, const ike2_seal_args *a, ike2_bytes nonce)
{
    uint8_t counter[CTR_BLOCK] = { [CTR_BLOCK - 1] = 1 }; /* RFC 5930 2: begins with one */
    uint8_t stream[CTR_BLOCK] = { 0 };
    size_t at = 0;
    int ret;

    memcpy(counter, nonce.ptr, nonce.len);
    ret = mbedtls_aes_crypt_ctr(&e->of.ctr, a->len, &at, counter, stream, a->data, a->data);
    mbedtls_platform_zeroize(stream, sizeof stream);
    return ret;
}

/* --- AEADs --------------------------------------------------------------------- */

static int run_gcm(struct engine *e, const ike2_seal_args *a, ike2_bytes nonce)
{
    if (e->sealing)
        return mbedtls_gcm_crypt_and_tag(&e->of.gcm, MBEDTLS_GCM_ENCRYPT, a->len, nonce.ptr,
                                         nonce.len, a->aad.ptr, a->aad.len, a->data, a->data,
                                         a->icv_len, a->icv);
    return mbedtls_gcm_auth_decrypt(&e->of.gcm, a->len, nonce.ptr, nonce.len, a->aad.ptr,
                                    a->aad.len, a->icv, a->icv_len, a->data, a->data);
}

static int run_ccm(struct engine *e, const ike2_seal_args *a, ike2_bytes nonce)
{
    if (e->sealing)
        return mbedtls_ccm_encrypt_and_tag(&e->of.ccm, a->len, nonce.ptr, nonce.len, a->aad.ptr,
                                           a->aad.len, a->data, a->data, a->icv, a->icv_len);
    return mbedtls_ccm_auth_decrypt(&e->of.ccm, a->len, nonce.ptr, nonce.len, a->aad.ptr,
                                    a->aad.len, a->data, a->data, a->icv, a->icv_len);
}

static int run_chacha(struct engine *e, const ike2_seal_args *a, ike2_bytes nonce)
{
    if (e->sealing)
        return mbedtls_chachapoly_encrypt_and_tag(&e->of.chacha, a->len, nonce.ptr, a->aad.ptr,
                                                  a->aad.len, a->data, a->data, a->icv);
    return mbedtls_chachapoly_auth_decrypt(&e->of.chacha, a->len, nonce.ptr, a->aad.ptr,
                                           a->aad.len, a->icv, a->data, a->data);
}

/* mbedTLS 2.28 takes the AAD as one string. */
static uint8_t *join(const ike2_bytes *parts, size_t n, size_t *len)
{
    uint8_t *joined, *at;

    *len = 0;
    for (size_t i = 0; i < n; i++)
        *len += parts[i].len;
    joined = at = calloc(1, *len);
    for (size_t i = 0; i < n && joined != NULL; i++) {
        if (parts[i].len != 0)
            memcpy(at, parts[i].ptr, parts[i].len);
        at += parts[i].len;
    }
    return joined;
}

/* RFC 4543 3.3, 3.5: SPI, sequence number, IV and payload are AAD, and there is no plaintext: the
 * data stay as they are. */
static int run_gmac(struct engine *e, const ike2_seal_args *a, ike2_bytes nonce)
{
    const ike2_bytes parts[] = { a->aad, a->iv, bytes_of(a->data, a->len) };
    uint8_t tag[GMAC_OCTETS];
    size_t len;
    uint8_t *aad = join(parts, sizeof parts / sizeof parts[0], &len);
    int ret;

    if (aad == NULL)
        return MBEDTLS_ERR_CIPHER_ALLOC_FAILED;
    ret = mbedtls_gcm_crypt_and_tag(&e->of.gcm, MBEDTLS_GCM_ENCRYPT, 0, nonce.ptr, nonce.len, aad,
                                    len, NULL, NULL, sizeof tag, tag);
    free(aad);
    if (ret == 0 && e->sealing)
        memcpy(a->icv, tag, sizeof tag);
    else if (ret == 0 && !bytes_equal_ct(bytes_of(tag, sizeof tag), bytes_of(a->icv, sizeof tag)))
        ret = MBEDTLS_ERR_GCM_AUTH_FAILED;
    /* The right checksum of a forged message must not stay on the stack. */
    mbedtls_platform_zeroize(tag, sizeof tag);
    return ret;
}

/* --- Engines ------------------------------------------------------------------- */

bool ike2_mbed_engine_exists(const struct encr_kind *k, size_t key_len)
{
    return k->mode != MODE_CBC || cbc_info(k, key_len) != NULL;
}

int ike2_mbed_engine_begin(struct engine *e, const struct engine_plan *plan)
{
    unsigned bits = (unsigned)plan->key_len * 8;

    *e = (struct engine){ .kind = plan->kind, .key_len = plan->key_len, .sealing = plan->sealing };
    switch (plan->kind->mode) {
    case MODE_CBC:
        return cbc_begin(&e->of.cbc, plan);
    case MODE_CTR:
        mbedtls_aes_init(&e->of.ctr);
        return mbedtls_aes_setkey_enc(&e->of.ctr, plan->key, bits);
    case MODE_GCM:
    case MODE_GMAC:
        mbedtls_gcm_init(&e->of.gcm);
        return mbedtls_gcm_setkey(&e->of.gcm, plan->kind->cipher, plan->key, bits);
    case MODE_CCM:
        mbedtls_ccm_init(&e->of.ccm);
        return mbedtls_ccm_setkey(&e->of.ccm, plan->kind->cipher, plan->key, bits);
    case MODE_CHACHA:
        mbedtls_chachapoly_init(&e->of.chacha);
        return mbedtls_chachapoly_setkey(&e->of.chacha, plan->key);
    }
    return MBEDTLS_ERR_CIPHER_FEATURE_UNAVAILABLE;
}

void ike2_mbed_engine_end(struct engine *e)
{
    switch (e->kind->mode) {
    case MODE_CBC:
        mbedtls_cipher_free(&e->of.cbc);
        return;
    case MODE_CTR:
        mbedtls_aes_free(&e->of.ctr);
        return;
    case MODE_GCM:
    case MODE_GMAC:
        mbedtls_gcm_free(&e->of.gcm);
        return;
    case MODE_CCM:
        mbedtls_ccm_free(&e->of.ccm);
        return;
    case MODE_CHACHA:
        mbedtls_chachapoly_free(&e->of.chacha);
        return;
    }
}

int ike2_mbed_engine_run(struct engine *e, const ike2_seal_args *args, ike2_bytes nonce)
{
    switch (e->kind->mode) {
    case MODE_CBC:
        return run_cbc(e, args, nonce);
    case MODE_CTR:
        return run_ctr(e, args, nonce);
    case MODE_GCM:
        return run_gcm(e, args, nonce);
    case MODE_GMAC:
        return run_gmac(e, args, nonce);
    case MODE_CCM:
        return run_ccm(e, args, nonce);
    case MODE_CHACHA:
        return run_chacha(e, args, nonce);
    }
    return MBEDTLS_ERR_CIPHER_FEATURE_UNAVAILABLE;
}
