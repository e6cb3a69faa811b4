/* lib/x509/name.c: Distinguished Names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "x509/name.h"
#include "support/octets.h"

enum { ROOM = 256 };

/* O=Test, CN=moon; in two RDNs, and in one. */
static const char test_moon[] = "301e310d300b060355040a0c0454657374310d300b06035504030c046d6f6f6e";
static const char as_one_rdn[] = "301c311a300b060355040a0c0454657374300b06035504030c046d6f6f6e";

static ike2_bytes der(const char *hex, uint8_t *room)
{
    return bytes_of(room, octets_from_hex(hex, room, ROOM));
}

static bool are_equal(const char *a, const char *b)
{
    uint8_t left[ROOM], right[ROOM];
    bool equal = ike2_x509_name_equal(der(a, left), der(b, right));

    assert_int_equal(ike2_x509_name_equal(der(b, right), der(a, left)), equal);
    return equal;
}

static bool is_sound(const char *hex)
{
    uint8_t room[ROOM];

    return ike2_x509_name_is_sound(der(hex, room));
}

static void names_are_equal_attribute_by_attribute(void **state)
{
    (void)state;
    assert_true(are_equal(test_moon, test_moon));
    assert_true(are_equal("3000", "3000"));
    assert_false(are_equal(test_moon, "3000"));
    /* Only the first, only the second, both the other way round, CN=sun. */
    assert_false(are_equal(test_moon, "300f310d300b060355040a0c0454657374"));
    assert_false(are_equal(test_moon, "300f310d300b06035504030c046d6f6f6e"));
    assert_false(are_equal(test_moon, "301e310d300b06035504030c046d6f6f6e310d300b060355040a0c04"
                                      "54657374"));
    assert_false(are_equal(test_moon, "301d310d300b060355040a0c0454657374310c300a06035504030c03"
                                      "73756e"));
    /* OU instead of O. */
    assert_false(are_equal(test_moon, "301e310d300b060355040b0c0454657374310d300b06035504030c04"
                                      "6d6f6f6e"));
}

static void rdns_are_not_merged(void **state)
{
    (void)state;
    assert_true(are_equal(as_one_rdn, as_one_rdn));
    assert_false(are_equal(test_moon, as_one_rdn));
}

static void case_matters_but_in_printable_and_utf8_strings(void **state)
{
    (void)state;
    assert_true(are_equal("300f310d300b06035504030c046d6f6f6e",
                          "300f310d300b06035504030c044d4f4f4e"));
    assert_true(are_equal("300f310d300b06035504030c046d6f6f6e",
                          "300f310d300b060355040313044d4f4f4e"));
    /* IA5String and TeletexString. */
    assert_true(are_equal("300f310d300b060355040316046d6f6f6e",
                          "300f310d300b060355040316046d6f6f6e"));
    assert_true(are_equal("300f310d300b060355040316046d6f6f6e",
                          "300f310d300b060355040316044d6f6f6e"));
    assert_false(are_equal("300f310d300b060355040314046d6f6f6e",
                           "300f310d300b060355040314044d6f6f6e"));
    assert_false(are_equal("300f310d300b060355040316046d6f6f6e",
                           "300f310d300b060355040314046d6f6f6e"));
    /* Octets that differ by 0x20 and are no letters. */
    assert_false(are_equal("300c310a300806035504030c0140", "300c310a300806035504030c0160"));
    assert_false(are_equal("300c310a300806035504030c015b", "300c310a300806035504030c017b"));
    assert_false(are_equal("300d310b300906035504030c02c3a4", "300d310b300906035504030c02c384"));
}

static void malformed_names_equal_nothing(void **state)
{
    uint8_t room[ROOM], copy[ROOM];
    ike2_bytes whole = der(test_moon, room);

    (void)state;
    for (size_t len = 0; len < whole.len; len++) {
        ike2_bytes cut = bytes_of(whole.ptr, len);

        memcpy(copy, room, sizeof copy);
        assert_false(ike2_x509_name_equal(cut, whole));
        assert_false(ike2_x509_name_equal(whole, cut));
        assert_false(ike2_x509_name_equal(cut, bytes_of(copy, len)));
        assert_false(ike2_x509_name_is_sound(cut));
    }
    /* An empty RDN, a value that is no attribute, an octet too many. */
    assert_false(are_equal("30023100", "30023100"));
    assert_false(are_equal("300431020500", "300431020500"));
    assert_false(are_equal("3010310d300b060355040a0c045465737400",
                           "3010310d300b060355040a0c045465737400"));
    assert_false(are_equal("300000", "300000"));
}

static void sound_names_have_an_attribute_and_no_nul(void **state)
{
    (void)state;
    assert_true(is_sound(test_moon));
    assert_true(is_sound(as_one_rdn));
    assert_false(is_sound("3000"));
    assert_false(is_sound("3011310d300b060355040a0c04546573743100"));
    assert_false(is_sound("3011310d300b060355040a0c04546573740500"));
    assert_false(is_sound("300b3109300706035504030c00"));
    assert_false(is_sound("300f310d300b06035504030c046d006f6e"));
    assert_false(is_sound("300f310d300b060355040313046d6f6f00"));
    assert_false(is_sound("300f310d300b06035504031604006f6f6e"));
}

/* Zero octets that are part of characters, or of no text. */
static void wide_strings_have_zero_octets(void **state)
{
    (void)state;
    assert_true(is_sound("3011310f300d06035504031e06006d006f006f"));
    assert_true(is_sound("300e310c300a060355042d0303000100"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_equal_attribute_by_attribute),
        cmocka_unit_test(rdns_are_not_merged),
        cmocka_unit_test(case_matters_but_in_printable_and_utf8_strings),
        cmocka_unit_test(malformed_names_equal_nothing),
        cmocka_unit_test(sound_names_have_an_attribute_and_no_nul),
        cmocka_unit_test(wide_strings_have_zero_octets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
