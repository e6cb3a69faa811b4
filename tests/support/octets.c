/* support/octets.c - octets for tests. */
#include "support/octets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { EXPECT_OCTETS_MAX = 4096 };

void octets_ramp(uint8_t *out, size_t len, uint8_t first)
{
    for (size_t i = 0; i < len; i++)
        out[i] = (uint8_t)(first + i);
}

static int nibble(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

size_t octets_from_hex(const char *hex, uint8_t *out, size_t cap)
{
    size_t len = strlen(hex) / 2;
    bool is_hex = strlen(hex) % 2 == 0 && len <= cap;

    for (size_t i = 0; is_hex && i < len; i++) {
        int high = nibble(hex[2 * i]), low = nibble(hex[2 * i + 1]);

        is_hex = high >= 0 && low >= 0;
        out[i] = (uint8_t)((unsigned)high << 4 | (unsigned)low);
    }
    if (!is_hex) {
        (void)fprintf(stderr, "octets: \"%.40s\" is no hex text, or too long\n", hex);
        exit(EXIT_FAILURE);
    }
    return len;
}

void octets_expect_hex(ike2_bytes octets, const char *hex)
{
    uint8_t expected[EXPECT_OCTETS_MAX];
    size_t len = octets_from_hex(hex, expected, sizeof expected);

    assert_int_equal(octets.len, len);
    assert_memory_equal(octets.ptr, expected, len);
}

void octets_expect_key(const ike2_crypto *c, const ike2_key *key, const char *hex)
{
    uint8_t room[EXPECT_OCTETS_MAX];
    ike2_buffer out = { .ptr = room, .cap = sizeof room };

    assert_non_null(key);
    assert_int_equal(c->key_export(c->user, key, &out), IKE2_OK);
    octets_expect_hex((ike2_bytes){ .ptr = room, .len = out.len }, hex);
}
