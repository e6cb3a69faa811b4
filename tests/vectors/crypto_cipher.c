/* vectors/crypto_cipher.c - AEAD ciphers, and ciphers under encrypt-then-MAC. */
#include <stdlib.h>
#include <string.h>

#include <ike2/iana.h>

#include "base/bytes.h"
#include "vectors/crypto.h"

/* One vector as the provider takes it. */
struct aead_case {
    ike2_transform encr;
    ike2_bytes key, salt, iv, aad, plain, cipher, icv;
    bool valid;
};

static uint8_t *copy_of(ike2_bytes octets)
{
    uint8_t *copy = malloc(octets.len != 0 ? octets.len : 1);

    if (copy == NULL)
        abort();
    if (octets.len != 0)
        memcpy(copy, octets.ptr, octets.len);
    return copy;
}

static bool is_zero(const uint8_t *octets, size_t len)
{
    uint8_t all = 0;

    for (size_t i = 0; i < len; i++)
        all |= octets[i];
    return all == 0;
}

static ike2_key *case_key(const struct run *run, const struct aead_case *c)
{
    uint8_t octets[64];

    if (c->key.len + c->salt.len > sizeof octets)
        return NULL;
    memcpy(octets, c->key.ptr, c->key.len);
    if (c->salt.len != 0)
        memcpy(octets + c->key.len, c->salt.ptr, c->salt.len);
    return run_key(run, IKE2_USE_CIPHER, bytes_of(octets, c->key.len + c->salt.len));
}

static bool seal_gives(const struct run *run, const struct aead_case *c, const ike2_key *key)
{
    uint8_t *data = copy_of(c->plain), icv[16] = { 0 };
    const ike2_seal_args args = { .encr = c->encr, .encr_key = key, .iv = c->iv, .aad = c->aad,
                                  .data = data, .len = c->plain.len, .icv = icv,
                                  .icv_len = c->icv.len };
    bool good = run->crypto->seal(run->crypto->user, &args) == IKE2_OK &&
                bytes_equal(bytes_of(data, c->plain.len), c->cipher) &&
                bytes_equal(bytes_of(icv, c->icv.len), c->icv);

    free(data);
    return good;
}

static bool open_gives(const struct run *run, const struct aead_case *c, const ike2_key *key)
{
    uint8_t *data = copy_of(c->cipher), *icv = copy_of(c->icv);
    const ike2_seal_args args = { .encr = c->encr, .encr_key = key, .iv = c->iv, .aad = c->aad,
                                  .data = data, .len = c->cipher.len, .icv = icv,
                                  .icv_len = c->icv.len };
    ike2_err err = run->crypto->open(run->crypto->user, &args);
    bool good = c->valid ? err == IKE2_OK && bytes_equal(bytes_of(data, c->cipher.len), c->plain)
                         : err == IKE2_ERR_AUTH && is_zero(data, c->cipher.len);

    free(data);
    free(icv);
    return good;
}

static bool case_holds(const struct run *run, const struct aead_case *c)
{
    ike2_key *key = case_key(run, c);
    bool good = key != NULL && open_gives(run, c, key);

    if (good && c->valid)
        good = seal_gives(run, c, key);
    run_key_free(run, key);
    return good;
}

/* Cuts the nonce into salt and IV. */
static void nonce_split(struct aead_case *c, ike2_bytes nonce, size_t salt_len)
{
    c->salt = bytes_of(nonce.ptr, salt_len);
    c->iv = bytes_of(nonce.ptr + salt_len, nonce.len - salt_len);
}

static void wycheproof(struct run *run, const struct kv_record *r, uint16_t id, size_t salt_len)
{
    bool good = true;
    struct aead_case c = { .encr = { .type = IKE2_TRANSFORM_ENCR, .id = id } };

    if (kv_number(r, "ivSize") != (long)(salt_len + 8) * 8) {
        run_skip(run, "the nonce is not as long as in IKEv2");
        return;
    }
    if (id != IKE2_ENCR_CHACHA20_POLY1305)
        c.encr.key_bits = (uint16_t)kv_number(r, "keySize");
    c.key = run_octets(r, "key", &good);
    c.aad = run_octets(r, "aad", &good);
    c.plain = run_octets(r, "msg", &good);
    c.cipher = run_octets(r, "ct", &good);
    c.icv = run_octets(r, "tag", &good);
    nonce_split(&c, run_octets(r, "iv", &good), salt_len);
    c.valid = kv_is(r, "result", "valid");
    run_expect(run, r, good && case_holds(run, &c));
}

/* The transform with that ICV of three that differ only in it, or 0. */
static uint16_t by_icv(uint16_t icv_8, long icv_bits)
{
    if (icv_bits != 64 && icv_bits != 96 && icv_bits != 128)
        return 0;
    return (uint16_t)(icv_8 + (icv_bits - 64) / 32);
}

static const char no_such_icv[] = "the ICV is not as long as in IKEv2";

void crypto_wycheproof_gcm(struct run *run, const struct kv_record *r)
{
    uint16_t id = by_icv(IKE2_ENCR_AES_GCM_8, kv_number(r, "tagSize"));

    if (id == 0)
        run_skip(run, no_such_icv);
    else
        wycheproof(run, r, id, 4);
}

void crypto_wycheproof_ccm(struct run *run, const struct kv_record *r)
{
    uint16_t id = by_icv(IKE2_ENCR_AES_CCM_8, kv_number(r, "tagSize"));

    if (id == 0)
        run_skip(run, no_such_icv);
    else
        wycheproof(run, r, id, 3);
}

void crypto_wycheproof_chacha(struct run *run, const struct kv_record *r)
{
    wycheproof(run, r, IKE2_ENCR_CHACHA20_POLY1305, 4);
}

void crypto_acvp_gcm(struct run *run, const struct kv_record *r)
{
    uint16_t id = by_icv(IKE2_ENCR_AES_GCM_8, kv_number(r, "tagLen"));
    bool good = true, ignored = true;
    struct aead_case c = { .encr = { .type = IKE2_TRANSFORM_ENCR, .id = id } };

    if (id == 0 || kv_number(r, "ivLen") != 96) {
        run_skip(run, id == 0 ? no_such_icv : "the nonce is not as long as in IKEv2");
        return;
    }
    c.encr.key_bits = (uint16_t)kv_number(r, "keyLen");
    c.valid = kv_is(r, "testPassed", "true");
    c.key = run_octets(r, "key", &good);
    c.aad = run_octets(r, "aad", &good);
    c.plain = run_octets(r, "pt", c.valid ? &good : &ignored);
    c.cipher = run_octets(r, "ct", &good);
    c.icv = run_octets(r, "tag", &good);
    nonce_split(&c, run_octets(r, "iv", &good), 4);
    run_expect(run, r, good && case_holds(run, &c));
}

/* What strongSwan calls the transforms. */
static const struct {
    const char *name;
    uint16_t id;
    uint8_t salt_len, icv_len;
} algs[] = {
    { "ENCR_AES_GCM_ICV8", IKE2_ENCR_AES_GCM_8, 4, 8 },
    { "ENCR_AES_GCM_ICV12", IKE2_ENCR_AES_GCM_12, 4, 12 },
    { "ENCR_AES_GCM_ICV16", IKE2_ENCR_AES_GCM_16, 4, 16 },
    { "ENCR_AES_CCM_ICV8", IKE2_ENCR_AES_CCM_8, 3, 8 },
    { "ENCR_AES_CCM_ICV12", IKE2_ENCR_AES_CCM_12, 3, 12 },
    { "ENCR_AES_CCM_ICV16", IKE2_ENCR_AES_CCM_16, 3, 16 },
    { "ENCR_CHACHA20_POLY1305", IKE2_ENCR_CHACHA20_POLY1305, 4, 16 },
    { "ENCR_AES_CBC", IKE2_ENCR_AES_CBC, 0, 0 },
    { "ENCR_AES_CTR", IKE2_ENCR_AES_CTR, 4, 0 },
    { "ENCR_3DES", IKE2_ENCR_3DES, 0, 0 },
};

enum { N_ALGS = sizeof algs / sizeof algs[0] };

static size_t alg_of(const struct kv_record *r)
{
    size_t i = 0;

    while (i < N_ALGS && !kv_is(r, "alg", algs[i].name))
        i++;
    return i;
}

/* key | salt. One record's key has more octets than its `key_size` takes. */
static ike2_bytes strongswan_key(const struct kv_record *r, size_t salt_len, bool *good)
{
    ike2_bytes key = run_octets(r, "key", good);
    size_t size = (size_t)kv_number(r, "key_size");

    if (key.len > size + salt_len)
        key.len = size + salt_len;
    return key;
}

/* What both kinds of strongSwan's records say; false if there is no such transform. */
static bool strongswan_case(const struct kv_record *r, struct aead_case *c, bool *good)
{
    size_t alg = alg_of(r);

    if (alg == N_ALGS)
        return false;
    *c = (struct aead_case){ .encr = { .type = IKE2_TRANSFORM_ENCR, .id = algs[alg].id } };
    c->key = strongswan_key(r, algs[alg].salt_len, good);
    if (algs[alg].id != IKE2_ENCR_CHACHA20_POLY1305 && algs[alg].id != IKE2_ENCR_3DES)
        c->encr.key_bits = (uint16_t)((c->key.len - algs[alg].salt_len) * 8);
    c->iv = run_octets(r, "iv", good);
    if (kv_number(r, "len") != 0)
        c->plain = run_octets(r, "plain", good);
    c->cipher = run_octets(r, "cipher", good);
    if (c->cipher.len < algs[alg].icv_len) {
        *good = false;
        return true;
    }
    c->cipher.len -= algs[alg].icv_len;
    c->icv = bytes_of(c->cipher.ptr + c->cipher.len, algs[alg].icv_len);
    c->valid = true;
    return true;
}

void crypto_strongswan_aead(struct run *run, const struct kv_record *r)
{
    bool good = true;
    struct aead_case c;

    if (!strongswan_case(r, &c, &good)) {
        run_skip(run, kv_get(r, "alg"));
        return;
    }
    if (kv_get(r, "adata") != NULL)
        c.aad = run_octets(r, "adata", &good);
    run_expect(run, r, good && case_holds(run, &c));
}

/* There and back under a MAC of its own. */
static bool crypter_holds(const struct run *run, const struct aead_case *c, ike2_key *encr_key)
{
    uint8_t *data = copy_of(c->plain), icv[12] = { 0 };
    ike2_key *integ_key = run_key(run, IKE2_USE_MAC, bytes_of("0123456789012345", 16));
    const ike2_seal_args args = {
        .encr = c->encr,
        .integ = { .type = IKE2_TRANSFORM_INTEG, .id = IKE2_INTEG_AES_CMAC_96 },
        .encr_key = encr_key, .integ_key = integ_key, .iv = c->iv,
        .data = data, .len = c->plain.len, .icv = icv, .icv_len = sizeof icv,
    };
    bool good = encr_key != NULL && integ_key != NULL &&
                run->crypto->seal(run->crypto->user, &args) == IKE2_OK &&
                bytes_equal(bytes_of(data, c->plain.len), c->cipher) &&
                run->crypto->open(run->crypto->user, &args) == IKE2_OK &&
                bytes_equal(bytes_of(data, c->plain.len), c->plain);

    run_key_free(run, integ_key);
    free(data);
    return good;
}

void crypto_strongswan_crypter(struct run *run, const struct kv_record *r)
{
    bool good = true;
    struct aead_case c;
    ike2_key *key;

    if (!strongswan_case(r, &c, &good)) {
        run_skip(run, kv_get(r, "alg"));
        return;
    }
    key = case_key(run, &c);
    run_expect(run, r, good && crypter_holds(run, &c, key));
    run_key_free(run, key);
}
