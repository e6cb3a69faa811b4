/* lib/mbedtls/sign.c; right and wrong signatures of others are the reference vectors' business. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <mbedtls/pk.h>
#include <mbedtls/rsa.h>

#include "base/bytes.h"
#include "mbedtls/internal.h"
#include "mbedtls/release.h"
#include "support/keys.h"
#include "support/octets.h"
#include "support/script.h"

enum { SPKI_MAX = 512, SIG_MAX = 512 };

/* Every scheme with a key for it. */
static const struct scheme {
    uint16_t id;
    const char *pem, *spki;
    size_t len; /* of the signature; 0 if it varies */
} schemes[] = {
    { IKE2_SIG_RSA_PKCS1_SHA1, test_rsa_pem, test_rsa_spki, 256 },
    { IKE2_SIG_RSA_PKCS1_SHA256, test_rsa_pem, test_rsa_spki, 256 },
    { IKE2_SIG_RSA_PKCS1_SHA384, test_rsa_pem, test_rsa_spki, 256 },
    { IKE2_SIG_RSA_PKCS1_SHA512, test_rsa_pem, test_rsa_spki, 256 },
    { IKE2_SIG_RSA_PSS_SHA256, test_rsa_pem, test_rsa_spki, 256 },
    { IKE2_SIG_RSA_PSS_SHA384, test_rsa_pem, test_rsa_spki, 256 },
    { IKE2_SIG_RSA_PSS_SHA512, test_rsa_pem, test_rsa_spki, 256 },
    { IKE2_SIG_ECDSA_P256_SHA256_RAW, test_p256_pem, test_p256_spki, 64 },
    { IKE2_SIG_ECDSA_P384_SHA384_RAW, test_p384_pem, test_p384_spki, 96 },
    { IKE2_SIG_ECDSA_P521_SHA512_RAW, test_p521_pem, test_p521_spki, 132 },
    { IKE2_SIG_ECDSA_SHA256_DER, test_p256_pem, test_p256_spki, 0 },
    { IKE2_SIG_ECDSA_SHA384_DER, test_p384_pem, test_p384_spki, 0 },
    { IKE2_SIG_ECDSA_SHA512_DER, test_p521_pem, test_p521_spki, 0 },
    { IKE2_SIG_ECDSA_SHA512_DER, test_p256_pem, test_p256_spki, 0 },
    { IKE2_SIG_ECDSA_SHA256_DER, test_p521_pem, test_p521_spki, 0 },
};

enum { N_SCHEMES = sizeof schemes / sizeof schemes[0] };

static struct script script;
static ike2_mbedtls *provider;
static const ike2_crypto *c;

static int setup(void **state)
{
    (void)state;
    script = (struct script){ .state = 1 };
    provider = script_provider(&script);
    if (provider == NULL)
        return -1;
    c = ike2_mbedtls_crypto(provider);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    ike2_mbedtls_free(provider);
    return 0;
}

static ike2_key *key_of(const char *pem)
{
    ike2_key *key = NULL;

    assert_int_equal(ike2_mbedtls_private_key(provider, bytes_of(pem, strlen(pem)),
                                              (ike2_bytes){ 0 }, &key), IKE2_OK);
    return key;
}

/* A signature of "message". */
struct signature {
    uint8_t at[SIG_MAX];
    size_t len;
};

static ike2_err sign(const ike2_key *key, uint16_t scheme, struct signature *out)
{
    const ike2_bytes parts[] = { bytes_of("mess", 4), bytes_of("age", 3) };
    ike2_buffer sig = { .ptr = out->at, .cap = sizeof out->at };
    ike2_err err = c->sign(c->user, key, scheme, parts, 2, &sig);

    out->len = sig.len;
    return err;
}

static ike2_err verify(const char *spki_hex, uint16_t scheme, const char *message,
                       ike2_bytes signature)
{
    uint8_t spki[SPKI_MAX];
    size_t len = octets_from_hex(spki_hex, spki, sizeof spki);
    const ike2_bytes parts[] = { bytes_of(message, strlen(message)) };

    return ike2_mbedtls_verify(bytes_of(spki, len), scheme, parts, 1, signature);
}

static void sign_by(const struct scheme *s, struct signature *out)
{
    ike2_key *key = key_of(s->pem);

    assert_int_equal(sign(key, s->id, out), IKE2_OK);
    if (s->len != 0)
        assert_int_equal(out->len, s->len);
    c->key_free(c->user, key);
}

static void what_is_signed_verifies(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_SCHEMES; i++) {
        struct signature s;

        sign_by(&schemes[i], &s);
        assert_int_equal(verify(schemes[i].spki, schemes[i].id, "message", bytes_of(s.at, s.len)),
                         IKE2_OK);
    }
}

static void anything_else_does_not_verify(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_SCHEMES; i++) {
        const struct scheme *by = &schemes[i];
        struct signature s;

        sign_by(by, &s);
        s.at[s.len] = 0;
        assert_int_equal(verify(by->spki, by->id, "massage", bytes_of(s.at, s.len)), IKE2_ERR_AUTH);
        assert_int_equal(verify(by->spki, by->id, "message", bytes_of(s.at, s.len - 1)),
                         IKE2_ERR_AUTH);
        assert_int_equal(verify(by->spki, by->id, "message", bytes_of(s.at, s.len + 1)),
                         IKE2_ERR_AUTH);
        assert_int_equal(verify(by->spki, by->id, "message", (ike2_bytes){ 0 }), IKE2_ERR_AUTH);
        for (size_t at = 0; at < s.len; at += 13) {
            s.at[at] ^= 0x10;
            assert_int_equal(verify(by->spki, by->id, "message", bytes_of(s.at, s.len)),
                             IKE2_ERR_AUTH);
            s.at[at] ^= 0x10;
        }
    }
}

/* The same octets verify under one scheme only. */
static void schemes_are_not_interchangeable(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_SCHEMES; i++) {
        struct signature s;

        sign_by(&schemes[i], &s);
        for (size_t k = 0; k < N_SCHEMES; k++) {
            if (schemes[k].id != schemes[i].id)
                assert_int_equal(verify(schemes[i].spki, schemes[k].id, "message",
                                        bytes_of(s.at, s.len)), IKE2_ERR_AUTH);
        }
    }
}

/* Raw zeros, the classic forgery, are no signature. */
static void ecdsa_of_zeros_does_not_verify(void **state)
{
    static const uint8_t zeros[132];

    (void)state;
    for (size_t i = 0; i < N_SCHEMES; i++) {
        if (schemes[i].id >= IKE2_SIG_ECDSA_P256_SHA256_RAW &&
            schemes[i].id <= IKE2_SIG_ECDSA_P521_SHA512_RAW)
            assert_int_equal(verify(schemes[i].spki, schemes[i].id, "message",
                                    bytes_of(zeros, schemes[i].len)), IKE2_ERR_AUTH);
    }
}

/* Made with OpenSSL: PKCS #1 v1.5 has one signature of a message. */
static void pkcs1_signature_is_that_of_others(void **state)
{
    static const char sha256[] =
        "85c7aec8d3ce7a719d2480dbb76dd91f72b9746363dacf46a4b613f18c553171a730362e2e84be38"
        "f606b6080b468c5a66bc7bc3cd05a1305d84740ad3adf2cd88d850780f77f9a2b66626127c543294"
        "0488cb09547d286b54fa81a6e60a7fbdfa937d70101cd8cc80e2ee5328c35fef47a7a76ec6c0bfd6"
        "70a9709ad36cb267bd60683263a1087a3aa3894d532b7bec55643381a672c06079298db7165afbec"
        "116eca4a316fa15099217c16443732fffea7bd79f207161ef973c597cb6babdd70672b9248eb47c4"
        "fa01f50c8358878fab0dd1777e87c1dacffc377076bf7472e7e04d825573d3e0d15f0bb801511628"
        "08abf6eac26715b21a612947bfc7cecd";
    static const char sha1[] =
        "1eb0b0b06842e34e534525ed6a8d64955efdc79cf2007ae06027693db73078c6836f86a9be506631"
        "69f0a06b67a68f987ee270940acf8d944f6cadae59e5c58ee4696d9ff42c57dcab051657753d71b8"
        "268e83cb16800ef5bb385f96058cb80588d5d581f08ad13b11ae720c7b6e7a1b1ccc10ace33496f7"
        "1ce24e0155198331fba930aa976fae0e835ef9de5c3a6a38f1a4c5b6c52874ecb0ea8e55f2dc3547"
        "e7c840d52d0ed9d390faee504a3690a7b7daa92b687111e352815aed8906d3133cbc8e1416690d8e"
        "3e8d78042b6d1c698e507a945c10e0102ce68180e536771026c72d6e9aeff5b7a321483dc6df28fb"
        "6497c60452576c327a57b3fe0ce4ad58";
    ike2_key *key = key_of(test_rsa_pem);
    struct signature s;

    (void)state;
    assert_int_equal(sign(key, IKE2_SIG_RSA_PKCS1_SHA256, &s), IKE2_OK);
    octets_expect_hex(bytes_of(s.at, s.len), sha256);
    assert_int_equal(sign(key, IKE2_SIG_RSA_PKCS1_SHA1, &s), IKE2_OK);
    octets_expect_hex(bytes_of(s.at, s.len), sha1);
    c->key_free(c->user, key);
}

enum { RSA_OCTETS = 256 };

/* The signature whose encoded message is `em`: what a forger with e = 3 strives for. */
static void raw_rsa(const uint8_t em[RSA_OCTETS], uint8_t out[RSA_OCTETS])
{
    ike2_bytes pem = bytes_of(test_rsa_pem, strlen(test_rsa_pem) + 1);
    mbedtls_pk_context pk;
    struct rng rng = { .m = provider };

    mbedtls_pk_init(&pk);
    assert_int_equal(release_pk_parse_key(&pk, pem, (ike2_bytes){ 0 }, &rng), 0);
    assert_int_equal(mbedtls_rsa_private(mbedtls_pk_rsa(pk), ike2_mbed_rng_fill, &rng, em, out), 0);
    mbedtls_pk_free(&pk);
    ike2_mbed_rng_end(&rng);
}

static ike2_err verify_encoded(const char *digest_info, size_t ones, size_t trailing)
{
    uint8_t em[RSA_OCTETS] = { 0, 1 }, signature[RSA_OCTETS];
    uint8_t info[128];
    size_t len = octets_from_hex(digest_info, info, sizeof info);

    if (ones == 0)
        ones = RSA_OCTETS - 3 - len - trailing;
    memset(em + 2, 0xff, ones);
    memcpy(em + 3 + ones, info, len);
    raw_rsa(em, signature);
    return verify(test_rsa_spki, IKE2_SIG_RSA_PKCS1_SHA256, "message",
                  bytes_of(signature, RSA_OCTETS));
}

#define OF_MESSAGE "ab530a13e45914982b79f9b7e3fba994cfd1f3fb22f71cea1afbf02b460c6d1d"

/* RFC 8017 8.2.2, 9.2: there is one encoding of a hash. */
static void pkcs1_padding_is_exact(void **state)
{
    static const char right[] = "3031300d0609608648016503040201050004" "20" OF_MESSAGE;
    static const char *const wrong[] = {
        "302f300b0609608648016503040201" "0420" OF_MESSAGE,           /* no parameters */
        "3031300d0609608648016503040201040004" "20" OF_MESSAGE,      /* others than NULL */
        "3033300f0609608648016503040201050205000420" OF_MESSAGE,      /* longer ones */
        "308131300d060960864801650304020105000420" OF_MESSAGE,        /* BER, a long length */
        "3031300d060960864801650304020205000420" OF_MESSAGE,          /* another algorithm */
        "301d300d06096086480165030402010500040c" "ab530a13e45914982b79f9b7", /* a shorter hash */
        OF_MESSAGE,
        "",
    };

    (void)state;
    assert_int_equal(verify_encoded(right, 0, 0), IKE2_OK);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(verify_encoded(wrong[i], 0, 0), IKE2_ERR_AUTH);
    /* Octets behind the hash, with padding that is shorter than the modulus wants. */
    assert_int_equal(verify_encoded(right, 0, 1), IKE2_ERR_AUTH);
    assert_int_equal(verify_encoded(right, 8, 0), IKE2_ERR_AUTH);
    assert_int_equal(verify_encoded(right, 1, 0), IKE2_ERR_AUTH);
}

/* RFC 8017 5.2.2: 0, 1, and what is not below the modulus. */
static void numbers_that_are_no_rsa_signature_are_refused(void **state)
{
    static const uint16_t both[] = { IKE2_SIG_RSA_PKCS1_SHA256, IKE2_SIG_RSA_PSS_SHA256 };
    uint8_t number[RSA_OCTETS + 1] = { 0 };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        memset(number, 0, sizeof number);
        for (size_t len = 0; len <= sizeof number; len++)
            assert_int_equal(verify(test_rsa_spki, both[i], "message", bytes_of(number, len)),
                             IKE2_ERR_AUTH);
        number[RSA_OCTETS - 1] = 1;
        assert_int_equal(verify(test_rsa_spki, both[i], "message", bytes_of(number, RSA_OCTETS)),
                         IKE2_ERR_AUTH);
        memset(number, 0xff, sizeof number);
        assert_int_equal(verify(test_rsa_spki, both[i], "message", bytes_of(number, RSA_OCTETS)),
                         IKE2_ERR_AUTH);
    }
}

static void pss_salt_comes_from_the_source(void **state)
{
    ike2_key *key = key_of(test_rsa_pem);
    struct signature first, same, other;

    (void)state;
    script.state = 5;
    assert_int_equal(sign(key, IKE2_SIG_RSA_PSS_SHA256, &first), IKE2_OK);
    script.state = 5;
    assert_int_equal(sign(key, IKE2_SIG_RSA_PSS_SHA256, &same), IKE2_OK);
    script.state = 6;
    assert_int_equal(sign(key, IKE2_SIG_RSA_PSS_SHA256, &other), IKE2_OK);
    assert_memory_equal(first.at, same.at, first.len);
    assert_memory_not_equal(first.at, other.at, first.len);
    c->key_free(c->user, key);
}

static void ecdsa_repeats_with_its_source(void **state)
{
    ike2_key *key = key_of(test_p256_pem);
    struct signature first, same;

    (void)state;
    script.state = 5;
    assert_int_equal(sign(key, IKE2_SIG_ECDSA_P256_SHA256_RAW, &first), IKE2_OK);
    script.state = 5;
    assert_int_equal(sign(key, IKE2_SIG_ECDSA_P256_SHA256_RAW, &same), IKE2_OK);
    assert_memory_equal(first.at, same.at, first.len);
    c->key_free(c->user, key);
}

static void key_of_another_type_is_an_argument_error(void **state)
{
    ike2_key *rsa = key_of(test_rsa_pem), *p256 = key_of(test_p256_pem), *octets = NULL;
    struct signature s;

    (void)state;
    assert_int_equal(sign(rsa, IKE2_SIG_ECDSA_SHA256_DER, &s), IKE2_ERR_ARGUMENT);
    assert_int_equal(sign(p256, IKE2_SIG_RSA_PSS_SHA256, &s), IKE2_ERR_ARGUMENT);
    assert_int_equal(sign(p256, IKE2_SIG_ECDSA_P384_SHA384_RAW, &s), IKE2_ERR_ARGUMENT);
    assert_int_equal(c->key_import(c->user, IKE2_USE_PRF, bytes_of(p256->octets, p256->len),
                                   &octets), IKE2_OK);
    assert_int_equal(sign(octets, IKE2_SIG_ECDSA_SHA256_DER, &s), IKE2_ERR_ARGUMENT);
    c->key_free(c->user, octets);
    c->key_free(c->user, rsa);
    c->key_free(c->user, p256);
}

static void unknown_schemes_are_unsupported(void **state)
{
    static const uint16_t unknown[] = { 0, 2, 8, 12, IKE2_SIG_ED25519, IKE2_SIG_ED448, 0xffff };
    ike2_key *key = key_of(test_p256_pem);
    struct signature s;

    (void)state;
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        assert_int_equal(sign(key, unknown[i], &s), IKE2_ERR_UNSUPPORTED);
        assert_int_equal(verify(test_p256_spki, unknown[i], "message", bytes_of("s", 1)),
                         IKE2_ERR_UNSUPPORTED);
    }
    c->key_free(c->user, key);
}

static void too_little_room_tells_the_need(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_SCHEMES; i++) {
        const ike2_bytes part = bytes_of("message", 7);
        ike2_key *key = key_of(schemes[i].pem);
        uint8_t room[16] = { 1 };
        ike2_buffer out = { .ptr = room, .cap = sizeof room };

        assert_int_equal(c->sign(c->user, key, schemes[i].id, &part, 1, &out), IKE2_ERR_SPACE);
        assert_in_range(out.len, 64, SIG_MAX);
        assert_int_equal(room[0], 1);
        c->key_free(c->user, key);
    }
}

static void without_randomness_there_is_no_signature(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_SCHEMES; i++) {
        ike2_key *key = key_of(schemes[i].pem);
        struct signature s;

        script.fails = true;
        assert_int_equal(sign(key, schemes[i].id, &s), IKE2_ERR_CRYPTO);
        assert_int_equal(s.len, 0);
        script.fails = false;
        c->key_free(c->user, key);
    }
}

static void keys_that_are_not_ours_are_unsupported(void **state)
{
    static const char rsa_1024[] =
        "30819f300d06092a864886f70d010101050003818d0030818902818100c015c406670ee8b135314b"
        "9bb94cf5679412456cd88202bd6c614bd589157d3aa2e9144da8acab2f32216039991c3a3a9b0d5d"
        "4379abc60769a97b69d112c57967c386fee979c5fd71687dde621e71af53ac78852df201b9de536b"
        "44c456bf46e151602482ff0cdf9e15cb7da314bc2cc847d5bac9de96d60b77cd19a64285d1020301"
        "0001";
    static const char ed25519[] =
        "302a300506032b657003210036112eac1eb4107c917820e7ba7cedbc19cabaff076726d1e31ba202"
        "f746585d";
    static const char secp256k1[] =
        "3056301006072a8648ce3d020106052b8104000a03420004f83198b56cede70c7957d8a2d5c5d34d"
        "3bd542b456986bd1892b4db61f7736a7118bf40b1513a80b19c39224efb6a3b2abb8e5354d1a781e"
        "b4d911f1cf73dd9c";
    uint8_t sig[128] = { 0 };

    (void)state;
    assert_int_equal(verify(rsa_1024, IKE2_SIG_RSA_PKCS1_SHA256, "m", bytes_of(sig, 128)),
                     IKE2_ERR_UNSUPPORTED);
    assert_int_equal(verify(ed25519, IKE2_SIG_ECDSA_SHA256_DER, "m", bytes_of(sig, 64)),
                     IKE2_ERR_UNSUPPORTED);
    assert_int_equal(verify(secp256k1, IKE2_SIG_ECDSA_SHA256_DER, "m", bytes_of(sig, 64)),
                     IKE2_ERR_UNSUPPORTED);
}

static void spki_is_exact(void **state)
{
    uint8_t spki[SPKI_MAX];
    size_t len = octets_from_hex(test_p256_spki, spki, sizeof spki);
    const ike2_bytes sig = bytes_of("s", 1);

    (void)state;
    spki[len] = 0;
    assert_int_equal(ike2_mbedtls_verify(bytes_of(spki, len), IKE2_SIG_ECDSA_SHA256_DER, NULL, 0,
                                         sig), IKE2_ERR_AUTH);
    assert_int_equal(ike2_mbedtls_verify(bytes_of(spki, len + 1), IKE2_SIG_ECDSA_SHA256_DER, NULL,
                                         0, sig), IKE2_ERR_MALFORMED);
    while (len-- > 0)
        assert_int_equal(ike2_mbedtls_verify(bytes_of(spki, len), IKE2_SIG_ECDSA_SHA256_DER, NULL,
                                             0, sig), IKE2_ERR_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_signed_verifies),
        cmocka_unit_test(anything_else_does_not_verify),
        cmocka_unit_test(schemes_are_not_interchangeable),
        cmocka_unit_test(ecdsa_of_zeros_does_not_verify),
        cmocka_unit_test(pkcs1_signature_is_that_of_others),
        cmocka_unit_test(pkcs1_padding_is_exact),
        cmocka_unit_test(numbers_that_are_no_rsa_signature_are_refused),
        cmocka_unit_test(pss_salt_comes_from_the_source),
        cmocka_unit_test(ecdsa_repeats_with_its_source),
        cmocka_unit_test(key_of_another_type_is_an_argument_error),
        cmocka_unit_test(unknown_schemes_are_unsupported),
        cmocka_unit_test(too_little_room_tells_the_need),
        cmocka_unit_test(without_randomness_there_is_no_signature),
        cmocka_unit_test(keys_that_are_not_ours_are_unsupported),
        cmocka_unit_test(spki_is_exact),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
