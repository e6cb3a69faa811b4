/* Randomness in times: bounds, and none at all. */
#include "sa/jitter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static uint32_t next;
static bool fails;

static ike2_err draw(void *user, uint8_t *out, size_t len)
{
    (void)user;
    assert_int_equal(len, 4);
    for (size_t i = 0; i < len; i++)
        out[i] = (uint8_t)(next >> (24 - 8 * i));
    return fails ? IKE2_ERR_CRYPTO : IKE2_OK;
}

static const ike2_crypto crypto = { .struct_size = sizeof crypto, .random = draw };
static const struct host host = { .crypto = &crypto };

static void draws_stay_below_their_range(void **state)
{
    (void)state;
    next = UINT32_MAX;
    assert_int_equal(ike2_jitter_draw(&host, 0), 0);
    assert_int_equal(ike2_jitter_draw(&host, 1), 0);
    assert_int_equal(ike2_jitter_draw(&host, 10), UINT32_MAX % 10);
}

static void lifetimes_get_up_to_a_tenth_shorter_never_longer(void **state)
{
    (void)state;
    next = 0;
    assert_int_equal(ike2_jitter_shorter(&host, 3600), 3600 * 1000);
    next = 360 * 1000;
    assert_int_equal(ike2_jitter_shorter(&host, 3600), 3240 * 1000);
    for (next = 1; next < UINT32_MAX / 2; next *= 3)
        assert_in_range(ike2_jitter_shorter(&host, 3600), 3240 * 1000, 3600 * 1000);
}

static void without_randomness_it_is_the_middle(void **state)
{
    (void)state;
    fails = true;
    assert_int_equal(ike2_jitter_draw(&host, 101), 50);
    assert_int_equal(ike2_jitter_shorter(&host, 100), 95 * 1000);
    fails = false;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draws_stay_below_their_range),
        cmocka_unit_test(lifetimes_get_up_to_a_tenth_shorter_never_longer),
        cmocka_unit_test(without_randomness_it_is_the_middle),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
