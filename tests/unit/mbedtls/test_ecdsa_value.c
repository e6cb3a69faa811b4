/* lib/mbedtls/ecdsa_value.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "mbedtls/ecdsa_value.h"
#include "support/octets.h"

enum { RAW_MAX = 2 * ECDSA_NUMBER_MAX };

static void expect_both_ways(const char *raw_hex, const char *der_hex)
{
    uint8_t raw[RAW_MAX], again[RAW_MAX], der[ECDSA_DER_MAX];
    size_t len = octets_from_hex(raw_hex, raw, sizeof raw);
    size_t der_len = ike2_mbed_ecdsa_to_der(bytes_of(raw, len), der);

    octets_expect_hex(bytes_of(der, der_len), der_hex);
    assert_true(ike2_mbed_ecdsa_to_raw(bytes_of(der, der_len), len / 2, again));
    assert_memory_equal(again, raw, len);
}

static void numbers_are_as_short_as_der_wants(void **state)
{
    (void)state;
    expect_both_ways("01020304", "300802020102" "02020304");
    expect_both_ways("00010002", "3006020101020102");
    expect_both_ways("00000000", "3006020100020100");
    expect_both_ways("80ff0080", "3009020300" "80ff02020080");
}

/* The longest: two numbers of 66 octets, each with its topmost bit. */
static void largest_value_fits_its_room(void **state)
{
    uint8_t raw[RAW_MAX], again[RAW_MAX], der[ECDSA_DER_MAX];
    size_t len;

    (void)state;
    memset(raw, 0xff, sizeof raw);
    len = ike2_mbed_ecdsa_to_der(bytes_of(raw, sizeof raw), der);
    assert_int_equal(len, ECDSA_DER_MAX);
    assert_true(ike2_mbed_ecdsa_to_raw(bytes_of(der, len), ECDSA_NUMBER_MAX, again));
    assert_memory_equal(again, raw, sizeof raw);
    assert_false(ike2_mbed_ecdsa_to_raw(bytes_of(der, len), ECDSA_NUMBER_MAX - 1, again));
}

static void other_encodings_are_no_der(void **state)
{
    static const char *const wrong[] = {
        "",                         /* nothing */
        "30",                       /* no length */
        "3000",                     /* no numbers */
        "3003020101",               /* one number */
        "3009020101020102020103",   /* three */
        "300602010102010200",       /* an octet behind */
        "3007020101020102",         /* too long for what is there */
        "3005020101020102",         /* too short */
        "308106020101020102",       /* long form of a short length */
        "30820006020101020102",     /* longer form */
        "3080020101020102" "0000",  /* indefinite length */
        "300702810101" "020102",    /* long form in a number */
        "300702020001020102",       /* padded number */
        "3006020181020102",         /* negative number */
        "300502" "0002" "0102",     /* empty number */
        "3106020101020102",         /* a SET */
        "3006030101020102",         /* a BIT STRING */
        "3006020101" "040102",      /* an OCTET STRING */
        "300a0204010203040202" "0102", /* a number that does not fit */
    };
    uint8_t der[64], raw[4];

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        size_t len = octets_from_hex(wrong[i], der, sizeof der);

        assert_false(ike2_mbed_ecdsa_to_raw(bytes_of(der, len), 2, raw));
    }
}

static void every_truncation_is_no_der(void **state)
{
    uint8_t der[64], raw[4];
    size_t len = octets_from_hex("30080202010202020304", der, sizeof der);

    (void)state;
    assert_true(ike2_mbed_ecdsa_to_raw(bytes_of(der, len), 2, raw));
    while (len-- > 0)
        assert_false(ike2_mbed_ecdsa_to_raw(bytes_of(der, len), 2, raw));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_as_short_as_der_wants),
        cmocka_unit_test(largest_value_fits_its_room),
        cmocka_unit_test(other_encodings_are_no_der),
        cmocka_unit_test(every_truncation_is_no_der),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
