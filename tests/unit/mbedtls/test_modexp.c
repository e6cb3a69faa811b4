/* lib/mbedtls/modexp.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "mbedtls/internal.h"
#include "support/octets.h"

static const uint16_t methods[] = {
#ifdef IKE2_ENABLE_LEGACY
    IKE2_KE_MODP_1024, IKE2_KE_MODP_1536,
#endif
    IKE2_KE_MODP_2048, IKE2_KE_MODP_3072, IKE2_KE_MODP_4096, IKE2_KE_MODP_6144, IKE2_KE_MODP_8192,
};

enum { N_METHODS = sizeof methods / sizeof methods[0] };

static size_t prime_len(uint16_t method)
{
    struct modp_sizes sizes;

    assert_true(ike2_mbed_modp_sizes(method, &sizes));
    return sizes.prime;
}

/* g ^ exponent of a group. */
static void power(uint16_t method, ike2_bytes exponent, uint8_t *out)
{
    assert_int_equal(ike2_mbed_modp_power(method, (ike2_bytes){ 0 }, exponent, out), IKE2_OK);
}

/* `small` as a number of `len` octets. */
static void number(uint8_t *out, size_t len, uint8_t small)
{
    memset(out, 0, len);
    out[len - 1] = small;
}

/* 2 ^ (8 * len) mod p is 2 ^ (8 * len) - p, since p has that many bits: its negative is p. */
static size_t prime(uint16_t method, uint8_t p[MODP_OCTETS_MAX])
{
    size_t len = prime_len(method);
    uint8_t bits[2];
    unsigned carry = 1;

    bits[0] = (uint8_t)(8 * len >> 8);
    bits[1] = (uint8_t)(8 * len);
    power(method, bytes_of(bits, 2), p);
    for (size_t i = len; i-- > 0;) {
        carry += (uint8_t)~p[i];
        p[i] = (uint8_t)carry;
        carry >>= 8;
    }
    return len;
}

static void expect_number(const uint8_t *octets, size_t len, uint8_t small)
{
    uint8_t expected[MODP_OCTETS_MAX];

    number(expected, len, small);
    assert_memory_equal(octets, expected, len);
}

/* RFC 3526: p begins and ends with 64 ones. Fermat: it passes for a prime; and two has the order
 * (p - 1) / 2, so that there is no small subgroup to be caught in. */
static void groups_are_of_safe_primes(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_METHODS; i++) {
        uint8_t p[MODP_OCTETS_MAX], q[MODP_OCTETS_MAX], out[MODP_OCTETS_MAX];
        size_t len = prime(methods[i], p);

        for (size_t k = 0; k < 8; k++)
            assert_true(p[k] == 0xff && p[len - 1 - k] == 0xff);
        p[len - 1]--;
        power(methods[i], bytes_of(p, len), out);
        expect_number(out, len, 1);
        for (size_t k = 0; k < len; k++)
            q[k] = (uint8_t)(p[k] >> 1 | (k != 0 ? p[k - 1] << 7 : 0));
        power(methods[i], bytes_of(q, len), out);
        expect_number(out, len, 1);
        q[len - 1]--;
        power(methods[i], bytes_of(q, len), out);
        assert_memory_not_equal(out, p, len);
    }
}

/* RFC 7296 2.14. */
static void results_are_padded_to_the_length_of_the_prime(void **state)
{
    uint8_t out[MODP_OCTETS_MAX], exponent = 1;

    (void)state;
    for (size_t i = 0; i < N_METHODS; i++) {
        size_t len = prime_len(methods[i]);

        exponent = 1;
        power(methods[i], bytes_of(&exponent, 1), out);
        expect_number(out, len, 2);
        exponent = 7;
        power(methods[i], bytes_of(&exponent, 1), out);
        expect_number(out, len, 128);
    }
}

static void expect_power(uint16_t method, ike2_bytes base, ike2_err err)
{
    uint8_t out[MODP_OCTETS_MAX], before[MODP_OCTETS_MAX];
    const uint8_t exponent[] = { 1 };

    octets_ramp(out, sizeof out, 5);
    memcpy(before, out, sizeof out);
    assert_int_equal(ike2_mbed_modp_power(method, base, bytes_of(exponent, 1), out), err);
    assert_memory_equal(out, err == IKE2_OK ? base.ptr : before, base.len);
}

/* RFC 6989 2.1: 1 < y < p - 1. */
static void values_outside_of_the_range_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_METHODS; i++) {
        uint8_t y[MODP_OCTETS_MAX];
        size_t len = prime_len(methods[i]);

        number(y, len, 0);
        expect_power(methods[i], bytes_of(y, len), IKE2_ERR_MALFORMED);
        number(y, len, 1);
        expect_power(methods[i], bytes_of(y, len), IKE2_ERR_MALFORMED);
        number(y, len, 2);
        expect_power(methods[i], bytes_of(y, len), IKE2_OK);
        (void)prime(methods[i], y);
        expect_power(methods[i], bytes_of(y, len), IKE2_ERR_MALFORMED);
        y[len - 1] = 0xfe; /* p - 1 */
        expect_power(methods[i], bytes_of(y, len), IKE2_ERR_MALFORMED);
        y[len - 1] = 0xfd;
        expect_power(methods[i], bytes_of(y, len), IKE2_OK);
        memset(y, 0xff, len); /* beyond p */
        expect_power(methods[i], bytes_of(y, len), IKE2_ERR_MALFORMED);
        (void)prime(methods[i], y); /* p + 1 */
        for (size_t k = len; k-- > 0 && ++y[k] == 0;)
            continue;
        expect_power(methods[i], bytes_of(y, len), IKE2_ERR_MALFORMED);
    }
}

static void other_methods_are_no_modp_groups_of_ours(void **state)
{
    static const uint16_t others[] = { IKE2_KE_NONE, IKE2_KE_MODP_768, IKE2_KE_MODP_2048_256,
                                       IKE2_KE_ECP_256 };
    struct modp_sizes sizes;
    uint8_t out[MODP_OCTETS_MAX], one = 1;

    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_false(ike2_mbed_modp_sizes(others[i], &sizes));
        assert_int_equal(ike2_mbed_modp_power(others[i], (ike2_bytes){ 0 }, bytes_of(&one, 1), out),
                         IKE2_ERR_UNSUPPORTED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(groups_are_of_safe_primes),
        cmocka_unit_test(results_are_padded_to_the_length_of_the_prime),
        cmocka_unit_test(values_outside_of_the_range_are_refused),
        cmocka_unit_test(other_methods_are_no_modp_groups_of_ours),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
