/* lib/crypto/protect.c: messages of every suite. Hostile ones are in test_protect_hostile.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "support/octets.h"
#include "support/protector.h"

enum { LENS = 70, LARGEST = 28 + 65535 };

static uint8_t inner_octets[70000], room[70000];

static int setup(void **state)
{
    octets_ramp(inner_octets, sizeof inner_octets, 3);
    return test_protector_setup(state);
}

static struct seal_task task_of(size_t inner_len)
{
    return test_protector_task((ike2_bytes){ .ptr = inner_octets, .len = inner_len });
}

/* Seals into exactly `cap` octets. */
static ike2_err seal(struct protector *p, const struct seal_task *task, size_t cap,
                     ike2_bytes *message)
{
    ike2_writer w;

    ike2_writer_init(&w, room, cap);
    return ike2_protect_seal(p, task, &w, message);
}

static void expect_round_trip(struct test_protector *t, const struct seal_task *task)
{
    size_t size = ike2_protect_size(&t->p, task->inner.len, task->fragments != 0);
    ike2_bytes message = { 0 };
    struct opened opened;

    assert_int_equal(seal(&t->p, task, size, &message), IKE2_OK);
    assert_int_equal(message.len, size);
    assert_ptr_equal(message.ptr, room);
    assert_int_equal(ike2_protect_open(&t->p, room, size, &opened), IKE2_OK);
    assert_int_equal(opened.first, task->fragment > 1 ? 0 : task->first);
    assert_int_equal(opened.fragment, task->fragment);
    assert_int_equal(opened.fragments, task->fragments);
    assert_int_equal(opened.inner.len, task->inner.len);
    if (task->inner.len != 0)
        assert_memory_equal(opened.inner.ptr, task->inner.ptr, task->inner.len);
}

static void sealed_message_has_the_promised_size_and_opens(void **state)
{
    struct test_protector t;

    (void)state;
    for (size_t i = 0; test_protector_init(&t, i); i++) {
        for (size_t len = 0; len < LENS; len++) {
            struct seal_task task = task_of(len);

            expect_round_trip(&t, &task);
            task.fragment = 2;
            task.fragments = 3;
            expect_round_trip(&t, &task);
        }
        test_protector_clear(&t);
    }
}

static void one_octet_less_than_the_size_is_too_small(void **state)
{
    struct test_protector t;
    ike2_bytes message = { 0 };

    (void)state;
    for (size_t i = 0; test_protector_init(&t, i); i++) {
        for (size_t len = 0; len < LENS; len++) {
            struct seal_task task = task_of(len);
            size_t size = ike2_protect_size(&t.p, len, false);

            assert_int_equal(seal(&t.p, &task, size - 1, &message), IKE2_ERR_SPACE);
            assert_null(message.ptr);
        }
        test_protector_clear(&t);
    }
}

static void expect_room_is_exact(const struct protector *p, size_t octets, bool is_fragment)
{
    size_t len = ike2_protect_room(p, octets, is_fragment);

    if (len != 0)
        assert_true(ike2_protect_size(p, len, is_fragment) <= octets);
    if (octets < LARGEST)
        assert_true(ike2_protect_size(p, len + 1, is_fragment) > octets);
}

static void room_is_the_most_that_fits(void **state)
{
    struct test_protector t;

    (void)state;
    for (size_t i = 0; test_protector_init(&t, i); i++) {
        for (size_t octets = 0; octets < 1500; octets++) {
            expect_room_is_exact(&t.p, octets, false);
            expect_room_is_exact(&t.p, octets, true);
        }
        for (size_t more = 0; more < 40; more++)
            assert_int_equal(ike2_protect_room(&t.p, LARGEST + more, true),
                             ike2_protect_room(&t.p, LARGEST, true));
        test_protector_clear(&t);
    }
}

/* A payload's length has 16 bits. */
static void largest_message_is_that_of_a_full_payload(void **state)
{
    struct test_protector t;

    (void)state;
    for (size_t i = 0; test_protector_init(&t, i); i++) {
        struct seal_task task = task_of(ike2_protect_room(&t.p, SIZE_MAX, false));
        ike2_bytes message = { 0 };

        expect_round_trip(&t, &task);
        task.inner.len++;
        assert_int_equal(seal(&t.p, &task, sizeof room, &message), IKE2_ERR_SPACE);
        assert_null(message.ptr);
        test_protector_clear(&t);
    }
}

/* By Python's cryptography: key 00..0f, salt e0..e3, IV 5. */
static void aead_message_is_the_golden_one(void **state)
{
    static const uint8_t payload[] = { 0, 0, 0, 8, 1, 0, 0, 0 };
    struct test_protector t;
    struct seal_task task;
    ike2_bytes message;
    ike2_key *key = NULL;
    uint8_t octets[20];

    (void)state;
    test_protector_init_named(&t, "aes128gcm16");
    octets_ramp(octets, 16, 0);
    octets_ramp(octets + 16, 4, 0xe0);
    assert_int_equal(t.p.crypto->key_import(t.p.crypto->user, IKE2_USE_CIPHER,
                                            (ike2_bytes){ octets, sizeof octets }, &key),
                     IKE2_OK);
    t.p.encr_key = key;
    t.p.counter = 5;
    task = test_protector_task((ike2_bytes){ payload, sizeof payload });
    assert_int_equal(seal(&t.p, &task, sizeof room, &message), IKE2_OK);
    octets_expect_hex(message,
                      "a0a1a2a3a4a5a6a7b0b1b2b3b4b5b6b72e202508000000070000004129000025000000"
                      "000000000589e4691a0bf5e21146a533cda16c5be96825e6d506ec8e9fb6");
    assert_int_equal(t.p.counter, 6);
    t.p.crypto->key_free(t.p.crypto->user, key);
    test_protector_clear(&t);
}

static void inner_chain_may_be_empty(void **state)
{
    struct test_protector t;

    (void)state;
    for (size_t i = 0; test_protector_init(&t, i); i++) {
        struct seal_task task = task_of(0);

        task.first = IKE2_PAYLOAD_NONE;
        expect_round_trip(&t, &task);
        test_protector_clear(&t);
    }
}

static void only_the_first_fragment_names_the_first_payload(void **state)
{
    struct test_protector t;
    struct opened opened;
    ike2_bytes message;

    (void)state;
    assert_true(test_protector_init(&t, 0));
    for (uint16_t n = 1; n <= 3; n++) {
        struct seal_task task = task_of(20);

        task.fragment = n;
        task.fragments = 3;
        assert_int_equal(seal(&t.p, &task, sizeof room, &message), IKE2_OK);
        assert_int_equal(message.ptr[16], IKE2_PAYLOAD_SKF);
        assert_int_equal(message.ptr[28], n == 1 ? IKE2_PAYLOAD_NOTIFY : 0);
        assert_int_equal(ike2_protect_open(&t.p, room, message.len, &opened), IKE2_OK);
        assert_int_equal(opened.first, n == 1 ? IKE2_PAYLOAD_NOTIFY : 0);
        assert_int_equal(opened.fragment, n);
    }
    test_protector_clear(&t);
}

enum { ROUNDS = 200, IV_AT = 32 };

/* Counted IVs are one more each time; the others differ from all before. */
static void iv_is_never_used_twice(void **state)
{
    static uint8_t ivs[ROUNDS][16];
    struct test_protector t;

    (void)state;
    for (size_t i = 0; test_protector_init(&t, i); i++) {
        size_t iv_len = t.p.sizes.iv_len;

        t.p.counter = 0x1ff;
        for (size_t n = 0; n < ROUNDS; n++) {
            struct seal_task task = task_of(10);
            ike2_bytes message;

            assert_int_equal(seal(&t.p, &task, sizeof room, &message), IKE2_OK);
            memcpy(ivs[n], message.ptr + IV_AT, iv_len);
            for (size_t before = 0; before < n; before++)
                assert_memory_not_equal(ivs[before], ivs[n], iv_len);
        }
        if (!t.p.iv_random)
            assert_memory_equal(ivs[1], "\0\0\0\0\0\0\2\0", 8);
        test_protector_clear(&t);
    }
}

static void counter_ends_before_it_wraps(void **state)
{
    struct test_protector t;
    struct seal_task task = task_of(10);
    ike2_bytes message = { 0 };

    (void)state;
    test_protector_init_named(&t, "aes256gcm16");
    t.p.counter = UINT64_MAX - 1;
    assert_int_equal(seal(&t.p, &task, sizeof room, &message), IKE2_OK);
    message = (ike2_bytes){ 0 };
    for (int i = 0; i < 3; i++) {
        assert_int_equal(seal(&t.p, &task, sizeof room, &message), IKE2_ERR_LIMIT);
        assert_int_equal(t.p.counter, UINT64_MAX);
        assert_null(message.ptr);
    }
    test_protector_clear(&t);
}

/* Is `octets` somewhere in the room? */
static bool room_has(ike2_bytes octets)
{
    for (size_t at = 0; at + octets.len <= sizeof room; at++)
        if (memcmp(room + at, octets.ptr, octets.len) == 0)
            return true;
    return false;
}

static void failing_call_leaves_no_message_no_plaintext_and_a_spent_counter(void **state)
{
    struct test_protector t;

    (void)state;
    for (size_t i = 0; test_protector_init(&t, i); i++) {
        uint64_t n_calls = t.p.iv_random ? 2 : 1;

        for (uint64_t n = 1; n <= n_calls; n++) {
            struct seal_task task = task_of(40);
            uint64_t counter = t.p.counter;
            ike2_bytes message = { 0 };

            memset(room, 0, sizeof room);
            crypto_wrap_fail_at(t.wrap, n, IKE2_ERR_CRYPTO);
            assert_int_equal(seal(&t.p, &task, sizeof room, &message), IKE2_ERR_CRYPTO);
            assert_int_equal(t.wrap->n_calls, n);
            assert_null(message.ptr);
            assert_false(room_has(task.inner));
            assert_int_equal(t.p.counter, t.p.iv_random ? counter : counter + 1);
        }
        test_protector_clear(&t);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, test_protector_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(sealed_message_has_the_promised_size_and_opens),
        TEST(one_octet_less_than_the_size_is_too_small),
        TEST(room_is_the_most_that_fits),
        TEST(largest_message_is_that_of_a_full_payload),
        TEST(aead_message_is_the_golden_one),
        TEST(inner_chain_may_be_empty),
        TEST(only_the_first_fragment_names_the_first_payload),
        TEST(iv_is_never_used_twice),
        TEST(counter_ends_before_it_wraps),
        TEST(failing_call_leaves_no_message_no_plaintext_and_a_spent_counter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
