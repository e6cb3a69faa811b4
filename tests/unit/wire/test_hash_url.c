/* Certificate payloads of the encodings Hash and URL. RFC 7296 3.6. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include <ike2/iana.h>

#include "base/bytes.h"
#include "support/codec.h"
#include "support/octets.h"

#define HASH "000102030405060708090a0b0c0d0e0f10111213"
#define URL "687474703a2f2f61" /* http://a */

static bool read_hash_url(ike2_bytes octets)
{
    const ike2_cert cert = { .encoding = IKE2_CERT_HASH_AND_URL, .data = octets };
    ike2_hash_url h;

    if (ike2_hash_url_read(&cert, &h) != IKE2_OK)
        return false;
    codec_within(h.hash, octets);
    codec_within(h.url, octets);
    return true;
}

static void write_hash_url(ike2_writer *w, const void *value)
{
    ike2_hash_url_write(w, value);
}

static bool reads(uint8_t encoding, const char *hex, ike2_hash_url *out)
{
    static uint8_t room[64];
    const ike2_cert cert = { .encoding = encoding,
                             .data = bytes_of(room, octets_from_hex(hex, room, sizeof room)) };

    return ike2_hash_url_read(&cert, out) == IKE2_OK;
}

static void both_encodings_are_read(void **state)
{
    static const uint8_t encodings[] = { IKE2_CERT_HASH_AND_URL, IKE2_CERT_HASH_AND_URL_BUNDLE };

    (void)state;
    for (size_t i = 0; i < sizeof encodings; i++) {
        ike2_hash_url h;

        assert_true(reads(encodings[i], HASH URL, &h));
        assert_int_equal(h.encoding, encodings[i]);
        octets_expect_hex(h.hash, HASH);
        octets_expect_hex(h.url, URL);
    }
}

static void other_encodings_are_malformed(void **state)
{
    ike2_hash_url h;

    (void)state;
    assert_false(reads(IKE2_CERT_X509_SIGNATURE, HASH URL, &h));
    assert_false(reads(IKE2_CERT_OCSP, HASH URL, &h));
}

static void hash_without_url_is_malformed(void **state)
{
    (void)state;
    assert_false(codec_accepts(read_hash_url, HASH));
    assert_true(codec_accepts(read_hash_url, HASH "61"));
}

static void truncated_hash_is_malformed(void **state)
{
    (void)state;
    assert_false(codec_accepts(read_hash_url, "0001020304"));
}

/* What goes into logs and request lines. */
static void url_with_spaces_controls_or_umlauts_is_malformed(void **state)
{
    static const char *const urls[] = { HASH "6120", HASH "610a", HASH "6100", HASH "617f",
                                        HASH "61c3a4" };

    (void)state;
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++)
        assert_false(codec_accepts(read_hash_url, urls[i]));
}

static void url_has_2048_octets_at_most(void **state)
{
    static uint8_t octets[20 + 2049];
    ike2_cert cert = { .encoding = IKE2_CERT_HASH_AND_URL };
    ike2_hash_url h;

    (void)state;
    memset(octets, 'a', sizeof octets);
    cert.data = bytes_of(octets, sizeof octets - 1);
    assert_int_equal(ike2_hash_url_read(&cert, &h), IKE2_OK);
    assert_int_equal(h.url.len, 2048);
    cert.data = bytes_of(octets, sizeof octets);
    assert_int_equal(ike2_hash_url_read(&cert, &h), IKE2_ERR_MALFORMED);
}

static void any_octets_are_read_within_their_bounds(void **state)
{
    (void)state;
    codec_abuse(read_hash_url, HASH URL);
}

static void hash_and_url_are_written(void **state)
{
    uint8_t hash[20];
    ike2_hash_url h = { .encoding = IKE2_CERT_HASH_AND_URL_BUNDLE,
                        .url = bytes_of("http://a", 8) };

    (void)state;
    h.hash = bytes_of(hash, octets_from_hex(HASH, hash, sizeof hash));
    codec_writes(write_hash_url, &h, "000000210d" HASH URL);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_encodings_are_read),
        cmocka_unit_test(other_encodings_are_malformed),
        cmocka_unit_test(hash_without_url_is_malformed),
        cmocka_unit_test(truncated_hash_is_malformed),
        cmocka_unit_test(url_with_spaces_controls_or_umlauts_is_malformed),
        cmocka_unit_test(url_has_2048_octets_at_most),
        cmocka_unit_test(any_octets_are_read_within_their_bounds),
        cmocka_unit_test(hash_and_url_are_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
