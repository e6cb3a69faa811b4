/* EAP payload. RFC 7296 3.16; RFC 3748 4. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "base/bytes.h"
#include "support/codec.h"
#include "support/octets.h"

static bool read_eap(ike2_bytes body)
{
    ike2_eap eap;

    if (ike2_eap_read(body, &eap) != IKE2_OK)
        return false;
    codec_within(eap.data, body);
    return true;
}

static void write_eap(ike2_writer *w, const void *value)
{
    ike2_eap_write(w, value);
}

static void response_is_read(void **state)
{
    static const uint8_t body[] = { 2, 5, 0, 7, 1, 'j', 'o' };
    ike2_eap eap;

    (void)state;
    assert_int_equal(ike2_eap_read(bytes_of(body, sizeof body), &eap), IKE2_OK);

    assert_int_equal(eap.code, IKE2_EAP_RESPONSE);
    assert_int_equal(eap.identifier, 5);
    octets_expect_hex(eap.data, "016a6f");
}

static void response_is_written(void **state)
{
    static const uint8_t data[] = { 1, 'j', 'o' };
    const ike2_eap eap = { .code = IKE2_EAP_RESPONSE,
                           .identifier = 5,
                           .data = { .ptr = data, .len = sizeof data } };

    (void)state;
    codec_writes(write_eap, &eap, "0000000b02050007016a6f");
}

static void request_without_type_is_malformed(void **state)
{
    (void)state;
    assert_false(codec_accepts(read_eap, "01050004"));
    assert_false(codec_accepts(read_eap, "02050004"));
    assert_true(codec_accepts(read_eap, "0105000501"));
}

static void success_and_failure_have_no_data(void **state)
{
    (void)state;
    assert_true(codec_accepts(read_eap, "03050004"));
    assert_true(codec_accepts(read_eap, "04050004"));
    assert_false(codec_accepts(read_eap, "0305000501"));
    assert_false(codec_accepts(read_eap, "0405000501"));
}

static void length_other_than_the_bodys_is_malformed(void **state)
{
    (void)state;
    assert_false(codec_accepts(read_eap, "02050006016a6f"));
    assert_false(codec_accepts(read_eap, "02050008016a6f"));
    for (int len = 0; len < 4; len++) {
        const char *const bodies[] = { "03050000", "03050001", "03050002", "03050003" };

        assert_false(codec_accepts(read_eap, bodies[len]));
    }
    codec_refuses_truncation(read_eap, "02050007016a6f");
    codec_abuse(read_eap, "02050007016a6f");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(response_is_read),
        cmocka_unit_test(response_is_written),
        cmocka_unit_test(request_without_type_is_malformed),
        cmocka_unit_test(success_and_failure_have_no_data),
        cmocka_unit_test(length_other_than_the_bodys_is_malformed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
