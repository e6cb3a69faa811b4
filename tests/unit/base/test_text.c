/* lib/base/text.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "base/text.h"

static char room[128];

static struct text begin(void)
{
    memset(room, 'x', sizeof room);
    return text_of(room, sizeof room);
}

static void empty_text_is_terminated(void **state)
{
    (void)state;
    (void)begin();
    assert_string_equal(room, "");
}

static void text_is_cut_but_counted(void **state)
{
    (void)state;
    for (size_t cap = 0; cap < 12; cap++) {
        char expected[12] = "";
        struct text t;

        memset(room, 'x', sizeof room);
        t = text_of(room, cap);
        ike2_text_add(&t, "0123");
        ike2_text_uint(&t, 4567);
        assert_int_equal(t.len, 8);
        assert_int_equal(room[cap], 'x');
        strncat(expected, "01234567", cap == 0 ? 0 : cap - 1);
        if (cap != 0)
            assert_string_equal(room, expected);
    }
}

static void numbers_are_decimal(void **state)
{
    struct text t = begin();

    (void)state;
    ike2_text_uint(&t, 0);
    ike2_text_char(&t, ' ');
    ike2_text_uint(&t, 10);
    ike2_text_char(&t, ' ');
    ike2_text_uint(&t, UINT64_MAX);
    assert_string_equal(room, "0 10 18446744073709551615");
}

static void hex_has_two_digits_per_octet(void **state)
{
    struct text t = begin();

    (void)state;
    ike2_text_hex(&t, bytes_of("\x00\x0f\xa0\xff", 4));
    ike2_text_hex(&t, (ike2_bytes){ 0 });
    ike2_text_char(&t, ' ');
    ike2_text_hex_uint(&t, 0x1a, 4);
    ike2_text_char(&t, ' ');
    ike2_text_hex_uint(&t, UINT64_MAX, 16);
    assert_string_equal(room, "000fa0ff 001a ffffffffffffffff");
}

static void foreign_octets_are_escaped(void **state)
{
    struct text t = begin();

    (void)state;
    ike2_text_escaped(&t, bytes_of("a\n\x1b[0m\\\x7f\xc3\xa9\0~", 12));
    assert_string_equal(room, "a\\x0a\\x1b[0m\\x5c\\x7f\\xc3\\xa9\\x00~");
}

static void expect_ipv6(const char *octets, const char *words)
{
    struct text t = begin();

    ike2_text_ip(&t, bytes_of(octets, 16));
    assert_string_equal(room, words);
}

static void ipv6_follows_rfc_5952(void **state)
{
    (void)state;
    expect_ipv6("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "::");
    expect_ipv6("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1", "::1");
    expect_ipv6("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\0", "2001:db8::");
    expect_ipv6("\x20\x01\x0d\xb8\0\0\0\1\0\1\0\1\0\1\0\1", "2001:db8:0:1:1:1:1:1");
    expect_ipv6("\x20\x01\0\0\0\0\0\1\0\0\0\0\0\0\0\1", "2001:0:0:1::1");
    expect_ipv6("\x20\x01\x0d\xb8\0\0\0\0\0\1\0\0\0\0\0\1", "2001:db8::1:0:0:1");
    expect_ipv6("\0\1\0\2\0\3\0\4\0\5\0\6\0\7\xab\xcd", "1:2:3:4:5:6:7:abcd");
    expect_ipv6("\0\0\0\0\0\0\0\0\0\0\0\0\0\1\x10\x00", "::1:1000");
    expect_ipv6("\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "1::");
}

static void address_of_other_length_is_hex(void **state)
{
    struct text t = begin();

    (void)state;
    ike2_text_ip(&t, bytes_of("\x0a\x00\x01", 3));
    assert_string_equal(room, "0a0001");
}

static void expect_addr(ike2_addr addr, const char *words)
{
    struct text t = begin();

    ike2_text_addr(&t, &addr);
    assert_string_equal(room, words);
}

static void transport_address_has_its_port(void **state)
{
    (void)state;
    expect_addr((ike2_addr){ .family = 4, .port = 500, .ip = { 192, 0, 2, 1 } },
                "192.0.2.1:500");
    expect_addr((ike2_addr){ .family = 6, .port = 4500,
                             .ip = { 0x20, 1, 0x0d, 0xb8, [15] = 1 } },
                "[2001:db8::1]:4500");
    expect_addr((ike2_addr){ .family = 6, .scope = 2, .ip = { 0xfe, 0x80, [15] = 1 } },
                "[fe80::1%2]:0");
    expect_addr((ike2_addr){ .port = 500 }, "any");
    expect_addr((ike2_addr){ .family = 9, .port = 500 }, "any");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_text_is_terminated),
        cmocka_unit_test(text_is_cut_but_counted),
        cmocka_unit_test(numbers_are_decimal),
        cmocka_unit_test(hex_has_two_digits_per_octet),
        cmocka_unit_test(foreign_octets_are_escaped),
        cmocka_unit_test(ipv6_follows_rfc_5952),
        cmocka_unit_test(address_of_other_length_is_hex),
        cmocka_unit_test(transport_address_has_its_port),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
