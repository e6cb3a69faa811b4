/* mbedtls/cipher.c - seal and open: AEAD ciphers, and encrypt-then-MAC of a cipher and an HMAC.
 * RFC 7296 3.14, RFC 5282, RFC 5930, RFC 7634.
 *
 * A cipher's handle holds key | salt, as KEYMAT gives them. The MAC of an encrypt-then-MAC suite
 * covers aad | iv | ciphertext: with the message's head as aad that is what 3.14 demands. */
#include <string.h>

#include <mbedtls/aes.h>
#include <mbedtls/ccm.h>
#include <mbedtls/chachapoly.h>
#include <mbedtls/gcm.h>
#include <mbedtls/platform_util.h>

#include "base/bytes.h"
#include "mbedtls/internal.h"

enum cipher_mode { MODE_CBC, MODE_CTR, MODE_GCM, MODE_CCM, MODE_CHACHA };

enum { AES_BLOCK = 16, CHACHA_KEY = 32, NONCE_MAX = 12, ICV_MAX = 32 };

struct encr_kind {
    uint16_t id; /* IKE2_ENCR_* */
    enum cipher_mode mode;
    uint8_t salt_len, iv_len, icv_len, block_len;
};

static const struct encr_kind encrs[] = {
    { IKE2_ENCR_AES_CBC, MODE_CBC, .iv_len = 16, .block_len = 16 },
    /* RFC 5930 2, RFC 3686 5.1 */
    { IKE2_ENCR_AES_CTR, MODE_CTR, .salt_len = 4, .iv_len = 8, .block_len = 1 },
    /* RFC 5282 7.2, RFC 4309 */
    { IKE2_ENCR_AES_CCM_8, MODE_CCM, 3, .iv_len = 8, .icv_len = 8, .block_len = 1 },
    { IKE2_ENCR_AES_CCM_12, MODE_CCM, 3, .iv_len = 8, .icv_len = 12, .block_len = 1 },
    { IKE2_ENCR_AES_CCM_16, MODE_CCM, 3, .iv_len = 8, .icv_len = 16, .block_len = 1 },
    /* RFC 5282 7.1, RFC 4106 */
    { IKE2_ENCR_AES_GCM_8, MODE_GCM, 4, .iv_len = 8, .icv_len = 8, .block_len = 1 },
    { IKE2_ENCR_AES_GCM_12, MODE_GCM, 4, .iv_len = 8, .icv_len = 12, .block_len = 1 },
    { IKE2_ENCR_AES_GCM_16, MODE_GCM, 4, .iv_len = 8, .icv_len = 16, .block_len = 1 },
    /* RFC 7634 2 */
    { IKE2_ENCR_CHACHA20_POLY1305, MODE_CHACHA, 4, .iv_len = 8, .icv_len = 16, .block_len = 1 },
};

/* NULL if there is none of that name and key length. */
static const struct encr_kind *encr_kind(const ike2_transform *t)
{
    bool aes_key = t->key_bits == 128 || t->key_bits == 192 || t->key_bits == 256;

    if (t->type != IKE2_TRANSFORM_ENCR)
        return NULL;
    for (size_t i = 0; i < sizeof encrs / sizeof encrs[0]; i++) {
        if (encrs[i].id != t->id)
            continue;
        /* RFC 7296 3.3.5: Key Length is there for AES, and is not for a key of fixed length. */
        if (encrs[i].mode == MODE_CHACHA ? t->key_bits == 0 : aes_key)
            return &encrs[i];
    }
    return NULL;
}

static size_t encr_key_len(const ike2_transform *t, const struct encr_kind *k)
{
    return k->mode == MODE_CHACHA ? CHACHA_KEY : t->key_bits / 8u;
}

static bool is_aead(const struct encr_kind *k)
{
    return k->icv_len != 0;
}

ike2_err ike2_mbed_encr_describe(const ike2_transform *t, ike2_transform_info *out)
{
    const struct encr_kind *k = encr_kind(t);

    if (k == NULL)
        return IKE2_ERR_UNSUPPORTED;
    *out = (ike2_transform_info){
        .key_len = (uint16_t)encr_key_len(t, k),
        .salt_len = k->salt_len,
        .iv_len = k->iv_len,
        .icv_len = k->icv_len,
        .block_len = k->block_len,
        .aead = is_aead(k),
        .iv_random = k->mode == MODE_CBC,
    };
    return IKE2_OK;
}

/* One call, looked up and checked. */
struct task {
    const ike2_seal_args *args;
    const struct encr_kind *encr;
    const struct integ_kind *integ; /* NULL with an AEAD */
    bool sealing;
    const uint8_t *key;
    unsigned key_bits;
    uint8_t nonce[NONCE_MAX]; /* salt | iv; not used by CBC */
    size_t nonce_len;
};

static ike2_err task_find(struct task *t, const ike2_seal_args *args, bool sealing)
{
    *t = (struct task){ .args = args, .encr = encr_kind(&args->encr), .sealing = sealing };
    if (t->encr == NULL)
        return IKE2_ERR_UNSUPPORTED;
    if (is_aead(t->encr))
        return args->integ_key == NULL ? IKE2_OK : IKE2_ERR_ARGUMENT;
    t->integ = ike2_mbed_integ_kind(&args->integ);
    return t->integ != NULL ? IKE2_OK : IKE2_ERR_UNSUPPORTED;
}

static bool task_lengths_fit(const struct task *t)
{
    const ike2_seal_args *a = t->args;
    size_t icv_len = t->integ != NULL ? t->integ->icv_len : t->encr->icv_len;

    if (t->integ != NULL && (a->integ_key == NULL ||
                             a->integ_key->len != ike2_mbed_hash_kind(t->integ->hash)->len))
        return false;
    return a->encr_key != NULL &&
           a->encr_key->len == encr_key_len(&a->encr, t->encr) + t->encr->salt_len &&
           a->iv.len == t->encr->iv_len && a->icv_len == icv_len &&
           a->len % t->encr->block_len == 0;
}

static ike2_err task_begin(struct task *t, const ike2_seal_args *args, bool sealing)
{
    ike2_err err = task_find(t, args, sealing);
    size_t key_len;

    if (err != IKE2_OK)
        return err;
    if (!task_lengths_fit(t))
        return IKE2_ERR_ARGUMENT;

    key_len = encr_key_len(&args->encr, t->encr);
    t->key = args->encr_key->octets;
    t->key_bits = (unsigned)key_len * 8;
    if (t->encr->salt_len != 0) {
        memcpy(t->nonce, t->key + key_len, t->encr->salt_len);
        memcpy(t->nonce + t->encr->salt_len, args->iv.ptr, args->iv.len);
        t->nonce_len = (size_t)t->encr->salt_len + args->iv.len;
    }
    return IKE2_OK;
}

static int run_gcm(const struct task *t)
{
    const ike2_seal_args *a = t->args;
    mbedtls_gcm_context gcm;
    int ret;

    mbedtls_gcm_init(&gcm);
    ret = mbedtls_gcm_setkey(&gcm, MBEDTLS_CIPHER_ID_AES, t->key, t->key_bits);
    if (ret == 0 && t->sealing)
        ret = mbedtls_gcm_crypt_and_tag(&gcm, MBEDTLS_GCM_ENCRYPT, a->len, t->nonce, t->nonce_len,
                                        a->aad.ptr, a->aad.len, a->data, a->data, a->icv_len,
                                        a->icv);
    else if (ret == 0)
        ret = mbedtls_gcm_auth_decrypt(&gcm, a->len, t->nonce, t->nonce_len, a->aad.ptr, a->aad.len,
                                       a->icv, a->icv_len, a->data, a->data);
    mbedtls_gcm_free(&gcm);
    return ret;
}

static int run_ccm(const struct task *t)
{
    const ike2_seal_args *a = t->args;
    mbedtls_ccm_context ccm;
    int ret;

    mbedtls_ccm_init(&ccm);
    ret = mbedtls_ccm_setkey(&ccm, MBEDTLS_CIPHER_ID_AES, t->key, t->key_bits);
    if (ret == 0 && t->sealing)
        ret = mbedtls_ccm_encrypt_and_tag(&ccm, a->len, t->nonce, t->nonce_len, a->aad.ptr,
                                          a->aad.len, a->data, a->data, a->icv, a->icv_len);
    else if (ret == 0)
        ret = mbedtls_ccm_auth_decrypt(&ccm, a->len, t->nonce, t->nonce_len, a->aad.ptr,
                                       a->aad.len, a->data, a->data, a->icv, a->icv_len);
    mbedtls_ccm_free(&ccm);
    return ret;
}

static int run_chacha(const struct task *t)
{
    const ike2_seal_args *a = t->args;
    mbedtls_chachapoly_context chacha;
    int ret;

    mbedtls_chachapoly_init(&chacha);
    ret = mbedtls_chachapoly_setkey(&chacha, t->key);
    if (ret == 0 && t->sealing)
        ret = mbedtls_chachapoly_encrypt_and_tag(&chacha, a->len, t->nonce, a->aad.ptr, a->aad.len,
                                                 a->data, a->data, a->icv);
    else if (ret == 0)
        ret = mbedtls_chachapoly_auth_decrypt(&chacha, a->len, t->nonce, a->aad.ptr, a->aad.len,
                                              a->icv, a->data, a->data);
    mbedtls_chachapoly_free(&chacha);
    return ret;
}

static int run_cbc(const struct task *t)
{
    const ike2_seal_args *a = t->args;
    int mode = t->sealing ? MBEDTLS_AES_ENCRYPT : MBEDTLS_AES_DECRYPT;
    uint8_t iv[AES_BLOCK];
    mbedtls_aes_context aes;
    int ret;

    memcpy(iv, a->iv.ptr, sizeof iv);
    mbedtls_aes_init(&aes);
    ret = t->sealing ? mbedtls_aes_setkey_enc(&aes, t->key, t->key_bits)
                     : mbedtls_aes_setkey_dec(&aes, t->key, t->key_bits);
    if (ret == 0)
        ret = mbedtls_aes_crypt_cbc(&aes, mode, a->len, iv, a->data, a->data);
    mbedtls_aes_free(&aes);
    return ret;
}

static int run_ctr(const struct task *t)
{
    const ike2_seal_args *a = t->args;
    uint8_t counter[AES_BLOCK] = { [AES_BLOCK - 1] = 1 }; /* RFC 5930 2: begins with one */
    uint8_t stream[AES_BLOCK] = { 0 };
    mbedtls_aes_context aes;
    size_t at = 0;
    int ret;

    memcpy(counter, t->nonce, t->nonce_len);
    mbedtls_aes_init(&aes);
    ret = mbedtls_aes_setkey_enc(&aes, t->key, t->key_bits);
    if (ret == 0)
        ret = mbedtls_aes_crypt_ctr(&aes, a->len, &at, counter, stream, a->data, a->data);
    mbedtls_aes_free(&aes);
    mbedtls_platform_zeroize(stream, sizeof stream);
    return ret;
}

static int run_cipher(const struct task *t)
{
    switch (t->encr->mode) {
    case MODE_CBC:
        return run_cbc(t);
    case MODE_CTR:
        return run_ctr(t);
    case MODE_GCM:
        return run_gcm(t);
    case MODE_CCM:
        return run_ccm(t);
    case MODE_CHACHA:
        return run_chacha(t);
    }
    return MBEDTLS_ERR_MD_FEATURE_UNAVAILABLE;
}

/* RFC 7296 3.14: the checksum over aad | iv | ciphertext, truncated by the caller. */
static int run_mac(const struct task *t, uint8_t out[HASH_OCTETS_MAX])
{
    const ike2_seal_args *a = t->args;
    const ike2_input key = { .key = a->integ_key };
    const ike2_bytes parts[] = { a->aad, a->iv, bytes_of(a->data, a->len) };
    mbedtls_md_context_t md;
    int ret = ike2_mbed_hmac_begin(&md, ike2_mbed_hash_kind(t->integ->hash), &key, 1);

    for (size_t i = 0; i < sizeof parts / sizeof parts[0] && ret == 0; i++) {
        if (parts[i].len != 0)
            ret = mbedtls_md_hmac_update(&md, parts[i].ptr, parts[i].len);
    }
    if (ret == 0)
        ret = mbedtls_md_hmac_finish(&md, out);
    mbedtls_md_free(&md);
    return ret;
}

ike2_err ike2_mbed_seal(void *user, const ike2_seal_args *args)
{
    uint8_t mac[HASH_OCTETS_MAX];
    struct task t;
    ike2_err err = task_begin(&t, args, true);
    int ret;

    (void)user;
    if (err != IKE2_OK)
        return err;
    ret = run_cipher(&t);
    if (ret == 0 && t.integ != NULL) {
        ret = run_mac(&t, mac);
        if (ret == 0)
            memcpy(args->icv, mac, args->icv_len);
    }
    return ike2_mbed_err(ret);
}

static ike2_err open_task(const struct task *t)
{
    const ike2_seal_args *a = t->args;
    uint8_t mac[HASH_OCTETS_MAX];
    bool same;
    int ret;

    if (t->integ == NULL)
        return ike2_mbed_err(run_cipher(t));
    ret = run_mac(t, mac);
    if (ret != 0)
        return ike2_mbed_err(ret);
    same = bytes_equal_ct(bytes_of(mac, a->icv_len), bytes_of(a->icv, a->icv_len));
    /* The right checksum of a forged message must not stay on the stack. */
    mbedtls_platform_zeroize(mac, sizeof mac);
    return same ? ike2_mbed_err(run_cipher(t)) : IKE2_ERR_AUTH;
}

ike2_err ike2_mbed_open(void *user, const ike2_seal_args *args)
{
    struct task t;
    ike2_err err = task_begin(&t, args, false);

    (void)user;
    if (err != IKE2_OK)
        return err;
    err = open_task(&t);
    if (err != IKE2_OK && args->len != 0)
        mbedtls_platform_zeroize(args->data, args->len);
    return err;
}
