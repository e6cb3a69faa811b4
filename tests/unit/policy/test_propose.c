/* lib/policy/propose.c, offer.c, named.c: what an initiator sends */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "policy/offer.h"
#include "support/negotiation.h"

enum { HEADER_OCTETS = 4 };

static struct negotiation n;

static ike2_bytes write_body(ike2_bytes spi)
{
    static uint8_t room[16384];
    ike2_writer w;
    ike2_bytes payload = { 0 };

    ike2_writer_init(&w, room, sizeof room);
    assert_int_equal(ike2_proposals_write(&n.args, spi, &w), IKE2_OK);
    assert_int_equal(ike2_writer_end(&w, &payload), IKE2_OK);
    assert_true(payload.len > HEADER_OCTETS);
    return (ike2_bytes){ .ptr = payload.ptr + HEADER_OCTETS, .len = payload.len - HEADER_OCTETS };
}

static void expect_sent(const char *words)
{
    static const uint8_t octets[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
    char text[4096];

    negotiation_body_text(write_body((ike2_bytes){ octets, n.args.spi_size }), text, sizeof text);
    assert_string_equal(text, words);
}

static void expect_nothing_sent(void)
{
    uint8_t room[64];
    ike2_writer w;

    ike2_writer_init(&w, room, sizeof room);
    assert_int_equal(ike2_proposals_write(&n.args, (ike2_bytes){ 0 }, &w), IKE2_ERR_UNSUPPORTED);
    assert_int_equal(w.len, 0);
}

static void proposals_are_sent_in_order_and_numbered_from_one(void **state)
{
    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_IKE,
                      "aes256gcm16-prfsha384-x25519-ecp256, aes128-sha256-prfsha256-x25519");
    expect_sent("1:aes256gcm16-prfsha384-x25519-ecp256, 2:aes128-sha256-prfsha256-x25519");
}

static void spi_is_in_each_proposal(void **state)
{
    static const uint8_t octets[] = { 0xca, 0xfe, 0xba, 0xbe };
    const ike2_bytes spi = { octets, sizeof octets };
    ike2_walk walk;
    ike2_proposal p;
    ike2_bytes transforms;
    size_t n_proposals = 0;

    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_ESP, "aes256gcm16-noesn, aes128-sha256-noesn");
    ike2_proposal_walk(&walk, write_body(spi));
    for (; ike2_proposal_next(&walk, &p, &transforms); n_proposals++) {
        assert_int_equal(p.protocol, IKE2_PROTOCOL_ESP);
        assert_int_equal(p.spi.len, 4);
        assert_memory_equal(p.spi.ptr, octets, 4);
    }
    assert_int_equal(n_proposals, 2);
}

static void what_the_provider_lacks_is_not_sent(void **state)
{
    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_IKE,
                      "chacha20poly1305-prfsha256-x25519, aes128gcm16-prfsha256-x25519-ecp256");
    n.lacks = "chacha20poly1305 x25519";
    expect_sent("1:aes128gcm16-prfsha256-ecp256");
    n.lacks = "prfsha256";
    expect_nothing_sent();
}

static void no_proposals_are_nothing_to_send(void **state)
{
    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_IKE, "");
    expect_nothing_sent();
    assert_int_equal(ike2_proposals_first_ke(&n.args), 0);
    assert_false(ike2_proposals_have_ke(&n.args, IKE2_KE_CURVE25519));
}

static void key_exchange_is_not_sent_in_ike_auth(void **state)
{
    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_ESP,
                      "aes256gcm16-x25519-noesn, aes256gcm16-ecp256-noesn, aes128gcm16-noesn");
    n.args.without_ke = true;
    expect_sent("1:aes256gcm16-noesn, 2:aes128gcm16-noesn");
    n.args.without_ke = false;
    expect_sent("1:aes256gcm16-x25519-noesn, 2:aes256gcm16-ecp256-noesn, 3:aes128gcm16-noesn");
}

static void esn_is_sent_where_it_was_left_out(void **state)
{
    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_ESP, "aes256gcm16");
    expect_sent("1:aes256gcm16-noesn");
}

static void mixed_proposal_is_sent_as_two(void **state)
{
    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_ESP, "aes256-aes256gcm16-aes128-sha256-noesn");
    expect_sent("1:aes256-aes128-sha256-noesn, 2:aes256gcm16-noesn");
    negotiation_begin(&n, IKE2_PROTOCOL_ESP, "aes256gcm16-aes256-aes128-sha256-noesn");
    expect_sent("1:aes256gcm16-noesn, 2:aes256-aes128-sha256-noesn");
}

static void combined_cipher_is_sent_without_integrity(void **state)
{
    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_ESP, "aes256gcm16-sha256-3:0-noesn");
    expect_sent("1:aes256gcm16-noesn");
}

static void what_the_protocol_does_not_have_is_not_sent(void **state)
{
    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_IKE,
                      "null-aes128gmac-aes128-sha256-prfsha256-x25519-modpnone-noesn-6:36");
    expect_sent("1:aes128-sha256-prfsha256-x25519");
    negotiation_begin(&n, IKE2_PROTOCOL_ESP, "null-sha256-prfsha256-noesn-5:2");
    expect_sent("1:null-sha256-noesn");
}

/* `n_proposals` lists, no two of them alike. */
static void begin_with_many(size_t n_proposals, const char *start)
{
    static char words[20000];

    words[0] = '\0';
    for (size_t i = 0; i < n_proposals; i++) {
        strcat(strcat(words, i == 0 ? "" : ", "), start);
        for (size_t k = 0; k < 12; k++)
            strcat(words, (i >> k % 6 & 1) != 0 ? "-x25519" : "-ecp256");
    }
    negotiation_begin(&n, IKE2_PROTOCOL_IKE, words);
}

static void transforms_beyond_the_bits_are_passed_over(void **state)
{
    char words[1024] = "aes128gcm16";

    (void)state;
    for (int i = 0; i < OFFER_TRANSFORMS_MAX - 3; i++)
        strcat(words, "-4:1000");
    strcat(words, "-prfsha256-x25519-ecp256");
    negotiation_begin(&n, IKE2_PROTOCOL_IKE, words);
    expect_sent("1:aes128gcm16-prfsha256-x25519");
}

static void proposals_beyond_the_limit_are_passed_over(void **state)
{
    ike2_walk walk;
    ike2_proposal p;
    ike2_bytes transforms;
    size_t n_proposals = 0;

    (void)state;
    begin_with_many(40, "aes128gcm16-prfsha256");
    ike2_proposal_walk(&walk, write_body((ike2_bytes){ 0 }));
    while (ike2_proposal_next(&walk, &p, &transforms))
        n_proposals++;
    assert_int_equal(ike2_walk_end(&walk), IKE2_OK);
    assert_int_equal(n_proposals, OFFER_CONFIGURED_MAX);
}

static void more_transforms_than_one_payload_takes_are_refused(void **state)
{
    uint8_t room[16384];
    ike2_writer w;

    (void)state;
    begin_with_many(32, "aes128-aes192-aes256-sha256-prfsha256");
    ike2_writer_init(&w, room, sizeof room);
    assert_int_equal(ike2_proposals_write(&n.args, (ike2_bytes){ 0 }, &w), IKE2_ERR_LIMIT);
    assert_int_equal(w.len, 0);
}

static void room_that_is_too_small_fails_the_writer(void **state)
{
    uint8_t room[16];
    ike2_bytes out;
    ike2_writer w;

    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_IKE, "aes128gcm16-prfsha256-x25519");
    ike2_writer_init(&w, room, sizeof room);
    assert_int_equal(ike2_proposals_write(&n.args, (ike2_bytes){ 0 }, &w), IKE2_OK);
    assert_int_equal(ike2_writer_end(&w, &out), IKE2_ERR_SPACE);
}

static void first_method_is_that_of_the_first_usable_proposal(void **state)
{
    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_IKE,
                      "chacha20poly1305-prfsha256-modp2048, aes128gcm16-prfsha256-x25519-ecp256");
    assert_int_equal(ike2_proposals_first_ke(&n.args), IKE2_KE_MODP_2048);
    n.lacks = "chacha20poly1305";
    assert_int_equal(ike2_proposals_first_ke(&n.args), IKE2_KE_CURVE25519);
    n.lacks = "chacha20poly1305 x25519";
    assert_int_equal(ike2_proposals_first_ke(&n.args), IKE2_KE_ECP_256);
    negotiation_begin(&n, IKE2_PROTOCOL_ESP, "aes128gcm16-x25519-noesn");
    assert_int_equal(ike2_proposals_first_ke(&n.args), IKE2_KE_CURVE25519);
    n.args.without_ke = true;
    assert_int_equal(ike2_proposals_first_ke(&n.args), IKE2_KE_NONE);
    negotiation_begin(&n, IKE2_PROTOCOL_ESP, "aes128gcm16-noesn");
    assert_int_equal(ike2_proposals_first_ke(&n.args), IKE2_KE_NONE);
}

static void method_is_found_in_any_usable_proposal(void **state)
{
    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_IKE,
                      "aes256gcm16-prfsha256-x25519, aes128gcm16-prfsha256-ecp256");
    assert_true(ike2_proposals_have_ke(&n.args, IKE2_KE_CURVE25519));
    assert_true(ike2_proposals_have_ke(&n.args, IKE2_KE_ECP_256));
    assert_false(ike2_proposals_have_ke(&n.args, IKE2_KE_ECP_384));
    assert_false(ike2_proposals_have_ke(&n.args, IKE2_KE_NONE));
    n.lacks = "aes128gcm16";
    assert_false(ike2_proposals_have_ke(&n.args, IKE2_KE_ECP_256));
}

static void defaults_are_modern_and_unmixed(void **state)
{
    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_IKE, "");
    n.args.ours = ike2_default_proposals(IKE2_PROTOCOL_IKE);
    expect_sent("1:aes256gcm16-aes128gcm16-chacha20poly1305-prfsha384-prfsha256-prfsha512-"
                "x25519-ecp256-ecp384-modp3072-modp2048, "
                "2:aes256-aes128-sha256-sha384-sha512-prfsha384-prfsha256-prfsha512-"
                "x25519-ecp256-ecp384-modp3072-modp2048");
    negotiation_begin(&n, IKE2_PROTOCOL_ESP, "");
    n.args.ours = ike2_default_proposals(IKE2_PROTOCOL_ESP);
    expect_sent("1:aes256gcm16-aes128gcm16-chacha20poly1305-"
                "x25519-ecp256-ecp384-modp3072-modp2048-modpnone-noesn-esn, "
                "2:aes256-aes128-sha256-sha384-sha512-"
                "x25519-ecp256-ecp384-modp3072-modp2048-modpnone-noesn-esn");
    assert_int_equal(ike2_default_proposals(IKE2_PROTOCOL_AH).n, 0);
}

static void answer_to_what_was_sent_passes_the_check(void **state)
{
    static struct negotiation peer;
    struct selection chosen = { 0 }, checked = { 0 };
    char words[256], text[256];
    ike2_bytes sent;

    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_IKE, "");
    n.args.ours = ike2_default_proposals(IKE2_PROTOCOL_IKE);
    sent = write_body((ike2_bytes){ 0 });
    negotiation_begin(&peer, IKE2_PROTOCOL_IKE, "aes128-sha512-prfsha256-modp3072");
    assert_int_equal(ike2_select(&peer.args, sent, &chosen), IKE2_OK);
    negotiation_text(&chosen, words, sizeof words);
    assert_string_equal(words, "2:aes128-sha512-prfsha256-modp3072");

    sent = negotiation_offer_from(&peer, chosen.number, strchr(words, ':') + 1);
    assert_int_equal(ike2_select_check(&n.args, sent, &checked), IKE2_OK);
    assert_string_equal(negotiation_text(&checked, text, sizeof text), words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(proposals_are_sent_in_order_and_numbered_from_one),
        cmocka_unit_test(spi_is_in_each_proposal),
        cmocka_unit_test(what_the_provider_lacks_is_not_sent),
        cmocka_unit_test(no_proposals_are_nothing_to_send),
        cmocka_unit_test(key_exchange_is_not_sent_in_ike_auth),
        cmocka_unit_test(esn_is_sent_where_it_was_left_out),
        cmocka_unit_test(mixed_proposal_is_sent_as_two),
        cmocka_unit_test(combined_cipher_is_sent_without_integrity),
        cmocka_unit_test(what_the_protocol_does_not_have_is_not_sent),
        cmocka_unit_test(transforms_beyond_the_bits_are_passed_over),
        cmocka_unit_test(proposals_beyond_the_limit_are_passed_over),
        cmocka_unit_test(room_that_is_too_small_fails_the_writer),
        cmocka_unit_test(more_transforms_than_one_payload_takes_are_refused),
        cmocka_unit_test(first_method_is_that_of_the_first_usable_proposal),
        cmocka_unit_test(method_is_found_in_any_usable_proposal),
        cmocka_unit_test(defaults_are_modern_and_unmixed),
        cmocka_unit_test(answer_to_what_was_sent_passes_the_check),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
