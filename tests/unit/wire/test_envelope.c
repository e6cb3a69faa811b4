/* Framing of the SK and SKF payloads. RFC 7296 3.14; RFC 7383 2.5. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include <ike2/iana.h>

#include "base/bytes.h"
#include "support/codec.h"
#include "support/octets.h"

static const ike2_sk_sizes cbc = { .iv_len = 4, .icv_len = 3, .block_len = 4 };
static const ike2_sk_sizes aead = { .iv_len = 8, .icv_len = 16 };
static const ike2_header header = { .spi_i = 1, .spi_r = 2, .version = IKE2_VERSION_2_0 };

#define HEADER_WITH(next, length) "00000000000000010000000000000002" next "20000000000000" length

/* SK of 4 + 4 (IV) + 8 + 3 (ICV) octets around one Vendor ID of two octets. */
static const char golden_sk[] = HEADER_WITH("2e", "0000002f") "2b000013"
                                                             "00000000"
                                                             "00000006aabb0001"
                                                             "000000";
static const char golden_skf[] = HEADER_WITH("35", "0000002f") "2b000013"
                                                              "00010002"
                                                              "00000000"
                                                              "aabbcc00"
                                                              "000000";

static bool read_sk(ike2_bytes message)
{
    ike2_sk_parts p;

    if (ike2_sk_read(message, &cbc, &p) != IKE2_OK)
        return false;
    codec_within(p.aad, message);
    codec_within(p.iv, message);
    codec_within(p.sealed, message);
    codec_within(p.icv, message);
    assert_true(p.aad.len + p.iv.len + p.sealed.len + p.icv.len == message.len);
    assert_true(p.sealed.len != 0 && p.sealed.len % cbc.block_len == 0);
    return true;
}

static bool unpad(ike2_bytes plain)
{
    ike2_bytes inner;

    if (ike2_sk_unpad(plain, &inner) != IKE2_OK)
        return false;
    codec_within(inner, plain);
    assert_true(inner.len < plain.len);
    return true;
}

static ike2_err write_sk(uint8_t *room, size_t cap, ike2_sk_room *parts, ike2_bytes *message)
{
    ike2_writer w;

    ike2_writer_init(&w, room, cap);
    ike2_message_begin(&w, &header);
    ike2_sk_begin(&w, &cbc, IKE2_PAYLOAD_NONE, 0, 0);
    ike2_data_write(&w, IKE2_PAYLOAD_VENDOR, bytes_of("\xaa\xbb", 2));
    return ike2_sk_end(&w, &cbc, parts, message);
}

static void message_is_framed(void **state)
{
    uint8_t room[64] = { 0 };
    ike2_sk_room parts;
    ike2_bytes message;

    (void)state;
    assert_int_equal(write_sk(room, sizeof room, &parts, &message), IKE2_OK);

    octets_expect_hex(message, golden_sk);
    assert_true(parts.aad.ptr == room && parts.aad.len == 32);
    assert_true(parts.iv == room + 32);
    assert_true(parts.data == room + 36 && parts.data_len == 8);
    assert_true(parts.icv == room + 44);
}

static void room_too_small_is_noticed(void **state)
{
    uint8_t room[64];
    ike2_sk_room parts = { 0 };
    ike2_bytes message = { 0 };

    (void)state;
    for (size_t cap = 0; cap < 47; cap++) {
        memset(room, 0xa5, sizeof room);
        assert_int_equal(write_sk(room, cap, &parts, &message), IKE2_ERR_SPACE);
        for (size_t i = cap; i < sizeof room; i++)
            assert_int_equal(room[i], 0xa5);
    }
    assert_null(parts.iv);
    assert_null(message.ptr);
}

static void fragment_is_framed(void **state)
{
    uint8_t room[64] = { 0 };
    ike2_sk_room parts;
    ike2_bytes message;
    ike2_writer w;

    (void)state;
    ike2_writer_init(&w, room, sizeof room);
    ike2_message_begin(&w, &header);
    ike2_sk_begin(&w, &cbc, IKE2_PAYLOAD_VENDOR, 1, 2);
    ike2_octets_write(&w, bytes_of("\xaa\xbb\xcc", 3));
    assert_int_equal(ike2_sk_end(&w, &cbc, &parts, &message), IKE2_OK);

    octets_expect_hex(message, golden_skf);
    assert_int_equal(parts.aad.len, 36);
    assert_int_equal(parts.data_len, 4);
}

/* RFC 7383 2.5.3: unprotected payloads may come before. */
static void payloads_before_the_protected_one_are_kept(void **state)
{
    uint8_t room[128] = { 0 };
    ike2_sk_room parts;
    ike2_bytes message;
    ike2_sk_parts cut;
    ike2_writer w;

    (void)state;
    ike2_writer_init(&w, room, sizeof room);
    ike2_message_begin(&w, &header);
    ike2_data_write(&w, IKE2_PAYLOAD_VENDOR, bytes_of("12345", 5));
    ike2_sk_begin(&w, &aead, IKE2_PAYLOAD_NONE, 0, 0);
    assert_int_equal(ike2_sk_end(&w, &aead, &parts, &message), IKE2_OK);

    assert_int_equal(parts.aad.len, 28 + 9 + 4);
    assert_int_equal(parts.data_len, 1);
    assert_int_equal(message.ptr[16], IKE2_PAYLOAD_VENDOR);
    assert_int_equal(message.ptr[28], IKE2_PAYLOAD_SK);
    assert_int_equal(ike2_sk_read(message, &aead, &cut), IKE2_OK);
    assert_int_equal(cut.aad.len, parts.aad.len);
    assert_int_equal(cut.first, IKE2_PAYLOAD_NONE);
}

static void message_is_cut(void **state)
{
    uint8_t octets[64];
    size_t len = octets_from_hex(golden_sk, octets, sizeof octets);
    ike2_sk_parts p;

    (void)state;
    assert_int_equal(ike2_sk_read(bytes_of(octets, len), &cbc, &p), IKE2_OK);

    assert_int_equal(p.aad.len, 32);
    assert_int_equal(p.iv.len, 4);
    octets_expect_hex(p.sealed, "00000006aabb0001");
    assert_int_equal(p.icv.len, 3);
    assert_int_equal(p.first, IKE2_PAYLOAD_VENDOR);
    assert_int_equal(p.fragment, 0);
    assert_int_equal(p.fragments, 0);
}

static void fragment_is_cut(void **state)
{
    uint8_t octets[64];
    size_t len = octets_from_hex(golden_skf, octets, sizeof octets);
    ike2_sk_parts p;

    (void)state;
    assert_int_equal(ike2_sk_read(bytes_of(octets, len), &cbc, &p), IKE2_OK);

    assert_int_equal(p.aad.len, 36);
    octets_expect_hex(p.sealed, "aabbcc00");
    assert_int_equal(p.fragment, 1);
    assert_int_equal(p.fragments, 2);
}

/* RFC 7383 2.5: neither is zero, and the number is at most the total. */
static void impossible_fragment_numbers_are_malformed(void **state)
{
    static const struct {
        const char *numbers;
        bool good;
    } cases[] = {
        { "00000000", false }, { "00000001", false }, { "00010000", false },
        { "00020001", false }, { "00010001", true },  { "ffffffff", true },
    };
    char hex[sizeof golden_skf];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        memcpy(hex, golden_skf, sizeof hex);
        memcpy(hex + 64, cases[i].numbers, 8);
        assert_int_equal(codec_accepts(read_sk, hex), cases[i].good);
    }
}

static void message_without_whole_blocks_is_malformed(void **state)
{
    (void)state;
    /* 4 octets of ciphertext, then 5, 3 and none. */
    assert_true(codec_accepts(read_sk, HEADER_WITH("2e", "0000002b") "0000000f00000000"
                                                                    "00000000000000"));
    assert_false(codec_accepts(read_sk, HEADER_WITH("2e", "0000002c") "0000001000000000"
                                                                     "0000000000000000"));
    assert_false(codec_accepts(read_sk, HEADER_WITH("2e", "0000002a") "0000000e00000000"
                                                                     "000000000000"));
    assert_false(codec_accepts(read_sk, HEADER_WITH("2e", "00000027") "0000000b00000000"
                                                                     "000000"));
    assert_false(codec_accepts(read_sk, HEADER_WITH("2e", "00000020") "00000004"));
}

static void unprotected_message_has_nothing_to_cut(void **state)
{
    (void)state;
    assert_false(codec_accepts(read_sk, HEADER_WITH("00", "0000001c")));
    assert_false(codec_accepts(read_sk, HEADER_WITH("2b", "00000020") "00000004"));
}

static void damaged_messages_are_malformed_or_within_bounds(void **state)
{
    (void)state;
    codec_refuses_truncation(read_sk, golden_sk);
    codec_refuses_truncation(read_sk, golden_skf);
    codec_abuse(read_sk, golden_sk);
    codec_abuse(read_sk, golden_skf);
}

static void padding_is_removed(void **state)
{
    ike2_bytes inner;

    (void)state;
    assert_int_equal(ike2_sk_unpad(bytes_of("ab\x07\x08\x02", 5), &inner), IKE2_OK);
    octets_expect_hex(inner, "6162");
    assert_int_equal(ike2_sk_unpad(bytes_of("\x07\x01", 2), &inner), IKE2_OK);
    assert_int_equal(inner.len, 0);
    assert_int_equal(ike2_sk_unpad(bytes_of("\x00", 1), &inner), IKE2_OK);
    assert_int_equal(inner.len, 0);
}

static void padding_longer_than_the_plaintext_is_malformed(void **state)
{
    (void)state;
    assert_false(codec_accepts(unpad, ""));
    assert_false(codec_accepts(unpad, "01"));
    assert_false(codec_accepts(unpad, "6103"));
    assert_false(codec_accepts(unpad, "616263ff"));
    codec_abuse(unpad, "6162636402");
}

static void padding_fills_whole_blocks(void **state)
{
    static const uint8_t data[32];

    (void)state;
    for (uint8_t block = 0; block <= 16; block++) {
        const ike2_sk_sizes sizes = { .block_len = block };

        for (size_t len = 0; len <= sizeof data; len++) {
            uint8_t room[128];
            ike2_sk_room parts;
            ike2_bytes message, inner;
            ike2_writer w;

            ike2_writer_init(&w, room, sizeof room);
            ike2_message_begin(&w, &header);
            ike2_sk_begin(&w, &sizes, 0, 0, 0);
            ike2_octets_write(&w, bytes_of(data, len));
            assert_int_equal(ike2_sk_end(&w, &sizes, &parts, &message), IKE2_OK);
            assert_true(block < 2 || parts.data_len % block == 0);
            assert_true(parts.data_len - len <= (block < 2 ? 1u : block));
            assert_int_equal(ike2_sk_unpad(bytes_of(parts.data, parts.data_len), &inner),
                             IKE2_OK);
            assert_int_equal(inner.len, len);
        }
    }
}

static void calls_out_of_order_are_refused(void **state)
{
    uint8_t room[128];
    ike2_sk_room parts;
    ike2_bytes message;
    ike2_writer w;

    (void)state;
    ike2_writer_init(&w, room, sizeof room);
    ike2_sk_begin(&w, &cbc, 0, 0, 0);
    assert_int_equal(ike2_sk_end(&w, &cbc, &parts, &message), IKE2_ERR_SPACE);

    ike2_writer_init(&w, room, sizeof room);
    ike2_message_begin(&w, &header);
    assert_int_equal(ike2_sk_end(&w, &cbc, &parts, &message), IKE2_ERR_SPACE);

    ike2_writer_init(&w, room, sizeof room);
    ike2_message_begin(&w, &header);
    ike2_sk_begin(&w, &cbc, 0, 0, 0);
    ike2_payload_begin(&w, IKE2_PAYLOAD_VENDOR, false);
    assert_int_equal(ike2_sk_end(&w, &cbc, &parts, &message), IKE2_ERR_SPACE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(message_is_framed),
        cmocka_unit_test(room_too_small_is_noticed),
        cmocka_unit_test(fragment_is_framed),
        cmocka_unit_test(payloads_before_the_protected_one_are_kept),
        cmocka_unit_test(message_is_cut),
        cmocka_unit_test(fragment_is_cut),
        cmocka_unit_test(impossible_fragment_numbers_are_malformed),
        cmocka_unit_test(message_without_whole_blocks_is_malformed),
        cmocka_unit_test(unprotected_message_has_nothing_to_cut),
        cmocka_unit_test(damaged_messages_are_malformed_or_within_bounds),
        cmocka_unit_test(padding_is_removed),
        cmocka_unit_test(padding_longer_than_the_plaintext_is_malformed),
        cmocka_unit_test(padding_fills_whole_blocks),
        cmocka_unit_test(calls_out_of_order_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
