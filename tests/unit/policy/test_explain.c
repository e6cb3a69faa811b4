/* lib/policy/explain.c, keyword.c: the refusal in words */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
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

static void long_lists_are_cut(void **state)
{
    static char offer[40 * 40];

    (void)state;
    for (int i = 0; i < 40; i++)
        strcat(strcat(offer, i == 0 ? "" : ", "), "aes256gcm16-prfsha256-modp1024-modp768");
    begin_ike();
    explain(negotiation_offer(&n, offer));
    assert_int_equal(strlen(refusal.offered), sizeof refusal.offered - 1);
    assert_memory_equal(refusal.offered, offer, sizeof refusal.offered - 1);
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
        cmocka_unit_test(long_lists_are_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
