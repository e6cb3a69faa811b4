/* Authentication payload. RFC 7296 3.8. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "base/bytes.h"
#include "support/codec.h"
#include "support/octets.h"

static bool read_auth(ike2_bytes body)
{
    ike2_auth_payload auth;

    if (ike2_auth_read(body, &auth) != IKE2_OK)
        return false;
    codec_within(auth.data, body);
    return true;
}

static void write_auth(ike2_writer *w, const void *value)
{
    ike2_auth_write(w, value);
}

static void auth_is_read(void **state)
{
    static const uint8_t body[] = { 2, 0xff, 0xff, 0xff, 0xdf, 0x7c };
    ike2_auth_payload auth;

    (void)state;
    assert_int_equal(ike2_auth_read(bytes_of(body, sizeof body), &auth), IKE2_OK);

    assert_int_equal(auth.method, IKE2_AUTH_METHOD_SHARED_KEY);
    octets_expect_hex(auth.data, "df7c");
}

static void auth_is_written(void **state)
{
    static const uint8_t data[] = { 0xdf, 0x7c };
    const ike2_auth_payload auth = { .method = IKE2_AUTH_METHOD_SIGNATURE,
                                     .data = { .ptr = data, .len = sizeof data } };

    (void)state;
    codec_writes(write_auth, &auth, "0000000a0e000000df7c");
}

static void auth_shorter_than_its_header_is_malformed(void **state)
{
    (void)state;
    codec_refuses_truncation(read_auth, "02000000");
    codec_abuse(read_auth, "02000000df7c");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(auth_is_read),
        cmocka_unit_test(auth_is_written),
        cmocka_unit_test(auth_shorter_than_its_header_is_malformed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
