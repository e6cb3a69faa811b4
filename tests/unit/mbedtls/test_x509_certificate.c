/* lib/mbedtls/x509/certificate.c: one parsed certificate. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <mbedtls/oid.h>

#include "base/bytes.h"
#include "mbedtls/x509/certificate.h"
#include "support/octets.h"
#include "support/pki.h"

static void parsed(struct pki *p, struct pki_certificate spec, struct certificate *out)
{
    *out = (struct certificate){ 0 };
    assert_int_equal(ike2_mbed_certificate_init(out, pki_make(p, spec)), IKE2_OK);
    assert_int_equal(out->fault, 0);
    assert_true(out->is_usable);
    assert_false(out->is_anchor);
}

static void extension_is_found_by_its_oid(void **state)
{
    static const uint8_t private_oid[] = { 0x2a, 3, 4, 5 }, value[] = { 4, 2, 0xab, 0xcd };
    struct pki *p = pki_new();
    struct pki_certificate spec = pki_ca();
    struct certificate c;
    ike2_bytes found;

    (void)state;
    spec.extensions[0] = (struct pki_extension){ .oid = bytes_of(private_oid, 4),
                                                 .value = bytes_of(value, 4) };
    parsed(p, spec, &c);
    assert_true(ike2_mbed_certificate_extension(&c, bytes_of(private_oid, 4), &found));
    octets_expect_hex(found, "0402abcd");
    /* Critical ones have a field more. */
    assert_true(ike2_mbed_certificate_extension(
        &c, bytes_of(MBEDTLS_OID_KEY_USAGE, sizeof MBEDTLS_OID_KEY_USAGE - 1), &found));
    octets_expect_hex(found, "03020204");
    assert_false(ike2_mbed_certificate_extension(&c, bytes_of(private_oid, 3), &found));
    assert_false(ike2_mbed_certificate_extension(&c, bytes_of("", 0), &found));
    ike2_mbed_certificate_clear(&c);
    pki_free(p);
}

static void certificate_without_extensions_has_none(void **state)
{
    struct pki *p = pki_new();
    struct pki_certificate spec = pki_ca();
    struct certificate c;
    ike2_bytes found;

    (void)state;
    spec.is_v1 = true;
    parsed(p, spec, &c);
    assert_false(ike2_mbed_certificate_extension(
        &c, bytes_of(MBEDTLS_OID_KEY_USAGE, sizeof MBEDTLS_OID_KEY_USAGE - 1), &found));
    ike2_mbed_certificate_clear(&c);
    pki_free(p);
}

static void failure_is_noted_and_clear_is_always_right(void **state)
{
    struct certificate c = { 0 };

    (void)state;
    ike2_mbed_certificate_clear(&c);
    assert_int_equal(ike2_mbed_certificate_init(&c, bytes_of("no certificate", 14)), IKE2_OK);
    assert_int_not_equal(c.fault, 0);
    assert_false(c.is_usable);
    ike2_mbed_certificate_clear(&c);
    ike2_mbed_certificate_clear(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(extension_is_found_by_its_oid),
        cmocka_unit_test(certificate_without_extensions_has_none),
        cmocka_unit_test(failure_is_noted_and_clear_is_always_right),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
