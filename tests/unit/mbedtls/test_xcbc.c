/* lib/mbedtls/xcbc.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "mbedtls/xcbc.h"
#include "support/octets.h"

enum { MESSAGE_MAX = 1000 };

/* RFC 3566 4.6; the last message is of zeros. */
static const struct {
    size_t len;
    const char *mac;
} vectors[] = {
    { 0, "75f0251d528ac01c4573dfd584d79f29" },  { 3, "5b376580ae2f19afe7219ceef172756f" },
    { 16, "d2a246fa349b68a79998a4394ff7a263" }, { 20, "47f51b4564966215b8985c63055ed308" },
    { 32, "f54f0ec8d2b9f3d36807734bd5283fd4" }, { 34, "becbb3bccdb518a30677d5481fb6b4d8" },
    { 1000, "f0dafee895db30253761103b5d84528f" },
};

enum { N_VECTORS = sizeof vectors / sizeof vectors[0] };

static uint8_t message[MESSAGE_MAX];

static ike2_bytes message_of(size_t i)
{
    memset(message, 0, sizeof message);
    if (vectors[i].len < sizeof message)
        octets_ramp(message, vectors[i].len, 0);
    return bytes_of(message, vectors[i].len);
}

static void begin(struct xcbc *x)
{
    uint8_t key[XCBC_OCTETS];

    octets_ramp(key, sizeof key, 0);
    assert_int_equal(ike2_mbed_xcbc_begin(x, key), 0);
}

static void expect_end(struct xcbc *x, const char *mac)
{
    uint8_t out[XCBC_OCTETS];

    assert_int_equal(ike2_mbed_xcbc_finish(x, out), 0);
    octets_expect_hex(bytes_of(out, sizeof out), mac);
}

static void codes_are_those_of_rfc_3566(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_VECTORS; i++) {
        struct xcbc x;

        begin(&x);
        assert_int_equal(ike2_mbed_xcbc_update(&x, message_of(i)), 0);
        expect_end(&x, vectors[i].mac);
        ike2_mbed_xcbc_end(&x);
    }
}

static void pieces_of_any_length_are_one_message(void **state)
{
    struct xcbc x;

    (void)state;
    begin(&x);
    for (size_t i = 0; i < N_VECTORS; i++) {
        ike2_bytes m = message_of(i);

        for (size_t piece = 1; piece <= 40; piece++) {
            for (size_t at = 0; at < m.len; at += piece) {
                size_t len = m.len - at < piece ? m.len - at : piece;

                assert_int_equal(ike2_mbed_xcbc_update(&x, bytes_of(m.ptr + at, len)), 0);
            }
            expect_end(&x, vectors[i].mac);
            ike2_mbed_xcbc_reset(&x);
        }
    }
    ike2_mbed_xcbc_end(&x);
}

static void reset_forgets_what_was_begun(void **state)
{
    struct xcbc x;

    (void)state;
    begin(&x);
    for (size_t len = 1; len < 50; len++) {
        assert_int_equal(ike2_mbed_xcbc_update(&x, bytes_of(message, len)), 0);
        ike2_mbed_xcbc_reset(&x);
        expect_end(&x, vectors[0].mac);
        ike2_mbed_xcbc_reset(&x);
    }
    ike2_mbed_xcbc_end(&x);
}

static void end_leaves_zeros(void **state)
{
    static const struct xcbc nothing;
    struct xcbc x;

    (void)state;
    begin(&x);
    ike2_mbed_xcbc_end(&x);
    assert_memory_equal(&x, &nothing, sizeof x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_are_those_of_rfc_3566),
        cmocka_unit_test(pieces_of_any_length_are_one_message),
        cmocka_unit_test(reset_forgets_what_was_begun),
        cmocka_unit_test(end_leaves_zeros),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
