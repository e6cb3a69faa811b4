/* examples/common/entropy.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "common/entropy.h"

static unsigned bits(const char *text)
{
    return entropy_bits((ike2_bytes){ .ptr = (const uint8_t *)text, .len = strlen(text) });
}

static void random_keys_of_128_bits_are_enough(void **state)
{
    static const char *const keys[] = {
        "7c1f09b2e4a85d36f0c3e97b12d48a65", "A94F6E0B1D5C82377FE310B69C4D28AA",
        "k1Nc0m0pWzT8V6d9s3cQfg==", "dGk4w9XkQ2mVbR7zLs0yFA",
        "wqzjkrtbvmxyplhdscgfnaoieu", "9s#Kd!2q]Vx7@Lm0^Tz",
    };

    (void)state;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        assert_true(bits(keys[i]) >= ENTROPY_LEAST);
}

static void random_octets_have_eight_bits_each(void **state)
{
    static const uint8_t octets[] = { 0x9c, 0x01, 0xf7, 0x44, 0xaa, 0x13, 0xe0, 0x58,
                                      0x2b, 0xcd, 0x91, 0x06, 0x7f, 0xb5, 0x38, 0xd2 };

    (void)state;
    assert_int_equal(entropy_bits((ike2_bytes){ octets, sizeof octets }), 128);
}

static void what_people_choose_is_too_little(void **state)
{
    static const char *const keys[] = {
        "", "a", "secret", "hunter2", "Passw0rd!", "correct horse battery staple",
        "interop-pre-shared-key", "the quick brown fox jumps", "vpn.example.org",
        "01234567890123456789012345678901", "abcdefghijklmnopqrstuvwxyz",
    };

    (void)state;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        assert_true(bits(keys[i]) < ENTROPY_LEAST);
}

static void repetition_adds_nothing(void **state)
{
    (void)state;
    assert_int_equal(bits("xK3xK3xK3xK3xK3xK3xK3xK3xK3xK3"), bits("xK3"));
    assert_true(bits("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa") < 10);
}

static void nine_words_of_dice_are_enough(void **state)
{
    (void)state;
    assert_true(bits("gala mouth brisk ovary tundra clip fever swan") < ENTROPY_LEAST);
    assert_true(bits("gala mouth brisk ovary tundra clip fever swan quilt") >= ENTROPY_LEAST);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_keys_of_128_bits_are_enough),
        cmocka_unit_test(random_octets_have_eight_bits_each),
        cmocka_unit_test(what_people_choose_is_too_little),
        cmocka_unit_test(repetition_adds_nothing),
        cmocka_unit_test(nine_words_of_dice_are_enough),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
