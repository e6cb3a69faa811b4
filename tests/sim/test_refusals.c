/* sim/test_refusals.c - a refusal leaves a record that says all of it: what was offered, what would
 * have been accepted, and the smallest change on either side; whatever a peer sends, the record
 * stays small. RFC 7296 2.7, 2.9, 2.15, 3.12. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "sim/scenario.h"

enum { MESSAGE_MAX = 60000, MOST_PROPOSALS = 255, VENDORS = 40 };

/* a begins, and what becomes of it ends. */
static void meet(void **state)
{
    initiate(side_a(state), side_b(state));
    world_run(*state, 10 * 1000);
}

static const struct explained *why_down(struct side *s, const char *name)
{
    return expect_explained(s, record_last(&s->record, IKE2_EVENT_SA_DOWN), name);
}

static const struct explained *last_refusal(const struct side *s, const char *name)
{
    const struct explained *x;

    assert_int_not_equal(s->record.n_explained, 0);
    x = &s->record.explained[(s->record.n_explained - 1) % RECORD_REFUSALS];
    assert_string_equal(x->name, name);
    return x;
}

/* --- Proposals ------------------------------------------------------------------------ */

static void refused_proposals_leave_the_nearest_pair_and_both_changes(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    const struct explained *x;

    setup_ike(&a->setup, "aes128gcm16-prfsha384-ecp384, aes256gcm16-prfsha384-ecp384");
    setup_ike(&b->setup, "aes256gcm16-prfsha384-x25519");
    meet(state);
    x = why_down(b, "policy.proposal");
    assert_int_equal(x->n_offered, 2);
    assert_int_equal(x->n_accepted, 1);
    assert_int_equal(x->nearest.offered, 2);
    assert_int_equal(x->nearest.accepted, 1);
    assert_int_equal(x->transform, IKE2_TRANSFORM_KE);
    assert_string_equal(x->peer_change, "x25519");
    assert_string_equal(x->our_change, "ecp384");
    assert_string_equal(x->our_level, "");
    assert_string_equal(x->our_lack, "");
}

static void refused_child_proposals_leave_the_same(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    const struct explained *x;

    setup_esp(&a->setup, 0, "aes128gcm16-noesn");
    setup_esp(&b->setup, 0, "aes256-sha256-noesn");
    meet(state);
    x = last_refusal(b, "policy.proposal");
    assert_int_equal(x->protocol, IKE2_PROTOCOL_ESP);
    assert_int_equal(x->transform, IKE2_TRANSFORM_ENCR);
    assert_string_equal(x->peer_change, "aes256-sha256");
    assert_string_equal(x->our_change, "aes128gcm16");
}

/* The first request of somebody who offers all that fits into a message, and is chatty. */
static ike2_bytes chatty_request(uint8_t room[MESSAGE_MAX])
{
    static const ike2_transform transforms[] = {
        { .type = IKE2_TRANSFORM_ENCR, .id = IKE2_ENCR_3DES },
        { .type = IKE2_TRANSFORM_PRF, .id = IKE2_PRF_HMAC_SHA1 },
        { .type = IKE2_TRANSFORM_INTEG, .id = IKE2_INTEG_HMAC_SHA1_96 },
        { .type = IKE2_TRANSFORM_KE, .id = IKE2_KE_MODP_1024 },
    };
    static const uint8_t octets[128] = { 1 };
    static ike2_proposal proposals[MOST_PROPOSALS];
    const ike2_header h = { .spi_i = 77, .version = IKE2_VERSION_2_0,
                            .exchange = IKE2_EXCHANGE_IKE_SA_INIT,
                            .flags = IKE2_FLAG_INITIATOR };
    const ike2_ke_payload ke = { .method = IKE2_KE_MODP_1024, .data = { octets, 128 } };
    ike2_writer w;
    ike2_bytes message;

    for (size_t i = 0; i < MOST_PROPOSALS; i++)
        proposals[i] = (ike2_proposal){ .protocol = IKE2_PROTOCOL_IKE, .transforms = transforms,
                                        .n_transforms = 4 };
    ike2_writer_init(&w, room, MESSAGE_MAX);
    ike2_message_begin(&w, &h);
    ike2_sa_write(&w, proposals, MOST_PROPOSALS);
    ike2_ke_write(&w, &ke);
    ike2_data_write(&w, IKE2_PAYLOAD_NONCE, (ike2_bytes){ octets, 32 });
    for (size_t i = 0; i < VENDORS; i++)
        ike2_data_write(&w, IKE2_PAYLOAD_VENDOR, (ike2_bytes){ octets, 20 });
    assert_int_equal(ike2_message_end(&w, &message), IKE2_OK);
    return message;
}

static void the_most_that_a_peer_can_offer_makes_a_small_record(void **state)
{
    static uint8_t room[MESSAGE_MAX];
    struct side *a = side_a(state), *b = side_b(state);
    const struct explained *x;

    assert_int_equal(side_start(b, a->world->now), IKE2_OK);
    inject(a, b, 500, chatty_request(room));
    world_run(*state, 1000);
    x = why_down(b, "policy.proposal");
    assert_int_equal(x->n_offered, MOST_PROPOSALS);
    assert_non_null(strstr(x->offered, "3des-prfsha1-sha1-modp1024, and 238 more"));
    assert_true(strlen(x->offered) < 512);
    assert_string_equal(x->our_change, "3des-sha1-prfsha1-modp1024");
    assert_string_equal(x->our_lack, "3des-sha1-modp1024"); /* of this provider */
}

/* --- Who is it? ----------------------------------------------------------------------- */

static void first_messages_are_shown_by_their_payloads(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    static const char shape[] =
        "SA KE Nonce N(NAT_DETECTION_SOURCE_IP) N(NAT_DETECTION_DESTINATION_IP) "
        "N(IKEV2_FRAGMENTATION_SUPPORTED) ";

    meet(state);
    assert_memory_equal(b->record.shape, shape, strlen(shape));
    assert_memory_equal(a->record.shape, shape, strlen(shape));
    assert_int_equal(b->record.n_vendors, 0);
}

static void vendor_ids_are_shown_and_not_too_many(void **state)
{
    static uint8_t room[MESSAGE_MAX];
    struct side *a = side_a(state), *b = side_b(state);

    assert_int_equal(side_start(b, a->world->now), IKE2_OK);
    inject(a, b, 500, chatty_request(room));
    world_run(*state, 1000);
    assert_memory_equal(b->record.shape, "SA KE Nonce V V V", 17);
    assert_int_equal(b->record.n_vendors, 16);
    assert_int_equal(b->record.vendor_len, 20);
    assert_int_equal(b->record.vendor[0], 1);
}

/* --- Selectors ------------------------------------------------------------------------ */

static void refused_selectors_leave_the_side_that_parts(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    const ike2_ts mine = setup_net4(0x0a010000, 16), elsewhere = setup_net4(0x0a640000, 16);
    const struct explained *x;

    setup_selectors(&a->setup, 0, &mine, 1, &elsewhere, 1);
    meet(state);
    x = last_refusal(b, "policy.selectors");
    assert_string_equal(x->side, "local");
    assert_string_equal(x->peer_change, "10.2.0.0/16");
    assert_string_equal(x->our_change, "10.100.0.0/16");
}

static void refused_selectors_may_part_on_both_sides(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    const ike2_ts here = setup_net4(0x0a630000, 16), there = setup_net4(0x0a640000, 16);
    const struct explained *x;

    setup_selectors(&a->setup, 0, &here, 1, &there, 1);
    meet(state);
    x = last_refusal(b, "policy.selectors");
    assert_string_equal(x->side, "both");
    assert_string_equal(x->peer_change, "10.2.0.0/16 <=> 10.1.0.0/16");
    assert_string_equal(x->our_change, "10.100.0.0/16 <=> 10.99.0.0/16");
}

static void the_most_selectors_make_a_small_record(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    const ike2_ts mine = setup_net4(0x0a010000, 16);
    ike2_ts many[SETUP_TS];
    const struct explained *x;

    for (uint32_t i = 0; i < SETUP_TS; i++)
        many[i] = setup_net4(0x64640000 + (i << 8), 24);
    setup_selectors(&a->setup, 0, &mine, 1, many, SETUP_TS);
    meet(state);
    x = last_refusal(b, "policy.selectors");
    assert_non_null(strstr(x->offered, ", and 50 more <=> 10.1.0.0/16"));
    assert_non_null(strstr(x->our_change, "100.100.0.0/24, "));
    assert_non_null(strstr(x->our_change, " more"));
}

/* --- Identities, methods -------------------------------------------------------------- */

static void refused_identity_leaves_whose_it_is_and_the_types(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    const struct explained *x;

    setup_ids(&a->setup, "keyid:side1.example.org", "side2.example.org");
    meet(state);
    x = why_down(b, "policy.identity");
    assert_string_equal(x->side, "remote");
    assert_int_equal(x->types.offered, IKE2_ID_KEY_ID);
    assert_int_equal(x->types.accepted, IKE2_ID_FQDN);
    assert_string_equal(x->peer_change, "side1.example.org");
    assert_string_equal(x->our_change, "keyid:side1.example.org");
}

static void refused_call_for_somebody_else_leaves_our_side(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    const struct explained *x;

    setup_ids(&a->setup, "side1.example.org", "side9.example.org");
    meet(state);
    x = why_down(b, "policy.identity");
    assert_string_equal(x->side, "local");
    assert_string_equal(x->peer_change, "side2.example.org");
}

static void refused_method_leaves_what_each_side_would_have_to_do(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    const struct explained *x;

    a->setup.cert = "certificate of a";
    b->setup.cert = "certificate of b";
    b->setup.peer.remote_auth = IKE2_AUTH_PSK;
    meet(state);
    x = why_down(b, "policy.auth");
    assert_int_equal(x->method, IKE2_AUTH_METHOD_SIGNATURE);
    assert_int_not_equal(x->scheme, 0);
    assert_string_equal(x->peer_change, "pre-shared key");
    assert_string_equal(x->our_change, x->offered);
}

/* That a secret is wrong is nothing that another method would mend. */
static void wrong_secret_leaves_no_change(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    const struct explained *x;

    a->setup.psk_ours = "something else";
    meet(state);
    x = why_down(b, "policy.auth");
    assert_int_equal(x->method, IKE2_AUTH_METHOD_SHARED_KEY);
    assert_int_equal(x->scheme, 0);
    assert_string_equal(x->peer_change, "");
    assert_string_equal(x->our_change, "");
}

/* What we know of somebody is no matter of the peer's: it is told AUTHENTICATION_FAILED. */
static void the_peer_is_told_nothing_of_it(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    setup_ids(&a->setup, "stranger@example.org", "side2.example.org");
    meet(state);
    expect_sa_down(a, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    assert_null(record_explained(&a->record,
                                 record_last(&a->record, IKE2_EVENT_SA_DOWN)->trace));
    assert_int_equal(a->record.n_explained, 0);
    assert_int_not_equal(b->record.n_explained, 0);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(refused_proposals_leave_the_nearest_pair_and_both_changes),
        CASE(refused_child_proposals_leave_the_same),
        CASE(the_most_that_a_peer_can_offer_makes_a_small_record),
        CASE(first_messages_are_shown_by_their_payloads),
        CASE(vendor_ids_are_shown_and_not_too_many),
        CASE(refused_selectors_leave_the_side_that_parts),
        CASE(refused_selectors_may_part_on_both_sides),
        CASE(the_most_selectors_make_a_small_record),
        CASE(refused_identity_leaves_whose_it_is_and_the_types),
        CASE(refused_call_for_somebody_else_leaves_our_side),
        CASE(refused_method_leaves_what_each_side_would_have_to_do),
        CASE(wrong_secret_leaves_no_change),
        CASE(the_peer_is_told_nothing_of_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
