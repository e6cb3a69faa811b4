/* vectors/kdf_stream.c - SKEYSEED and prf+ as NIST gives them: long streams of octets. The library
 * cuts a stream into keys; put together again, they are its beginning for every suite. */
#include <string.h>

#include <ike2/iana.h>

#include "base/bytes.h"
#include "crypto/keys.h"
#include "support/suites.h"
#include "vectors/kdf.h"

/* False if the provider has no PRF of the name. */
static bool prf_find(const struct run *run, const char *name, ike2_transform *out)
{
    static const struct {
        const char *name;
        uint16_t id;
    } prfs[] = {
        { "PRF_HMAC_SHA1", IKE2_PRF_HMAC_SHA1 },
        { "PRF_HMAC_SHA2_256", IKE2_PRF_HMAC_SHA2_256 },
        { "PRF_HMAC_SHA2_384", IKE2_PRF_HMAC_SHA2_384 },
        { "PRF_HMAC_SHA2_512", IKE2_PRF_HMAC_SHA2_512 },
    };
    ike2_transform_info info = IKE2_INIT(ike2_transform_info);

    for (size_t i = 0; name != NULL && i < sizeof prfs / sizeof prfs[0]; i++) {
        if (strcmp(prfs[i].name, name) != 0)
            continue;
        *out = (ike2_transform){ .type = IKE2_TRANSFORM_PRF, .id = prfs[i].id };
        return run->crypto->describe(run->crypto->user, out, &info) == IKE2_OK;
    }
    return false;
}

/* prf(key, data) by the provider alone: the library keeps SKEYSEED to itself. */
static void expect_prf(struct kdf_case *k, ike2_transform prf, const ike2_input key[2],
                       const ike2_input data[3], const char *expected)
{
    const ike2_prf_args args = { .prf = prf, .key = key, .n_key = 2, .data = data, .n_data = 3 };
    ike2_key *out = NULL;

    kdf_expect(k, k->crypto->prf_key(k->crypto->user, &args, &out) == IKE2_OK, "prf");
    kdf_expect_key(k, out, kdf_octets(k, expected), expected);
}

/* prf+(key, data) by the provider alone: to the stream's last octet. */
static void expect_prf_plus(struct kdf_case *k, ike2_transform prf, const ike2_key *key,
                            const ike2_input data[4], ike2_bytes expected)
{
    const ike2_input keys[] = { { .key = key } };
    const ike2_prf_args args = { .prf = prf, .key = keys, .n_key = 1, .data = data, .n_data = 4 };
    ike2_key_slice slice = { .len = expected.len, .use = IKE2_USE_PRF };

    kdf_expect(k, k->crypto->prf_plus(k->crypto->user, &args, &slice, 1) == IKE2_OK, "prf+");
    kdf_expect_key(k, slice.key, expected, "stream of prf+");
}

/* {SK_*} of every suite, with this PRF. */
static void expect_sa_keys(struct kdf_case *k, ike2_transform prf, const ike2_key *shared,
                           const struct key_seeds *seeds, ike2_bytes expected)
{
    for (size_t i = 0; test_suite_at(i) != NULL; i++) {
        ike2_suite suite = test_suite_at(i)->suite;
        struct kdf_stream s = { .len = 0 };
        struct sa_keys keys = { 0 };

        suite.prf = prf;
        kdf_expect(k, ike2_sa_keys_derive(k->crypto, &suite, shared, seeds, &keys) == IKE2_OK,
                   test_suite_at(i)->name);
        kdf_stream_add(k, &s, keys.d);
        kdf_stream_add(k, &s, keys.ai);
        kdf_stream_add(k, &s, keys.ar);
        kdf_stream_add(k, &s, keys.ei);
        kdf_stream_add(k, &s, keys.er);
        kdf_stream_add(k, &s, keys.pi);
        kdf_stream_add(k, &s, keys.pr);
        ike2_sa_keys_clear(k->crypto, &keys);
        kdf_expect_stream(k, &s, expected, "keys of the IKE SA");
    }
}

/* KEYMAT of every suite. */
static void expect_child_keys(struct kdf_case *k, const struct keymat_args *args,
                              ike2_bytes expected)
{
    for (size_t i = 0; test_suite_at(i) != NULL; i++) {
        const ike2_suite *suite = &test_suite_at(i)->suite;
        struct kdf_stream s = { .len = 0 };
        struct child_keys keys = { 0 };

        kdf_expect(k, ike2_child_keys_derive(k->crypto, suite, args, &keys) == IKE2_OK,
                   test_suite_at(i)->name);
        kdf_stream_add(k, &s, keys.encr_i);
        kdf_stream_add(k, &s, keys.integ_i);
        kdf_stream_add(k, &s, keys.encr_r);
        kdf_stream_add(k, &s, keys.integ_r);
        ike2_child_keys_clear(k->crypto, &keys);
        kdf_expect_stream(k, &s, expected, "keys of the Child SA");
    }
}

/* What belongs to one SKEYSEED. */
static void nist_ike(struct kdf_case *k, ike2_transform prf)
{
    const struct key_seeds seeds = {
        .ni = kdf_octets(k, "ni"),
        .nr = kdf_octets(k, "nr"),
        .spi_i = kdf_spi(k, "spii"),
        .spi_r = kdf_spi(k, "spir"),
    };
    ike2_key *shared = kdf_key(k, IKE2_USE_SHARED, "gir");
    ike2_key *skeyseed = kdf_key(k, IKE2_USE_PRF, "skeyseed");
    const ike2_input nonces[] = { { .octets = seeds.ni }, { .octets = seeds.nr } };
    const ike2_input secret[3] = { { .key = shared } };
    const ike2_input data[] = {
        nonces[0], nonces[1],
        { .octets = kdf_octets(k, "spii") }, { .octets = kdf_octets(k, "spir") },
    };

    expect_prf(k, prf, nonces, secret, "skeyseed");
    expect_prf_plus(k, prf, skeyseed, data, kdf_octets(k, "dkm"));
    expect_sa_keys(k, prf, shared, &seeds, kdf_octets(k, "dkm"));
    run_key_free(k->run, shared);
    run_key_free(k->run, skeyseed);
}

/* What belongs to one SK_d: KEYMAT, and the SKEYSEED of a rekeyed IKE SA. */
static void nist_keymat(struct kdf_case *k, ike2_transform prf)
{
    size_t prf_len = kdf_octets(k, "skeyseed").len;
    ike2_key *sk_d = run_key(k->run, IKE2_USE_PRF, bytes_of(kdf_octets(k, "dkm").ptr, prf_len));
    ike2_key *shared = kdf_key(k, IKE2_USE_SHARED, "girnew");
    struct keymat_args args = {
        .prf = prf, .sk_d = sk_d, .ni = kdf_octets(k, "ni"), .nr = kdf_octets(k, "nr")
    };
    const ike2_input key[2] = { { .key = sk_d } };
    const ike2_input nonces[4] = { { .octets = args.ni }, { .octets = args.nr } };
    const ike2_input all[4] = { { .key = shared }, nonces[0], nonces[1] };

    expect_prf_plus(k, prf, sk_d, nonces, kdf_octets(k, "dkm_child"));
    expect_child_keys(k, &args, kdf_octets(k, "dkm_child"));
    args.shared = shared;
    expect_prf_plus(k, prf, sk_d, all, kdf_octets(k, "dkm_child_dh"));
    expect_child_keys(k, &args, kdf_octets(k, "dkm_child_dh"));
    expect_prf(k, prf, key, all, "skeyseed_rekey");
    run_key_free(k->run, sk_d);
    run_key_free(k->run, shared);
}

void kdf_nist(struct run *run, const struct kv_record *record)
{
    struct kdf_case k = kdf_begin(run, record);
    ike2_transform prf;

    if (!prf_find(run, kv_get(record, "prf"), &prf)) {
        run_skip(run, "PRF not provided");
        return;
    }
    nist_ike(&k, prf);
    if (k.good)
        nist_keymat(&k, prf);
    kdf_end(&k);
}

/* key = g^ir, salt = Ni | Nr, out = SKEYSEED; the SPIs are zero here. */
void kdf_strongswan_prf(struct run *run, const struct kv_record *record)
{
    static const uint8_t spis[16];
    struct kdf_case k = kdf_begin(run, record);
    const struct key_seeds seeds = { .ni = kdf_octets(&k, "salt") };
    const ike2_input data[4] = { { .octets = seeds.ni }, { .octets = { spis, sizeof spis } } };
    ike2_suite suite = *test_suite_named("aes256cbc-sha512");
    struct kdf_stream s = { .len = 0 };
    struct sa_keys keys = { 0 };
    ike2_key *shared, *skeyseed;

    if (!prf_find(run, kv_get(record, "arg.prf"), &suite.prf)) {
        run_skip(run, "PRF not provided");
        return;
    }
    shared = kdf_key(&k, IKE2_USE_SHARED, "key");
    skeyseed = kdf_key(&k, IKE2_USE_PRF, "out");
    kdf_expect(&k, ike2_sa_keys_derive(k.crypto, &suite, shared, &seeds, &keys) == IKE2_OK,
               "keys of the IKE SA");
    kdf_stream_add(&k, &s, keys.d);
    kdf_expect(&k, s.len == kdf_octets(&k, "out").len, "length of SK_d");
    expect_prf_plus(&k, suite.prf, skeyseed, data, bytes_of(s.octets, s.len));
    ike2_sa_keys_clear(k.crypto, &keys);
    run_key_free(run, shared);
    run_key_free(run, skeyseed);
    kdf_end(&k);
}

/* key and salt of a prf+, whatever they mean: a Child SA's KEYMAT is like it. */
void kdf_strongswan_prf_plus(struct run *run, const struct kv_record *record)
{
    struct kdf_case k = kdf_begin(run, record);
    const ike2_input data[4] = { { .octets = kdf_octets(&k, "salt") } };
    struct keymat_args args = { .ni = kdf_octets(&k, "salt") };
    ike2_key *key;

    if (!prf_find(run, kv_get(record, "arg.prf"), &args.prf)) {
        run_skip(run, "PRF not provided");
        return;
    }
    key = kdf_key(&k, IKE2_USE_PRF, "key");
    args.sk_d = key;
    expect_prf_plus(&k, args.prf, key, data, kdf_octets(&k, "out"));
    expect_child_keys(&k, &args, kdf_octets(&k, "out"));
    run_key_free(run, key);
    kdf_end(&k);
}
