/* vectors/crypto_mac.c - HMAC, AES-CMAC and AES-XCBC as PRF and as integrity transform. */
#include <string.h>

#include <ike2/iana.h>

#include "base/bytes.h"
#include "vectors/crypto.h"

enum { CTR_IV = 8, KEY_BITS = 128 };

/* A code by the names that the files give it; `len` is its own and that of its key. */
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
    { "_cmac.", "PRF_AES128_CMAC", "AUTH_AES_CMAC_96", IKE2_PRF_AES128_CMAC,
      IKE2_INTEG_AES_CMAC_96, 16, 12 },
    { "_xcbc.", "PRF_AES128_XCBC", "AUTH_AES_XCBC_96", IKE2_PRF_AES128_XCBC,
      IKE2_INTEG_AES_XCBC_96, 16, 12 },
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
static ike2_err integ_outcome(const struct run *run, const struct mac_case *c)
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
    return err;
}

static bool integ_holds(const struct run *run, const struct mac_case *c)
{
    return integ_outcome(run, c) == (c->valid ? IKE2_OK : IKE2_ERR_AUTH);
}

static bool is_integ(const struct mac_case *c)
{
    return c->key.len == c->alg->len && c->mac.len == c->alg->icv_len && c->data.len >= CTR_IV;
}

/* Fills `c`; false if the record is none for the provider, and was skipped. */
static bool wycheproof_case(struct run *run, const struct kv_record *r, struct mac_case *c,
                            bool *good)
{
    for (size_t i = 0; i < N_ALGS; i++) {
        if (strstr(run->file, algs[i].file_part) != NULL)
            c->alg = &algs[i];
    }
    if (c->alg == NULL) {
        run_skip(run, "the hash is not provided");
        return false;
    }
    c->key = run_octets(r, "key", good);
    c->data = run_octets(r, "msg", good);
    c->mac = run_octets(r, "tag", good);
    c->valid = kv_is(r, "result", "valid");
    return true;
}

void crypto_wycheproof_hmac(struct run *run, const struct kv_record *r)
{
    struct mac_case c = { .alg = NULL };
    bool good = true;

    if (!wycheproof_case(run, r, &c, &good))
        return;
    good = good && prf_holds(run, &c);
    if (good && is_integ(&c))
        good = integ_holds(run, &c);
    run_expect(run, r, good);
}

/* RFC 4494 2, RFC 4615 3: keys of 192 and 256 bits, AES or not, are none for IKEv2. The PRF takes
 * keys of any length, so that only the integrity transform can refuse one. */
void crypto_wycheproof_cmac(struct run *run, const struct kv_record *r)
{
    static const uint8_t zeros[16];
    struct mac_case c = { .alg = NULL };
    bool good = true;
    long bits = kv_number(r, "keySize");

    if (bits == 192 || bits == 256) {
        run_skip(run, "the key is not as long as in IKEv2");
        return;
    }
    if (!wycheproof_case(run, r, &c, &good))
        return;
    if (bits == 128)
        good = good && prf_holds(run, &c);
    else
        c.mac = bytes_of(zeros, sizeof zeros); /* there is none */
    c.mac.len = c.alg->icv_len;
    if (good && c.data.len >= CTR_IV && (c.valid || bits != 128))
        good = integ_outcome(run, &c) == (bits == 128 ? IKE2_OK : IKE2_ERR_ARGUMENT);
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
    /* What is too short for a message shows itself in the PRF, which is the code untruncated. */
    if (good && c.data.len < CTR_IV)
        good = prf_holds(run, &c);
    else
        good = good && is_integ(&c) && integ_holds(run, &c);
    run_expect(run, r, good);
}

void crypto_strongswan_mac(struct run *run, const struct kv_record *r)
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
