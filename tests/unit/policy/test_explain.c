/* lib/policy/explain.c, change.c, listing.c, keyword.c: the refusal in words */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "policy/select.h"
#include "support/negotiation.h"

static struct negotiation n;
static struct refusal refusal;

static void explain(ike2_bytes body)
{
    memset(&refusal, 0xa5, sizeof refusal);
    ike2_select_explain(&n.args, body, &refusal);
}

static void expect_difference(const char *offer, const char *difference)
{
    explain(negotiation_offer(&n, offer));
    assert_string_equal(refusal.difference, difference);
}

static void begin_ike(void)
{
    negotiation_begin(&n, IKE2_PROTOCOL_IKE,
                      "aes256gcm16-aes128gcm16-prfsha256-x25519-ecp256, "
                      "aes256-sha256-sha384-prfsha256-x25519");
}

static void lists_say_what_was_offered_and_what_is_accepted(void **state)
{
    (void)state;
    begin_ike();
    explain(negotiation_offer(&n, "3des-sha1-prfsha1-modp1024, aes256-sha1-prfsha1-modp1024"));
    assert_string_equal(refusal.offered,
                        "3des-sha1-prfsha1-modp1024, aes256-sha1-prfsha1-modp1024");
    assert_string_equal(refusal.accepted, "aes256gcm16-aes128gcm16-prfsha256-x25519-ecp256, "
                                          "aes256-sha256-sha384-prfsha256-x25519");
}

static void difference_names_the_first_type_that_parts(void **state)
{
    (void)state;
    begin_ike();
    expect_difference("aes256gcm16-prfsha256-modp1024",
                      "key exchange: offered modp1024; accepted x25519, ecp256");
    expect_difference("aes256gcm16-prfsha384-modp1024-modp2048",
                      "pseudorandom function: offered prfsha384; accepted prfsha256");
    expect_difference("aes256-sha1-sha512-prfsha256-x25519",
                      "integrity: offered sha1, sha512; accepted sha256, sha384");
    expect_difference("aes192gcm16-aes192-sha1-prfsha256-x25519",
                      "encryption: offered aes192gcm16, aes192; accepted aes256gcm16, "
                      "aes128gcm16");
}

static void absent_type_is_offered_none(void **state)
{
    (void)state;
    begin_ike();
    expect_difference("aes256gcm16-prfsha256",
                      "key exchange: offered none; accepted x25519, ecp256");
    expect_difference("aes256-prfsha256-x25519",
                      "integrity: offered none; accepted sha256, sha384");
}

static void nearest_pair_is_compared(void **state)
{
    (void)state;
    begin_ike();
    expect_difference("3des-sha1-prfsha1-modp1024, aes256-sha256-prfsha256-modp1024, "
                      "aes256-sha1-prfsha1-modp1024",
                      "key exchange: offered modp1024; accepted x25519");
}

static void child_difference_is_explained_too(void **state)
{
    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_ESP, "aes256gcm16-x25519-noesn");
    expect_difference("aes256gcm16-x25519-esn",
                      "extended sequence numbers: offered esn; accepted noesn");
    expect_difference("aes256gcm16-noesn", "key exchange: offered none; accepted x25519");
    negotiation_begin(&n, IKE2_PROTOCOL_ESP, "aes256gcm16");
    expect_difference("aes256gcm16-x25519-noesn", "key exchange: offered x25519; accepted none");
    assert_string_equal(refusal.accepted, "aes256gcm16-noesn");
}

static void foreign_type_is_named_by_number(void **state)
{
    (void)state;
    begin_ike();
    expect_difference("aes256gcm16-prfsha256-x25519-241:5",
                      "transform type: offered type241:5; accepted none");
    expect_difference("aes256gcm16-prfsha256-x25519-0:1",
                      "transform type: offered type0:1; accepted none");
}

static void transform_without_a_word_is_told_in_numbers(void **state)
{
    (void)state;
    begin_ike();
    expect_difference("1:65001/99-3:77-2:1000-4:2000-5:9",
                      "encryption: offered encr65001/99; accepted aes256gcm16, aes128gcm16");
    assert_string_equal(refusal.offered, "encr65001/99-integ77-prf1000-ke2000-esn9");
}

static void unknown_attribute_is_told(void **state)
{
    (void)state;
    begin_ike();
    expect_difference("aes256gcm16?-prfsha256-x25519",
                      "encryption: offered aes256gcm16(unknown attribute); accepted aes256gcm16, "
                      "aes128gcm16");
}

static void wrong_protocol_is_told(void **state)
{
    ike2_bytes body;

    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_ESP, "aes256gcm16-noesn");
    body = negotiation_offer(&n, "aes256gcm16-noesn");
    n.offer[5] = IKE2_PROTOCOL_AH;
    explain(body);
    assert_string_equal(refusal.difference, "protocol: offered AH; accepted ESP");
    n.offer[5] = IKE2_PROTOCOL_IKE;
    explain(body);
    assert_string_equal(refusal.difference, "protocol: offered IKE; accepted ESP");
    n.offer[5] = 200;
    explain(body);
    assert_string_equal(refusal.difference, "protocol: offered 200; accepted ESP");
}

static void wrong_spi_is_told(void **state)
{
    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_ESP, "aes256gcm16-noesn");
    explain(negotiation_offer_from(&n, 0, "aes256gcm16-noesn"));
    assert_string_equal(refusal.difference, "SPI: offered zero");
    (void)negotiation_offer(&n, "aes256gcm16-noesn");
    n.args.spi_size = 8;
    explain(negotiation_offer(&n, "aes256gcm16-noesn"));
    n.args.spi_size = 4;
    explain((ike2_bytes){ n.offer, 8 + 8 + 12 + 8 });
    assert_string_equal(refusal.difference, "SPI: offered 8 octets; accepted 4");
}

static void no_proposal_is_told(void **state)
{
    (void)state;
    begin_ike();
    explain((ike2_bytes){ 0 });
    assert_string_equal(refusal.offered, "");
    assert_string_equal(refusal.difference, "no proposal was offered");
}

static void malformed_payload_is_told(void **state)
{
    ike2_bytes body;

    (void)state;
    begin_ike();
    body = negotiation_offer(&n, "aes256gcm16-prfsha256-x25519, aes256gcm16-prfsha256-modp1024");
    body.len--;
    explain(body);
    assert_string_equal(refusal.difference, "the SA payload is malformed");
}

static void nothing_usable_of_ours_is_told(void **state)
{
    (void)state;
    begin_ike();
    n.lacks = "prfsha256";
    expect_difference("aes256gcm16-prfsha256-x25519", "none of our proposals is usable");
    assert_string_equal(refusal.accepted, "");
}

static void policy_speaks_for_itself(void **state)
{
    (void)state;
    begin_ike();
    negotiation_refuse(&n, "prfsha256");
    expect_difference("aes256gcm16-prfsha256-x25519", "not by this policy");
    expect_difference("aes256gcm16-prfsha256-modp1024",
                      "key exchange: offered modp1024; accepted x25519, ecp256");
}

static void answer_that_is_no_choice_is_told(void **state)
{
    (void)state;
    begin_ike();
    expect_difference("aes256gcm16-aes128gcm16-prfsha256-x25519",
                      "the answer is not one transform of each type from one proposal");
}

static void expect_changes(const char *offer, const char *peers, const char *ours)
{
    explain(negotiation_offer(&n, offer));
    assert_string_equal(refusal.peer_change, peers);
    assert_string_equal(refusal.our_change, ours);
}

static void record_names_the_nearest_pair_and_where_it_parts(void **state)
{
    (void)state;
    begin_ike();
    explain(negotiation_offer_from(&n, 3, "3des-sha1-prfsha1-modp1024, "
                                          "aes256-sha256-prfsha256-modp2048"));
    assert_int_equal(refusal.n_offered, 2);
    assert_int_equal(refusal.n_accepted, 2);
    assert_int_equal(refusal.nearest_offered, 4);
    assert_int_equal(refusal.nearest_accepted, 2);
    assert_int_equal(refusal.parted, IKE2_TRANSFORM_KE);
}

static void smallest_change_is_told_for_either_side(void **state)
{
    (void)state;
    begin_ike();
    expect_changes("aes256-sha256-prfsha256-modp2048", "x25519", "modp2048");
    expect_changes("aes256-sha512-prfsha256-ecp384", "sha256-x25519", "sha512-ecp384");
    /* Each side has the change that is the smallest for it. */
    expect_changes("aes256gcm16-prfsha384-ecp384, aes192gcm16-prfsha256-ecp256",
                   "aes256gcm16", "aes192gcm16");
}

/* RFC 7296 3.3: with a combined mode cipher there is no integrity algorithm to agree on. */
static void change_of_a_cipher_counts_what_comes_with_it(void **state)
{
    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_IKE, "aes256gcm16-prfsha256-x25519");
    expect_changes("aes256-sha256-prfsha256-x25519", "aes256gcm16", "aes256-sha256");
    negotiation_begin(&n, IKE2_PROTOCOL_IKE, "aes256-sha256-prfsha256-x25519");
    expect_changes("aes256gcm16-prfsha256-x25519", "aes256-sha256", "aes256gcm16");
}

static void what_is_recommended_comes_first(void **state)
{
    (void)state;
    begin_ike();
    expect_changes("aes256gcm16-prfsha256-modp2048s256-modp2048-ecp384", "x25519", "modp2048");
    n.lacks = "modp2048";
    expect_changes("aes256gcm16-prfsha256-modp2048-modp3072", "x25519", "modp3072");
    assert_string_equal(refusal.our_lack, "");
}

/* RFC 8247 2.4: MODP_768 MUST NOT; 2.1: DES MUST NOT; RFC 8221 5: so in ESP. */
static void what_must_not_be_used_is_never_ours_to_accept(void **state)
{
    (void)state;
    begin_ike();
    expect_changes("aes256gcm16-prfsha256-modp768", "x25519", "");
    expect_changes("aes256gcm16-prfsha256-modp1024s160", "x25519", "");
    expect_changes("des-sha256-prfsha256-x25519", "aes256", "");
    expect_changes("aes256-md5-prfsha256-x25519", "sha256", "");
    expect_changes("aes256-sha256-prfmd5-x25519", "prfsha256", "");
    expect_changes("aes256gcm16-prfsha256-modp768-modp2048", "x25519", "modp2048");
    negotiation_begin(&n, IKE2_PROTOCOL_ESP, "aes256-sha256-noesn");
    expect_changes("des-sha256-noesn", "aes256", "");
    expect_changes("null-sha256-noesn", "aes256", "");
    expect_changes("aes256gmac-noesn", "aes256-sha256", "");
    expect_changes("aes256-3:0-noesn", "sha256", "");
}

static void weakness_of_our_change_is_said(void **state)
{
    (void)state;
    begin_ike();
    expect_changes("aes256gcm16-prfsha256-modp1024", "x25519", "modp1024");
    assert_string_equal(refusal.our_level, "SHOULD NOT");
    expect_changes("aes256-sha1-prfsha256-x25519", "sha256", "sha1");
    assert_string_equal(refusal.our_level, "MUST-");
    expect_changes("aes256gcm16-prfsha256-modp2048", "x25519", "modp2048");
    assert_string_equal(refusal.our_level, "");
}

static void what_this_build_lacks_is_said(void **state)
{
    (void)state;
    begin_ike();
    n.lacks = "modp1024";
    expect_changes("aes256gcm16-prfsha256-modp1024", "x25519", "modp1024");
    assert_string_equal(refusal.our_lack, "modp1024");
}

static void unknown_transform_is_nothing_to_accept(void **state)
{
    (void)state;
    begin_ike();
    expect_changes("aes256gcm16-prfsha256-4:2000", "x25519", "");
    expect_changes("aes256gcm16?-prfsha256-x25519", "aes256gcm16", "");
    expect_changes("aes256gcm16-prfsha256-x25519-241:5", "", "");
    expect_changes("aes256gcm16-prfsha256", "x25519", "");
}

/* RFC 7296 1.3: what may be left unsaid may be asked for, too. */
static void change_of_a_child_may_be_a_key_exchange_less(void **state)
{
    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_ESP, "aes256gcm16-x25519-noesn");
    expect_changes("aes256gcm16-noesn", "x25519", "modpnone");
    expect_changes("aes256gcm16-x25519-esn", "noesn", "esn");
    negotiation_begin(&n, IKE2_PROTOCOL_ESP, "aes256gcm16");
    expect_changes("aes256gcm16-x25519-noesn", "modpnone", "x25519");
}

static void what_is_no_matter_of_transforms_has_no_change(void **state)
{
    (void)state;
    begin_ike();
    negotiation_refuse(&n, "prfsha256");
    expect_changes("aes256gcm16-prfsha256-x25519", "", "");
    assert_int_equal(refusal.parted, 0);
    explain((ike2_bytes){ 0 });
    assert_string_equal(refusal.peer_change, "");
    assert_int_equal(refusal.n_offered, 0);
    assert_int_equal(refusal.nearest_offered, 0);
}

/* 255 proposals are what a peer can send. */
static void what_does_not_fit_is_left_out_and_counted(void **state)
{
    static const char one[] = "aes256gcm16-prfsha256-modp1024-modp768";
    static char words[8000];
    ike2_bytes body;
    size_t len = 0;

    (void)state;
    for (int i = 0; i < 64; i++)
        len += (size_t)sprintf(words + len, "%s%s", i == 0 ? "" : ", ", one);
    begin_ike();
    body = negotiation_offer(&n, words);
    explain(body);
    assert_int_equal(refusal.n_offered, 64);
    assert_non_null(strstr(refusal.offered, "modp768, and 52 more"));
    assert_memory_equal(refusal.offered, words, strlen(refusal.offered) - strlen(", and 52 more"));
    assert_string_equal(refusal.accepted, "aes256gcm16-aes128gcm16-prfsha256-x25519-ecp256, "
                                          "aes256-sha256-sha384-prfsha256-x25519");
}

static void long_proposal_is_cut_between_its_transforms(void **state)
{
    static char words[8000];
    size_t len = 0;

    (void)state;
    for (int i = 0; i < 200; i++)
        len += (size_t)sprintf(words + len, "%s4:%d", i == 0 ? "" : "-", 1000 + i);
    begin_ike();
    explain(negotiation_offer(&n, words));
    assert_non_null(strstr(refusal.offered, "ke1066-and 133 more"));
    assert_string_equal(refusal.difference,
                        "encryption: offered none; accepted aes256gcm16, aes128gcm16");
    expect_difference(strcat(words, "-aes256gcm16-prfsha256"),
                      "key exchange: offered ke1000, ke1001, ke1002, ke1003, ke1004, ke1005, "
                      "ke1006, ke1007, ke1008, ke1009, ke1010, ke1011, ke1012, ke1013, "
                      "and 186 more; accepted x25519, ecp256");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_say_what_was_offered_and_what_is_accepted),
        cmocka_unit_test(difference_names_the_first_type_that_parts),
        cmocka_unit_test(absent_type_is_offered_none),
        cmocka_unit_test(nearest_pair_is_compared),
        cmocka_unit_test(child_difference_is_explained_too),
        cmocka_unit_test(foreign_type_is_named_by_number),
        cmocka_unit_test(transform_without_a_word_is_told_in_numbers),
        cmocka_unit_test(unknown_attribute_is_told),
        cmocka_unit_test(wrong_protocol_is_told),
        cmocka_unit_test(wrong_spi_is_told),
        cmocka_unit_test(no_proposal_is_told),
        cmocka_unit_test(malformed_payload_is_told),
        cmocka_unit_test(nothing_usable_of_ours_is_told),
        cmocka_unit_test(policy_speaks_for_itself),
        cmocka_unit_test(answer_that_is_no_choice_is_told),
        cmocka_unit_test(record_names_the_nearest_pair_and_where_it_parts),
        cmocka_unit_test(smallest_change_is_told_for_either_side),
        cmocka_unit_test(change_of_a_cipher_counts_what_comes_with_it),
        cmocka_unit_test(what_is_recommended_comes_first),
        cmocka_unit_test(what_must_not_be_used_is_never_ours_to_accept),
        cmocka_unit_test(weakness_of_our_change_is_said),
        cmocka_unit_test(what_this_build_lacks_is_said),
        cmocka_unit_test(unknown_transform_is_nothing_to_accept),
        cmocka_unit_test(change_of_a_child_may_be_a_key_exchange_less),
        cmocka_unit_test(what_is_no_matter_of_transforms_has_no_change),
        cmocka_unit_test(what_does_not_fit_is_left_out_and_counted),
        cmocka_unit_test(long_proposal_is_cut_between_its_transforms),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
