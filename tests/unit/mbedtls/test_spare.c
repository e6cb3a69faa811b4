/* lib/mbedtls/spare.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <pthread.h>

#include "base/bytes.h"
#include "mbedtls/spare.h"
#include "support/octets.h"

enum { KEY_LEN = 36, MAC_KEY_LEN = 32, DATA_LEN = 48, ROUNDS = 400, THREADS = 4 };

static const struct encr_kind gcm = {
    .mode = MODE_GCM, .cipher = MBEDTLS_CIPHER_ID_AES, .salt_len = 4, .iv_len = 8, .icv_len = 16,
    .block_len = 1,
};
static const struct encr_kind other = {
    .mode = MODE_CTR, .cipher = MBEDTLS_CIPHER_ID_AES, .salt_len = 4, .iv_len = 8, .block_len = 1,
};
static const struct mac_kind sha256 = HMAC_KIND(SHA2_256, 32);
static const struct mac_kind cmac = { .family = MAC_CMAC, .len = 16 };

static ike2_key *key_of(uint16_t use, size_t len)
{
    uint8_t octets[KEY_LEN];
    ike2_key *key = NULL;

    octets_ramp(octets, len, 1);
    assert_int_equal(ike2_mbed_key_import(NULL, use, bytes_of(octets, len), &key), IKE2_OK);
    return key;
}

static struct engine *take(const ike2_key *key, const struct encr_kind *k, bool sealing)
{
    const struct engine_plan plan = { .kind = k, .key = key->octets, .key_len = 32,
                                      .sealing = sealing };
    struct engine *e = NULL;

    assert_int_equal(ike2_mbed_engine_take(key, &plan, &e), IKE2_OK);
    assert_ptr_equal(e->kind, k);
    assert_int_equal(e->sealing, sealing);
    return e;
}

static struct mac *take_mac(const ike2_key *key, const struct mac_kind *k)
{
    struct mac *m = NULL;

    assert_int_equal(ike2_mbed_mac_take(key, k, &m), IKE2_OK);
    return m;
}

static void only_keys_of_children_keep_something(void **state)
{
    (void)state;
    for (uint16_t use = IKE2_USE_PRF; use <= IKE2_USE_CHILD; use++) {
        ike2_key *key = key_of(use, KEY_LEN);

        assert_int_equal(key->spare != NULL, use == IKE2_USE_CHILD);
        ike2_mbed_engine_give(key, take(key, &gcm, true));
        ike2_mbed_mac_give(key, take_mac(key, &sha256));
        ike2_mbed_key_free(NULL, key);
    }
}

static void what_is_given_back_is_taken_again(void **state)
{
    ike2_key *key = key_of(IKE2_USE_CHILD, KEY_LEN);
    struct engine *seal = take(key, &gcm, true), *open = take(key, &gcm, false);
    struct mac *mac = take_mac(key, &sha256);

    (void)state;
    assert_null(atomic_load(&key->spare->engines[0]));
    assert_null(atomic_load(&key->spare->engines[1]));
    assert_null(atomic_load(&key->spare->mac));
    ike2_mbed_engine_give(key, seal);
    ike2_mbed_engine_give(key, open);
    ike2_mbed_mac_give(key, mac);
    assert_ptr_equal(take(key, &gcm, true), seal);
    assert_ptr_equal(take(key, &gcm, false), open);
    assert_ptr_equal(take_mac(key, &sha256), mac);
    ike2_mbed_engine_give(key, seal);
    ike2_mbed_engine_give(key, open);
    ike2_mbed_mac_give(key, mac);
    ike2_mbed_key_free(NULL, key);
}

/* The address sanitizer counts them. */
static void of_two_that_are_given_back_one_stays(void **state)
{
    ike2_key *key = key_of(IKE2_USE_CHILD, KEY_LEN);
    struct engine *a = take(key, &gcm, true), *b = take(key, &gcm, true);
    struct mac *m = take_mac(key, &sha256), *n = take_mac(key, &sha256);

    (void)state;
    assert_ptr_not_equal(a, b);
    assert_ptr_not_equal(m, n);
    ike2_mbed_engine_give(key, a);
    ike2_mbed_engine_give(key, b);
    ike2_mbed_mac_give(key, m);
    ike2_mbed_mac_give(key, n);
    assert_ptr_equal(atomic_load(&key->spare->engines[1]), b);
    assert_ptr_equal(atomic_load(&key->spare->mac), n);
    ike2_mbed_key_free(NULL, key);
}

static void what_was_made_for_another_transform_is_not_taken(void **state)
{
    ike2_key *key = key_of(IKE2_USE_CHILD, KEY_LEN);
    struct mac *m;

    (void)state;
    ike2_mbed_engine_give(key, take(key, &gcm, true));
    ike2_mbed_engine_give(key, take(key, &other, true));
    ike2_mbed_mac_give(key, take_mac(key, &sha256));
    m = take_mac(key, &cmac);
    assert_int_equal(m->kind.family, MAC_CMAC);
    ike2_mbed_mac_give(key, m);
    ike2_mbed_key_free(NULL, key);
}

static void mac_forgets_the_message_before(void **state)
{
    ike2_key *key = key_of(IKE2_USE_CHILD, MAC_KEY_LEN);
    uint8_t first[HASH_OCTETS_MAX], second[HASH_OCTETS_MAX];
    struct mac *m = take_mac(key, &sha256);

    (void)state;
    assert_int_equal(ike2_mbed_mac_update(m, bytes_of("a", 1)), 0);
    assert_int_equal(ike2_mbed_mac_finish(m, first), 0);
    ike2_mbed_mac_give(key, m);
    m = take_mac(key, &sha256);
    assert_int_equal(ike2_mbed_mac_update(m, bytes_of("half", 4)), 0);
    ike2_mbed_mac_give(key, m); /* as after a failure */
    m = take_mac(key, &sha256);
    assert_int_equal(ike2_mbed_mac_update(m, bytes_of("a", 1)), 0);
    assert_int_equal(ike2_mbed_mac_finish(m, second), 0);
    assert_memory_equal(first, second, sha256.len);
    ike2_mbed_mac_give(key, m);
    ike2_mbed_key_free(NULL, key);
}

/* --- Threads ------------------------------------------------------------------- */

/* What all threads share. */
static ike2_key *encr_key, *integ_key;

static ike2_err there_and_back(uint8_t seed)
{
    uint8_t iv[16], data[DATA_LEN], plain[DATA_LEN], icv[16];
    const ike2_seal_args args = {
        .encr = { .type = IKE2_TRANSFORM_ENCR, .id = IKE2_ENCR_AES_CBC, .key_bits = 256 },
        .integ = { .type = IKE2_TRANSFORM_INTEG, .id = IKE2_INTEG_HMAC_SHA2_256_128 },
        .encr_key = encr_key, .integ_key = integ_key,
        .iv = bytes_of(iv, sizeof iv), .data = data, .len = sizeof data,
        .icv = icv, .icv_len = sizeof icv,
    };
    ike2_err err;

    octets_ramp(iv, sizeof iv, seed);
    octets_ramp(plain, sizeof plain, (uint8_t)(3 * seed));
    memcpy(data, plain, sizeof data);
    err = ike2_mbed_seal(NULL, &args);
    if (err == IKE2_OK)
        err = ike2_mbed_open(NULL, &args);
    if (err == IKE2_OK && memcmp(data, plain, sizeof data) != 0)
        err = IKE2_ERR_CRYPTO;
    return err;
}

static void *work(void *arg)
{
    ike2_err *err = arg;

    *err = IKE2_OK;
    for (int i = 0; i < ROUNDS && *err == IKE2_OK; i++)
        *err = there_and_back((uint8_t)i);
    return NULL;
}

/* Also under the thread sanitizer: preset `tsan`. */
static void one_key_serves_many_threads(void **state)
{
    pthread_t threads[THREADS];
    ike2_err errs[THREADS];

    (void)state;
    encr_key = key_of(IKE2_USE_CHILD, 32);
    integ_key = key_of(IKE2_USE_CHILD, 32);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, work, &errs[i]), 0);
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(errs[i], IKE2_OK);
    }
    ike2_mbed_key_free(NULL, encr_key);
    ike2_mbed_key_free(NULL, integ_key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_keys_of_children_keep_something),
        cmocka_unit_test(what_is_given_back_is_taken_again),
        cmocka_unit_test(of_two_that_are_given_back_one_stays),
        cmocka_unit_test(what_was_made_for_another_transform_is_not_taken),
        cmocka_unit_test(mac_forgets_the_message_before),
        cmocka_unit_test(one_key_serves_many_threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
