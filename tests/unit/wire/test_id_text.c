/* Text form of identities. RFC 7296 3.5. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include <ike2/iana.h>

#include "base/bytes.h"
#include "support/octets.h"

enum { TEXT_MAX = 512 };

static void expect_text(uint8_t type, const char *hex, const char *expected)
{
    uint8_t octets[TEXT_MAX];
    ike2_id id = { .type = type };
    char text[TEXT_MAX];

    id.data = bytes_of(octets, octets_from_hex(hex, octets, sizeof octets));
    assert_int_equal(ike2_id_text(&id, text, sizeof text), strlen(expected));
    assert_string_equal(text, expected);
}

static void identities_have_a_text(void **state)
{
    (void)state;
    expect_text(0, "", "%any");
    expect_text(IKE2_ID_IPV4_ADDR, "c0000201", "192.0.2.1");
    expect_text(IKE2_ID_IPV6_ADDR, "20010db8000000000000000000000001", "2001:db8::1");
    expect_text(IKE2_ID_FQDN, "6d6f6f6e2e6f7267", "moon.org");
    expect_text(IKE2_ID_RFC822_ADDR, "6140622e63", "a@b.c");
    expect_text(IKE2_ID_KEY_ID, "6a6f", "keyid:jo");
    expect_text(IKE2_ID_DER_ASN1_GN, "82016d", "gn:#82016d");
    expect_text(IKE2_ID_NULL, "", "null");
    expect_text(200, "abcd", "type200:#abcd");
}

/* A name of one type that looks like one of another type is shown with its own. */
static void disguises_are_shown(void **state)
{
    (void)state;
    expect_text(IKE2_ID_FQDN, "3139322e302e322e31", "fqdn:192.0.2.1");
    expect_text(IKE2_ID_FQDN, "6140622e63", "fqdn:a@b.c");
    expect_text(IKE2_ID_FQDN, "6e756c6c", "fqdn:null");
    expect_text(IKE2_ID_FQDN, "", "fqdn:");
    expect_text(IKE2_ID_RFC822_ADDR, "6d6f6f6e", "rfc822:moon");
    expect_text(IKE2_ID_IPV4_ADDR, "c00002", "type1:#c00002");
    expect_text(IKE2_ID_IPV6_ADDR, "c0000201", "type5:#c0000201");
}

/* Nothing a peer sends reaches a terminal, a shell or a log line as it is. */
static void control_and_foreign_octets_are_escaped(void **state)
{
    (void)state;
    expect_text(IKE2_ID_FQDN, "6d0a1b5b33316d", "fqdn:m\\x0a\\x1b[31m");
    expect_text(IKE2_ID_KEY_ID, "005c7fff", "keyid:\\x00\\x5c\\x7f\\xff");
    expect_text(IKE2_ID_RFC822_ADDR, "61004062", "rfc822:a\\x00@b");
}

static void distinguished_name_is_shown_in_short(void **state)
{
    (void)state;
    /* C=CH, O=Example, CN=moon */
    expect_text(IKE2_ID_DER_ASN1_DN,
                "302e310b3009060355040613024348"
                "3110300e060355040a13074578616d706c65"
                "310d300b06035504030c046d6f6f6e",
                "dn:C=CH, O=Example, CN=moon");
    /* CN=a+OU=b in one set; an unknown type; a value that is not text */
    expect_text(IKE2_ID_DER_ASN1_DN, "30143112300806035504030c0161300606035504"
                                     "0b0c0162",
                "dn:#30143112300806035504030c01613006060355040b0c0162");
    expect_text(IKE2_ID_DER_ASN1_DN, "30163114300806035504030c0161300806035504"
                                     "0b0c0162",
                "dn:CN=a+OU=b");
    expect_text(IKE2_ID_DER_ASN1_DN, "300a3108300606012a0c0161", "dn:#2a=a");
    expect_text(IKE2_ID_DER_ASN1_DN, "300d310b300906035504031e020061", "dn:CN=#0061");
    /* A length in two octets where one would do. */
    expect_text(IKE2_ID_DER_ASN1_DN, "30810c310a300806035504030c0161", "dn:CN=a");
}

/* CN="a, O=b": a value cannot pretend to be two. */
static void separators_in_a_name_are_escaped(void **state)
{
    (void)state;
    expect_text(IKE2_ID_DER_ASN1_DN, "3011310f300d06035504030c06612c204f3d62",
                "dn:CN=a\\x2c O\\x3db");
}

static void what_is_no_name_is_shown_in_hex(void **state)
{
    static const char *const damaged[] = {
        "",       "30",           "3000",           "300131",       "30023100",
        "308000", "30840000000c", "300c310a300806035504030c0162ff", "310c300a",
    };
    char expected[128];

    (void)state;
    for (size_t i = 0; i < sizeof damaged / sizeof damaged[0]; i++) {
        (void)memcpy(expected, "dn:#", 5);
        (void)strcat(expected, damaged[i]);
        expect_text(IKE2_ID_DER_ASN1_DN, damaged[i], expected);
    }
}

static void text_is_cut_to_fit(void **state)
{
    static const uint8_t moon[] = { 'm', 'o', 'o', 'n' };
    const ike2_id id = { .type = IKE2_ID_FQDN, .data = { .ptr = moon, .len = sizeof moon } };
    char text[8];

    (void)state;
    for (size_t cap = 0; cap < sizeof text; cap++) {
        memset(text, '!', sizeof text);
        assert_int_equal(ike2_id_text(&id, text, cap), 4);
        assert_int_equal(text[cap], '!');
        if (cap != 0)
            assert_int_equal(strlen(text), cap < 5 ? cap - 1 : 4);
    }
}

static void text_can_be_parsed_again(void **state)
{
    static const uint8_t types[] = { IKE2_ID_FQDN, IKE2_ID_RFC822_ADDR, IKE2_ID_KEY_ID,
                                     IKE2_ID_DER_ASN1_GN };
    uint8_t data[4] = { 0 }, octets[16];
    char text[64];

    (void)state;
    for (size_t i = 0; i < 4 * 256; i++) {
        ike2_id id = { .type = types[i / 256], .data = bytes_of(data, sizeof data) }, again;
        ike2_buffer room = { .ptr = octets, .cap = sizeof octets };

        memcpy(data, "a@b", 3);
        data[i % 4] = (uint8_t)i;
        assert_true(ike2_id_text(&id, text, sizeof text) < sizeof text);
        assert_int_equal(ike2_id_parse(text, &room, &again), IKE2_OK);
        assert_int_equal(again.type, id.type);
        assert_true(bytes_equal(again.data, id.data));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identities_have_a_text),
        cmocka_unit_test(disguises_are_shown),
        cmocka_unit_test(control_and_foreign_octets_are_escaped),
        cmocka_unit_test(distinguished_name_is_shown_in_short),
        cmocka_unit_test(separators_in_a_name_are_escaped),
        cmocka_unit_test(what_is_no_name_is_shown_in_hex),
        cmocka_unit_test(text_is_cut_to_fit),
        cmocka_unit_test(text_can_be_parsed_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
