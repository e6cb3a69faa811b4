/* Nonce payload, and payloads whose body is nothing but data. RFC 7296 3.9, 3.12. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "base/bytes.h"
#include "support/codec.h"
#include "support/octets.h"

static void write_vendor(ike2_writer *w, const void *value)
{
    ike2_data_write(w, IKE2_PAYLOAD_VENDOR, *(const ike2_bytes *)value);
}

static void nonce_has_16_to_256_octets(void **state)
{
    uint8_t octets[260];
    ike2_bytes nonce;

    (void)state;
    octets_ramp(octets, sizeof octets, 0);
    for (size_t len = 0; len <= sizeof octets; len++) {
        ike2_err err = ike2_nonce_read(bytes_of(octets, len), &nonce);

        assert_int_equal(err, len >= 16 && len <= 256 ? IKE2_OK : IKE2_ERR_MALFORMED);
        if (err == IKE2_OK)
            assert_true(bytes_equal(nonce, bytes_of(octets, len)));
    }
}

static void data_is_written_as_it_is(void **state)
{
    static const uint8_t octets[] = { 0x11, 0x22, 0x33, 0x44 };
    const ike2_bytes data = { .ptr = octets, .len = sizeof octets };

    (void)state;
    codec_writes(write_vendor, &data, "0000000811223344");
}

static void data_longer_than_a_payload_is_refused(void **state)
{
    static uint8_t room[70000], octets[65532];
    ike2_bytes out;
    ike2_writer w;

    (void)state;
    ike2_writer_init(&w, room, sizeof room);
    ike2_data_write(&w, IKE2_PAYLOAD_NONCE, bytes_of(octets, sizeof octets - 1));
    assert_int_equal(ike2_writer_end(&w, &out), IKE2_OK);
    assert_int_equal(out.len, UINT16_MAX);

    ike2_writer_init(&w, room, sizeof room);
    ike2_data_write(&w, IKE2_PAYLOAD_NONCE, bytes_of(octets, sizeof octets));
    assert_int_equal(ike2_writer_end(&w, &out), IKE2_ERR_SPACE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nonce_has_16_to_256_octets),
        cmocka_unit_test(data_is_written_as_it_is),
        cmocka_unit_test(data_longer_than_a_payload_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
