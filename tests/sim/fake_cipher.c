/* sim/fake_cipher.c - the toy provider: what its transforms are like, and sealing. RFC 7296 3.3.2,
 * 3.14; RFC 5282. */
#include <stdlib.h>
#include <string.h>

#include <ike2/iana.h>

#include "sim/fake_crypto.h"

/* --- Lengths -------------------------------------------------------------------------- */

static bool describe_encr(const ike2_transform *t, ike2_transform_info *info)
{
    bool aes_bits = t->key_bits == 128 || t->key_bits == 192 || t->key_bits == 256;

    switch (t->id) {
    case IKE2_ENCR_AES_CBC:
        *info = (ike2_transform_info){ .key_len = t->key_bits / 8, .iv_len = 16, .block_len = 16,
                                       .iv_random = true };
        return aes_bits;
    case IKE2_ENCR_AES_GCM_16:
        *info = (ike2_transform_info){ .key_len = t->key_bits / 8, .salt_len = 4, .iv_len = 8,
                                       .icv_len = 16, .block_len = 1, .aead = true };
        return aes_bits;
    case IKE2_ENCR_CHACHA20_POLY1305:
        *info = (ike2_transform_info){ .key_len = 32, .salt_len = 4, .iv_len = 8, .icv_len = 16,
                                       .block_len = 1, .aead = true };
        return t->key_bits == 0;
    }
    return false;
}

static bool describe_integ(uint16_t id, ike2_transform_info *info)
{
    uint16_t key = id == IKE2_INTEG_HMAC_SHA2_256_128   ? 32
                   : id == IKE2_INTEG_HMAC_SHA2_384_192 ? 48
                   : id == IKE2_INTEG_HMAC_SHA2_512_256 ? 64
                                                        : 0;

    *info = (ike2_transform_info){ .key_len = key, .icv_len = key / 2 };
    return key != 0;
}

static bool describe_prf(uint16_t id, ike2_transform_info *info)
{
    uint16_t len = id == IKE2_PRF_HMAC_SHA1       ? 20
                   : id == IKE2_PRF_HMAC_SHA2_256 ? 32
                   : id == IKE2_PRF_HMAC_SHA2_384 ? 48
                   : id == IKE2_PRF_HMAC_SHA2_512 ? 64
                                                  : 0;

    *info = (ike2_transform_info){ .key_len = len, .out_len = len };
    return len != 0;
}

static bool describe_ke(uint16_t id, ike2_transform_info *info)
{
    *info = (ike2_transform_info){ .pub_i = fake_ke_octets(id), .pub_r = fake_ke_octets(id) };
    return info->pub_i != 0;
}

static bool describe_any(const ike2_transform *t, ike2_transform_info *info)
{
    switch (t->type) {
    case IKE2_TRANSFORM_ENCR: return describe_encr(t, info);
    case IKE2_TRANSFORM_INTEG: return describe_integ(t->id, info);
    case IKE2_TRANSFORM_PRF: return describe_prf(t->id, info);
    case IKE2_TRANSFORM_KE: return describe_ke(t->id, info);
    }
    return false;
}

ike2_err fake_describe(void *user, const ike2_transform *t, ike2_transform_info *out)
{
    ike2_err err = fake_call(user);
    ike2_transform_info info = { 0 };
    size_t size = out->struct_size;

    if (err == IKE2_OK && !describe_any(t, &info))
        err = IKE2_ERR_UNSUPPORTED;
    if (err != IKE2_OK)
        return err;
    info.struct_size = size;
    memcpy(out, &info, size < sizeof info ? size : sizeof info);
    return IKE2_OK;
}

/* --- Key and IV, never twice ---------------------------------------------------------- */

static void set_grow(struct fake_crypto *f)
{
    size_t cap = f->cap_sealed == 0 ? 64 : f->cap_sealed * 2;
    uint64_t *bigger = calloc(cap, sizeof *bigger);

    if (bigger == NULL)
        abort();
    for (size_t i = 0; i < f->cap_sealed; i++) {
        size_t at = (size_t)(f->sealed[i] & (cap - 1));

        if (f->sealed[i] == 0)
            continue;
        while (bigger[at] != 0)
            at = (at + 1) & (cap - 1);
        bigger[at] = f->sealed[i];
    }
    free(f->sealed);
    f->sealed = bigger;
    f->cap_sealed = cap;
}

static void remember(struct fake_crypto *f, const ike2_seal_args *args)
{
    struct sponge s;
    uint64_t key;
    size_t at;

    sponge_init(&s, 0x200);
    sponge_absorb(&s, args->encr_key->octets, args->encr_key->len);
    sponge_absorb(&s, args->iv.ptr, args->iv.len);
    key = (s.a ^ mix(s.b)) | 1;
    if (f->n_sealed * 2 >= f->cap_sealed)
        set_grow(f);
    at = (size_t)(key & (f->cap_sealed - 1));
    while (f->sealed[at] != 0 && f->sealed[at] != key)
        at = (at + 1) & (f->cap_sealed - 1);
    if (f->sealed[at] == key)
        f->fault = "a second message under the same key and IV";
    f->sealed[at] = key;
    f->n_sealed++;
}

/* --- Sealing -------------------------------------------------------------------------- */

void fake_cipher(uint16_t encr, ike2_bytes key, ike2_bytes iv, uint8_t *data, size_t len)
{
    struct sponge s;
    uint8_t stream[256];
    uint8_t block = 0;

    for (size_t i = 0; i < len; i++) {
        if (i % sizeof stream == 0) {
            sponge_init(&s, 0x300u + encr);
            sponge_absorb(&s, key.ptr, key.len);
            sponge_absorb(&s, iv.ptr, iv.len);
            sponge_absorb(&s, &block, 1);
            sponge_squeeze(&s, stream, sizeof stream);
            block++;
        }
        data[i] ^= stream[i % sizeof stream];
    }
}

static ike2_bytes octets_of(const ike2_key *key)
{
    return (ike2_bytes){ .ptr = key->octets, .len = key->len };
}

static void crypt(const ike2_seal_args *args)
{
    fake_cipher(args->encr.id, octets_of(args->encr_key), args->iv, args->data, args->len);
}

/* Over aad | iv | ciphertext. */
static void checksum(const ike2_seal_args *args, uint8_t *icv)
{
    const ike2_key *key = args->integ_key != NULL ? args->integ_key : args->encr_key;
    struct sponge s;

    sponge_init(&s, 0x400u + args->integ.id);
    sponge_absorb(&s, key->octets, key->len);
    sponge_absorb(&s, args->aad.ptr, args->aad.len);
    sponge_absorb(&s, args->iv.ptr, args->iv.len);
    sponge_absorb(&s, args->data, args->len);
    sponge_squeeze(&s, icv, args->icv_len);
}

/* What the library knows about the transforms has to fit what describe said. */
static void check_lengths(struct fake_crypto *f, const ike2_seal_args *args)
{
    ike2_transform_info e = { 0 }, i = { 0 };

    if (!describe_encr(&args->encr, &e))
        f->fault = "a cipher that is not described";
    else if (args->encr_key->len != (size_t)e.key_len + e.salt_len || args->iv.len != e.iv_len ||
             args->len % e.block_len != 0)
        f->fault = "key, IV or data of a wrong length";
    else if (e.aead != (args->integ_key == NULL))
        f->fault = "an integrity key with an AEAD, or none without";
    else if (!e.aead && (!describe_integ(args->integ.id, &i) || args->integ_key->len != i.key_len))
        f->fault = "an integrity key of a wrong length";
    else if (args->icv_len != (e.aead ? e.icv_len : i.icv_len))
        f->fault = "a checksum of a wrong length";
}

ike2_err fake_seal(void *user, const ike2_seal_args *args)
{
    struct fake_crypto *f = user;
    ike2_err err = fake_call(f);

    check_lengths(f, args);
    if (err != IKE2_OK)
        return err;
    remember(f, args);
    keyring_note(&f->keyring, args, octets_of(args->encr_key));
    crypt(args);
    checksum(args, args->icv);
    return IKE2_OK;
}

ike2_err fake_open(void *user, const ike2_seal_args *args)
{
    struct fake_crypto *f = user;
    ike2_err err = fake_call(f);
    uint8_t icv[64];

    check_lengths(f, args);
    if (err != IKE2_OK)
        return err;
    checksum(args, icv);
    if (memcmp(icv, args->icv, args->icv_len) != 0) {
        memset(args->data, 0, args->len);
        return IKE2_ERR_AUTH;
    }
    crypt(args);
    return IKE2_OK;
}
