/* lib/crypto/protect.c: what hostile peers send, with and without the keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "support/octets.h"
#include "support/protector.h"

static uint8_t inner_octets[100], room[1000];

static int setup(void **state)
{
    octets_ramp(inner_octets, sizeof inner_octets, 3);
    return test_protector_setup(state);
}

static struct seal_task task_of(size_t inner_len)
{
    return test_protector_task((ike2_bytes){ .ptr = inner_octets, .len = inner_len });
}

static ike2_bytes sealed(struct protector *p, const struct seal_task *task)
{
    ike2_bytes message = { 0 };
    ike2_writer w;

    ike2_writer_init(&w, room, sizeof room);
    assert_int_equal(ike2_protect_seal(p, task, &w, &message), IKE2_OK);
    return message;
}

static void expect_refused(const struct test_protector *t, size_t len, bool may_be_auth)
{
    struct opened opened, before;
    ike2_err err;

    memset(&opened, 0x5a, sizeof opened);
    before = opened;
    err = ike2_protect_open(&t->p, room, len, &opened);
    assert_true(err == IKE2_ERR_MALFORMED || (may_be_auth && err == IKE2_ERR_AUTH));
    assert_memory_equal(&opened, &before, sizeof opened);
}

/* A sealed message of 40 octets, kept aside because opening overwrites it. */
static ike2_bytes sealed_copy(struct test_protector *t, uint16_t fragment, uint8_t *copy)
{
    struct seal_task task = task_of(40);
    ike2_bytes message;

    task.fragment = fragment;
    task.fragments = fragment;
    message = sealed(&t->p, &task);
    memcpy(copy, message.ptr, message.len);
    return (ike2_bytes){ .ptr = copy, .len = message.len };
}

static void every_bit_flip_is_refused(void **state)
{
    struct test_protector t;
    uint8_t copy[256];

    (void)state;
    for (size_t i = 0; test_protector_init(&t, i); i++) {
        for (uint16_t fragment = 0; fragment < 2; fragment++) {
            ike2_bytes message = sealed_copy(&t, fragment, copy);

            for (size_t bit = 0; bit < 8 * message.len; bit++) {
                memcpy(room, message.ptr, message.len);
                room[bit / 8] ^= (uint8_t)(1u << bit % 8);
                expect_refused(&t, message.len, true);
            }
        }
        test_protector_clear(&t);
    }
}

/* Header and, from its own length on, the payload say that the message ends at `len`. */
static void set_lengths(size_t len)
{
    room[26] = (uint8_t)(len >> 8);
    room[27] = (uint8_t)len;
    if (len >= 32) {
        room[30] = (uint8_t)((len - 28) >> 8);
        room[31] = (uint8_t)(len - 28);
    }
}

static void every_truncation_is_refused(void **state)
{
    struct test_protector t;
    uint8_t copy[256];

    (void)state;
    for (size_t i = 0; test_protector_init(&t, i); i++) {
        ike2_bytes message = sealed_copy(&t, 0, copy);

        for (size_t len = 0; len < message.len; len++) {
            memcpy(room, message.ptr, message.len);
            expect_refused(&t, len, false);
            memcpy(room, message.ptr, message.len);
            set_lengths(len);
            expect_refused(&t, len, true);
        }
        test_protector_clear(&t);
    }
}

/* What cannot hold IV, one block and ICV is refused before the provider is asked. */
static void payload_of_impossible_length_is_malformed_unopened(void **state)
{
    struct test_protector t;

    (void)state;
    for (size_t i = 0; test_protector_init(&t, i); i++) {
        size_t least = ike2_protect_size(&t.p, 0, false);
        size_t block = t.p.sizes.block_len > 1 ? t.p.sizes.block_len : 1;
        struct seal_task task = task_of(40);

        (void)sealed(&t.p, &task);
        crypto_wrap_fail_at(t.wrap, 0, IKE2_OK);
        for (size_t len = 28; len < least + 3 * block; len++) {
            if (len >= least && (len - least) % block == 0)
                continue;
            set_lengths(len);
            expect_refused(&t, len, false);
        }
        assert_int_equal(t.wrap->n_calls, 0);
        test_protector_clear(&t);
    }
}

/* Seals `plain`, padding and all, as whoever holds the keys can. */
static size_t forge(const struct test_protector *t, const uint8_t *plain, size_t plain_len)
{
    const ike2_sk_sizes *s = &t->p.sizes;
    size_t len = 32 + s->iv_len + plain_len + s->icv_len;
    const ike2_seal_args args = {
        .encr = t->p.encr,
        .integ = t->p.integ,
        .encr_key = t->p.encr_key,
        .integ_key = t->p.integ_key,
        .iv = { room + 32, s->iv_len },
        .aad = { room, 32 },
        .data = room + 32 + s->iv_len,
        .len = plain_len,
        .icv = room + 32 + s->iv_len + plain_len,
        .icv_len = s->icv_len,
    };

    memset(room, 0, len);
    room[16] = IKE2_PAYLOAD_SK;
    room[17] = 0x20;
    room[28] = IKE2_PAYLOAD_NOTIFY;
    set_lengths(len);
    memcpy(args.data, plain, plain_len);
    assert_int_equal(t->p.crypto->seal(t->p.crypto->user, &args), IKE2_OK);
    return len;
}

static void expect_padding(const struct test_protector *t, uint8_t pad_len, size_t plain_len)
{
    uint8_t plain[48];
    struct opened opened;
    size_t len;

    octets_ramp(plain, sizeof plain, 0);
    plain[plain_len - 1] = pad_len;
    len = forge(t, plain, plain_len);
    if (pad_len >= plain_len) {
        expect_refused(t, len, false);
        return;
    }
    /* RFC 7296 3.14: more padding than needed is allowed, with any content. */
    assert_int_equal(ike2_protect_open(&t->p, room, len, &opened), IKE2_OK);
    assert_int_equal(opened.inner.len, plain_len - 1 - pad_len);
    assert_memory_equal(opened.inner.ptr, plain, opened.inner.len);
}

static void padding_longer_than_what_it_pads_is_malformed(void **state)
{
    struct test_protector t;

    (void)state;
    for (size_t i = 0; test_protector_init(&t, i); i++) {
        for (size_t plain_len = 16; plain_len <= 48; plain_len += 16)
            for (int pad_len = 0; pad_len <= UINT8_MAX; pad_len++)
                expect_padding(&t, (uint8_t)pad_len, plain_len);
        test_protector_clear(&t);
    }
}

static void octets_behind_the_protected_payload_are_malformed(void **state)
{
    struct test_protector t;
    uint8_t copy[256];
    ike2_bytes message;

    (void)state;
    assert_true(test_protector_init(&t, 0));
    message = sealed_copy(&t, 0, copy);
    memcpy(room, message.ptr, message.len);
    /* A payload of its own: Vendor ID without data. */
    memcpy(room + message.len, "\0\0\0\4", 4);
    room[27] = (uint8_t)(message.len + 4);
    expect_refused(&t, message.len + 4, false);
    test_protector_clear(&t);
}

static void message_without_protected_payload_is_malformed(void **state)
{
    struct seal_task task = task_of(0);
    struct test_protector t;
    ike2_bytes message;
    ike2_writer w;

    (void)state;
    assert_true(test_protector_init(&t, 0));
    ike2_writer_init(&w, room, sizeof room);
    ike2_message_begin(&w, &task.header);
    ike2_payload_begin(&w, IKE2_PAYLOAD_VENDOR, false);
    ike2_octets_write(&w, (ike2_bytes){ inner_octets, 100 });
    ike2_payload_end(&w);
    assert_int_equal(ike2_message_end(&w, &message), IKE2_OK);
    expect_refused(&t, message.len, false);
    test_protector_clear(&t);
}

/* RFC 7296 3.14: the checksum begins at the header, whatever is in between. */
static void payload_before_the_protected_one_is_covered(void **state)
{
    struct seal_task task = task_of(0);
    struct test_protector t;
    struct opened opened;
    ike2_sk_room sk;
    ike2_bytes message;
    ike2_writer w;

    (void)state;
    assert_true(test_protector_init(&t, 0));
    for (int flip = 0; flip < 2; flip++) {
        ike2_writer_init(&w, room, sizeof room);
        ike2_message_begin(&w, &task.header);
        ike2_payload_begin(&w, IKE2_PAYLOAD_VENDOR, false);
        ike2_octets_write(&w, (ike2_bytes){ inner_octets, 9 });
        ike2_payload_end(&w);
        ike2_sk_begin(&w, &t.p.sizes, IKE2_PAYLOAD_NOTIFY, 0, 0);
        ike2_octets_write(&w, (ike2_bytes){ inner_octets, 20 });
        assert_int_equal(ike2_sk_end(&w, &t.p.sizes, &sk, &message), IKE2_OK);
        const ike2_seal_args args = {
            .encr = t.p.encr, .integ = t.p.integ,
            .encr_key = t.p.encr_key, .integ_key = t.p.integ_key,
            .iv = { sk.iv, t.p.sizes.iv_len }, .aad = sk.aad,
            .data = sk.data, .len = sk.data_len, .icv = sk.icv, .icv_len = t.p.sizes.icv_len,
        };
        assert_int_equal(t.p.crypto->seal(t.p.crypto->user, &args), IKE2_OK);
        room[35] ^= (uint8_t)flip;
        assert_int_equal(ike2_protect_open(&t.p, room, message.len, &opened),
                         flip ? IKE2_ERR_AUTH : IKE2_OK);
        assert_int_equal(opened.inner.len, 20);
    }
    test_protector_clear(&t);
}

static void set_fragment(uint16_t fragment, uint16_t fragments)
{
    room[32] = (uint8_t)(fragment >> 8);
    room[33] = (uint8_t)fragment;
    room[34] = (uint8_t)(fragments >> 8);
    room[35] = (uint8_t)fragments;
}

static void impossible_fragment_numbers_are_malformed_unopened(void **state)
{
    static const uint16_t numbers[][2] = {
        { 0, 0 }, { 0, 1 }, { 0, 65535 }, { 1, 0 }, { 2, 1 }, { 65535, 65534 },
    };
    struct test_protector t;
    uint8_t copy[256];

    (void)state;
    for (size_t i = 0; test_protector_init(&t, i); i++) {
        ike2_bytes message = sealed_copy(&t, 1, copy);

        crypto_wrap_fail_at(t.wrap, 0, IKE2_OK);
        for (size_t n = 0; n < sizeof numbers / sizeof numbers[0]; n++) {
            memcpy(room, message.ptr, message.len);
            set_fragment(numbers[n][0], numbers[n][1]);
            expect_refused(&t, message.len, false);
        }
        assert_int_equal(t.wrap->n_calls, 0);
        test_protector_clear(&t);
    }
}

static void keys_of_the_other_direction_open_nothing(void **state)
{
    struct test_protector t, other;
    struct opened opened;

    (void)state;
    for (size_t i = 0; test_protector_init(&t, i); i++) {
        struct seal_task task = task_of(40);
        ike2_bytes message;

        assert_true(test_protector_init_other(&other, i));
        message = sealed(&other.p, &task);
        assert_int_equal(ike2_protect_open(&t.p, room, message.len, &opened), IKE2_ERR_AUTH);
        test_protector_clear(&other);
        test_protector_clear(&t);
    }
}

static void failing_provider_opens_nothing(void **state)
{
    struct test_protector t;
    struct opened opened, before;
    struct seal_task task = task_of(40);
    ike2_bytes message;

    (void)state;
    assert_true(test_protector_init(&t, 0));
    message = sealed(&t.p, &task);
    memset(&opened, 0x5a, sizeof opened);
    before = opened;
    crypto_wrap_fail_at(t.wrap, 1, IKE2_ERR_MEMORY);
    assert_int_equal(ike2_protect_open(&t.p, room, message.len, &opened), IKE2_ERR_MEMORY);
    assert_memory_equal(&opened, &before, sizeof opened);
    test_protector_clear(&t);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, test_protector_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_bit_flip_is_refused),
        TEST(every_truncation_is_refused),
        TEST(payload_of_impossible_length_is_malformed_unopened),
        TEST(padding_longer_than_what_it_pads_is_malformed),
        TEST(octets_behind_the_protected_payload_are_malformed),
        TEST(message_without_protected_payload_is_malformed),
        TEST(payload_before_the_protected_one_is_covered),
        TEST(impossible_fragment_numbers_are_malformed_unopened),
        TEST(keys_of_the_other_direction_open_nothing),
        TEST(failing_provider_opens_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
