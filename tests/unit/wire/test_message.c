/* A payload chain as an index. RFC 7296 2.5, 3.2. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "wire/message.h"

#include "base/bytes.h"
#include "support/octets.h"

static const ike2_header header = { .exchange = IKE2_EXCHANGE_INFORMATIONAL };
static uint8_t room[4096];

static ike2_err index_of(uint8_t first, const char *hex, struct message *out)
{
    ike2_bytes chain = bytes_of(room, octets_from_hex(hex, room, sizeof room));

    return ike2_message_index(&header, first, chain, true, out);
}

static void payloads_are_counted(void **state)
{
    struct message m;

    (void)state;
    /* N(COOKIE), V, N(NO_PROPOSAL_CHOSEN), N(TEMPORARY_FAILURE) */
    assert_int_equal(index_of(IKE2_PAYLOAD_NOTIFY, "2b00000900004006c0"
                                                   "29000005aa"
                                                   "290000080000000e"
                                                   "000000080000002b",
                              &m),
                     IKE2_OK);

    assert_int_equal(ike2_message_count(&m, IKE2_PAYLOAD_NOTIFY), 3);
    assert_int_equal(ike2_message_count(&m, IKE2_PAYLOAD_VENDOR), 1);
    assert_int_equal(ike2_message_count(&m, IKE2_PAYLOAD_SA), 0);
    octets_expect_hex(ike2_message_body(&m, IKE2_PAYLOAD_NOTIFY), "00004006c0");
    octets_expect_hex(ike2_message_body(&m, IKE2_PAYLOAD_VENDOR), "aa");
    assert_null(ike2_message_body(&m, IKE2_PAYLOAD_SA).ptr);
    assert_true(m.is_protected);
    assert_int_equal(m.header.exchange, IKE2_EXCHANGE_INFORMATIONAL);
}

static void notifies_are_found_by_type(void **state)
{
    struct message m;
    ike2_notify n;

    (void)state;
    assert_int_equal(index_of(IKE2_PAYLOAD_NOTIFY, "2900000900004006c0"
                                                   "2900000900004006c1"
                                                   "290000080000000e"
                                                   "000000080000002b",
                              &m),
                     IKE2_OK);

    assert_true(ike2_message_notify(&m, IKE2_NOTIFY_COOKIE, &n));
    octets_expect_hex(n.data, "c0");
    assert_false(ike2_message_notify(&m, IKE2_NOTIFY_REKEY_SA, &n));
    assert_true(ike2_message_error(&m, &n));
    assert_int_equal(n.type, IKE2_NOTIFY_NO_PROPOSAL_CHOSEN);
}

static void notify_that_does_not_parse_is_passed_over(void **state)
{
    struct message m;
    ike2_notify n;

    (void)state;
    assert_int_equal(index_of(IKE2_PAYLOAD_NOTIFY, "29000007000040"
                                                   "2900000800044006"
                                                   "0000000800004006",
                              &m),
                     IKE2_OK);

    assert_int_equal(ike2_message_count(&m, IKE2_PAYLOAD_NOTIFY), 3);
    assert_true(ike2_message_notify(&m, IKE2_NOTIFY_COOKIE, &n));
    assert_false(ike2_message_error(&m, &n));
}

static void types_without_a_row_have_no_body(void **state)
{
    struct message m;

    (void)state;
    assert_int_equal(index_of(200, "31000004"
                                   "00000004",
                              &m),
                     IKE2_OK);
    for (unsigned type = 0; type <= UINT8_MAX; type++) {
        assert_int_equal(ike2_message_count(&m, (uint8_t)type), 0);
        assert_null(ike2_message_body(&m, (uint8_t)type).ptr);
    }
}

static void unknown_critical_payload_is_noted(void **state)
{
    struct message m;

    (void)state;
    assert_int_equal(index_of(200, "c9000004"
                                   "31800004"
                                   "00800004",
                              &m),
                     IKE2_OK);
    assert_int_equal(m.critical, 201);

    /* RFC 7296 2.5: on a known type the bit means nothing. */
    assert_int_equal(index_of(IKE2_PAYLOAD_VENDOR, "c8800004"
                                                   "35000004"
                                                   "00800004",
                              &m),
                     IKE2_OK);
    assert_int_equal(m.critical, 0);
}

static void chain_of_too_many_payloads_is_malformed(void **state)
{
    ike2_bytes chain = { .ptr = room };
    struct message m;

    (void)state;
    for (size_t i = 0; i <= MESSAGE_PAYLOADS_MAX; i++) {
        room[4 * i] = IKE2_PAYLOAD_VENDOR;
        room[4 * i + 1] = room[4 * i + 2] = 0;
        room[4 * i + 3] = 4;
    }
    room[4 * (MESSAGE_PAYLOADS_MAX - 1)] = IKE2_PAYLOAD_NONE;
    chain.len = 4 * MESSAGE_PAYLOADS_MAX;
    assert_int_equal(ike2_message_index(&header, IKE2_PAYLOAD_VENDOR, chain, false, &m), IKE2_OK);
    assert_int_equal(ike2_message_count(&m, IKE2_PAYLOAD_VENDOR), MESSAGE_PAYLOADS_MAX);

    room[4 * (MESSAGE_PAYLOADS_MAX - 1)] = IKE2_PAYLOAD_VENDOR;
    room[4 * MESSAGE_PAYLOADS_MAX] = IKE2_PAYLOAD_NONE;
    chain.len += 4;
    assert_int_equal(ike2_message_index(&header, IKE2_PAYLOAD_VENDOR, chain, false, &m),
                     IKE2_ERR_MALFORMED);
}

static void chain_that_does_not_parse_leaves_no_index(void **state)
{
    struct message m = { .first = 99 };

    (void)state;
    assert_int_equal(index_of(IKE2_PAYLOAD_VENDOR, "2b00000400", &m), IKE2_ERR_MALFORMED);
    assert_int_equal(index_of(IKE2_PAYLOAD_VENDOR, "", &m), IKE2_ERR_MALFORMED);
    assert_int_equal(index_of(IKE2_PAYLOAD_VENDOR, "0000000400", &m), IKE2_ERR_MALFORMED);
    assert_int_equal(m.first, 99);
}

static void empty_message_has_no_payload(void **state)
{
    struct message m;
    ike2_notify n;

    (void)state;
    assert_int_equal(index_of(IKE2_PAYLOAD_NONE, "", &m), IKE2_OK);
    assert_false(ike2_message_error(&m, &n));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(payloads_are_counted),
        cmocka_unit_test(notifies_are_found_by_type),
        cmocka_unit_test(notify_that_does_not_parse_is_passed_over),
        cmocka_unit_test(types_without_a_row_have_no_body),
        cmocka_unit_test(unknown_critical_payload_is_noted),
        cmocka_unit_test(chain_of_too_many_payloads_is_malformed),
        cmocka_unit_test(chain_that_does_not_parse_leaves_no_index),
        cmocka_unit_test(empty_message_has_no_payload),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
