/* Key Exchange payload. RFC 7296 3.4. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "base/bytes.h"
#include "support/codec.h"
#include "support/octets.h"

static const char golden[] = "0000000c001f000001020304";

static bool read_ke(ike2_bytes body)
{
    ike2_ke_payload ke;

    if (ike2_ke_read(body, &ke) != IKE2_OK)
        return false;
    codec_within(ke.data, body);
    return true;
}

static void write_ke(ike2_writer *w, const void *value)
{
    ike2_ke_write(w, value);
}

static void ke_is_read(void **state)
{
    uint8_t body[8];
    ike2_ke_payload ke;

    (void)state;
    (void)octets_from_hex("001f000001020304", body, sizeof body);
    assert_int_equal(ike2_ke_read(bytes_of(body, sizeof body), &ke), IKE2_OK);

    assert_int_equal(ke.method, IKE2_KE_CURVE25519);
    octets_expect_hex(ke.data, "01020304");
}

static void reserved_octets_are_ignored(void **state)
{
    (void)state;
    assert_true(codec_accepts(read_ke, "001fffff01020304"));
}

static void ke_is_written(void **state)
{
    static const uint8_t data[] = { 1, 2, 3, 4 };
    const ike2_ke_payload ke = { .method = IKE2_KE_CURVE25519,
                                 .data = { .ptr = data, .len = sizeof data } };

    (void)state;
    codec_writes(write_ke, &ke, golden);
}

static void ke_shorter_than_its_header_is_malformed(void **state)
{
    (void)state;
    codec_refuses_truncation(read_ke, "001f0000");
    codec_abuse(read_ke, "001f000001020304");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ke_is_read),
        cmocka_unit_test(reserved_octets_are_ignored),
        cmocka_unit_test(ke_is_written),
        cmocka_unit_test(ke_shorter_than_its_header_is_malformed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
