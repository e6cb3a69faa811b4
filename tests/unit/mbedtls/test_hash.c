/* lib/mbedtls/hash.c; values by Python's hashlib. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "mbedtls/internal.h"
#include "support/octets.h"

static void hash_takes_its_parts_as_one(void **state)
{
    const ike2_bytes parts[] = { bytes_of("a", 1), { 0 }, bytes_of("bc", 2) };
    uint8_t room[HASH_OCTETS_MAX];
    ike2_buffer out = { .ptr = room, .cap = sizeof room };

    (void)state;
    assert_int_equal(ike2_mbed_hash(NULL, IKE2_HASH_SHA1, parts, 3, &out), IKE2_OK);
    octets_expect_hex(bytes_of(room, out.len), "a9993e364706816aba3e25717850c26c9cd0d89d");
    assert_int_equal(ike2_mbed_hash(NULL, IKE2_HASH_SHA1, NULL, 0, &out), IKE2_OK);
    octets_expect_hex(bytes_of(room, out.len), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
}

/* NAT detection and CERTREQ know no other hash; MD5 is in no build. */
static void sha1_is_always_there_and_md5_never(void **state)
{
    (void)state;
    assert_non_null(ike2_mbed_hash_kind(IKE2_HASH_SHA1));
    for (uint16_t id = 0; id < 256; id++) {
        const struct hash_kind *h = ike2_mbed_hash_kind(id);

        assert_true(h == NULL || h->md != MBEDTLS_MD_MD5);
    }
}

static void unknown_hashes_are_unsupported(void **state)
{
    uint8_t room[HASH_OCTETS_MAX];
    ike2_buffer out = { .ptr = room, .cap = sizeof room };

    (void)state;
    assert_int_equal(ike2_mbed_hash(NULL, IKE2_HASH_IDENTITY, NULL, 0, &out),
                     IKE2_ERR_UNSUPPORTED);
    assert_int_equal(out.len, 0);
}

static void too_little_room_tells_the_need(void **state)
{
    uint8_t room[32] = { 7 };
    ike2_buffer out = { .ptr = room, .cap = 31 };

    (void)state;
    assert_int_equal(ike2_mbed_hash(NULL, IKE2_HASH_SHA2_256, NULL, 0, &out), IKE2_ERR_SPACE);
    assert_int_equal(out.len, 32);
    assert_int_equal(room[0], 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hash_takes_its_parts_as_one),
        cmocka_unit_test(sha1_is_always_there_and_md5_never),
        cmocka_unit_test(unknown_hashes_are_unsupported),
        cmocka_unit_test(too_little_room_tells_the_need),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
