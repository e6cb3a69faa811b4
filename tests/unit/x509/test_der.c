/* lib/x509/der.c: what is DER, and what is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "support/octets.h"
#include "x509/der.h"

enum { ROOM = 512 };

/* Octets of a value that lives until the next call, in a block of exactly their size. */
static struct reader from(const char *hex)
{
    static uint8_t room[ROOM];
    size_t len = octets_from_hex(hex, room, ROOM);

    memmove(room + ROOM - len, room, len);
    return reader_of(bytes_of(room + ROOM - len, len));
}

static bool is_value(const char *hex)
{
    struct reader r = from(hex);
    struct der d = ike2_der_next(&r);

    assert_int_equal(r.failed, d.whole.len == 0);
    return reader_end(&r);
}

static void lengths_are_definite_and_minimal(void **state)
{
    char long_one[2 * ROOM] = "048180";

    (void)state;
    for (int i = 0; i < 128; i++)
        memcpy(long_one + 6 + 2 * i, "55", 3);
    assert_true(is_value("0400"));
    assert_true(is_value("04023031"));
    assert_true(is_value(long_one));
    assert_false(is_value("04810130")); /* one octet says it */
    assert_false(is_value("0482000130"));
    assert_false(is_value("3080"));
    assert_false(is_value("30800000"));
    assert_false(is_value("0485000000000130"));
    assert_false(is_value("0484ffffffff30"));
    assert_false(is_value("04023130ff"));
    memcpy(long_one, "048200", 6);
    assert_false(is_value(long_one));
}

static void values_that_are_cut_fail(void **state)
{
    static const char *const cut[] = { "",       "04",       "0401",        "0481",
                                       "048180", "04820100", "3003020100ff" };

    (void)state;
    for (size_t i = 0; i < sizeof cut / sizeof cut[0]; i++)
        assert_false(is_value(cut[i]));
}

static void tags_have_one_octet_and_are_not_zero(void **state)
{
    (void)state;
    assert_false(is_value("0000"));
    assert_false(is_value("1f2000"));
    assert_false(is_value("bf2000"));
    assert_true(is_value("8000"));
}

static bool is_integer(const char *hex)
{
    struct reader r = from(hex);

    return ike2_der_integer(&r, DER_INTEGER).len != 0 && reader_end(&r);
}

static uint32_t number(const char *hex)
{
    struct reader r = from(hex);
    uint32_t n = ike2_der_uint(&r, DER_INTEGER);

    return reader_end(&r) ? n : UINT32_MAX;
}

static void integers_are_minimal(void **state)
{
    (void)state;
    assert_true(is_integer("020100"));
    assert_true(is_integer("02020080"));
    assert_true(is_integer("0202ff7f"));
    assert_false(is_integer("0200"));
    assert_false(is_integer("02020001"));
    assert_false(is_integer("0202ff80"));
    assert_false(is_integer("040100"));
    assert_int_equal(number("02017f"), 127);
    assert_int_equal(number("02047fffffff"), INT32_MAX);
    assert_int_equal(number("02050080000000"), INT32_MAX);
    assert_int_equal(number("0201ff"), UINT32_MAX); /* negative */
}

static int boolean(const char *hex)
{
    struct reader r = from(hex);
    bool b = ike2_der_bool(&r, DER_BOOLEAN);

    return reader_end(&r) ? b : -1;
}

static void true_is_all_ones(void **state)
{
    (void)state;
    assert_int_equal(boolean("0101ff"), 1);
    assert_int_equal(boolean("010100"), 0);
    assert_int_equal(boolean("010101"), -1);
    assert_int_equal(boolean("0100"), -1);
    assert_int_equal(boolean("0102ffff"), -1);
}

static uint32_t bits(const char *hex)
{
    struct reader r = from(hex);
    uint32_t b = ike2_der_named_bits(&r, DER_BIT_STRING);

    return reader_end(&r) ? b : UINT32_MAX;
}

static void named_bits_end_with_a_one(void **state)
{
    (void)state;
    assert_int_equal(bits("03020780"), 1);
    assert_int_equal(bits("03020106"), 1 << 5 | 1 << 6);
    assert_int_equal(bits("0303070080"), 1 << 8);
    assert_int_equal(bits("030100"), 0);
    assert_int_equal(bits("03020680"), UINT32_MAX); /* a zero at the end */
    assert_int_equal(bits("03020000"), UINT32_MAX);
    assert_int_equal(bits("030781"), UINT32_MAX);
    assert_int_equal(bits("03020880"), UINT32_MAX);
    assert_int_equal(bits("030101"), UINT32_MAX);
    assert_int_equal(bits("0300"), UINT32_MAX);
}

static bool is_oid(const char *hex)
{
    struct reader r = from(hex);

    return ike2_der_oid(&r, DER_OID).len != 0 && reader_end(&r);
}

static void arcs_are_minimal_and_whole(void **state)
{
    (void)state;
    assert_true(is_oid("0603551d11"));
    assert_true(is_oid("06022a81") == false);
    assert_false(is_oid("0600"));
    assert_false(is_oid("06032a8001"));
    assert_true(is_oid("06032a8101"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths_are_definite_and_minimal),
        cmocka_unit_test(values_that_are_cut_fail),
        cmocka_unit_test(tags_have_one_octet_and_are_not_zero),
        cmocka_unit_test(integers_are_minimal),
        cmocka_unit_test(true_is_all_ones),
        cmocka_unit_test(named_bits_end_with_a_one),
        cmocka_unit_test(arcs_are_minimal_and_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
