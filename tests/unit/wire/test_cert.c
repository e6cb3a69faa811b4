/* Certificate and Certificate Request payloads. RFC 7296 3.6, 3.7. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "base/bytes.h"
#include "support/codec.h"
#include "support/octets.h"

static bool read_cert(ike2_bytes body)
{
    ike2_cert cert;

    if (ike2_cert_read(body, &cert) != IKE2_OK)
        return false;
    codec_within(cert.data, body);
    return true;
}

static void write_cert(ike2_writer *w, const void *value)
{
    ike2_cert_write(w, IKE2_PAYLOAD_CERT, value);
}

static void certificate_is_read(void **state)
{
    static const uint8_t body[] = { IKE2_CERT_X509_SIGNATURE, 0x30, 0x82 };
    ike2_cert cert;

    (void)state;
    assert_int_equal(ike2_cert_read(bytes_of(body, sizeof body), &cert), IKE2_OK);

    assert_int_equal(cert.encoding, IKE2_CERT_X509_SIGNATURE);
    octets_expect_hex(cert.data, "3082");
}

/* Some peers name an encoding and no authority at all. */
static void request_without_authorities_is_read(void **state)
{
    (void)state;
    assert_true(codec_accepts(read_cert, "04"));
}

static void certificate_is_written(void **state)
{
    static const uint8_t data[] = { 0x30, 0x00 };
    const ike2_cert cert = { .encoding = IKE2_CERT_CRL,
                             .data = { .ptr = data, .len = sizeof data } };

    (void)state;
    codec_writes(write_cert, &cert, "00000007073000");
}

static void request_tells_its_type_to_the_payload_before(void **state)
{
    const ike2_cert request = { .encoding = IKE2_CERT_X509_SIGNATURE };
    uint8_t room[10];
    ike2_bytes out;
    ike2_writer w;

    (void)state;
    ike2_writer_init(&w, room, sizeof room);
    ike2_cert_write(&w, IKE2_PAYLOAD_CERT, &request);
    ike2_cert_write(&w, IKE2_PAYLOAD_CERTREQ, &request);

    assert_int_equal(ike2_writer_end(&w, &out), IKE2_OK);
    octets_expect_hex(out, "26000005040000000504");
}

static void body_without_encoding_is_malformed(void **state)
{
    (void)state;
    codec_refuses_truncation(read_cert, "04");
    codec_abuse(read_cert, "0430820122");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(certificate_is_read),
        cmocka_unit_test(request_without_authorities_is_read),
        cmocka_unit_test(certificate_is_written),
        cmocka_unit_test(request_tells_its_type_to_the_payload_before),
        cmocka_unit_test(body_without_encoding_is_malformed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
