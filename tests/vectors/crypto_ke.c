/* vectors/crypto_ke.c - key exchange. Private values get in by the provider's random source, which
 * is where it draws them from; where a vector's is longer than those the provider draws, its
 * modular exponentiation is called itself. */
#include <stdlib.h>
#include <string.h>

#include <ike2/iana.h>

#include "base/bytes.h"
#include "mbedtls/internal.h"
#include "vectors/crypto.h"

enum { PUBLIC_MAX = MODP_OCTETS_MAX };

/* What one side of an exchange ends with. */
struct outcome {
    ike2_err err;
    uint8_t pub[PUBLIC_MAX], secret[PUBLIC_MAX];
    ike2_buffer pub_out, secret_out;
};

static void side_run(struct run *run, uint16_t method, ike2_bytes private, ike2_bytes peer_pub,
                     struct outcome *out)
{
    const ike2_crypto *c = run->crypto;
    ike2_ke_state *state = NULL;
    ike2_key *secret = NULL;

    out->pub_out = (ike2_buffer){ .ptr = out->pub, .cap = sizeof out->pub };
    out->secret_out = (ike2_buffer){ .ptr = out->secret, .cap = sizeof out->secret };
    run->script.head = private;
    out->err = c->ke_start(c->user, method, &out->pub_out, &state);
    run->script.head = (ike2_bytes){ 0 };
    if (out->err == IKE2_OK)
        out->err = c->ke_finish(c->user, state, peer_pub, &secret);
    if (out->err == IKE2_OK)
        out->err = c->key_export(c->user, secret, &out->secret_out);
    c->key_free(c->user, secret);
    c->ke_free(c->user, state);
}

static bool buffer_is(const ike2_buffer *b, ike2_bytes expected)
{
    return bytes_equal(bytes_of(b->ptr, b->len), expected);
}

/* The same number in `len` octets; the room is released with the record's file. */
static ike2_bytes resized(const struct kv_record *r, ike2_bytes number, size_t len, bool *good)
{
    char zeros[2 * PUBLIC_MAX + 1];
    ike2_bytes room = { 0 };

    while (number.len > len && number.ptr[0] == 0)
        number = bytes_of(number.ptr + 1, number.len - 1);
    memset(zeros, '0', sizeof zeros);
    zeros[2 * len] = '\0';
    if (number.len > len || !text_hex(&r->file->text, zeros, &room)) {
        *good = false;
        return room;
    }
    memcpy((uint8_t *)(uintptr_t)room.ptr + len - number.len, number.ptr, number.len);
    return room;
}

/* Two octet strings, one behind the other. */
static ike2_bytes joined(const struct kv_record *r, ike2_bytes a, ike2_bytes b, bool *good)
{
    ike2_bytes room = resized(r, (ike2_bytes){ 0 }, a.len + b.len, good);

    if (*good) {
        memcpy((uint8_t *)(uintptr_t)room.ptr, a.ptr, a.len);
        memcpy((uint8_t *)(uintptr_t)room.ptr + a.len, b.ptr, b.len);
    }
    return room;
}

/* What curves and groups are called. */
static const struct {
    const char *name;
    uint16_t method;
    uint8_t scalar_len;
} names[] = {
    { "secp256r1", IKE2_KE_ECP_256, 32 },      { "P-256", IKE2_KE_ECP_256, 32 },
    { "ECP_256_BIT", IKE2_KE_ECP_256, 32 },    { "secp384r1", IKE2_KE_ECP_384, 48 },
    { "P-384", IKE2_KE_ECP_384, 48 },          { "ECP_384_BIT", IKE2_KE_ECP_384, 48 },
    { "secp521r1", IKE2_KE_ECP_521, 66 },      { "P-521", IKE2_KE_ECP_521, 66 },
    { "ECP_521_BIT", IKE2_KE_ECP_521, 66 },    { "curve25519", IKE2_KE_CURVE25519, 32 },
    { "CURVE_25519", IKE2_KE_CURVE25519, 32 }, { "ECP_256_BP", IKE2_KE_BRAINPOOL_P256R1, 32 },
    { "ECP_384_BP", IKE2_KE_BRAINPOOL_P384R1, 48 }, { "ECP_512_BP", IKE2_KE_BRAINPOOL_P512R1, 64 },
    { "MODP_1024_BIT", IKE2_KE_MODP_1024, 32 }, { "MODP_1536_BIT", IKE2_KE_MODP_1536, 32 },
    { "MODP_2048_BIT", IKE2_KE_MODP_2048, 48 }, { "MODP_3072_BIT", IKE2_KE_MODP_3072, 48 },
    { "MODP_4096_BIT", IKE2_KE_MODP_4096, 64 }, { "MODP_6144_BIT", IKE2_KE_MODP_6144, 64 },
    { "MODP_8192_BIT", IKE2_KE_MODP_8192, 64 }, { "MODP-2048", IKE2_KE_MODP_2048, 48 },
    { "MODP-3072", IKE2_KE_MODP_3072, 48 },     { "MODP-4096", IKE2_KE_MODP_4096, 64 },
    { "MODP-6144", IKE2_KE_MODP_6144, 64 },     { "MODP-8192", IKE2_KE_MODP_8192, 64 },
};

static bool is_provided(const struct run *run, uint16_t method)
{
    const ike2_transform t = { .type = IKE2_TRANSFORM_KE, .id = method };
    ike2_transform_info info = IKE2_INIT(ike2_transform_info);

    return run->crypto->describe(run->crypto->user, &t, &info) == IKE2_OK;
}

/* By the name in `field`; if the provider has no such method, the record is skipped. */
static bool method_of(struct run *run, const struct kv_record *r, const char *field,
                      uint16_t *method, size_t *scalar_len)
{
    const char *name = kv_get(r, field);

    for (size_t i = 0; name != NULL && i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(name, names[i].name) == 0 && is_provided(run, names[i].method)) {
            *method = names[i].method;
            *scalar_len = names[i].scalar_len;
            return true;
        }
    }
    run_skip(run, name != NULL ? name : "no method is named");
    return false;
}

/* A point as IKEv2 carries it: without the octet of its form. Other forms are malformed there. */
static ike2_bytes point_of(ike2_bytes x962)
{
    return x962.len != 0 && x962.ptr[0] == 4 ? bytes_of(x962.ptr + 1, x962.len - 1) : x962;
}

void crypto_wycheproof_ecdh(struct run *run, const struct kv_record *r)
{
    bool good = true;
    struct outcome out;
    ike2_bytes private, pub, shared;
    uint16_t method;
    size_t scalar_len;

    if (!method_of(run, r, "curve", &method, &scalar_len))
        return;
    private = resized(r, run_octets(r, "private", &good), scalar_len, &good);
    pub = run_octets(r, "public", &good);
    shared = run_octets(r, "shared", &good);
    if (good && pub.len != 0 && (pub.ptr[0] == 2 || pub.ptr[0] == 3) &&
        kv_is(r, "result", "valid")) {
        run_skip(run, "IKEv2 has no compressed points");
        return;
    }
    if (good)
        side_run(run, method, private, point_of(pub), &out);
    if (good && kv_is(r, "result", "valid"))
        good = out.err == IKE2_OK && buffer_is(&out.secret_out, shared);
    else if (good)
        good = out.err == IKE2_ERR_MALFORMED;
    run_expect(run, r, good);
}

/* RFC 7748 6.1: a secret of zeros is refused; whatever else is acceptable must come out right. */
void crypto_wycheproof_x25519(struct run *run, const struct kv_record *r)
{
    static const uint8_t zeros[32];
    bool good = true;
    struct outcome out;
    ike2_bytes private = run_octets(r, "private", &good);
    ike2_bytes pub = run_octets(r, "public", &good);
    ike2_bytes shared = run_octets(r, "shared", &good);

    if (good) {
        side_run(run, IKE2_KE_CURVE25519, private, pub, &out);
        good = bytes_equal(shared, bytes_of(zeros, sizeof zeros))
                   ? out.err == IKE2_ERR_MALFORMED
                   : out.err == IKE2_OK && buffer_is(&out.secret_out, shared);
    }
    run_expect(run, r, good);
}

void crypto_acvp_ecc_cdh(struct run *run, const struct kv_record *r)
{
    bool good = true;
    struct outcome out;
    ike2_bytes private, own, peer, shared;
    uint16_t method;
    size_t len;

    if (!method_of(run, r, "curve", &method, &len))
        return;
    private = resized(r, run_octets(r, "privateIut", &good), len, &good);
    own = joined(r, resized(r, run_octets(r, "publicIutX", &good), len, &good),
                 resized(r, run_octets(r, "publicIutY", &good), len, &good), &good);
    peer = joined(r, resized(r, run_octets(r, "publicServerX", &good), len, &good),
                  resized(r, run_octets(r, "publicServerY", &good), len, &good), &good);
    shared = run_octets(r, "z", &good);
    if (good)
        side_run(run, method, private, peer, &out);
    good = good && out.err == IKE2_OK && buffer_is(&out.pub_out, own) &&
           buffer_is(&out.secret_out, shared);
    run_expect(run, r, good == kv_is(r, "testPassed", "true"));
}

/* base ^ exponent in a group; an empty base is the generator. */
static bool modp_gives(const struct kv_record *r, uint16_t method, ike2_bytes base,
                       ike2_bytes exponent, ike2_bytes expected)
{
    struct modp_sizes sizes;
    uint8_t out[PUBLIC_MAX];
    bool good = ike2_mbed_modp_sizes(method, &sizes);
    ike2_bytes padded = good ? resized(r, expected, sizes.prime, &good) : expected;

    if (good && base.len != 0)
        base = resized(r, base, sizes.prime, &good);
    return good && ike2_mbed_modp_power(method, base, exponent, out) == IKE2_OK &&
           bytes_equal(bytes_of(out, sizes.prime), padded);
}

void crypto_acvp_ffc_ssc(struct run *run, const struct kv_record *r)
{
    bool good = true, passed;
    ike2_bytes private, own, peer, z;
    uint16_t method;
    size_t len;

    if (!method_of(run, r, "domainParameterGenerationMode", &method, &len))
        return;
    if (!kv_is(r, "scheme", "dhEphem")) {
        run_skip(run, kv_get(r, "scheme"));
        return;
    }
    private = run_octets(r, "ephemeralPrivateIut", &good);
    own = run_octets(r, "ephemeralPublicIut", &good);
    peer = run_octets(r, "ephemeralPublicServer", &good);
    z = run_octets(r, "z", &good);
    passed = good && modp_gives(r, method, (ike2_bytes){ 0 }, private, own) &&
             modp_gives(r, method, peer, private, z);
    run_expect(run, r, good && passed == kv_is(r, "testPassed", "true"));
}

void crypto_acvp_safe_primes(struct run *run, const struct kv_record *r)
{
    bool good = true, passed;
    ike2_bytes x, y;
    uint16_t method;
    size_t len;

    if (!method_of(run, r, "safePrimeGroup", &method, &len))
        return;
    x = run_octets(r, "x", &good);
    y = run_octets(r, "y", &good);
    passed = good && modp_gives(r, method, (ike2_bytes){ 0 }, x, y);
    run_expect(run, r, good && passed == kv_is(r, "testPassed", "true"));
}

/* The seed is both private values, one behind the other. */
void crypto_strongswan_ke(struct run *run, const struct kv_record *r)
{
    bool good = true;
    struct outcome i, resp;
    ike2_bytes seed, pub_i, pub_r, shared;
    uint16_t method;
    size_t half;

    if (!method_of(run, r, "method", &method, &half))
        return;
    seed = run_octets(r, "seed", &good);
    pub_i = run_octets(r, "pub_i", &good);
    pub_r = run_octets(r, "pub_r", &good);
    shared = run_octets(r, "shared", &good);
    good = good && seed.len == 2 * half;
    if (good) {
        side_run(run, method, bytes_of(seed.ptr, half), pub_r, &i);
        side_run(run, method, bytes_of(seed.ptr + half, half), pub_i, &resp);
        good = i.err == IKE2_OK && resp.err == IKE2_OK && buffer_is(&i.pub_out, pub_i) &&
               buffer_is(&resp.pub_out, pub_r) && buffer_is(&i.secret_out, shared) &&
               buffer_is(&resp.secret_out, shared);
    }
    run_expect(run, r, good);
}
