/* lib/crypto/natd.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/natd.h"
#include "support/crypto_wrap.h"
#include "support/octets.h"

static const uint64_t spi_i = 0xa0a1a2a3a4a5a6a7u, spi_r = 0xb0b1b2b3b4b5b6b7u;
static const ike2_addr v4 = { .family = 4, .port = 500, .ip = { 192, 0, 2, 1 } };
static const ike2_addr v6 = {
    .family = 6, .port = 4500, .scope = 3, .ip = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 }
};
static struct crypto_wrap wrap;

static int setup(void **state)
{
    (void)state;
    crypto_wrap_init(&wrap, 1);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    crypto_wrap_clear(&wrap);
    return 0;
}

static void expect_hash(uint64_t i, uint64_t r, const ike2_addr *a, const char *hex)
{
    uint8_t out[NATD_OCTETS];

    assert_int_equal(ike2_natd_hash(&wrap.table, i, r, a, out), IKE2_OK);
    octets_expect_hex((ike2_bytes){ .ptr = out, .len = sizeof out }, hex);
}

/* Values by Python's hashlib. */
static void hash_is_sha1_of_spis_address_and_port(void **state)
{
    (void)state;
    expect_hash(spi_i, spi_r, &v4, "f39c3c9994c17a81a0a31f926b1feb1e04d8bbc9");
    expect_hash(spi_i, spi_r, &v6, "b0ce92f8e45b190e983bf9ab50dea34de6ef9cfc");
    /* The first request's second SPI is zero, 2.23. */
    expect_hash(spi_i, 0, &v4, "2ea87add5f972ac9f6e03e98bb22860ad4e73a15");
}

static void expect_no_hash(const ike2_addr *a, ike2_err err)
{
    uint8_t out[NATD_OCTETS], before[NATD_OCTETS];

    octets_ramp(before, sizeof before, 7);
    memcpy(out, before, sizeof out);
    assert_int_equal(ike2_natd_hash(&wrap.table, spi_i, spi_r, a, out), err);
    assert_memory_equal(out, before, sizeof out);
}

static void address_of_no_family_has_no_hash(void **state)
{
    const ike2_addr any = { .port = 500 };

    (void)state;
    expect_no_hash(&any, IKE2_ERR_ARGUMENT);
}

static void failing_provider_leaves_the_output(void **state)
{
    (void)state;
    crypto_wrap_fail_at(&wrap, 1, IKE2_ERR_CRYPTO);
    expect_no_hash(&v4, IKE2_ERR_CRYPTO);
}

static ike2_err short_hash(void *user, uint16_t alg, const ike2_bytes *parts, size_t n,
                           ike2_buffer *out)
{
    (void)user;
    (void)alg;
    (void)parts;
    (void)n;
    out->len = NATD_OCTETS - 1;
    return IKE2_OK;
}

static void hash_of_another_length_is_the_providers_failure(void **state)
{
    ike2_crypto c = wrap.table;
    uint8_t out[NATD_OCTETS];

    (void)state;
    c.hash = short_hash;
    assert_int_equal(ike2_natd_hash(&c, spi_i, spi_r, &v4, out), IKE2_ERR_CRYPTO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hash_is_sha1_of_spis_address_and_port),
        cmocka_unit_test(address_of_no_family_has_no_hash),
        cmocka_unit_test(failing_provider_leaves_the_output),
        cmocka_unit_test(hash_of_another_length_is_the_providers_failure),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
