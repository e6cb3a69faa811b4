/* Words as values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/crypto.h>
#include <ike2/iana.h>

#include "common/value.h"

static void numbers_have_a_range(void **state)
{
    uint32_t n = 7;

    (void)state;
    assert_null(value_number("0", 0, 10, &n));
    assert_int_equal(n, 0);
    assert_null(value_number("4294967295", 0, UINT32_MAX, &n));
    assert_true(n == UINT32_MAX);
    assert_string_equal(value_number("11", 1, 10, &n), "is too large: write 1 to 10");
    assert_string_equal(value_number("0", 1, 10, &n), "is too small: write 1 to 10");
    assert_string_equal(value_number("-1", 1, 10, &n), "is no number: write 1 to 10");
    assert_non_null(value_number("", 0, 10, &n));
    assert_non_null(value_number("1x", 0, 10, &n));
    assert_non_null(value_number("99999999999999999999", 0, UINT32_MAX, &n));
    assert_true(n == UINT32_MAX); /* untouched */
}

static void times_have_units(void **state)
{
    static const struct {
        const char *text;
        uint32_t seconds;
    } good[] = { { "30", 30 },   { "30s", 30 },        { "5m", 300 },
                 { "2h", 7200 }, { "365d", 31536000 }, { "never", UINT32_MAX } };
    static const char *const bad[] = { "",    "s",    "5 m", "5ms",         "5w",
                                       "-5s", "366d", "0s",  "99999999999h" };
    uint32_t n = 0;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_null(value_seconds(good[i].text, 1, &n));
        assert_true(n == good[i].seconds);
    }
    for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_non_null(value_seconds(bad[i], 1, &n));
}

static void octets_have_units_of_1024(void **state)
{
    static const struct {
        const char *text;
        uint64_t octets;
    } good[] = {
        { "1", 1 },
        { "64k", 64u << 10 },
        { "64KiB", 64u << 10 },
        { "1024000KB", 1024000ull << 10 },
        { "500m", 500ull << 20 },
        { "20G", 20ull << 30 },
        { "2tb", 2ull << 40 },
        { "7b", 7 },
    };
    static const char *const bad[] = { "",    "k",     "0",  "-1k",    "1 k",
                                       "1kk", "1kbit", "1x", "999999t" };
    uint64_t n = 0;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_null(value_octets(good[i].text, 1, &n));
        assert_true(n == good[i].octets);
    }
    for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_non_null(value_octets(bad[i], 1, &n));
    assert_true(n == 7);
}

static void words_are_suggested(void **state)
{
    static const char *const words[] = { "auto", "always", "never" };
    bool on = false;
    size_t index = 9;

    (void)state;
    assert_null(value_word("never", words, 3, &index));
    assert_int_equal(index, 2);
    assert_string_equal(value_word("alwasy", words, 3, &index),
                        "is none of auto, always, never; did you mean 'always'?");
    assert_string_equal(value_word("x", words, 3, &index), "is none of auto, always, never");
    assert_null(value_switch("yes", &on));
    assert_true(on);
    assert_non_null(value_switch("true", &on));
}

static void addresses_are_numeric(void **state)
{
    ike2_addr a = { 0 };

    (void)state;
    assert_null(value_address("192.0.2.1", &a));
    assert_true(a.family == 4 && a.ip[0] == 192 && a.ip[3] == 1);
    assert_null(value_address("[2001:db8::1]", &a));
    assert_true(a.family == 6 && a.ip[0] == 0x20 && a.ip[15] == 1);
    assert_null(value_address("::", &a));
    assert_non_null(value_address("localhost", &a));
    assert_non_null(value_address("192.0.2.1:500", &a));
    assert_non_null(value_address("[192.0.2.1]", &a));
    assert_non_null(value_address("", &a));
}

static void proposals_name_the_unknown_algorithm(void **state)
{
    static struct proposals p;

    (void)state;
    assert_null(value_proposal("aes256gcm16-prfsha384-ecp384", IKE2_PROTOCOL_IKE, &p));
    assert_int_equal(p.n, 1);
    assert_int_equal(p.list[0].n_transforms, 3);
    assert_string_equal(value_proposal("aes256-sha265-ecp256", IKE2_PROTOCOL_IKE, &p),
                        "names no algorithm the library knows: 'sha265'; did you mean 'sha256'?");
    assert_string_equal(value_proposal("aes256", IKE2_PROTOCOL_IKE, &p),
                        "names no integrity algorithm, as sha256: this encryption needs one");
    assert_int_equal(p.n, 1);
}

static void what_a_proposal_is_wrong_in_is_said(void **state)
{
    static const struct {
        const char *text;
        uint8_t protocol;
        const char *said;
    } rows[] = {
        { "", IKE2_PROTOCOL_IKE, "has no word at character 1" },
        { "aes256gcm16--ecp384", IKE2_PROTOCOL_IKE, "has no word at character 13" },
        { "aes256gcm16-", IKE2_PROTOCOL_ESP, "has no word at character 13" },
        { "aes256gcm16-prfsha384-ecp384-esn", IKE2_PROTOCOL_IKE,
          "names esn, which is for ESP only" },
        { "aes256gcm16-prfsha384", IKE2_PROTOCOL_ESP, "names prfsha384, which is for IKE only" },
        { "aes256gcm16-aes256-sha256-ecp384", IKE2_PROTOCOL_IKE,
          "mixes an AEAD with other encryption: write two proposals" },
        { "prfsha384-ecp384", IKE2_PROTOCOL_IKE, "names no encryption, as aes256gcm16" },
        { "aes128-modp2048", IKE2_PROTOCOL_ESP,
          "names no integrity algorithm, as sha256: this encryption needs one" },
        { "aes256gcm16-ecp384", IKE2_PROTOCOL_IKE, "names no PRF, as prfsha384" },
        { "aes256-sha256", IKE2_PROTOCOL_IKE, "names no key exchange, as ecp384" },
    };
    static struct proposals p;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_string_equal(value_proposal(rows[i].text, rows[i].protocol, &p), rows[i].said);
        assert_int_equal(p.n, 0);
    }
}

static void proposals_name_what_this_build_lacks(void **state)
{
    static struct proposals p;

    (void)state;
    assert_string_equal(value_proposal("aes256-sha256-ecp256-mlkem768", IKE2_PROTOCOL_IKE, &p),
                        "names mlkem768, which the crypto provider of this build lacks: name "
                        "another one");
    assert_int_equal(p.n, 0);
    assert_null(value_proposal("aes256gcm16-modpnone-esn", IKE2_PROTOCOL_ESP, &p));
}

static void lists_are_bounded(void **state)
{
    static struct proposals p;
    static struct selectors s;
    static struct schemes schemes;
    size_t i;

    (void)state;
    for (i = 0; i < PROPOSALS_MAX; i++)
        assert_null(value_proposal("aes256gcm16", IKE2_PROTOCOL_ESP, &p));
    assert_string_equal(value_proposal("aes256gcm16", IKE2_PROTOCOL_ESP, &p),
                        "is one proposal too many: 8 will do");
    for (i = 0; i < SELECTORS_MAX; i++)
        assert_null(value_selector("10.1.0.0/16", &s));
    assert_non_null(value_selector("10.1.0.0/16", &s));
    for (i = 0; i < SCHEMES_MAX; i++)
        assert_null(value_scheme("rsa-sha256", &schemes));
    assert_non_null(value_scheme("rsa-sha256", &schemes));
}

static void schemes_have_words(void **state)
{
    struct schemes all;
    size_t i;

    (void)state;
    value_all_schemes(&all);
    for (i = 0; i < all.n; i++) {
        struct schemes one = { 0 };

        assert_null(value_scheme(value_scheme_word(all.list[i]), &one));
        assert_int_equal(one.list[0], all.list[i]);
    }
    assert_null(value_scheme_word(0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_have_a_range),
        cmocka_unit_test(times_have_units),
        cmocka_unit_test(octets_have_units_of_1024),
        cmocka_unit_test(words_are_suggested),
        cmocka_unit_test(addresses_are_numeric),
        cmocka_unit_test(proposals_name_the_unknown_algorithm),
        cmocka_unit_test(what_a_proposal_is_wrong_in_is_said),
        cmocka_unit_test(proposals_name_what_this_build_lacks),
        cmocka_unit_test(lists_are_bounded),
        cmocka_unit_test(schemes_have_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
