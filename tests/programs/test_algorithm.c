/* What is said of algorithms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "common/algorithm.h"

#define ENCR(name, bits) { .type = IKE2_TRANSFORM_ENCR, .id = IKE2_ENCR_##name, .key_bits = bits }
#define PRF(name) { .type = IKE2_TRANSFORM_PRF, .id = IKE2_PRF_##name }
#define INTEG(name) { .type = IKE2_TRANSFORM_INTEG, .id = IKE2_INTEG_##name }
#define KE(name) { .type = IKE2_TRANSFORM_KE, .id = IKE2_KE_##name }

enum { IKE = IKE2_PROTOCOL_IKE, ESP = IKE2_PROTOCOL_ESP };

static void advice_names_the_section(void **state)
{
    static const struct {
        ike2_transform transform;
        uint8_t protocol;
        const char *text;
    } rows[] = {
        { ENCR(DES, 0), IKE, "des: RFC 8247 2.1 says MUST NOT: ENCR_DES" },
        { ENCR(3DES, 0), ESP, "3des: RFC 8221 5 says SHOULD NOT: ENCR_3DES" },
        { PRF(HMAC_MD5), IKE, "prfmd5: RFC 8247 2.2 says MUST NOT: PRF_HMAC_MD5" },
        { INTEG(HMAC_MD5_96), IKE, "md5: RFC 8247 2.3 says MUST NOT: AUTH_HMAC_MD5_96" },
        { INTEG(HMAC_MD5_96), ESP, "md5: RFC 8221 6 says MUST NOT: AUTH_HMAC_MD5_96" },
        { INTEG(HMAC_SHA1_160), ESP, "sha1_160: RFC 9395 says DEPRECATED" },
        { KE(MODP_1536), IKE, "modp1536: RFC 8247 2.4 says SHOULD NOT: 1536-bit MODP Group" },
        { KE(MODP_1536), ESP, "modp1536: RFC 8247 2.4 says SHOULD NOT: 1536-bit MODP Group" },
        { KE(MODP_768), IKE, "modp768: RFC 8247 2.4 says MUST NOT: 768-bit MODP Group" },
    };
    char text[ALGORITHM_TEXT];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_true(algorithm_is_discouraged(&rows[i].transform, rows[i].protocol, text));
        assert_string_equal(text, rows[i].text);
    }
}

static void nothing_is_said_of_what_is_allowed(void **state)
{
    static const struct {
        ike2_transform transform;
        uint8_t protocol;
    } rows[] = {
        { ENCR(3DES, 0), IKE },           /* MAY */
        { ENCR(AES_GCM_16, 256), ESP },   /* MUST */
        { ENCR(NULL, 0), ESP },           /* MUST */
        { INTEG(HMAC_SHA1_96), IKE },     /* MUST- */
        { KE(CURVE25519), IKE },          /* not mentioned */
        { KE(NONE), ESP },
        { ENCR(AES_CBC, 77), IKE },       /* unknown */
    };
    char text[ALGORITHM_TEXT] = "untouched";

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_false(algorithm_is_discouraged(&rows[i].transform, rows[i].protocol, text));
    assert_string_equal(text, "untouched");
}

static void what_has_no_word_is_named_by_iana(void **state)
{
    static const ike2_transform idea = ENCR(IDEA, 0);
    char text[ALGORITHM_TEXT];

    (void)state;
    assert_true(algorithm_is_discouraged(&idea, IKE, text));
    assert_string_equal(text, "ENCR_IDEA: RFC 9395 says DEPRECATED");
}

static void suggestions_are_what_this_build_has(void **state)
{
    (void)state;
    assert_string_equal(algorithm_nearest("aes265gcm16"), "aes256gcm16");
    assert_string_equal(algorithm_nearest("curve25591"), "curve25519");
    assert_string_equal(algorithm_nearest("sha521"), "sha512");
    assert_string_equal(algorithm_nearest("camelia256ctr"), "aes256ctr");
    assert_null(algorithm_nearest("rot13"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(advice_names_the_section),
        cmocka_unit_test(nothing_is_said_of_what_is_allowed),
        cmocka_unit_test(what_has_no_word_is_named_by_iana),
        cmocka_unit_test(suggestions_are_what_this_build_has),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
