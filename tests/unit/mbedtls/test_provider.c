/* lib/mbedtls/provider.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <mbedtls/ecp.h>
#include <mbedtls/gcm.h>
#include <mbedtls/pk.h>

#include "base/bytes.h"
#include "crypto/provider.h"
#include "mbedtls/internal.h"
#include "support/octets.h"

static ike2_mbedtls *provider;
static const ike2_crypto *c;

static int setup(void **state)
{
    (void)state;
    if (ike2_mbedtls_new(NULL, &provider) != IKE2_OK)
        return -1;
    c = ike2_mbedtls_crypto(provider);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    ike2_mbedtls_free(provider);
    return 0;
}

static void table_is_complete(void **state)
{
    (void)state;
    assert_int_equal(ike2_provider_check(c), IKE2_OK);
    assert_ptr_equal(c->user, provider);
}

static void table_passes_the_self_test(void **state)
{
    (void)state;
    assert_int_equal(ike2_crypto_selftest(c, NULL), IKE2_OK);
}

static void providers_are_independent(void **state)
{
    ike2_mbedtls *other = NULL;

    (void)state;
    assert_int_equal(ike2_mbedtls_new(NULL, &other), IKE2_OK);
    assert_ptr_not_equal(ike2_mbedtls_crypto(other), c);
    ike2_mbedtls_free(other);
    assert_int_equal(ike2_provider_check(c), IKE2_OK);
}

static ike2_err never(void *user, uint8_t *out, size_t len)
{
    (void)user;
    (void)out;
    (void)len;
    return IKE2_ERR_CRYPTO;
}

/* A member behind the size that the caller was compiled with is not looked at. */
static void configuration_counts_as_far_as_its_size(void **state)
{
    ike2_mbedtls_config config = IKE2_INIT(ike2_mbedtls_config);
    ike2_mbedtls *m = NULL;
    uint8_t octet;

    (void)state;
    config.random = never;
    assert_int_equal(ike2_mbedtls_new(&config, &m), IKE2_OK);
    assert_int_equal(ike2_mbed_random(m, &octet, 1), IKE2_ERR_CRYPTO);
    ike2_mbedtls_free(m);
    config.struct_size = offsetof(ike2_mbedtls_config, random);
    assert_int_equal(ike2_mbedtls_new(&config, &m), IKE2_OK);
    assert_int_equal(ike2_mbed_random(m, &octet, 1), IKE2_OK);
    ike2_mbedtls_free(m);
    config.struct_size = 0;
    assert_int_equal(ike2_mbedtls_new(&config, &m), IKE2_ERR_ARGUMENT);
    assert_int_equal(ike2_mbedtls_new(NULL, NULL), IKE2_ERR_ARGUMENT);
}

static void free_of_null_is_harmless(void **state)
{
    (void)state;
    ike2_mbedtls_free(NULL);
}

static void description_fills_what_fits(void **state)
{
    const ike2_transform t = { .type = IKE2_TRANSFORM_KE, .id = IKE2_KE_ECP_256 };
    ike2_transform_info info = { .struct_size = offsetof(ike2_transform_info, pub_r),
                                 .pub_r = 77 };

    (void)state;
    assert_int_equal(c->describe(c->user, &t, &info), IKE2_OK);
    assert_int_equal(info.struct_size, offsetof(ike2_transform_info, pub_r));
    assert_int_equal(info.pub_i, 64);
    assert_int_equal(info.pub_r, 77);
    info.struct_size = 0;
    assert_int_equal(c->describe(c->user, &t, &info), IKE2_ERR_ARGUMENT);
}

static void prf_and_integrity_are_described(void **state)
{
    static const struct {
        uint16_t prf, integ;
        uint16_t len, icv;
    } rows[] = {
#ifdef IKE2_ENABLE_LEGACY
        { IKE2_PRF_HMAC_SHA1, IKE2_INTEG_HMAC_SHA1_96, 20, 12 },
#endif
        { IKE2_PRF_AES128_XCBC, IKE2_INTEG_AES_XCBC_96, 16, 12 },
        { IKE2_PRF_AES128_CMAC, IKE2_INTEG_AES_CMAC_96, 16, 12 },
        { IKE2_PRF_HMAC_SHA2_256, IKE2_INTEG_HMAC_SHA2_256_128, 32, 16 },
        { IKE2_PRF_HMAC_SHA2_384, IKE2_INTEG_HMAC_SHA2_384_192, 48, 24 },
        { IKE2_PRF_HMAC_SHA2_512, IKE2_INTEG_HMAC_SHA2_512_256, 64, 32 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const ike2_transform prf = { .type = IKE2_TRANSFORM_PRF, .id = rows[i].prf };
        const ike2_transform integ = { .type = IKE2_TRANSFORM_INTEG, .id = rows[i].integ };
        ike2_transform_info info = IKE2_INIT(ike2_transform_info);

        assert_int_equal(c->describe(c->user, &prf, &info), IKE2_OK);
        assert_int_equal(info.key_len, rows[i].len);
        assert_int_equal(info.out_len, rows[i].len);
        assert_int_equal(info.icv_len, 0);
        assert_int_equal(c->describe(c->user, &integ, &info), IKE2_OK);
        assert_int_equal(info.key_len, rows[i].len);
        assert_int_equal(info.icv_len, rows[i].icv);
        assert_int_equal(info.out_len, 0);
    }
}

static void what_is_strange_or_unknown_is_unsupported(void **state)
{
    static const ike2_transform wrong[] = {
        { 0 },
        { .type = IKE2_TRANSFORM_ENCR, .id = IKE2_ENCR_AES_GCM_16, .key_bits = 128,
          .strange = true },
        { .type = IKE2_TRANSFORM_ENCR, .id = 1024, .key_bits = 128 },
        { .type = IKE2_TRANSFORM_PRF, .id = IKE2_PRF_HMAC_SHA2_256, .key_bits = 256 },
        { .type = IKE2_TRANSFORM_INTEG, .id = IKE2_INTEG_NONE },
        { .type = IKE2_TRANSFORM_INTEG, .id = IKE2_INTEG_HMAC_SHA2_256_128,
          .key_bits = 256 },
        { .type = IKE2_TRANSFORM_KE, .id = IKE2_KE_NONE },
        { .type = IKE2_TRANSFORM_ESN, .id = IKE2_ESN_NO },
        { .type = 13, .id = IKE2_KE_ECP_256 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        ike2_transform_info info = IKE2_INIT(ike2_transform_info);

        assert_int_equal(c->describe(c->user, &wrong[i], &info), IKE2_ERR_UNSUPPORTED);
        assert_int_equal(info.key_len + info.icv_len + info.pub_i, 0);
    }
}

static ike2_err described(const ike2_transform *t)
{
    ike2_transform_info info = IKE2_INIT(ike2_transform_info);

    return c->describe(c->user, t, &info);
}

/* RFC 8247, RFC 8221: what is too old is in a build only if somebody asked for it. */
static void legacy_algorithms_are_there_only_if_built(void **state)
{
    static const ike2_transform legacy[] = {
        { .type = IKE2_TRANSFORM_ENCR, .id = IKE2_ENCR_3DES },
        { .type = IKE2_TRANSFORM_PRF, .id = IKE2_PRF_HMAC_SHA1 },
        { .type = IKE2_TRANSFORM_INTEG, .id = IKE2_INTEG_HMAC_SHA1_96 },
        { .type = IKE2_TRANSFORM_KE, .id = IKE2_KE_MODP_1024 },
        { .type = IKE2_TRANSFORM_KE, .id = IKE2_KE_MODP_1536 },
    };
#ifdef IKE2_ENABLE_LEGACY
    const ike2_err expected = IKE2_OK;
#else
    const ike2_err expected = IKE2_ERR_UNSUPPORTED;
#endif

    (void)state;
    for (size_t i = 0; i < sizeof legacy / sizeof legacy[0]; i++)
        assert_int_equal(described(&legacy[i]), expected);
}

static void broken_algorithms_are_in_no_build(void **state)
{
    static const ike2_transform broken[] = {
        { .type = IKE2_TRANSFORM_ENCR, .id = IKE2_ENCR_DES },
        { .type = IKE2_TRANSFORM_PRF, .id = IKE2_PRF_HMAC_MD5 },
        { .type = IKE2_TRANSFORM_INTEG, .id = IKE2_INTEG_HMAC_MD5_96 },
        { .type = IKE2_TRANSFORM_KE, .id = IKE2_KE_MODP_768 },
        { .type = IKE2_TRANSFORM_KE, .id = IKE2_KE_MODP_1024_160 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++)
        assert_int_equal(described(&broken[i]), IKE2_ERR_UNSUPPORTED);
}

/* mbedTLS 2.28 and 3.6 have none of them; those that need a hash or a group of theirs come whole or
 * not at all. EdDSA is in test_sign.c and test_private_key.c. */
static void x448_and_ml_kem_are_unsupported(void **state)
{
    static const uint16_t methods[] = { IKE2_KE_CURVE448, IKE2_KE_ML_KEM_512, IKE2_KE_ML_KEM_768,
                                        IKE2_KE_ML_KEM_1024 };

    (void)state;
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        for (uint8_t type = IKE2_TRANSFORM_KE; type <= IKE2_TRANSFORM_ADDKE7; type++) {
            const ike2_transform t = { .type = type, .id = methods[i] };
            uint8_t room[MODP_OCTETS_MAX * 2] = { 0 };
            ike2_buffer pub = { .ptr = room, .cap = sizeof room };
            ike2_ke_state *none = NULL;
            ike2_key *secret = NULL;

            assert_int_equal(described(&t), IKE2_ERR_UNSUPPORTED);
            assert_int_equal(c->ke_start(c->user, methods[i], &pub, &none), IKE2_ERR_UNSUPPORTED);
            assert_int_equal(c->ke_respond(c->user, methods[i], bytes_of(room, 800), &pub, &secret),
                             IKE2_ERR_UNSUPPORTED);
            assert_null(none);
            assert_null(secret);
        }
    }
}

static void results_of_mbedtls_have_a_name_of_ours(void **state)
{
    (void)state;
    assert_int_equal(ike2_mbed_err(0), IKE2_OK);
    assert_int_equal(ike2_mbed_err(MBEDTLS_ERR_ECP_ALLOC_FAILED), IKE2_ERR_MEMORY);
    assert_int_equal(ike2_mbed_err(MBEDTLS_ERR_PK_ALLOC_FAILED), IKE2_ERR_MEMORY);
    assert_int_equal(ike2_mbed_err(MBEDTLS_ERR_GCM_AUTH_FAILED), IKE2_ERR_AUTH);
    assert_int_equal(ike2_mbed_err(MBEDTLS_ERR_ECP_BAD_INPUT_DATA), IKE2_ERR_CRYPTO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_is_complete),
        cmocka_unit_test(table_passes_the_self_test),
        cmocka_unit_test(providers_are_independent),
        cmocka_unit_test(configuration_counts_as_far_as_its_size),
        cmocka_unit_test(free_of_null_is_harmless),
        cmocka_unit_test(description_fills_what_fits),
        cmocka_unit_test(prf_and_integrity_are_described),
        cmocka_unit_test(what_is_strange_or_unknown_is_unsupported),
        cmocka_unit_test(legacy_algorithms_are_there_only_if_built),
        cmocka_unit_test(broken_algorithms_are_in_no_build),
        cmocka_unit_test(x448_and_ml_kem_are_unsupported),
        cmocka_unit_test(results_of_mbedtls_have_a_name_of_ours),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
