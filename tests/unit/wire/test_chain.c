/* Chain of generic payloads. RFC 7296 3.2. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "base/bytes.h"
#include "support/codec.h"
#include "support/octets.h"

/* V, critical N, N */
static const char golden[] = "29000006aabb"
                             "2980000c0000400401020304"
                             "0000000800004016";

static bool read_chain(ike2_bytes chain)
{
    size_t steps = 0;
    ike2_payload p;
    ike2_walk w;

    ike2_payload_walk(&w, IKE2_PAYLOAD_VENDOR, chain);
    while (ike2_payload_next(&w, &p)) {
        codec_within(p.body, chain);
        assert_true(++steps <= chain.len / 4);
    }
    return ike2_walk_end(&w) == IKE2_OK;
}

static ike2_walk begin(uint8_t first, const char *hex, uint8_t *room, size_t cap)
{
    ike2_walk w;

    ike2_payload_walk(&w, first, bytes_of(room, octets_from_hex(hex, room, cap)));
    return w;
}

static void payloads_are_read_in_order(void **state)
{
    uint8_t room[64];
    ike2_walk w = begin(IKE2_PAYLOAD_VENDOR, golden, room, sizeof room);
    ike2_payload p;

    (void)state;
    assert_true(ike2_payload_next(&w, &p));
    assert_int_equal(p.type, IKE2_PAYLOAD_VENDOR);
    assert_false(p.critical);
    octets_expect_hex(p.body, "aabb");

    assert_true(ike2_payload_next(&w, &p));
    assert_int_equal(p.type, IKE2_PAYLOAD_NOTIFY);
    assert_true(p.critical);
    octets_expect_hex(p.body, "0000400401020304");
    assert_int_equal(ike2_walk_end(&w), IKE2_ERR_MALFORMED);

    assert_true(ike2_payload_next(&w, &p));
    assert_false(ike2_payload_next(&w, &p));
    assert_int_equal(ike2_walk_end(&w), IKE2_OK);
}

static void empty_chain_has_no_payload(void **state)
{
    ike2_payload p;
    ike2_walk w;

    (void)state;
    ike2_payload_walk(&w, IKE2_PAYLOAD_NONE, (ike2_bytes){ 0 });
    assert_false(ike2_payload_next(&w, &p));
    assert_int_equal(ike2_walk_end(&w), IKE2_OK);
}

/* The type says that there is one, and no octet follows. */
static void missing_payload_is_malformed(void **state)
{
    ike2_payload p;
    ike2_walk w;

    (void)state;
    ike2_payload_walk(&w, IKE2_PAYLOAD_SA, (ike2_bytes){ 0 });
    assert_false(ike2_payload_next(&w, &p));
    assert_int_equal(ike2_walk_end(&w), IKE2_ERR_MALFORMED);
}

static void octets_behind_the_last_payload_are_malformed(void **state)
{
    (void)state;
    assert_false(codec_accepts(read_chain, "00000006aabbcc"));
    assert_false(codec_accepts(read_chain, "00000006aabb00000004"));
}

static void length_below_the_header_is_malformed(void **state)
{
    static const char *const chains[] = { "00000000", "00000001", "00000002", "00000003",
                                          "2b000000", "2b000003" };

    (void)state;
    for (size_t i = 0; i < sizeof chains / sizeof chains[0]; i++)
        assert_false(codec_accepts(read_chain, chains[i]));
    codec_refuses_truncation(read_chain, golden);
    codec_abuse(read_chain, golden);
}

static void protected_payload_ends_the_chain(void **state)
{
    uint8_t room[64];
    ike2_walk w = begin(IKE2_PAYLOAD_SK, "21000008aabbccdd", room, sizeof room);
    ike2_payload p;

    (void)state;
    assert_true(ike2_payload_next(&w, &p));
    assert_int_equal(p.type, IKE2_PAYLOAD_SK);
    assert_false(ike2_payload_next(&w, &p));
    assert_int_equal(ike2_walk_end(&w), IKE2_OK);

    w = begin(IKE2_PAYLOAD_SKF, "21000008aabbccdd00000004", room, sizeof room);
    assert_true(ike2_payload_next(&w, &p));
    assert_false(ike2_payload_next(&w, &p));
    assert_int_equal(ike2_walk_end(&w), IKE2_ERR_MALFORMED);
}

static void failed_walk_yields_nothing_more(void **state)
{
    uint8_t room[64];
    ike2_walk w = begin(IKE2_PAYLOAD_VENDOR, "2b000003", room, sizeof room);
    ike2_payload p = { .type = 99 };

    (void)state;
    for (int i = 0; i < 3; i++)
        assert_false(ike2_payload_next(&w, &p));
    assert_int_equal(p.type, 99);
    assert_int_equal(ike2_walk_end(&w), IKE2_ERR_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(payloads_are_read_in_order),
        cmocka_unit_test(empty_chain_has_no_payload),
        cmocka_unit_test(missing_payload_is_malformed),
        cmocka_unit_test(octets_behind_the_last_payload_are_malformed),
        cmocka_unit_test(length_below_the_header_is_malformed),
        cmocka_unit_test(protected_payload_ends_the_chain),
        cmocka_unit_test(failed_walk_yields_nothing_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
