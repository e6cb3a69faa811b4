/* lib/mbedtls/random.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mbedtls/internal.h"
#include "support/script.h"

static void hook_is_where_octets_come_from(void **state)
{
    struct script s = { .head = { .ptr = (const uint8_t *)"scripted", .len = 8 } };
    ike2_mbedtls *m = script_provider(&s);
    const ike2_crypto *c = ike2_mbedtls_crypto(m);
    uint8_t out[8];

    (void)state;
    assert_int_equal(c->random(c->user, out, sizeof out), IKE2_OK);
    assert_memory_equal(out, "scripted", sizeof out);
    assert_int_equal(s.n_drawn, sizeof out);
    ike2_mbedtls_free(m);
}

static void failing_hook_fails_the_call(void **state)
{
    struct script s = { .fails = true };
    ike2_mbedtls *m = script_provider(&s);
    const ike2_crypto *c = ike2_mbedtls_crypto(m);
    uint8_t out[8];

    (void)state;
    assert_int_equal(c->random(c->user, out, sizeof out), IKE2_ERR_CRYPTO);
    ike2_mbedtls_free(m);
}

static bool is_constant(const uint8_t *octets, size_t len)
{
    for (size_t i = 1; i < len; i++) {
        if (octets[i] != octets[0])
            return false;
    }
    return true;
}

/* More than a DRBG gives at once, and no part of it left out. */
static void own_source_fills_requests_of_any_length(void **state)
{
    static uint8_t out[5000], again[5000];
    ike2_mbedtls *m = NULL;
    const ike2_crypto *c;

    (void)state;
    assert_int_equal(ike2_mbedtls_new(NULL, &m), IKE2_OK);
    c = ike2_mbedtls_crypto(m);
    assert_int_equal(c->random(c->user, out, sizeof out), IKE2_OK);
    for (size_t i = 0; i + 40 <= sizeof out; i += 40)
        assert_false(is_constant(out + i, 40));
    assert_int_equal(c->random(c->user, again, sizeof again), IKE2_OK);
    assert_memory_not_equal(out, again, 32);
    ike2_mbedtls_free(m);
}

static void no_octets_need_no_source(void **state)
{
    struct script s = { .fails = true };
    ike2_mbedtls *m = script_provider(&s);
    const ike2_crypto *c = ike2_mbedtls_crypto(m);

    (void)state;
    assert_int_equal(c->random(c->user, NULL, 0), IKE2_OK);
    ike2_mbedtls_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hook_is_where_octets_come_from),
        cmocka_unit_test(failing_hook_fails_the_call),
        cmocka_unit_test(own_source_fills_requests_of_any_length),
        cmocka_unit_test(no_octets_need_no_source),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
