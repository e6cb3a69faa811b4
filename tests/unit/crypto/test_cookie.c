/* lib/crypto/cookie.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/cookie.h"
#include "support/crypto_wrap.h"
#include "support/octets.h"

enum { START = 1000, PERIOD = COOKIE_ROTATE_MS };

static struct crypto_wrap wrap;
static struct cookie_jar jar;
static uint8_t nonce[64];
static ike2_addr v4 = { .family = 4, .port = 500, .ip = { 192, 0, 2, 1 } };
static struct cookie_source source;
static uint8_t cookie[COOKIE_OCTETS];

static int setup(void **state)
{
    (void)state;
    crypto_wrap_init(&wrap, 1);
    octets_ramp(nonce, sizeof nonce, 0x10);
    source = (struct cookie_source){
        .nonce = { nonce, 16 }, .from = &v4, .spi_i = 0xa0a1a2a3a4a5a6a7u
    };
    assert_int_equal(ike2_cookie_init(&jar, &wrap.table, START), IKE2_OK);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    ike2_cookie_clear(&jar);
    crypto_wrap_clear(&wrap);
    return 0;
}

static void make(ike2_time now)
{
    assert_int_equal(ike2_cookie_make(&jar, now, &source, cookie), IKE2_OK);
}

static bool check(ike2_time now)
{
    return ike2_cookie_check(&jar, now, &source,
                             (ike2_bytes){ .ptr = cookie, .len = sizeof cookie });
}

/* Value by Python's hmac, with the octets 0 to 31 as the secret. */
static void cookie_is_version_and_prf_of_what_the_rfc_names(void **state)
{
    uint8_t secret[32];

    (void)state;
    ike2_cookie_clear(&jar);
    octets_ramp(secret, sizeof secret, 0);
    crypto_wrap_script(&wrap, (ike2_bytes){ secret, sizeof secret });
    assert_int_equal(ike2_cookie_init(&jar, &wrap.table, START), IKE2_OK);
    make(START);
    octets_expect_hex((ike2_bytes){ .ptr = cookie, .len = sizeof cookie },
                      "00de924287e2f0e10be881ed82f4fcca4d3cc4937d78fc409e82aca1fd3847acde");
}

static void cookie_is_accepted_from_the_same_source_only(void **state)
{
    const ike2_addr other = { .family = 4, .port = 500, .ip = { 192, 0, 2, 2 } };
    const ike2_addr port = { .family = 4, .port = 40000, .ip = { 192, 0, 2, 1 } };

    (void)state;
    make(START);
    assert_true(check(START));
    source.from = &port;
    assert_true(check(START));
    source.from = &other;
    assert_false(check(START));
    source.from = &v4;
    source.spi_i++;
    assert_false(check(START));
    source.spi_i--;
    source.nonce.len++;
    assert_false(check(START));
    source.nonce.len--;
    nonce[3] ^= 1;
    assert_false(check(START));
    nonce[3] ^= 1;
    assert_true(check(START));
}

static void every_bit_flip_and_every_other_length_is_refused(void **state)
{
    uint8_t longer[COOKIE_OCTETS + 1] = { 0 };

    (void)state;
    make(START);
    for (size_t bit = 0; bit < 8 * sizeof cookie; bit++) {
        cookie[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_false(check(START));
        cookie[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    memcpy(longer, cookie, sizeof cookie);
    for (size_t len = 0; len <= sizeof longer; len++)
        assert_int_equal(
            ike2_cookie_check(&jar, START, &source, (ike2_bytes){ .ptr = longer, .len = len }),
            len == COOKIE_OCTETS);
}

/* The last four octets of an IPv6 address could be somebody's IPv4 address. */
static void octets_of_an_address_do_not_count_as_nonce(void **state)
{
    ike2_addr v6 = { .family = 6 };

    (void)state;
    memcpy(v6.ip, nonce + 16, 12);
    memcpy(v6.ip + 12, v4.ip, 4);
    source.from = &v6;
    make(START);
    source.from = &v4;
    source.nonce.len = 28;
    assert_false(check(START));
}

static void cookie_outlives_one_rotation_and_not_two(void **state)
{
    uint8_t first[COOKIE_OCTETS], second[COOKIE_OCTETS];

    (void)state;
    make(START + PERIOD - 1);
    memcpy(first, cookie, sizeof first);
    make(START + PERIOD);
    memcpy(second, cookie, sizeof second);
    assert_int_not_equal(first[0], second[0]);
    assert_true(check(START + PERIOD));
    memcpy(cookie, first, sizeof first);
    assert_true(check(START + 2 * PERIOD - 1));
    assert_false(check(START + 2 * PERIOD));
    make(START + 2 * PERIOD);
    memcpy(cookie, first, sizeof first);
    assert_false(check(START + 2 * PERIOD));
    memcpy(cookie, second, sizeof second);
    assert_true(check(START + 2 * PERIOD));
}

static void cookie_expires_while_none_is_made(void **state)
{
    uint8_t first[COOKIE_OCTETS];

    (void)state;
    make(START);
    memcpy(first, cookie, sizeof first);
    assert_true(check(START + 2 * PERIOD - 1));
    assert_false(check(START + 2 * PERIOD));
    make(START + 2 * PERIOD);
    assert_true(check(START + 2 * PERIOD));
    memcpy(cookie, first, sizeof first);
    assert_false(check(START + 2 * PERIOD));
}

static void version_wraps(void **state)
{
    ike2_time now = START;

    (void)state;
    for (int i = 0; i < 600; i++, now += PERIOD) {
        make(now);
        assert_int_equal(cookie[0], (uint8_t)i);
        assert_true(check(now + PERIOD));
    }
}

static void clock_that_steps_back_changes_nothing(void **state)
{
    (void)state;
    make(START);
    assert_true(check(START - 500));
    make(START - 500);
    assert_int_equal(cookie[0], 0);
    assert_true(check(START));
}

static void secret_stays_in_use_while_the_provider_fails(void **state)
{
    (void)state;
    for (uint64_t n = 1; n <= 2; n++) {
        crypto_wrap_fail_at(&wrap, n, IKE2_ERR_CRYPTO);
        make(START + n * PERIOD);
        assert_int_equal(cookie[0], 0);
        assert_true(check(START + n * PERIOD));
    }
    make(START + 3 * PERIOD);
    assert_int_equal(cookie[0], 1);
    assert_true(check(START + 3 * PERIOD));
}

static void failing_call_leaves_the_outputs(void **state)
{
    struct cookie_jar other, before;
    uint8_t same[COOKIE_OCTETS];

    (void)state;
    make(START);
    memcpy(same, cookie, sizeof same);
    crypto_wrap_fail_at(&wrap, 1, IKE2_ERR_MEMORY);
    assert_false(check(START));
    source.spi_i++;
    crypto_wrap_fail_at(&wrap, 1, IKE2_ERR_MEMORY);
    assert_int_equal(ike2_cookie_make(&jar, START, &source, cookie), IKE2_ERR_MEMORY);
    assert_memory_equal(cookie, same, sizeof same);
    memset(&other, 0x5a, sizeof other);
    before = other;
    for (uint64_t n = 1; n <= 2; n++) {
        crypto_wrap_fail_at(&wrap, n, IKE2_ERR_MEMORY);
        assert_int_equal(ike2_cookie_init(&other, &wrap.table, START), IKE2_ERR_MEMORY);
        assert_memory_equal(&other, &before, sizeof other);
    }
}

static void source_without_address_has_no_cookie(void **state)
{
    const ike2_addr any = { 0 };

    (void)state;
    make(START);
    source.from = &any;
    assert_int_equal(ike2_cookie_make(&jar, START, &source, cookie), IKE2_ERR_ARGUMENT);
    assert_false(check(START));
}

static void check_makes_no_key_and_draws_no_random_octets(void **state)
{
    uint64_t random_state;

    (void)state;
    make(START);
    random_state = wrap.random_state;
    (void)check(START + PERIOD);
    (void)check(START + 5 * PERIOD);
    assert_int_equal(wrap.random_state, random_state);
    assert_int_equal(wrap.keys_alive, 1);
}

static void empty_jar_can_be_cleared(void **state)
{
    struct cookie_jar empty = { 0 };

    (void)state;
    ike2_cookie_clear(&empty);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(cookie_is_version_and_prf_of_what_the_rfc_names),
        TEST(cookie_is_accepted_from_the_same_source_only),
        TEST(every_bit_flip_and_every_other_length_is_refused),
        TEST(octets_of_an_address_do_not_count_as_nonce),
        TEST(cookie_outlives_one_rotation_and_not_two),
        TEST(cookie_expires_while_none_is_made),
        TEST(version_wraps),
        TEST(clock_that_steps_back_changes_nothing),
        TEST(secret_stays_in_use_while_the_provider_fails),
        TEST(failing_call_leaves_the_outputs),
        TEST(source_without_address_has_no_cookie),
        TEST(check_makes_no_key_and_draws_no_random_octets),
        cmocka_unit_test(empty_jar_can_be_cleared),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
