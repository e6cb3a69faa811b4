/* lib/mbedtls/key.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <pthread.h>

#include "mbedtls/internal.h"
#include "support/octets.h"

static ike2_key *key_of(ike2_bytes octets)
{
    ike2_key *key = NULL;

    assert_int_equal(ike2_mbed_key_import(NULL, IKE2_USE_PRF, octets, &key), IKE2_OK);
    return key;
}

static ike2_bytes text(const char *s)
{
    return (ike2_bytes){ .ptr = (const uint8_t *)s, .len = strlen(s) };
}

static void expect_octets(const ike2_key *key, const char *expected)
{
    uint8_t room[64];
    ike2_buffer out = { .ptr = room, .cap = sizeof room };

    assert_int_equal(ike2_mbed_key_export(NULL, key, &out), IKE2_OK);
    assert_int_equal(out.len, strlen(expected));
    assert_memory_equal(room, expected, out.len);
}

static void key_has_its_own_copy_of_the_octets(void **state)
{
    char octets[] = "secret";
    ike2_key *key = key_of(text(octets));

    (void)state;
    memset(octets, 'x', sizeof octets - 1);
    expect_octets(key, "secret");
    ike2_mbed_key_free(NULL, key);
}

static void empty_key_is_a_key(void **state)
{
    ike2_key *key = key_of((ike2_bytes){ 0 });

    (void)state;
    expect_octets(key, "");
    ike2_mbed_key_free(NULL, key);
}

static void export_into_too_little_room_tells_the_need(void **state)
{
    ike2_key *key = key_of(text("secret"));
    uint8_t room[5] = { 9, 9, 9, 9, 9 };
    ike2_buffer out = { .ptr = room, .cap = sizeof room };

    (void)state;
    assert_int_equal(ike2_mbed_key_export(NULL, key, &out), IKE2_ERR_SPACE);
    assert_int_equal(out.len, 6);
    assert_memory_equal(room, "\x09\x09\x09\x09\x09", sizeof room);
    ike2_mbed_key_free(NULL, key);
}

/* The address sanitizer watches that the last free is one, and no earlier one is. */
static void key_lives_until_its_last_owner_is_gone(void **state)
{
    ike2_key *key = key_of(text("secret"));

    (void)state;
    ike2_mbed_key_ref(NULL, key);
    ike2_mbed_key_ref(NULL, key);
    ike2_mbed_key_free(NULL, key);
    expect_octets(key, "secret");
    ike2_mbed_key_free(NULL, key);
    expect_octets(key, "secret");
    ike2_mbed_key_free(NULL, key);
}

static void free_of_null_is_harmless(void **state)
{
    (void)state;
    ike2_mbed_key_free(NULL, NULL);
}

/* Octets can be any key but a private one, whose form would have to be checked. */
static void import_takes_every_use_but_signing(void **state)
{
    (void)state;
    for (uint16_t use = 0; use < 9; use++) {
        ike2_key *key = NULL;
        bool fits = use >= IKE2_USE_PRF && use <= IKE2_USE_CHILD;

        assert_int_equal(ike2_mbed_key_import(NULL, use, text("k"), &key),
                         fits ? IKE2_OK : IKE2_ERR_UNSUPPORTED);
        assert_int_equal(key != NULL, fits);
        ike2_mbed_key_free(NULL, key);
    }
}

static void impossible_length_is_out_of_memory(void **state)
{
    ike2_key *key = NULL;

    (void)state;
    assert_int_equal(ike2_mbed_key_new(IKE2_USE_PRF, SIZE_MAX, &key), IKE2_ERR_MEMORY);
    assert_null(key);
}

enum { THREADS = 4, ROUNDS = 20000 };

static void *own_and_disown(void *key)
{
    for (int i = 0; i < ROUNDS; i++) {
        ike2_mbed_key_ref(NULL, key);
        ike2_mbed_key_free(NULL, key);
    }
    ike2_mbed_key_free(NULL, key);
    return NULL;
}

static void owners_are_counted_across_threads(void **state)
{
    ike2_key *key = key_of(text("secret"));
    pthread_t threads[THREADS];

    (void)state;
    for (int i = 0; i < THREADS; i++) {
        ike2_mbed_key_ref(NULL, key);
        assert_int_equal(pthread_create(&threads[i], NULL, own_and_disown, key), 0);
    }
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(atomic_load(&key->n_owners), 1);
    expect_octets(key, "secret");
    ike2_mbed_key_free(NULL, key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(key_has_its_own_copy_of_the_octets),
        cmocka_unit_test(empty_key_is_a_key),
        cmocka_unit_test(export_into_too_little_room_tells_the_need),
        cmocka_unit_test(key_lives_until_its_last_owner_is_gone),
        cmocka_unit_test(free_of_null_is_harmless),
        cmocka_unit_test(import_takes_every_use_but_signing),
        cmocka_unit_test(impossible_length_is_out_of_memory),
        cmocka_unit_test(owners_are_counted_across_threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
