/* What was fetched from a Hash and URL. RFC 7296 3.6. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ike2/iana.h>
#include <ike2/x509.h>

#include "base/bytes.h"
#include "support/octets.h"

/* Two certificates and a CRL, as far as anybody looks into them here. */
#define CERTIFICATE "3003020101"
#define CERTIFICATE_HASH "90d80b0214715c2117f1db310cc56f1e87dc4775"
#define BUNDLE "3015a0053003020101a0053003020102a1053003020103"
#define BUNDLE_HASH "f3c995d75adc203d57ebe262b611cd67c3a8779f"

enum { ROOM = 64, CERTS = 4 };

static ike2_err fetched(uint8_t encoding, const char *hash, const char *octets, ike2_cert *out,
                        size_t *n)
{
    static uint8_t hash_room[20], room[ROOM];
    const ike2_hash_url from = {
        .encoding = encoding,
        .hash = bytes_of(hash_room, octets_from_hex(hash, hash_room, sizeof hash_room)),
        .url = bytes_of("http://a", 8),
    };

    return ike2_x509_fetched(&from, bytes_of(room, octets_from_hex(octets, room, ROOM)), out, n);
}

static void the_certificate_is_handed_on(void **state)
{
    ike2_cert out[CERTS];
    size_t n = CERTS;

    (void)state;
    assert_int_equal(fetched(IKE2_CERT_HASH_AND_URL, CERTIFICATE_HASH, CERTIFICATE, out, &n),
                     IKE2_OK);
    assert_int_equal(n, 1);
    assert_int_equal(out[0].encoding, IKE2_CERT_X509_SIGNATURE);
    octets_expect_hex(out[0].data, CERTIFICATE);
}

static void a_bundle_is_taken_apart(void **state)
{
    ike2_cert out[CERTS];
    size_t n = CERTS;

    (void)state;
    assert_int_equal(fetched(IKE2_CERT_HASH_AND_URL_BUNDLE, BUNDLE_HASH, BUNDLE, out, &n), IKE2_OK);
    assert_int_equal(n, 3);
    assert_int_equal(out[0].encoding, IKE2_CERT_X509_SIGNATURE);
    assert_int_equal(out[2].encoding, IKE2_CERT_CRL);
}

static void what_has_another_hash_is_refused(void **state)
{
    ike2_cert out[CERTS];
    size_t n = CERTS;

    (void)state;
    assert_int_equal(fetched(IKE2_CERT_HASH_AND_URL, BUNDLE_HASH, CERTIFICATE, out, &n),
                     IKE2_ERR_AUTH);
    assert_int_equal(fetched(IKE2_CERT_HASH_AND_URL_BUNDLE, CERTIFICATE_HASH, BUNDLE, out, &n),
                     IKE2_ERR_AUTH);
    assert_int_equal(fetched(IKE2_CERT_HASH_AND_URL, "0000", CERTIFICATE, out, &n), IKE2_ERR_AUTH);
    assert_int_equal(n, CERTS);
}

static void what_is_no_bundle_is_malformed(void **state)
{
    ike2_cert out[CERTS];
    size_t n = CERTS;

    (void)state;
    assert_int_equal(
        fetched(IKE2_CERT_HASH_AND_URL_BUNDLE, CERTIFICATE_HASH, CERTIFICATE, out, &n),
        IKE2_ERR_MALFORMED);
    assert_int_equal(fetched(IKE2_CERT_X509_SIGNATURE, CERTIFICATE_HASH, CERTIFICATE, out, &n),
                     IKE2_ERR_MALFORMED);
    n = 2;
    assert_int_equal(fetched(IKE2_CERT_HASH_AND_URL_BUNDLE, BUNDLE_HASH, BUNDLE, out, &n),
                     IKE2_ERR_MALFORMED);
    assert_int_equal(n, 2);
}

static void wrong_arguments_are_refused(void **state)
{
    const ike2_hash_url from = { .encoding = IKE2_CERT_HASH_AND_URL };
    const ike2_bytes octets = bytes_of("a", 1);
    ike2_cert out;
    size_t n = 1, none = 0;

    (void)state;
    assert_int_equal(ike2_x509_fetched(NULL, octets, &out, &n), IKE2_ERR_ARGUMENT);
    assert_int_equal(ike2_x509_fetched(&from, (ike2_bytes){ 0 }, &out, &n), IKE2_ERR_ARGUMENT);
    assert_int_equal(ike2_x509_fetched(&from, octets, NULL, &n), IKE2_ERR_ARGUMENT);
    assert_int_equal(ike2_x509_fetched(&from, octets, &out, NULL), IKE2_ERR_ARGUMENT);
    assert_int_equal(ike2_x509_fetched(&from, octets, &out, &none), IKE2_ERR_ARGUMENT);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_certificate_is_handed_on),
        cmocka_unit_test(a_bundle_is_taken_apart),
        cmocka_unit_test(what_has_another_hash_is_refused),
        cmocka_unit_test(what_is_no_bundle_is_malformed),
        cmocka_unit_test(wrong_arguments_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
