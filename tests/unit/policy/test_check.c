/* lib/policy/select.c: the initiator's check of the answer */
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

static void expect_answer(uint8_t number, const char *answer, const char *choice)
{
    struct selection s = { 0 };
    char text[256];

    assert_int_equal(ike2_select_check(&n.args, negotiation_offer_from(&n, number, answer), &s),
                     IKE2_OK);
    assert_string_equal(negotiation_text(&s, text, sizeof text), choice);
}

static void expect_no_answer(uint8_t number, const char *answer)
{
    struct selection s = { .number = 99 };

    assert_int_equal(ike2_select_check(&n.args, negotiation_offer_from(&n, number, answer), &s),
                     IKE2_ERR_UNSUPPORTED);
    assert_int_equal(s.number, 99);
}

static void begin_ike(void)
{
    negotiation_begin(&n, IKE2_PROTOCOL_IKE,
                      "aes256gcm16-aes128gcm16-prfsha384-x25519-ecp256, "
                      "aes256-sha256-prfsha256-x25519");
}

static void choice_from_one_proposal_is_accepted(void **state)
{
    (void)state;
    begin_ike();
    expect_answer(1, "aes128gcm16-prfsha384-ecp256", "1:aes128gcm16-prfsha384-ecp256");
    expect_answer(2, "x25519-aes256-sha256-prfsha256", "2:x25519-aes256-sha256-prfsha256");
}

static void answer_is_one_proposal(void **state)
{
    (void)state;
    begin_ike();
    expect_no_answer(1, "aes128gcm16-prfsha384-ecp256, aes256-sha256-prfsha256-x25519");
}

static void number_must_be_that_of_the_proposal(void **state)
{
    (void)state;
    begin_ike();
    expect_no_answer(0, "aes128gcm16-prfsha384-ecp256");
    expect_no_answer(2, "aes128gcm16-prfsha384-ecp256");
    expect_no_answer(3, "aes128gcm16-prfsha384-ecp256");
    expect_no_answer(255, "aes128gcm16-prfsha384-ecp256");
}

static void transforms_must_come_from_that_proposal(void **state)
{
    (void)state;
    begin_ike();
    expect_no_answer(1, "aes192gcm16-prfsha384-ecp256");
    expect_no_answer(1, "aes128gcm16-prfsha256-ecp256");
    expect_no_answer(1, "aes128gcm16-prfsha384-ecp384");
    expect_no_answer(2, "aes128-sha256-prfsha256-x25519");
    expect_no_answer(1, "aes128gcm16-prfsha384-ecp256-241:1");
    expect_no_answer(1, "aes128gcm16?-prfsha384-ecp256");
}

static void each_type_is_answered_once(void **state)
{
    (void)state;
    begin_ike();
    expect_no_answer(1, "aes128gcm16-aes256gcm16-prfsha384-ecp256");
    expect_no_answer(1, "aes128gcm16-prfsha384-ecp256-x25519");
    expect_no_answer(1, "aes128gcm16-prfsha384-ecp256-ecp256");
    expect_no_answer(1, "ecp256-aes128gcm16-prfsha384-ecp256");
    expect_no_answer(1, "aes128gcm16-prfsha384");
    expect_no_answer(1, "aes128gcm16-ecp256");
    expect_no_answer(1, "prfsha384-ecp256");
    expect_no_answer(2, "aes256-prfsha256-x25519");
}

static void combined_cipher_is_answered_without_integrity_or_with_none(void **state)
{
    (void)state;
    begin_ike();
    expect_answer(1, "aes128gcm16-3:0-prfsha384-ecp256", "1:aes128gcm16-prfsha384-ecp256");
    expect_no_answer(1, "aes128gcm16-sha256-prfsha384-ecp256");
    expect_no_answer(1, "aes128gcm16-3:0-3:0-prfsha384-ecp256");
    expect_no_answer(1, "aes128gcm16-3:0?-prfsha384-ecp256");
    expect_no_answer(2, "aes256-3:0-prfsha256-x25519");
    expect_no_answer(2, "aes256-3:0-sha256-prfsha256-x25519");
}

static void spi_must_measure_right(void **state)
{
    struct selection s = { 0 };
    ike2_bytes body;

    (void)state;
    begin_ike();
    n.args.spi_size = 8;
    expect_answer(1, "aes128gcm16-prfsha384-ecp256", "1:aes128gcm16-prfsha384-ecp256");
    assert_int_equal(ike2_select_check(&n.args,
                                       negotiation_offer(&n, "aes128gcm16-prfsha384-ecp256"), &s),
                     IKE2_OK);
    assert_int_equal(s.spi.len, 8);
    assert_int_equal(s.spi.ptr[7], 1);
    body = negotiation_offer(&n, "aes128gcm16-prfsha384-ecp256");
    n.args.spi_size = 0;
    assert_int_equal(ike2_select_check(&n.args, body, &s), IKE2_ERR_UNSUPPORTED);
}

static void protocol_must_be_ours(void **state)
{
    struct selection s = { 0 };
    ike2_bytes body;

    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_ESP, "aes128gcm16-noesn");
    body = negotiation_offer(&n, "aes128gcm16-noesn");
    assert_int_equal(ike2_select_check(&n.args, body, &s), IKE2_OK);
    n.offer[5] = IKE2_PROTOCOL_AH;
    assert_int_equal(ike2_select_check(&n.args, body, &s), IKE2_ERR_UNSUPPORTED);
}

static void child_answer_in_ike_auth_has_no_key_exchange(void **state)
{
    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_ESP, "aes128gcm16-x25519-noesn");
    n.args.without_ke = true;
    expect_answer(1, "aes128gcm16-noesn", "1:aes128gcm16-noesn");
    expect_answer(1, "aes128gcm16-modpnone-noesn", "1:aes128gcm16-noesn");
    expect_no_answer(1, "aes128gcm16-x25519-noesn");
}

static void child_answer_keeps_the_key_exchange_we_demand(void **state)
{
    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_ESP, "aes128gcm16-x25519-noesn");
    expect_answer(1, "aes128gcm16-x25519-noesn", "1:aes128gcm16-x25519-noesn");
    expect_no_answer(1, "aes128gcm16-noesn");
    expect_no_answer(1, "aes128gcm16-modpnone-noesn");
    negotiation_begin(&n, IKE2_PROTOCOL_ESP, "aes128gcm16-x25519-modpnone-noesn");
    expect_answer(1, "aes128gcm16-noesn", "1:aes128gcm16-noesn");
    expect_answer(1, "aes128gcm16-modpnone-noesn", "1:aes128gcm16-modpnone-noesn");
}

static void child_answer_without_esn_means_no(void **state)
{
    (void)state;
    negotiation_begin(&n, IKE2_PROTOCOL_ESP, "aes128gcm16-esn-noesn");
    expect_answer(1, "aes128gcm16", "1:aes128gcm16");
    expect_no_answer(1, "aes128gcm16-noesn-esn");
    negotiation_begin(&n, IKE2_PROTOCOL_ESP, "aes128gcm16-esn");
    expect_no_answer(1, "aes128gcm16");
}

static void numbers_count_what_was_sent(void **state)
{
    (void)state;
    begin_ike();
    n.lacks = "aes256gcm16 aes128gcm16";
    expect_answer(1, "aes256-sha256-prfsha256-x25519", "1:aes256-sha256-prfsha256-x25519");
    expect_no_answer(2, "aes256-sha256-prfsha256-x25519");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(choice_from_one_proposal_is_accepted),
        cmocka_unit_test(answer_is_one_proposal),
        cmocka_unit_test(number_must_be_that_of_the_proposal),
        cmocka_unit_test(transforms_must_come_from_that_proposal),
        cmocka_unit_test(each_type_is_answered_once),
        cmocka_unit_test(combined_cipher_is_answered_without_integrity_or_with_none),
        cmocka_unit_test(spi_must_measure_right),
        cmocka_unit_test(protocol_must_be_ours),
        cmocka_unit_test(child_answer_in_ike_auth_has_no_key_exchange),
        cmocka_unit_test(child_answer_keeps_the_key_exchange_we_demand),
        cmocka_unit_test(child_answer_without_esn_means_no),
        cmocka_unit_test(numbers_count_what_was_sent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
