/* lib/policy/select.c and lib/policy/search.c: the responder's choice */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "policy/search.h"
#include "support/negotiation.h"

static struct negotiation n;

static void our_order_decides_between_proposals(void **state)
{
    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_IKE,
                      "aes256gcm16-prfsha384-x25519, aes128-sha256-prfsha256-x25519");
    negotiation_expect(&n, "aes128-sha256-prfsha256-x25519, aes256gcm16-prfsha384-x25519",
                       "2:aes256gcm16-prfsha384-x25519");
    negotiation_expect(&n, "aes128-sha256-prfsha256-x25519",
                       "1:aes128-sha256-prfsha256-x25519");
}

static void our_order_decides_between_transforms(void **state)
{
    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_IKE,
                      "aes256gcm16-aes128gcm16-prfsha384-prfsha256-x25519-ecp256");
    negotiation_expect(&n, "aes128gcm16-aes256gcm16-prfsha256-prfsha384-ecp256-x25519",
                       "1:aes256gcm16-prfsha384-x25519");
}

static void chosen_transforms_keep_the_peers_order(void **state)
{
    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_IKE, "aes128-sha256-prfsha256-x25519");
    negotiation_expect(&n, "x25519-prfsha256-sha256-aes128",
                       "1:x25519-prfsha256-sha256-aes128");
}

static void repeated_transform_is_echoed_once(void **state)
{
    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_IKE, "aes128gcm16-prfsha256-x25519");
    negotiation_expect(&n, "aes128gcm16-aes128gcm16-prfsha256-prfsha256-x25519-x25519",
                       "1:aes128gcm16-prfsha256-x25519");
}

static void suite_holds_what_was_chosen(void **state)
{
    struct selection s = { 0 };

    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_IKE, "aes256-sha384-prfsha512-ecp384");
    assert_int_equal(ike2_select(&n.args, negotiation_offer(&n, "aes256-sha384-prfsha512-ecp384"),
                                 &s), IKE2_OK);

    assert_int_equal(s.suite.encr.type, IKE2_TRANSFORM_ENCR);
    assert_int_equal(s.suite.encr.id, IKE2_ENCR_AES_CBC);
    assert_int_equal(s.suite.encr.key_bits, 256);
    assert_int_equal(s.suite.integ.id, IKE2_INTEG_HMAC_SHA2_384_192);
    assert_int_equal(s.suite.prf.id, IKE2_PRF_HMAC_SHA2_512);
    assert_int_equal(s.suite.ke.id, IKE2_KE_ECP_384);
    assert_int_equal(s.suite.esn.type, 0);
}

static void every_type_of_an_ike_sa_is_required(void **state)
{
    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_IKE, "aes128-sha256-prfsha256-x25519");
    negotiation_expect_none(&n, "sha256-prfsha256-x25519");
    negotiation_expect_none(&n, "aes128-prfsha256-x25519");
    negotiation_expect_none(&n, "aes128-sha256-x25519");
    negotiation_expect_none(&n, "aes128-sha256-prfsha256");
    negotiation_expect_none(&n, "aes128-sha256-prfsha256-ecp256");
    negotiation_expect_none(&n, "3:0-aes128-prfsha256-x25519");
}

static void key_length_must_be_the_same(void **state)
{
    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_IKE, "aes128-chacha20poly1305-sha256-prfsha256-x25519");
    negotiation_expect_none(&n, "aes256-sha256-prfsha256-x25519");
    negotiation_expect_none(&n, "1:12-sha256-prfsha256-x25519");
    negotiation_expect_none(&n, "1:28/256-prfsha256-x25519");
    negotiation_expect_none(&n, "aes128-3:12/256-prfsha256-x25519");
}

static void transform_with_unknown_attribute_is_never_chosen(void **state)
{
    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_IKE, "aes256gcm16-aes128gcm16-prfsha256-x25519");
    negotiation_expect_none(&n, "aes128gcm16?-prfsha256-x25519");
    negotiation_expect(&n, "aes256gcm16?-aes128gcm16-prfsha256-x25519",
                       "1:aes128gcm16-prfsha256-x25519");
    negotiation_expect(&n, "aes128gcm16?-aes128gcm16-prfsha256-x25519",
                       "1:aes128gcm16-prfsha256-x25519");
}

static void proposal_with_foreign_transform_type_is_passed_over(void **state)
{
    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_IKE, "aes128gcm16-prfsha256-x25519");
    negotiation_expect_none(&n, "aes128gcm16-prfsha256-x25519-241:5");
    negotiation_expect_none(&n, "aes128gcm16-prfsha256-x25519-0:1");
    negotiation_expect_none(&n, "aes128gcm16-prfsha256-x25519-noesn");
    negotiation_expect_none(&n, "aes128gcm16-prfsha256-x25519-6:0");
    negotiation_expect(&n, "aes128gcm16-prfsha256-x25519-6:36, aes128gcm16-prfsha256-x25519",
                       "2:aes128gcm16-prfsha256-x25519");
}

static void integrity_is_never_chosen_with_a_combined_cipher(void **state)
{
    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_IKE, "aes128gcm16-prfsha256-x25519");
    negotiation_expect(&n, "aes128gcm16-sha256-prfsha256-x25519",
                       "1:aes128gcm16-prfsha256-x25519");
    negotiation_expect(&n, "aes128gcm16-3:0-prfsha256-x25519", "1:aes128gcm16-prfsha256-x25519");
}

static void proposal_that_mixes_ciphers_is_taken_either_way(void **state)
{
    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_IKE, "aes128gcm16-prfsha256-x25519");
    negotiation_expect(&n, "aes128-aes128gcm16-sha256-prfsha256-x25519",
                       "1:aes128gcm16-prfsha256-x25519");
    negotiation_begin(&n, IKE2_PROTOCOL_IKE, "aes128-sha256-prfsha256-x25519");
    negotiation_expect(&n, "aes128-aes128gcm16-3:0-sha256-prfsha256-x25519",
                       "1:aes128-sha256-prfsha256-x25519");
    negotiation_expect_none(&n, "aes128-aes128gcm16-3:0-prfsha256-x25519");
}

static void wanted_method_wins_within_a_proposal(void **state)
{
    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_IKE, "aes128gcm16-prfsha256-x25519-ecp256-modp3072");
    n.args.wanted_ke = IKE2_KE_MODP_3072;
    negotiation_expect(&n, "aes128gcm16-prfsha256-modp3072-ecp256-x25519",
                       "1:aes128gcm16-prfsha256-modp3072");
    n.args.wanted_ke = IKE2_KE_ECP_384;
    negotiation_expect(&n, "aes128gcm16-prfsha256-ecp384-ecp256-x25519",
                       "1:aes128gcm16-prfsha256-x25519");
}

/* A forged INVALID_KE_PAYLOAD may have made the peer want it. */
static void wanted_method_does_not_win_over_a_stronger_one(void **state)
{
    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_IKE, "aes128gcm16-prfsha256-x25519-modp2048-ecp384");
    n.args.wanted_ke = IKE2_KE_MODP_2048;
    negotiation_expect(&n, "aes128gcm16-prfsha256-modp2048-x25519",
                       "1:aes128gcm16-prfsha256-x25519");
    negotiation_expect(&n, "aes128gcm16-prfsha256-modp2048-ecp384",
                       "1:aes128gcm16-prfsha256-modp2048");
    n.args.wanted_ke = IKE2_KE_ECP_384;
    negotiation_expect(&n, "aes128gcm16-prfsha256-x25519-ecp384",
                       "1:aes128gcm16-prfsha256-ecp384");
}

static void wanted_method_wins_over_the_same_suite_elsewhere(void **state)
{
    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_IKE, "aes256gcm16-aes128gcm16-prfsha256-x25519-ecp256");
    n.args.wanted_ke = IKE2_KE_ECP_256;
    negotiation_expect(&n, "aes256gcm16-prfsha256-x25519, aes256gcm16-prfsha256-ecp256",
                       "2:aes256gcm16-prfsha256-ecp256");
}

static void wanted_method_does_not_buy_another_suite(void **state)
{
    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_IKE, "aes256gcm16-aes128gcm16-prfsha256-x25519-ecp256");
    n.args.wanted_ke = IKE2_KE_ECP_256;
    negotiation_expect(&n, "aes256gcm16-prfsha256-x25519, aes128gcm16-prfsha256-ecp256",
                       "1:aes256gcm16-prfsha256-x25519");
}

static void child_needs_no_prf_and_no_key_exchange(void **state)
{
    struct selection s = { 0 };

    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_ESP, "aes128-sha256-noesn");
    negotiation_expect(&n, "aes128-sha256-noesn", "1:aes128-sha256-noesn");
    assert_int_equal(ike2_select(&n.args, negotiation_offer(&n, "aes128-sha256-noesn"), &s),
                     IKE2_OK);
    assert_int_equal(s.suite.ke.type, 0);
    assert_int_equal(s.suite.prf.type, 0);
    assert_int_equal(s.suite.esn.type, IKE2_TRANSFORM_ESN);
    negotiation_expect_none(&n, "aes128-noesn");
    negotiation_expect_none(&n, "aes128-sha256-prfsha256-noesn");
}

static void child_without_integrity_is_not_accepted(void **state)
{
    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_ESP, "aes128-3:0-sha256-noesn");
    negotiation_expect_none(&n, "aes128-3:0-noesn");
    negotiation_expect_none(&n, "aes128-noesn");
}

static void absent_esn_means_no(void **state)
{
    struct selection s = { 0 };

    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_ESP, "aes128gcm16-esn-noesn");
    negotiation_expect(&n, "aes128gcm16", "1:aes128gcm16");
    assert_int_equal(ike2_select(&n.args, negotiation_offer(&n, "aes128gcm16"), &s), IKE2_OK);
    assert_int_equal(s.suite.esn.id, IKE2_ESN_NO);
    negotiation_expect(&n, "aes128gcm16-noesn-esn", "1:aes128gcm16-esn");
    negotiation_begin(&n, IKE2_PROTOCOL_ESP, "aes128gcm16-esn");
    negotiation_expect_none(&n, "aes128gcm16");
    negotiation_begin(&n, IKE2_PROTOCOL_ESP, "aes128gcm16");
    negotiation_expect(&n, "aes128gcm16-noesn-esn", "1:aes128gcm16-noesn");
    negotiation_expect_none(&n, "aes128gcm16-esn");
}

static void key_exchange_is_ignored_in_ike_auth(void **state)
{
    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_ESP, "aes128gcm16-x25519-noesn");
    n.args.without_ke = true;
    negotiation_expect(&n, "aes128gcm16-noesn", "1:aes128gcm16-noesn");
    negotiation_expect(&n, "aes128gcm16-modp1024-noesn", "1:aes128gcm16-noesn");
}

static void forward_secrecy_is_what_both_sides_say(void **state)
{
    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_ESP, "aes128gcm16-x25519-noesn");
    negotiation_expect(&n, "aes128gcm16-x25519-noesn", "1:aes128gcm16-x25519-noesn");
    negotiation_expect_none(&n, "aes128gcm16-noesn");
    negotiation_expect_none(&n, "aes128gcm16-modpnone-noesn");
    negotiation_begin(&n, IKE2_PROTOCOL_ESP, "aes128gcm16-noesn");
    negotiation_expect_none(&n, "aes128gcm16-x25519-noesn");
    negotiation_expect(&n, "aes128gcm16-x25519-modpnone-noesn", "1:aes128gcm16-modpnone-noesn");
    negotiation_expect(&n, "aes128gcm16-x25519-noesn, aes128gcm16-noesn", "2:aes128gcm16-noesn");
    negotiation_begin(&n, IKE2_PROTOCOL_ESP, "aes128gcm16-x25519-modpnone-noesn");
    negotiation_expect(&n, "aes128gcm16-noesn", "1:aes128gcm16-noesn");
    negotiation_expect(&n, "aes128gcm16-x25519-noesn", "1:aes128gcm16-x25519-noesn");
}

static void no_key_exchange_leaves_the_suite_without_one(void **state)
{
    struct selection s = { 0 };

    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_ESP, "aes128gcm16-noesn");
    assert_int_equal(ike2_select(&n.args, negotiation_offer(&n, "aes128gcm16-modpnone-noesn"), &s),
                     IKE2_OK);
    assert_int_equal(s.suite.ke.type, 0);
}

static void proposal_of_another_protocol_or_spi_size_is_passed_over(void **state)
{
    struct selection s = { 0 };
    ike2_bytes body;

    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_ESP, "aes128gcm16-noesn");
    body = negotiation_offer(&n, "aes128gcm16-noesn");
    n.args.protocol = IKE2_PROTOCOL_AH;
    assert_int_equal(ike2_select(&n.args, body, &s), IKE2_ERR_UNSUPPORTED);
    n.args.protocol = IKE2_PROTOCOL_ESP;
    n.args.spi_size = 8;
    assert_int_equal(ike2_select(&n.args, body, &s), IKE2_ERR_UNSUPPORTED);
    n.args.spi_size = 4;
    assert_int_equal(ike2_select(&n.args, body, &s), IKE2_OK);
}

static void proposal_with_spi_zero_is_passed_over(void **state)
{
    struct selection s = { 0 };

    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_ESP, "aes128gcm16-noesn");
    assert_int_equal(ike2_select(&n.args, negotiation_offer_from(&n, 0, "aes128gcm16-noesn"), &s),
                     IKE2_ERR_UNSUPPORTED);
}

static void proposal_numbers_need_not_begin_with_one(void **state)
{
    struct selection s = { 0 };

    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_IKE, "aes128gcm16-prfsha256-x25519");
    n.args.spi_size = 8;
    assert_int_equal(ike2_select(&n.args,
                                 negotiation_offer_from(&n, 3, "aes128gcm16-prfsha256-x25519"),
                                 &s), IKE2_OK);
    assert_int_equal(s.number, 3);
}

static void what_the_provider_lacks_is_never_chosen(void **state)
{
    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_IKE, "aes256gcm16-aes128gcm16-prfsha256-x25519-ecp256");
    n.lacks = "aes256gcm16 x25519";
    negotiation_expect(&n, "aes256gcm16-aes128gcm16-prfsha256-x25519-ecp256",
                       "1:aes128gcm16-prfsha256-ecp256");
    negotiation_expect_none(&n, "aes256gcm16-prfsha256-ecp256");
}

static void body_that_does_not_parse_is_malformed(void **state)
{
    struct selection s = { .number = 99 };
    ike2_bytes body;

    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_IKE, "aes128gcm16-prfsha256-x25519");
    body = negotiation_offer(&n, "aes128gcm16-prfsha256-x25519");
    for (size_t len = 0; len < body.len; len++) {
        ike2_bytes cut = { .ptr = body.ptr, .len = len };

        assert_int_equal(ike2_select(&n.args, cut, &s), IKE2_ERR_MALFORMED);
        assert_int_equal(ike2_select_check(&n.args, cut, &s), IKE2_ERR_MALFORMED);
    }
    n.offer[body.len] = 0;
    body.len++;
    assert_int_equal(ike2_select(&n.args, body, &s), IKE2_ERR_MALFORMED);
    assert_int_equal(s.number, 99);
}

static void windows_defaults_yield_nothing_but_a_profile_does(void **state)
{
    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_IKE, "");
    n.args.ours = ike2_default_proposals(IKE2_PROTOCOL_IKE);
    negotiation_expect_none(&n, "3des-sha1-prfsha1-modp1024, 3des-sha256-prfsha256-modp1024, "
                                "aes256-sha1-prfsha1-modp1024, aes256-sha384-prfsha384-modp1024, "
                                "aes256gcm16-prfsha384-modp1024");
    negotiation_expect(&n, "aes128-sha384-prfsha384-ecp256", "1:aes128-sha384-prfsha384-ecp256");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(our_order_decides_between_proposals),
        cmocka_unit_test(our_order_decides_between_transforms),
        cmocka_unit_test(chosen_transforms_keep_the_peers_order),
        cmocka_unit_test(repeated_transform_is_echoed_once),
        cmocka_unit_test(suite_holds_what_was_chosen),
        cmocka_unit_test(every_type_of_an_ike_sa_is_required),
        cmocka_unit_test(key_length_must_be_the_same),
        cmocka_unit_test(transform_with_unknown_attribute_is_never_chosen),
        cmocka_unit_test(proposal_with_foreign_transform_type_is_passed_over),
        cmocka_unit_test(integrity_is_never_chosen_with_a_combined_cipher),
        cmocka_unit_test(proposal_that_mixes_ciphers_is_taken_either_way),
        cmocka_unit_test(wanted_method_wins_within_a_proposal),
        cmocka_unit_test(wanted_method_does_not_win_over_a_stronger_one),
        cmocka_unit_test(wanted_method_wins_over_the_same_suite_elsewhere),
        cmocka_unit_test(wanted_method_does_not_buy_another_suite),
        cmocka_unit_test(child_needs_no_prf_and_no_key_exchange),
        cmocka_unit_test(child_without_integrity_is_not_accepted),
        cmocka_unit_test(absent_esn_means_no),
        cmocka_unit_test(key_exchange_is_ignored_in_ike_auth),
        cmocka_unit_test(forward_secrecy_is_what_both_sides_say),
        cmocka_unit_test(no_key_exchange_leaves_the_suite_without_one),
        cmocka_unit_test(proposal_of_another_protocol_or_spi_size_is_passed_over),
        cmocka_unit_test(proposal_with_spi_zero_is_passed_over),
        cmocka_unit_test(proposal_numbers_need_not_begin_with_one),
        cmocka_unit_test(what_the_provider_lacks_is_never_chosen),
        cmocka_unit_test(body_that_does_not_parse_is_malformed),
        cmocka_unit_test(windows_defaults_yield_nothing_but_a_profile_does),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
