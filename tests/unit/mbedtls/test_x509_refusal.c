/* lib/mbedtls/x509/refusal.c: the text of verdicts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "mbedtls/x509/refusal.h"
#include "support/pki.h"

static void text_is_made_of_its_parts(void **state)
{
    const mbedtls_x509_time t = { .year = 987, .mon = 1, .day = 31 };
    ike2_verdict v = ike2_mbed_refusal(IKE2_X509_LIMIT, "words ");

    (void)state;
    ike2_mbed_say_uint(&v, 0);
    ike2_mbed_say(&v, " ");
    ike2_mbed_say_uint(&v, UINT64_MAX);
    ike2_mbed_say(&v, " ");
    ike2_mbed_say_hex(&v, 0xbeef1);
    ike2_mbed_say(&v, " ");
    ike2_mbed_say_hex(&v, 7);
    ike2_mbed_say(&v, " ");
    ike2_mbed_say_date(&v, &t);
    ike2_mbed_say_depth(&v, 10);
    assert_string_equal(v.text,
                        "words 0 18446744073709551615 0xbeef1 0x0007 0987-01-31 (depth 10)");
    assert_false(v.ok);
    assert_int_equal(v.reason, IKE2_X509_LIMIT);
    assert_int_equal(v.struct_size, sizeof v);
    assert_int_equal(v.notify, 0);
}

static void octets_are_escaped(void **state)
{
    ike2_verdict v = ike2_mbed_refusal(IKE2_X509_LIMIT, "");

    (void)state;
    ike2_mbed_say_octets(&v, bytes_of("a b~\x7f\\\0\x1f\xff", 9));
    assert_string_equal(v.text, "a b~\\x7f\\x5c\\x00\\x1f\\xff");
}

/* So that there is room for what follows. */
static void octets_are_cut_early(void **state)
{
    ike2_verdict v = ike2_mbed_refusal(IKE2_X509_LIMIT, "x");

    (void)state;
    ike2_mbed_say_octets(&v, bytes_of("0123456789012345678901234567890123456", 36));
    assert_string_equal(v.text, "x012345678901234567890123456789012345");
    ike2_mbed_say_octets(&v, bytes_of("0123456789012345678901234567890123456", 37));
    assert_string_equal(v.text + 37, "012345678901234567890123456789012345..");
}

static void text_ends_in_time(void **state)
{
    ike2_verdict v = ike2_mbed_refusal(IKE2_X509_LIMIT, "");

    (void)state;
    for (size_t i = 0; i < 200; i++) {
        ike2_mbed_say(&v, "y");
        assert_int_equal(strlen(v.text), i < 95 ? i + 1 : 95);
        assert_int_equal(v.text[95], 0);
    }
}

static void expect_name(struct pki *p, const char *subject, const char *text)
{
    const struct pki_certificate c = { .subject = subject, .issuer = "CN=a" };
    struct certificate parsed = { 0 };
    ike2_verdict v = ike2_mbed_refusal(IKE2_X509_LIMIT, "");

    assert_int_equal(ike2_mbed_certificate_init(&parsed, pki_make(p, c)), IKE2_OK);
    assert_true(parsed.is_usable);
    ike2_mbed_say_name(&v, &parsed.crt.subject);
    assert_string_equal(v.text, text);
    ike2_mbed_certificate_clear(&parsed);
}

static void name_is_the_common_name_or_the_last_attribute(void **state)
{
    struct pki *p = pki_new();

    (void)state;
    expect_name(p, "C=CH,O=Test,CN=moon.test", "CN=moon.test");
    expect_name(p, "CN=moon.test,O=Test", "CN=moon.test");
    expect_name(p, "CN=first,CN=second,O=Test", "CN=second");
    expect_name(p, "C=CH,O=Test", "O=Test");
    expect_name(p, "CN=a\nb", "CN=a\\x0ab");
    expect_name(p, "", "(no name)");
    pki_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_made_of_its_parts),
        cmocka_unit_test(octets_are_escaped),
        cmocka_unit_test(octets_are_cut_early),
        cmocka_unit_test(text_ends_in_time),
        cmocka_unit_test(name_is_the_common_name_or_the_last_attribute),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
