/* lib/policy/parse.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "policy/keyword.h"

enum { ROOM = 16 };

/* The proposal in words again. */
static const char *parsed(const char *words, uint8_t protocol)
{
    static char said[512];
    ike2_transform room[ROOM];
    ike2_proposal p;
    size_t len;

    assert_int_equal(ike2_proposal_parse(words, protocol, room, ROOM, &p), IKE2_OK);
    assert_int_equal(p.protocol, protocol);
    assert_int_equal(p.number, 0);
    assert_int_equal(p.spi.len, 0);
    assert_ptr_equal(p.transforms, room);
    len = ike2_proposal_text(&p, said, sizeof said);
    assert_int_equal(len, strlen(said));
    return said;
}

static void expect_ike(const char *words, const char *expected)
{
    assert_string_equal(parsed(words, IKE2_PROTOCOL_IKE), expected);
}

static void expect_esp(const char *words, const char *expected)
{
    assert_string_equal(parsed(words, IKE2_PROTOCOL_ESP), expected);
}

static void expect_error(const char *words, uint8_t protocol, ike2_err err)
{
    ike2_transform room[ROOM];
    ike2_proposal p = { .number = 99 };

    if (ike2_proposal_parse(words, protocol, room, ROOM, &p) != err)
        fail_msg("'%s' is not error %d", words, err);
    assert_int_equal(p.number, 99);
}

static void words_are_transforms_in_order(void **state)
{
    ike2_transform room[3];
    ike2_proposal p;

    (void)state;
    assert_int_equal(ike2_proposal_parse("aes256gcm16-prfsha384-ecp384", IKE2_PROTOCOL_IKE, room,
                                         3, &p), IKE2_OK);
    assert_int_equal(p.n_transforms, 3);
    assert_int_equal(room[0].type, IKE2_TRANSFORM_ENCR);
    assert_int_equal(room[0].id, IKE2_ENCR_AES_GCM_16);
    assert_int_equal(room[0].key_bits, 256);
    assert_int_equal(room[1].type, IKE2_TRANSFORM_PRF);
    assert_int_equal(room[1].id, IKE2_PRF_HMAC_SHA2_384);
    assert_int_equal(room[1].key_bits, 0);
    assert_int_equal(room[2].type, IKE2_TRANSFORM_KE);
    assert_int_equal(room[2].id, IKE2_KE_ECP_384);
}

static void text_is_cut_to_fit_and_its_length_told(void **state)
{
    ike2_transform room[3] = { { .type = IKE2_TRANSFORM_ENCR, .id = 1023, .key_bits = 128 } };
    ike2_proposal p = { .transforms = room, .n_transforms = 1 };
    char text[8] = "xxxxxxx";

    (void)state;
    assert_int_equal(ike2_proposal_text(&p, text, sizeof text), 12);
    assert_string_equal(text, "encr102");
    assert_int_equal(ike2_proposal_text(&p, NULL, 0), 12);
    p.n_transforms = 0;
    assert_int_equal(ike2_proposal_text(&p, text, sizeof text), 0);
    assert_string_equal(text, "");
}

static void several_words_of_a_type_are_alternatives(void **state)
{
    (void)state;
    expect_ike("aes128-aes256-sha256-sha512-prfsha256-prfsha1-x25519-modp4096-ecp521",
               "aes128-aes256-sha256-sha512-prfsha256-prfsha1-x25519-modp4096-ecp521");
}

static void integrity_word_names_the_prf_too(void **state)
{
    (void)state;
    expect_ike("aes128-sha256-x25519", "aes128-sha256-prfsha256-x25519");
    expect_ike("aes128-sha1-sha384-x25519", "aes128-sha1-prfsha1-sha384-prfsha384-x25519");
    expect_ike("aes128-sha512-prfsha256-x25519", "aes128-sha512-prfsha256-x25519");
    expect_ike("aes128-aesxcbc-x25519", "aes128-aesxcbc-prfaesxcbc-x25519");
}

static void combined_cipher_gets_no_integrity(void **state)
{
    (void)state;
    expect_ike("aes256gcm16-sha384-x25519", "aes256gcm16-prfsha384-x25519");
    expect_ike("chacha20poly1305-sha384-prfsha256-x25519",
               "chacha20poly1305-prfsha256-x25519");
    expect_esp("aes128ccm8-sha256", "aes128ccm8-noesn");
}

static void child_says_no_esn_unless_told(void **state)
{
    (void)state;
    expect_esp("aes256gcm16", "aes256gcm16-noesn");
    expect_esp("aes256gcm16-esn", "aes256gcm16-esn");
    expect_esp("aes256gcm16-esn-noesn", "aes256gcm16-esn-noesn");
    expect_esp("aes128-sha256-x25519-modpnone", "aes128-sha256-x25519-modpnone-noesn");
}

static void second_word_for_a_method_is_the_same_method(void **state)
{
    (void)state;
    expect_ike("aes128gcm16-prfsha256-curve25519-x25519", "aes128gcm16-prfsha256-x25519");
}

static void repeated_word_changes_nothing(void **state)
{
    (void)state;
    expect_esp("aes128-aes128-sha256-sha256-aes128", "aes128-sha256-noesn");
}

static void unknown_word_is_unsupported(void **state)
{
    (void)state;
    expect_error("aes256gcm17-prfsha256-x25519", IKE2_PROTOCOL_IKE, IKE2_ERR_UNSUPPORTED);
    expect_error("AES128-sha256-x25519", IKE2_PROTOCOL_IKE, IKE2_ERR_UNSUPPORTED);
    expect_error("aes128-sha256-x25519 ", IKE2_PROTOCOL_IKE, IKE2_ERR_UNSUPPORTED);
    expect_error("aes128-sha25-x25519", IKE2_PROTOCOL_IKE, IKE2_ERR_UNSUPPORTED);
    expect_error("aes128-sha2567-x25519", IKE2_PROTOCOL_IKE, IKE2_ERR_UNSUPPORTED);
    expect_error("aes256gcm16", IKE2_PROTOCOL_AH, IKE2_ERR_UNSUPPORTED);
}

static void empty_word_is_malformed(void **state)
{
    (void)state;
    expect_error("", IKE2_PROTOCOL_ESP, IKE2_ERR_MALFORMED);
    expect_error("-", IKE2_PROTOCOL_ESP, IKE2_ERR_MALFORMED);
    expect_error("-aes256gcm16", IKE2_PROTOCOL_ESP, IKE2_ERR_MALFORMED);
    expect_error("aes256gcm16-", IKE2_PROTOCOL_ESP, IKE2_ERR_MALFORMED);
    expect_error("aes128--sha256", IKE2_PROTOCOL_ESP, IKE2_ERR_MALFORMED);
}

static void incomplete_proposal_is_malformed(void **state)
{
    (void)state;
    expect_error("sha256-x25519", IKE2_PROTOCOL_IKE, IKE2_ERR_MALFORMED);
    expect_error("aes128-sha256", IKE2_PROTOCOL_IKE, IKE2_ERR_MALFORMED);
    expect_error("aes128-prfsha256-x25519", IKE2_PROTOCOL_IKE, IKE2_ERR_MALFORMED);
    expect_error("aes128gcm16-x25519", IKE2_PROTOCOL_IKE, IKE2_ERR_MALFORMED);
    expect_error("aes128", IKE2_PROTOCOL_ESP, IKE2_ERR_MALFORMED);
    expect_error("sha256", IKE2_PROTOCOL_ESP, IKE2_ERR_MALFORMED);
}

static void mixed_ciphers_are_malformed(void **state)
{
    (void)state;
    expect_error("aes128-aes128gcm16-sha256", IKE2_PROTOCOL_ESP, IKE2_ERR_MALFORMED);
    expect_error("aes128gcm16-aes128-sha256-x25519", IKE2_PROTOCOL_IKE, IKE2_ERR_MALFORMED);
}

static void word_of_another_protocol_is_malformed(void **state)
{
    (void)state;
    expect_error("aes128gcm16-prfsha256", IKE2_PROTOCOL_ESP, IKE2_ERR_MALFORMED);
    expect_error("aes128gcm16-prfsha256-x25519-noesn", IKE2_PROTOCOL_IKE, IKE2_ERR_MALFORMED);
    expect_error("aes128gcm16-prfsha256-modpnone", IKE2_PROTOCOL_IKE, IKE2_ERR_MALFORMED);
}

static void room_is_never_overrun(void **state)
{
    static const char *const words[] = { "aes128-aes256-sha256-sha384-x25519-ecp256",
                                         "aes128gcm16-aes256gcm16-prfsha256-x25519" };
    ike2_transform room[8];
    ike2_proposal p = { .number = 99 };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        size_t needed = i == 0 ? 8 : 4;

        for (size_t n = 0; n < needed; n++) {
            memset(room, 0xa5, sizeof room);
            assert_int_equal(ike2_proposal_parse(words[i], IKE2_PROTOCOL_IKE, room, n, &p),
                             IKE2_ERR_SPACE);
            assert_int_equal(p.number, 99);
            assert_int_equal(((const uint8_t *)room)[n * sizeof room[0]], n < 8 ? 0xa5 : 0);
        }
        assert_int_equal(ike2_proposal_parse(words[i], IKE2_PROTOCOL_IKE, room, needed, &p),
                         IKE2_OK);
        p = (ike2_proposal){ .number = 99 };
    }
    assert_int_equal(ike2_proposal_parse("aes128gcm16", IKE2_PROTOCOL_ESP, room, 1, &p),
                     IKE2_ERR_SPACE);
}

static void each_keyword_says_itself(void **state)
{
    const struct algorithm *a;

    (void)state;
    for (size_t i = 0; (a = ike2_registry_at(i)) != NULL; i++) {
        char said[32];
        struct text t = text_of(said, sizeof said);

        if (a->info.word == NULL)
            continue;
        ike2_keyword_add(&t, &a->info.transform);
        assert_string_equal(said, a->info.word);
    }
}

/* What strongSwan calls these, so that a proposal can be copied. */
static void words_are_strongswans(void **state)
{
    static const char *const ike[] = {
        "aes128ctr-aesxcbc-modp4096",           "aes192ctr-aescmac-prfaescmac-modp6144",
        "aes256ctr-sha512-prfaesxcbc-modp8192", "aes128gcm8-prfsha512-ecp521",
        "aes192gcm12-prfsha384-ecp256bp",       "aes256ccm8-prfsha256-ecp384bp",
        "aes128ccm12-prfsha256-ecp512bp",       "3des-sha1-modp1024",
        "3des-sha1-prfsha1-modp1536",           "camellia256-sha256-ecp224bp",
        "camellia128ctr-sha256-ecp224",         "camellia192ccm16-prfsha256-ecp192",
        "aes128-md5-modp768",                   "aes256-sha256-curve448-x448",
        "aes256-sha256-modp1024s160",           "aes256-sha256-modp2048s224-modp2048s256",
    };
    static const char *const esp[] = {
        "aes128gmac",        "aes192gmac-x25519-esn", "aes256gmac-noesn",
        "null-sha256",       "aes256ctr-aesxcbc",     "aes128-aescmac",
        "aes128ccm8-esn",    "aes128-sha1_160",       "aes128-md5_128",
    };
    ike2_transform room[ROOM];
    ike2_proposal p;

    (void)state;
    for (size_t i = 0; i < sizeof ike / sizeof ike[0]; i++)
        if (ike2_proposal_parse(ike[i], IKE2_PROTOCOL_IKE, room, ROOM, &p) != IKE2_OK)
            fail_msg("%s", ike[i]);
    for (size_t i = 0; i < sizeof esp / sizeof esp[0]; i++)
        if (ike2_proposal_parse(esp[i], IKE2_PROTOCOL_ESP, room, ROOM, &p) != IKE2_OK)
            fail_msg("%s", esp[i]);
}

static void counter_mode_needs_integrity(void **state)
{
    (void)state;
    expect_esp("aes128ctr-sha256", "aes128ctr-sha256-noesn");
    expect_error("aes128ctr", IKE2_PROTOCOL_ESP, IKE2_ERR_MALFORMED);
    expect_error("aes128ctr-prfsha256-x25519", IKE2_PROTOCOL_IKE, IKE2_ERR_MALFORMED);
    expect_error("aes128ctr-aes128gcm16-sha256", IKE2_PROTOCOL_ESP, IKE2_ERR_MALFORMED);
}

/* RFC 4543 3: it is combined, although it hides nothing. */
static void gmac_needs_no_integrity(void **state)
{
    (void)state;
    expect_esp("aes256gmac", "aes256gmac-noesn");
    expect_error("null", IKE2_PROTOCOL_ESP, IKE2_ERR_MALFORMED);
    expect_error("null-aes256gmac-sha256", IKE2_PROTOCOL_ESP, IKE2_ERR_MALFORMED);
}

static void cipher_that_hides_nothing_is_not_for_ike(void **state)
{
    (void)state;
    expect_error("aes128gmac-prfsha256-x25519", IKE2_PROTOCOL_IKE, IKE2_ERR_MALFORMED);
    expect_error("null-sha256-x25519", IKE2_PROTOCOL_IKE, IKE2_ERR_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_transforms_in_order),
        cmocka_unit_test(text_is_cut_to_fit_and_its_length_told),
        cmocka_unit_test(several_words_of_a_type_are_alternatives),
        cmocka_unit_test(integrity_word_names_the_prf_too),
        cmocka_unit_test(combined_cipher_gets_no_integrity),
        cmocka_unit_test(child_says_no_esn_unless_told),
        cmocka_unit_test(second_word_for_a_method_is_the_same_method),
        cmocka_unit_test(repeated_word_changes_nothing),
        cmocka_unit_test(unknown_word_is_unsupported),
        cmocka_unit_test(empty_word_is_malformed),
        cmocka_unit_test(incomplete_proposal_is_malformed),
        cmocka_unit_test(mixed_ciphers_are_malformed),
        cmocka_unit_test(word_of_another_protocol_is_malformed),
        cmocka_unit_test(room_is_never_overrun),
        cmocka_unit_test(each_keyword_says_itself),
        cmocka_unit_test(words_are_strongswans),
        cmocka_unit_test(counter_mode_needs_integrity),
        cmocka_unit_test(gmac_needs_no_integrity),
        cmocka_unit_test(cipher_that_hides_nothing_is_not_for_ike),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
