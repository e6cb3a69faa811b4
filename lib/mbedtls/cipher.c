/* mbedtls/cipher.c - seal and open: AEAD ciphers, and encrypt-then-MAC of a cipher and a MAC.
 * RFC 7296 3.14, RFC 4543, RFC 5282, RFC 5930, RFC 7634.
 *
 * A cipher's handle holds key | salt, as KEYMAT gives them. The MAC of an encrypt-then-MAC suite
 * covers aad | iv | ciphertext: with the message's head as aad that is what 3.14 demands. */
#include <string.h>

#include <mbedtls/platform_util.h>

#include "base/bytes.h"
#include "mbedtls/spare.h"

enum { NONCE_MAX = 16 };

/* Compile-time constants: one row per transform. */
#define AES(name, how) .id = IKE2_ENCR_AES_##name, .mode = how, .cipher = MBEDTLS_CIPHER_ID_AES
#define AEAD(salt, icv) .salt_len = salt, .iv_len = 8, .icv_len = icv, .block_len = 1

static const struct encr_kind encrs[] = {
    { AES(CBC, MODE_CBC), .iv_len = 16, .block_len = 16 },
    /* RFC 5930 2, RFC 3686 5.1 */
    { AES(CTR, MODE_CTR), .salt_len = 4, .iv_len = 8, .block_len = 1 },
    /* RFC 5282 7.2, RFC 4309 */
    { AES(CCM_8, MODE_CCM), AEAD(3, 8) },
    { AES(CCM_12, MODE_CCM), AEAD(3, 12) },
    { AES(CCM_16, MODE_CCM), AEAD(3, 16) },
    /* RFC 5282 7.1, RFC 4106 */
    { AES(GCM_8, MODE_GCM), AEAD(4, 8) },
    { AES(GCM_12, MODE_GCM), AEAD(4, 12) },
    { AES(GCM_16, MODE_GCM), AEAD(4, 16) },
    /* RFC 4543 3: like an AEAD, but what is sealed stays readable. ESP only. */
    { IKE2_ENCR_NULL_AUTH_AES_GMAC, MODE_GMAC, MBEDTLS_CIPHER_ID_AES, AEAD(4, 16) },
    /* RFC 7634 2 */
    { IKE2_ENCR_CHACHA20_POLY1305, MODE_CHACHA, MBEDTLS_CIPHER_ID_CHACHA20, 32, AEAD(4, 16) },
#ifdef IKE2_ENABLE_LEGACY
    /* RFC 2451 */
    { IKE2_ENCR_3DES, MODE_CBC, MBEDTLS_CIPHER_ID_3DES, 24, .iv_len = 8, .block_len = 8 },
#endif
};

static size_t encr_key_len(const ike2_transform *t, const struct encr_kind *k)
{
    return k->key_len != 0 ? k->key_len : t->key_bits / 8u;
}

/* NULL if there is none of that name and key length. */
static const struct encr_kind *encr_kind(const ike2_transform *t)
{
    bool aes_key = t->key_bits == 128 || t->key_bits == 192 || t->key_bits == 256;

    if (t->type != IKE2_TRANSFORM_ENCR)
        return NULL;
    for (size_t i = 0; i < sizeof encrs / sizeof encrs[0]; i++) {
        const struct encr_kind *k = &encrs[i];

        if (k->id != t->id)
            continue;
        /* RFC 7296 3.3.5: Key Length is there for AES, and is not for a key of fixed length. */
        if (k->key_len != 0 ? t->key_bits == 0 : aes_key)
            return ike2_mbed_engine_exists(k, encr_key_len(t, k)) ? k : NULL;
    }
    return NULL;
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
    uint8_t nonce[NONCE_MAX]; /* salt | iv */
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

    if (t->integ != NULL &&
        (a->integ_key == NULL || a->integ_key->len != t->integ->mac.len))
        return false;
    return a->encr_key != NULL &&
           a->encr_key->len == encr_key_len(&a->encr, t->encr) + t->encr->salt_len &&
           a->iv.len == t->encr->iv_len && a->icv_len == icv_len &&
           a->len % t->encr->block_len == 0;
}

static ike2_err task_begin(struct task *t, const ike2_seal_args *args, bool sealing)
{
    ike2_err err = task_find(t, args, sealing);
    size_t salt_len;

    if (err != IKE2_OK)
        return err;
    if (!task_lengths_fit(t))
        return IKE2_ERR_ARGUMENT;

    salt_len = t->encr->salt_len;
    if (salt_len != 0)
        memcpy(t->nonce, args->encr_key->octets + args->encr_key->len - salt_len, salt_len);
    memcpy(t->nonce + salt_len, args->iv.ptr, args->iv.len);
    t->nonce_len = salt_len + args->iv.len;
    return IKE2_OK;
}

static ike2_err run_cipher(const struct task *t)
{
    const ike2_key *key = t->args->encr_key;
    const struct engine_plan plan = {
        .kind = t->encr,
        .key = key->octets,
        .key_len = key->len - t->encr->salt_len,
        .sealing = t->sealing,
    };
    struct engine *e;
    ike2_err err = ike2_mbed_engine_take(key, &plan, &e);

    if (err != IKE2_OK)
        return err;
    err = ike2_mbed_err(ike2_mbed_engine_run(e, t->args, bytes_of(t->nonce, t->nonce_len)));
    ike2_mbed_engine_give(key, e);
    return err;
}

/* RFC 7296 3.14: the checksum over aad | iv | ciphertext, truncated by the caller. */
static ike2_err run_mac(const struct task *t, uint8_t out[HASH_OCTETS_MAX])
{
    const ike2_seal_args *a = t->args;
    const ike2_bytes parts[] = { a->aad, a->iv, bytes_of(a->data, a->len) };
    struct mac *m;
    ike2_err err = ike2_mbed_mac_take(a->integ_key, &t->integ->mac, &m);
    int ret = 0;

    if (err != IKE2_OK)
        return err;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0] && ret == 0; i++)
        ret = ike2_mbed_mac_update(m, parts[i]);
    if (ret == 0)
        ret = ike2_mbed_mac_finish(m, out);
    ike2_mbed_mac_give(a->integ_key, m);
    return ike2_mbed_err(ret);
}

ike2_err ike2_mbed_seal(void *user, const ike2_seal_args *args)
{
    uint8_t mac[HASH_OCTETS_MAX];
    struct task t;
    ike2_err err = task_begin(&t, args, true);

    (void)user;
    if (err == IKE2_OK)
        err = run_cipher(&t);
    if (err != IKE2_OK || t.integ == NULL)
        return err;
    err = run_mac(&t, mac);
    if (err == IKE2_OK)
        memcpy(args->icv, mac, args->icv_len);
    return err;
}

static ike2_err open_task(const struct task *t)
{
    const ike2_seal_args *a = t->args;
    uint8_t mac[HASH_OCTETS_MAX];
    ike2_err err;
    bool same;

    if (t->integ == NULL)
        return run_cipher(t);
    err = run_mac(t, mac);
    if (err != IKE2_OK)
        return err;
    same = bytes_equal_ct(bytes_of(mac, a->icv_len), bytes_of(a->icv, a->icv_len));
    /* The right checksum of a forged message must not stay on the stack. */
    mbedtls_platform_zeroize(mac, sizeof mac);
    return same ? run_cipher(t) : IKE2_ERR_AUTH;
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
