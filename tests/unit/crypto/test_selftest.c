/* lib/crypto/selftest.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdlib.h>

#include <ike2/iana.h>

#include "support/crypto_wrap.h"

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

static void right_provider_passes(void **state)
{
    (void)state;
    assert_int_equal(ike2_crypto_selftest(&wrap.table, NULL), IKE2_OK);
}

/* A call that fails in the middle is passed on, and nothing is leaked: the sanitizer and the count
 * of keys see to that. Early calls one by one, later ones in strides. */
static void every_failing_call_fails_the_test(void **state)
{
    uint64_t n_calls;

    (void)state;
    crypto_wrap_fail_at(&wrap, 0, IKE2_OK);
    assert_int_equal(ike2_crypto_selftest(&wrap.table, NULL), IKE2_OK);
    n_calls = wrap.n_calls;
    assert_true(n_calls > 500);
    for (uint64_t n = 1; n <= n_calls; n += n < 200 ? 1 : 13) {
        crypto_wrap_fail_at(&wrap, n, IKE2_ERR_MEMORY);
        assert_int_not_equal(ike2_crypto_selftest(&wrap.table, NULL), IKE2_OK);
        assert_int_equal(wrap.keys_alive, 0);
    }
    crypto_wrap_fail_at(&wrap, 0, IKE2_OK);
}

/* --- providers that are wrong in one point -------------------------------------------- */

static uint16_t wrong_id; /* of the transform, method or hash that comes out wrong */

static ike2_err same_random(void *user, uint8_t *out, size_t len)
{
    (void)user;
    memset(out, 4, len);
    return IKE2_OK;
}

static ike2_err wrong_hash(void *user, uint16_t alg, const ike2_bytes *parts, size_t n,
                           ike2_buffer *out)
{
    ike2_err err = wrap.inner->hash(wrap.inner->user, alg, parts, n, out);

    (void)user;
    if (err == IKE2_OK && alg == wrong_id)
        out->ptr[out->len - 1] ^= 1;
    return err;
}

/* Wrong with long keys only, whose octets it looks at. */
static ike2_err wrong_prf(void *user, const ike2_prf_args *args, ike2_buffer *out)
{
    ike2_err err = wrap.inner->prf(wrap.inner->user, args, out);
    uint8_t room[256];
    ike2_buffer exported = { .ptr = room, .cap = sizeof room };

    (void)user;
    if (err == IKE2_OK && args->prf.id == wrong_id && args->key[0].key != NULL &&
        wrap.inner->key_export(wrap.inner->user, args->key[0].key, &exported) == IKE2_OK &&
        exported.len > 16)
        out->ptr[0] ^= 1;
    return err;
}

static ike2_err wrong_prf_key(void *user, const ike2_prf_args *args, ike2_key **out)
{
    const ike2_prf_args other = { .prf = args->prf, .key = args->key, .n_key = args->n_key };

    return wrap.table.prf_key(user, args->prf.id == wrong_id ? &other : args, out);
}

/* Counts from zero. */
static ike2_err wrong_prf_plus(void *user, const ike2_prf_args *args, ike2_key_slice *slices,
                               size_t n)
{
    const ike2_prf_args other = { .prf = args->prf, .key = args->key, .n_key = args->n_key };

    return wrap.table.prf_plus(user, args->prf.id == wrong_id ? &other : args, slices, n);
}

/* Claims keys that no cipher has. */
static ike2_err wrong_lengths(void *user, const ike2_transform *t, ike2_transform_info *out)
{
    ike2_err err = wrap.table.describe(user, t, out);

    if (err == IKE2_OK && t->type == IKE2_TRANSFORM_ENCR && t->id == wrong_id)
        out->key_len = UINT16_MAX;
    return err;
}

static ike2_err wrong_seal(void *user, const ike2_seal_args *args)
{
    ike2_err err = wrap.table.seal(user, args);

    if (err == IKE2_OK && args->encr.id == wrong_id)
        args->icv[args->icv_len - 1] ^= 1;
    return err;
}

/* Opens whatever it is given. */
static ike2_err open_all(void *user, const ike2_seal_args *args)
{
    ike2_err err = wrap.table.open(user, args);

    return err == IKE2_ERR_AUTH && args->encr.id == wrong_id ? IKE2_OK : err;
}

/* Refuses, but leaves what it decrypted. */
static ike2_err open_and_leave(void *user, const ike2_seal_args *args)
{
    ike2_err err = wrap.table.open(user, args);

    if (err == IKE2_ERR_AUTH && args->encr.id == wrong_id)
        args->data[0] = 1;
    return err;
}

/* Every secret is another. */
static ike2_err wrong_ke_finish(void *user, ike2_ke_state *state, ike2_bytes peer_pub,
                                ike2_key **secret)
{
    ike2_key *right = NULL;
    uint8_t octets[8];
    ike2_err err = wrap.table.ke_finish(user, state, peer_pub, &right);

    wrap.table.key_free(user, right);
    if (err != IKE2_OK)
        return err;
    err = wrap.table.random(user, octets, sizeof octets);
    return err != IKE2_OK ? err
                          : wrap.table.key_import(user, IKE2_USE_SHARED,
                                                  (ike2_bytes){ .ptr = octets, .len = 8 }, secret);
}

static ike2_err wrong_ke_start(void *user, uint16_t method, ike2_buffer *pub, ike2_ke_state **out)
{
    ike2_err err = wrap.table.ke_start(user, method, pub, out);

    if (err == IKE2_OK && method == wrong_id)
        pub->len--;
    return err;
}

static void expect_found(const ike2_crypto *c)
{
    assert_int_equal(ike2_crypto_selftest(c, NULL), IKE2_ERR_CRYPTO);
    assert_int_equal(wrap.keys_alive, 0);
}

static void constant_randomness_is_found(void **state)
{
    ike2_crypto c = wrap.table;

    (void)state;
    c.random = same_random;
    expect_found(&c);
}

static void wrong_hash_is_found(void **state)
{
    ike2_crypto c = wrap.table;

    (void)state;
    c.hash = wrong_hash;
    for (wrong_id = IKE2_HASH_SHA1; wrong_id <= IKE2_HASH_SHA2_512; wrong_id++)
        expect_found(&c);
}

static void wrong_prf_is_found(void **state)
{
    static const uint16_t ids[] = {
#ifdef IKE2_ENABLE_LEGACY
        IKE2_PRF_HMAC_SHA1,
#endif
        IKE2_PRF_HMAC_SHA2_256, IKE2_PRF_HMAC_SHA2_384, IKE2_PRF_HMAC_SHA2_512,
        IKE2_PRF_AES128_XCBC,   IKE2_PRF_AES128_CMAC,
    };

    (void)state;
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        ike2_crypto c = wrap.table;

        wrong_id = ids[i];
        c.prf = wrong_prf;
        expect_found(&c);
        c = wrap.table;
        c.prf_key = wrong_prf_key;
        expect_found(&c);
        c = wrap.table;
        c.prf_plus = wrong_prf_plus;
        expect_found(&c);
    }
}

static void wrong_cipher_is_found(void **state)
{
    static const uint16_t ids[] = {
#ifdef IKE2_ENABLE_LEGACY
        IKE2_ENCR_3DES,
#endif
        IKE2_ENCR_AES_CBC, IKE2_ENCR_AES_CTR, IKE2_ENCR_AES_CCM_8, IKE2_ENCR_AES_CCM_12,
        IKE2_ENCR_AES_CCM_16, IKE2_ENCR_AES_GCM_8, IKE2_ENCR_AES_GCM_12, IKE2_ENCR_AES_GCM_16,
        IKE2_ENCR_NULL_AUTH_AES_GMAC, IKE2_ENCR_CHACHA20_POLY1305,
    };

    (void)state;
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        ike2_crypto c = wrap.table;

        wrong_id = ids[i];
        c.seal = wrong_seal;
        expect_found(&c);
        c = wrap.table;
        c.describe = wrong_lengths;
        expect_found(&c);
        c = wrap.table;
        c.open = open_all;
        expect_found(&c);
        c.open = open_and_leave;
        expect_found(&c);
    }
}

static void wrong_key_exchange_is_found(void **state)
{
    static const uint16_t ids[] = {
#ifdef IKE2_ENABLE_LEGACY
        IKE2_KE_MODP_1024, IKE2_KE_MODP_1536,
#endif
        IKE2_KE_MODP_2048, IKE2_KE_MODP_3072, IKE2_KE_MODP_4096, IKE2_KE_MODP_6144,
        IKE2_KE_MODP_8192, IKE2_KE_ECP_256, IKE2_KE_ECP_384, IKE2_KE_ECP_521,
        IKE2_KE_BRAINPOOL_P256R1, IKE2_KE_BRAINPOOL_P384R1, IKE2_KE_BRAINPOOL_P512R1,
        IKE2_KE_CURVE25519,
    };
    ike2_crypto c = wrap.table;

    (void)state;
    c.ke_finish = wrong_ke_finish;
    expect_found(&c);
    c = wrap.table;
    c.ke_start = wrong_ke_start;
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        wrong_id = ids[i];
        expect_found(&c);
    }
}

/* --- memory --------------------------------------------------------------------------- */

static void *refuse(void *user, size_t size)
{
    (void)user;
    (void)size;
    return NULL;
}

static void no_release(void *user, void *ptr, size_t size)
{
    (void)user;
    (void)ptr;
    (void)size;
}

static void memory_comes_from_the_hook(void **state)
{
    const ike2_mem none = { .acquire = refuse, .release = no_release };

    (void)state;
    assert_int_equal(ike2_crypto_selftest(&wrap.table, &none), IKE2_ERR_MEMORY);
    assert_int_equal(wrap.keys_alive, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(right_provider_passes),
        cmocka_unit_test(every_failing_call_fails_the_test),
        cmocka_unit_test(constant_randomness_is_found),
        cmocka_unit_test(wrong_hash_is_found),
        cmocka_unit_test(wrong_prf_is_found),
        cmocka_unit_test(wrong_cipher_is_found),
        cmocka_unit_test(wrong_key_exchange_is_found),
        cmocka_unit_test(memory_comes_from_the_hook),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
