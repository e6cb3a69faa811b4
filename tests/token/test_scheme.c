/* examples/common/token_scheme.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "common/provider.h"
#include "common/token_scheme.h"

static struct provider provider;

static int setup(void **state)
{
    struct problem why;

    (void)state;
    return provider_open(&provider, &why) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    provider_close(&provider);
    return 0;
}

static ike2_bytes text_of(const char *text)
{
    return (ike2_bytes){ .ptr = (const uint8_t *)text, .len = strlen(text) };
}

/* --- In ------------------------------------------------------------------------------ */

/* FIPS 180-2 B.1, "abc". */
static const uint8_t abc_sha256[32] = {
    0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23,
    0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad,
};

static void make(uint16_t scheme, struct token_input *out)
{
    const ike2_bytes parts[] = { text_of("a"), text_of("bc") };

    assert_int_equal(token_input_make(provider.crypto, scheme, parts, 2, out), IKE2_OK);
}

static void pkcs1_gets_a_digest_info(void **state)
{
    /* RFC 8017 9.2, notes: SHA-256. */
    static const uint8_t before[] = { 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                      0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20 };
    struct token_input in;

    (void)state;
    make(IKE2_SIG_RSA_PKCS1_SHA256, &in);
    assert_int_equal(in.mechanism.mechanism, CKM_RSA_PKCS);
    assert_null(in.mechanism.pParameter);
    assert_int_equal(in.len, sizeof before + sizeof abc_sha256);
    assert_memory_equal(in.octets, before, sizeof before);
    assert_memory_equal(in.octets + sizeof before, abc_sha256, sizeof abc_sha256);
}

static void digest_info_says_which_hash(void **state)
{
    static const struct {
        uint16_t scheme;
        uint8_t whole, arc, digest;
    } rows[] = {
        { IKE2_SIG_RSA_PKCS1_SHA384, 0x41, 0x02, 0x30 },
        { IKE2_SIG_RSA_PKCS1_SHA512, 0x51, 0x03, 0x40 },
    };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct token_input in;

        make(rows[i].scheme, &in);
        assert_int_equal(in.octets[1], rows[i].whole);
        assert_int_equal(in.octets[14], rows[i].arc);
        assert_int_equal(in.octets[18], rows[i].digest);
        assert_int_equal(in.len, 19u + rows[i].digest);
    }
}

static void pss_has_one_hash_everywhere(void **state)
{
    static const struct {
        uint16_t scheme;
        CK_MECHANISM_TYPE hash;
        CK_RSA_PKCS_MGF_TYPE mask;
        size_t len;
    } rows[] = {
        { IKE2_SIG_RSA_PSS_SHA256, CKM_SHA256, CKG_MGF1_SHA256, 32 },
        { IKE2_SIG_RSA_PSS_SHA384, CKM_SHA384, CKG_MGF1_SHA384, 48 },
        { IKE2_SIG_RSA_PSS_SHA512, CKM_SHA512, CKG_MGF1_SHA512, 64 },
    };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct token_input in;

        make(rows[i].scheme, &in);
        assert_int_equal(in.mechanism.mechanism, CKM_RSA_PKCS_PSS);
        assert_ptr_equal(in.mechanism.pParameter, &in.pss);
        assert_int_equal(in.mechanism.ulParameterLen, sizeof in.pss);
        assert_int_equal(in.pss.hashAlg, rows[i].hash);
        assert_int_equal(in.pss.mgf, rows[i].mask);
        assert_int_equal(in.pss.sLen, rows[i].len);
        assert_int_equal(in.len, rows[i].len);
    }
}

static void ecdsa_gets_the_bare_hash(void **state)
{
    struct token_input in;

    (void)state;
    make(IKE2_SIG_ECDSA_SHA256_DER, &in);
    assert_int_equal(in.mechanism.mechanism, CKM_ECDSA);
    assert_null(in.mechanism.pParameter);
    assert_int_equal(in.len, sizeof abc_sha256);
    assert_memory_equal(in.octets, abc_sha256, sizeof abc_sha256);
}

static void schemes_that_no_token_is_asked_for_are_refused(void **state)
{
    static const uint16_t schemes[] = { 0, IKE2_SIG_RSA_PKCS1_SHA1, IKE2_SIG_ED25519 };
    const ike2_bytes part = text_of("abc");

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct token_input in;
        uint8_t room[8];
        ike2_buffer out = { .ptr = room, .cap = sizeof room };

        assert_int_equal(token_input_make(provider.crypto, schemes[i], &part, 1, &in),
                         IKE2_ERR_UNSUPPORTED);
        assert_int_equal(token_output(schemes[i], part, &out), IKE2_ERR_UNSUPPORTED);
    }
}

static void each_kind_lists_its_schemes_best_first(void **state)
{
    static const struct {
        enum token_kind kind;
        uint16_t first;
        size_t n;
        CK_MECHANISM_TYPE mechanism;
    } rows[] = {
        { TOKEN_RSA, IKE2_SIG_RSA_PSS_SHA256, 6, CKM_RSA_PKCS_PSS },
        { TOKEN_P256, IKE2_SIG_ECDSA_SHA256_DER, 2, CKM_ECDSA },
        { TOKEN_P384, IKE2_SIG_ECDSA_SHA384_DER, 2, CKM_ECDSA },
        { TOKEN_P521, IKE2_SIG_ECDSA_SHA512_DER, 2, CKM_ECDSA },
    };

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        CK_MECHANISM_TYPE mechanism = 0;
        uint16_t scheme = 0;
        size_t n = 0;

        assert_true(token_scheme_at(rows[i].kind, 0, &scheme, &mechanism));
        assert_int_equal(scheme, rows[i].first);
        assert_int_equal(mechanism, rows[i].mechanism);
        while (token_scheme_at(rows[i].kind, n, &scheme, &mechanism))
            n++;
        assert_int_equal(n, rows[i].n);
    }
}

/* --- Out ----------------------------------------------------------------------------- */

/* r and s with these first octets; the others are 0x11. */
static ike2_err der(size_t half, uint8_t r_first, uint8_t s_first, uint16_t scheme,
                    ike2_buffer *out)
{
    uint8_t raw[132];

    memset(raw, 0x11, sizeof raw);
    raw[0] = r_first;
    raw[half] = s_first;
    return token_output(scheme, (ike2_bytes){ raw, 2 * half }, out);
}

static void ecdsa_becomes_der(void **state)
{
    uint8_t room[160];
    ike2_buffer out = { .ptr = room, .cap = sizeof room };

    (void)state;
    assert_int_equal(der(32, 0x7f, 0x7f, IKE2_SIG_ECDSA_SHA256_DER, &out), IKE2_OK);
    assert_int_equal(out.len, 2 + 2 * 34);
    assert_int_equal(room[0], 0x30);
    assert_int_equal(room[1], 68);
    assert_int_equal(room[2], 0x02);
    assert_int_equal(room[3], 32);
    assert_int_equal(room[4], 0x7f);
    assert_int_equal(room[36], 0x02);
}

static void der_numbers_are_positive_and_short(void **state)
{
    uint8_t room[160];
    ike2_buffer out = { .ptr = room, .cap = sizeof room };

    (void)state;
    assert_int_equal(der(32, 0x80, 0x00, IKE2_SIG_ECDSA_SHA256_DER, &out), IKE2_OK);
    assert_int_equal(out.len, 2 + 35 + 33);
    assert_int_equal(room[3], 33); /* a zero in front of the high bit */
    assert_int_equal(room[4], 0x00);
    assert_int_equal(room[5], 0x80);
    assert_int_equal(room[38], 31); /* no zero where none is needed */
    assert_int_equal(room[39], 0x11);
}

static void der_of_a_large_curve_has_a_long_length(void **state)
{
    uint8_t room[160];
    ike2_buffer out = { .ptr = room, .cap = sizeof room };

    (void)state;
    assert_int_equal(der(66, 0x01, 0x01, IKE2_SIG_ECDSA_SHA512_DER, &out), IKE2_OK);
    assert_int_equal(out.len, 3 + 2 * 68);
    assert_int_equal(room[1], 0x81);
    assert_int_equal(room[2], 136);
}

static void raw_signatures_stay_as_they_are(void **state)
{
    uint8_t room[160];
    ike2_buffer out = { .ptr = room, .cap = sizeof room };

    (void)state;
    assert_int_equal(der(32, 0x80, 0x00, IKE2_SIG_ECDSA_P256_SHA256_RAW, &out), IKE2_OK);
    assert_int_equal(out.len, 64);
    assert_int_equal(room[0], 0x80);
    assert_int_equal(room[32], 0x00);
}

static void signature_of_another_size_is_none(void **state)
{
    uint8_t room[160];
    ike2_buffer out = { .ptr = room, .cap = sizeof room };

    (void)state;
    assert_int_equal(der(24, 1, 1, IKE2_SIG_ECDSA_SHA256_DER, &out), IKE2_ERR_CRYPTO);
    assert_int_equal(der(66, 1, 1, IKE2_SIG_ECDSA_P384_SHA384_RAW, &out), IKE2_ERR_CRYPTO);
    assert_int_equal(out.len, 0);
}

static void signature_has_to_fit(void **state)
{
    uint8_t room[69];
    ike2_buffer out = { .ptr = room, .cap = sizeof room };

    (void)state;
    assert_int_equal(der(32, 0x7f, 0x7f, IKE2_SIG_ECDSA_SHA256_DER, &out), IKE2_ERR_SPACE);
    assert_int_equal(out.len, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(pkcs1_gets_a_digest_info),
        cmocka_unit_test(digest_info_says_which_hash),
        cmocka_unit_test(pss_has_one_hash_everywhere),
        cmocka_unit_test(ecdsa_gets_the_bare_hash),
        cmocka_unit_test(schemes_that_no_token_is_asked_for_are_refused),
        cmocka_unit_test(each_kind_lists_its_schemes_best_first),
        cmocka_unit_test(ecdsa_becomes_der),
        cmocka_unit_test(der_numbers_are_positive_and_short),
        cmocka_unit_test(der_of_a_large_curve_has_a_long_length),
        cmocka_unit_test(raw_signatures_stay_as_they_are),
        cmocka_unit_test(signature_of_another_size_is_none),
        cmocka_unit_test(signature_has_to_fit),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
