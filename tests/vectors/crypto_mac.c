/* vectors/crypto_mac.c - HMAC as PRF and as integrity transform. */
#include <string.h>

#include <ike2/iana.h>

#include "base/bytes.h"
#include "vectors/crypto.h"

enum { CTR_IV = 8, KEY_BITS = 128 };

/* A hash by the names that the files give it. */
struct mac_alg {
    const char *file_part, *prf_name, *integ_name;
    uint16_t prf, integ;
    uint8_t len, icv_len;
};

static const struct mac_alg algs[] = {
    { "_sha1.", "PRF_HMAC_SHA1", "AUTH_HMAC_SHA1_96", IKE2_PRF_HMAC_SHA1, IKE2_INTEG_HMAC_SHA1_96,
      20, 12 },
    { "_sha256.", "PRF_HMAC_SHA2_256", "AUTH_HMAC_SHA2_256_128", IKE2_PRF_HMAC_SHA2_256,
      IKE2_INTEG_HMAC_SHA2_256_128, 32, 16 },
    { "_sha384.", "PRF_HMAC_SHA2_384", "AUTH_HMAC_SHA2_384_192", IKE2_PRF_HMAC_SHA2_384,
      IKE2_INTEG_HMAC_SHA2_384_192, 48, 24 },
    { "_sha512.", "PRF_HMAC_SHA2_512", "AUTH_HMAC_SHA2_512_256", IKE2_PRF_HMAC_SHA2_512,
      IKE2_INTEG_HMAC_SHA2_512_256, 64, 32 },
};

enum { N_ALGS = sizeof algs / sizeof algs[0] };

/* One vector: `mac` may be truncated. */
struct mac_case {
    const struct mac_alg *alg;
    ike2_bytes key, data, mac;
    bool valid;
};

/* Key and data in two pieces each, since that must not matter. */
static bool prf_holds(const struct run *run, const struct mac_case *c)
{
    size_t key_half = c->key.len / 2, data_half = c->data.len / 2;
    ike2_key *rest = run_key(run, IKE2_USE_PRF, bytes_of(c->key.ptr + key_half,
                                                         c->key.len - key_half));
    const ike2_input key[] = { { .octets = bytes_of(c->key.ptr, key_half) }, { .key = rest } };
    const ike2_input data[] = {
        { .octets = bytes_of(c->data.ptr, data_half) },
        { .octets = bytes_of(c->data.ptr + data_half, c->data.len - data_half) },
    };
    const ike2_prf_args args = {
        .prf = { .type = IKE2_TRANSFORM_PRF, .id = c->alg->prf },
        .key = key, .n_key = 2, .data = data, .n_data = 2,
    };
    uint8_t octets[64];
    ike2_buffer out = { .ptr = octets, .cap = sizeof octets };
    bool done = rest != NULL && run->crypto->prf(run->crypto->user, &args, &out) == IKE2_OK &&
                out.len == c->alg->len && c->mac.len <= out.len;

    run_key_free(run, rest);
    return done && bytes_equal(bytes_of(octets, c->mac.len), c->mac) == c->valid;
}

/* The integrity transform shows itself by opening a message without content: what its MAC covers is
 * the aad and the IV. */
static bool integ_holds(const struct run *run, const struct mac_case *c)
{
    static const uint8_t cipher_key[KEY_BITS / 8 + 4];
    ike2_key *encr = run_key(run, IKE2_USE_CIPHER, bytes_of(cipher_key, sizeof cipher_key));
    ike2_key *integ = run_key(run, IKE2_USE_MAC, c->key);
    size_t aad_len = c->data.len - CTR_IV;
    uint8_t icv[64];
    const ike2_seal_args args = {
        .encr = { .type = IKE2_TRANSFORM_ENCR, .id = IKE2_ENCR_AES_CTR, .key_bits = KEY_BITS },
        .integ = { .type = IKE2_TRANSFORM_INTEG, .id = c->alg->integ },
        .encr_key = encr, .integ_key = integ,
        .aad = bytes_of(c->data.ptr, aad_len),
        .iv = bytes_of(c->data.ptr + aad_len, CTR_IV),
        .icv = icv, .icv_len = c->mac.len,
    };
    ike2_err err;

    memcpy(icv, c->mac.ptr, c->mac.len);
    err = run->crypto->open(run->crypto->user, &args);
    run_key_free(run, encr);
    run_key_free(run, integ);
    return err == (c->valid ? IKE2_OK : IKE2_ERR_AUTH);
}

static bool is_integ(const struct mac_case *c)
{
    return c->key.len == c->alg->len && c->mac.len == c->alg->icv_len && c->data.len >= CTR_IV;
}

void crypto_wycheproof_hmac(struct run *run, const struct kv_record *r)
{
    struct mac_case c = { .alg = NULL };
    bool good = true;

    for (size_t i = 0; i < N_ALGS; i++) {
        if (strstr(run->file, algs[i].file_part) != NULL)
            c.alg = &algs[i];
    }
    if (c.alg == NULL) {
        run_skip(run, "the hash is not provided");
        return;
    }
    c.key = run_octets(r, "key", &good);
    c.data = run_octets(r, "msg", &good);
    c.mac = run_octets(r, "tag", &good);
    c.valid = kv_is(r, "result", "valid");
    good = good && prf_holds(run, &c);
    if (good && is_integ(&c))
        good = integ_holds(run, &c);
    run_expect(run, r, good);
}

static void strongswan_prf(struct run *run, const struct kv_record *r, const struct mac_alg *alg)
{
    bool good = true;
    struct mac_case c = { .alg = alg, .valid = true };

    c.key = run_octets(r, "key", &good);
    c.data = run_octets(r, "seed", &good);
    c.mac = run_octets(r, "out", &good);
    run_expect(run, r, good && prf_holds(run, &c));
}

static void strongswan_signer(struct run *run, const struct kv_record *r, const struct mac_alg *alg)
{
    bool good = true;
    struct mac_case c = { .alg = alg, .valid = true };

    c.key = run_octets(r, "key", &good);
    c.data = run_octets(r, "data", &good);
    c.mac = run_octets(r, "mac", &good);
    run_expect(run, r, good && is_integ(&c) && integ_holds(run, &c));
}

void crypto_strongswan_hmac(struct run *run, const struct kv_record *r)
{
    for (size_t i = 0; i < N_ALGS; i++) {
        if (kv_is(r, "alg", algs[i].prf_name)) {
            strongswan_prf(run, r, &algs[i]);
            return;
        }
        if (kv_is(r, "alg", algs[i].integ_name)) {
            strongswan_signer(run, r, &algs[i]);
            return;
        }
    }
    run_skip(run, kv_get(r, "alg"));
}
