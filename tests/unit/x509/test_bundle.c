/* lib/x509/bundle.c: bundles of certificates and CRLs. RFC 7296 3.6. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "base/bytes.h"
#include "support/octets.h"
#include "x509/bundle.h"

#define WHOLE "3015a0053003020101a0053003020102a1053003020103"

enum { ROOM = 64, CERTS = 4 };

static bool reads(const char *hex, size_t cap, ike2_cert *out, size_t *n)
{
    static uint8_t room[ROOM];
    size_t len = octets_from_hex(hex, room, ROOM);

    memmove(room + ROOM - len, room, len);
    return ike2_x509_bundle(bytes_of(room + ROOM - len, len), out, cap, n);
}

static bool is_bundle(const char *hex)
{
    ike2_cert out[CERTS];
    size_t n = 77;
    bool good = reads(hex, CERTS, out, &n);

    assert_true(good || n == 77);
    return good;
}

static void certificates_and_crls_come_in_order(void **state)
{
    static const uint8_t encodings[] = { IKE2_CERT_X509_SIGNATURE, IKE2_CERT_X509_SIGNATURE,
                                         IKE2_CERT_CRL };
    static const char *const values[] = { "3003020101", "3003020102", "3003020103" };
    ike2_cert out[CERTS];
    size_t n;

    (void)state;
    assert_true(reads(WHOLE, CERTS, out, &n));
    assert_int_equal(n, 3);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(out[i].encoding, encodings[i]);
        octets_expect_hex(out[i].data, values[i]);
    }
}

static void more_than_there_is_room_for_are_refused(void **state)
{
    ike2_cert out[CERTS];
    size_t n;

    (void)state;
    assert_true(reads(WHOLE, 3, out, &n));
    assert_false(reads(WHOLE, 2, out, &n));
}

static void other_things_are_no_bundle(void **state)
{
    (void)state;
    assert_true(is_bundle("3007a0053003020101"));
    assert_false(is_bundle(""));
    assert_false(is_bundle("3000"));
    assert_false(is_bundle("3007a2053003020101"));     /* another choice */
    assert_false(is_bundle("30053003020101"));         /* no choice */
    assert_false(is_bundle("3005a003020101"));         /* no certificate in it */
    assert_false(is_bundle("3009a00730030201013000")); /* two in one */
    assert_false(is_bundle("3002a000"));
    assert_false(is_bundle("3007a005300302010100")); /* something behind it */
}

static void a_cut_bundle_is_none(void **state)
{
    char hex[] = WHOLE;

    (void)state;
    for (size_t len = sizeof hex - 3; len > 0; len -= 2) {
        hex[len] = '\0';
        assert_false(is_bundle(hex));
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(certificates_and_crls_come_in_order),
        cmocka_unit_test(more_than_there_is_room_for_are_refused),
        cmocka_unit_test(other_things_are_no_bundle),
        cmocka_unit_test(a_cut_bundle_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
