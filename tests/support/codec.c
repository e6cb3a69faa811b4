/* support/codec.c - what every reader and every writer of payloads must stand. */
#include "support/codec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "support/octets.h"

enum { CODEC_OCTETS_MAX = 4096, GUARD = 0xa5 };

void codec_within(ike2_bytes view, ike2_bytes octets)
{
    volatile uint8_t sink = 0;

    if (view.len == 0)
        return;
    assert_true(view.ptr >= octets.ptr && view.len <= octets.len);
    assert_true((size_t)(view.ptr - octets.ptr) <= octets.len - view.len);
    for (size_t i = 0; i < view.len; i++)
        sink = (uint8_t)(sink ^ view.ptr[i]);
}

static bool read_copy(codec_read *read, const uint8_t *octets, size_t len)
{
    uint8_t *copy = malloc(len != 0 ? len : 1);
    bool accepted;

    assert_non_null(copy);
    memcpy(copy, octets, len);
    accepted = read(bytes_of(copy, len));
    free(copy);
    return accepted;
}

static void flip_bits(codec_read *read, uint8_t *octets, size_t len)
{
    for (size_t bit = 0; bit < 8 * len; bit++) {
        octets[bit / 8] = (uint8_t)(octets[bit / 8] ^ 1u << bit % 8);
        (void)read_copy(read, octets, len);
        octets[bit / 8] = (uint8_t)(octets[bit / 8] ^ 1u << bit % 8);
    }
}

static void shorten_lengths(codec_read *read, uint8_t *octets, size_t len)
{
    for (size_t at = 0; at + 1 < len; at++) {
        uint8_t saved[2] = { octets[at], octets[at + 1] };

        for (uint8_t value = 0; value <= 3; value++) {
            octets[at] = 0;
            octets[at + 1] = value;
            (void)read_copy(read, octets, len);
        }
        octets[at] = octets[at + 1] = 0xff;
        (void)read_copy(read, octets, len);
        memcpy(octets + at, saved, sizeof saved);
    }
}

void codec_abuse(codec_read *read, const char *hex)
{
    uint8_t octets[CODEC_OCTETS_MAX];
    size_t len = octets_from_hex(hex, octets, sizeof octets);

    for (size_t cut = 0; cut <= len; cut++)
        (void)read_copy(read, octets, cut);
    flip_bits(read, octets, len);
    shorten_lengths(read, octets, len);
}

void codec_refuses_truncation(codec_read *read, const char *hex)
{
    uint8_t octets[CODEC_OCTETS_MAX];
    size_t len = octets_from_hex(hex, octets, sizeof octets);

    assert_true(read_copy(read, octets, len));
    for (size_t cut = 0; cut < len; cut++)
        assert_false(read_copy(read, octets, cut));
}

bool codec_accepts(codec_read *read, const char *hex)
{
    uint8_t octets[CODEC_OCTETS_MAX];
    size_t len = octets_from_hex(hex, octets, sizeof octets);

    return read_copy(read, octets, len);
}

static ike2_err write_into(codec_write *write, const void *value, uint8_t *room, size_t cap,
                           ike2_bytes *out)
{
    ike2_writer w;

    memset(room, GUARD, CODEC_OCTETS_MAX);
    ike2_writer_init(&w, room, cap);
    write(&w, value);
    for (size_t i = cap; i < CODEC_OCTETS_MAX; i++)
        assert_int_equal(room[i], GUARD);
    return ike2_writer_end(&w, out);
}

void codec_writes(codec_write *write, const void *value, const char *hex)
{
    uint8_t room[CODEC_OCTETS_MAX];
    size_t len = strlen(hex) / 2;
    ike2_bytes out = { 0 };

    assert_int_equal(write_into(write, value, room, len, &out), IKE2_OK);
    octets_expect_hex(out, hex);
    for (size_t cap = 0; cap < len; cap++) {
        ike2_bytes none = { 0 };

        assert_int_equal(write_into(write, value, room, cap, &none), IKE2_ERR_SPACE);
        assert_null(none.ptr);
    }
}

void codec_refuses(codec_write *write, const void *value)
{
    uint8_t room[CODEC_OCTETS_MAX];
    ike2_bytes out = { 0 };

    assert_int_equal(write_into(write, value, room, sizeof room, &out), IKE2_ERR_SPACE);
    assert_null(out.ptr);
}
