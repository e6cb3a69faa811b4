/* IP addresses from text. RFC 4291 2.2. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/ip.h"
#include "support/octets.h"

static size_t parse(const char *text, uint8_t ip[16])
{
    return ike2_ip_parse(bytes_of(text, strlen(text)), ip);
}

static void addresses_are_parsed(void **state)
{
    static const struct {
        const char *text, *hex;
    } cases[] = {
        { "0.0.0.0", "00000000" },
        { "192.0.2.1", "c0000201" },
        { "255.255.255.255", "ffffffff" },
        { "::", "00000000000000000000000000000000" },
        { "::1", "00000000000000000000000000000001" },
        { "1::", "00010000000000000000000000000000" },
        { "2001:db8::1", "20010db8000000000000000000000001" },
        { "2001:DB8:0:0:8:800:200C:417A", "20010db80000000000080800200c417a" },
        { "1:2:3:4:5:6:7:8", "00010002000300040005000600070008" },
        { "1:2:3:4:5:6:7::", "00010002000300040005000600070000" },
        { "::2:3:4:5:6:7:8", "00000002000300040005000600070008" },
        { "::ffff:192.0.2.1", "00000000000000000000ffffc0000201" },
        { "1:2:3:4:5:6:192.0.2.1", "000100020003000400050006c0000201" },
        { "fe80::1:0:0:2", "fe800000000000000001000000000002" },
    };
    uint8_t ip[16];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t len = parse(cases[i].text, ip);

        octets_expect_hex(bytes_of(ip, len), cases[i].hex);
    }
}

static void other_texts_are_no_addresses(void **state)
{
    static const char *const wrong[] = {
        "",           "1",          "1.2.3",      "1.2.3.4.5",       "1.2.3.256",  "01.2.3.4",
        "1.2.3.4 ",   " 1.2.3.4",   "1..3.4",     "1.2.3.",          "1.2.3.1000", "a.b.c.d",
        ":",          ":::",        "1:::2",      "1::2::3",         ":1",         "1:",
        "1:2:3:4:5:6:7",            "1:2:3:4:5:6:7:8:9",             "1:2:3:4:5:6:7:8::",
        "::1:2:3:4:5:6:7:8",        "12345::",    "g::",             "fe80::1%2",  "2001:db8::/32",
        "1:2:3:4:5:6:7:1.2.3.4",    "1.2.3.4::",  "::1.2.3.4:5",     "::1.2.3",    "-1.2.3.4",
    };
    uint8_t ip[16];

    (void)state;
    memset(ip, 0x5a, sizeof ip);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(parse(wrong[i], ip), 0);
        for (size_t k = 0; k < sizeof ip; k++)
            assert_int_equal(ip[k], 0x5a);
    }
}

/* In a block of exactly its size, so that a sanitizer sees the first octet too many. */
static void text_need_not_be_terminated(void **state)
{
    static const char text[] = "1:2:3:4:5:6:192.0.2.1";
    uint8_t ip[16];

    (void)state;
    for (size_t len = 1; len < sizeof text; len++) {
        uint8_t *copy = malloc(len);

        assert_non_null(copy);
        memcpy(copy, text, len);
        (void)ike2_ip_parse(bytes_of(copy, len), ip);
        free(copy);
    }
    assert_int_equal(ike2_ip_parse((ike2_bytes){ 0 }, ip), 0);
    assert_int_equal(ike2_ip_parse(bytes_of("192.0.2.15", 9), ip), 4);
    assert_int_equal(ip[3], 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_parsed),
        cmocka_unit_test(other_texts_are_no_addresses),
        cmocka_unit_test(text_need_not_be_terminated),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
