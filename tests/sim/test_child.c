/* sim/test_child.c - what becomes of the Child SA: agreed, narrowed, refused, deleted. RFC 7296
 * 1.2, 1.4.1, 2.7, 2.9. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "sim/scenario.h"
#include "sim/voice.h"

static void meet(void *const *state)
{
    struct world *w = *state;

    initiate(side_a(state), side_b(state));
    world_run(w, 1000);
}

/* The last refusal that was explained. */
static const struct explained *last_refusal(const struct side *s)
{
    assert_int_not_equal(s->record.n_explained, 0);
    return &s->record.explained[(s->record.n_explained - 1) % RECORD_REFUSALS];
}

/* --- Refused -------------------------------------------------------------------------- */

/* RFC 7296 1.2: the IKE SA is up without a child. */
static void no_common_esp_proposal_costs_the_child_only(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    const struct explained *x;

    setup_esp(&a->setup, 0, "aes128gcm16-noesn");
    setup_esp(&b->setup, 0, "aes256-sha256-noesn");
    meet(state);
    expect_up_without_child(a);
    expect_up_without_child(b);
    expect_child_down(a, IKE2_REASON_PROPOSAL, IKE2_NOTIFY_NO_PROPOSAL_CHOSEN);
    expect_events(a, IKE2_EVENT_CHILD_UP, 0);
    x = last_refusal(b);
    assert_string_equal(x->name, "policy.proposal");
    assert_string_equal(x->offered, "aes128gcm16-noesn");
    assert_string_equal(x->accepted, "aes256-sha256-noesn");
    assert_int_equal(x->protocol, IKE2_PROTOCOL_ESP);
    assert_int_equal(a->dataplane.n_installed + b->dataplane.n_installed, 0);
}

static void no_common_selectors_cost_the_child_only(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    const ike2_ts here = setup_net4(0x0a630000, 16), there = setup_net4(0x0a640000, 16);
    const struct explained *x;

    setup_selectors(&a->setup, 0, &here, 1, &there, 1);
    meet(state);
    expect_up_without_child(a);
    expect_up_without_child(b);
    expect_child_down(a, IKE2_REASON_SELECTORS, IKE2_NOTIFY_TS_UNACCEPTABLE);
    x = last_refusal(b);
    assert_string_equal(x->name, "policy.selectors");
    assert_string_equal(x->offered, "10.100.0.0/16 <=> 10.99.0.0/16");
    assert_string_equal(x->accepted, "10.2.0.0/16 <=> 10.1.0.0/16");
    assert_non_null(strstr(x->difference, "selectors"));
}

static void an_ike_sa_without_child_can_be_deleted(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    setup_esp(&a->setup, 0, "aes128gcm16-noesn");
    setup_esp(&b->setup, 0, "aes256gcm16-noesn");
    meet(state);
    expect_up_without_child(a);
    close_sa(b);
    world_run(a->world, 1000);
    expect_nothing(a);
    expect_nothing(b);
}

/* --- Agreed --------------------------------------------------------------------------- */

static void the_responder_narrows(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    const ike2_ts wide = setup_net4(0x0a000000, 8), all = setup_net4(0, 0);
    const struct entry *e;

    setup_selectors(&a->setup, 0, &all, 1, &wide, 1);
    bring_up(a, b);
    e = dataplane_pair(&a->dataplane, 0);
    assert_int_equal(e->ts.local.first[1], 1);
    assert_int_equal(e->ts.local.last[1], 1);
    assert_int_equal(e->ts.remote.first[1], 2);
    assert_int_equal(e->ts.remote.last[1], 2);
}

static void the_first_template_that_fits_is_taken(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    const ike2_ts far = setup_net4(0xac100000, 16), local = setup_net4(0x0a020000, 16),
                  remote = setup_net4(0x0a010000, 16);
    ike2_child_info info = IKE2_INIT(ike2_child_info);

    setup_selectors(&b->setup, 0, &far, 1, &far, 1);
    setup_selectors(&b->setup, 1, &local, 1, &remote, 1);
    b->setup.peer.n_children = 2;
    bring_up(a, b);
    assert_int_equal(ike2_child_get(b->ep, ike2_child_next(b->ep, 0, 0), &info), IKE2_OK);
    assert_int_equal(info.tag, 201);
    assert_int_equal(info.sa, sa_of_side(b));
    assert_int_equal(info.pair->tag, 201);
    assert_string_equal(info.state, "UP");
}

static void a_data_plane_may_keep_the_keys(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    assert_int_equal(side_start(a, a->world->now), IKE2_OK);
    a->dataplane.keeps_handles = true;
    bring_up(a, b);
    close_sa(a);
    world_run(a->world, 1000);
    assert_int_equal(a->dataplane.n_kept, 1); /* released when the side is */
}

/* --- Deleted -------------------------------------------------------------------------- */

static void either_side_can_delete_the_child(void **state)
{
    struct world *w = *state;

    for (size_t i = 0; i < 2; i++) {
        struct side *a = w->sides[i], *b = w->sides[1 - i];

        w->net.is_held = false;
        bring_up(side_a(state), side_b(state));
        w->net.is_held = true;
        close_child(a);
        passes(a, b, IKE2_EXCHANGE_INFORMATIONAL, REQUEST);  /* HDR, SK {D} -->     */
        passes(b, a, IKE2_EXCHANGE_INFORMATIONAL, RESPONSE); /*     <-- HDR, SK {D} */
        nothing_flies(w);
        expect_up_without_child(a);
        expect_up_without_child(b);
        expect_child_down(a, IKE2_REASON_LOCAL, 0);
        expect_child_down(b, IKE2_REASON_PEER, 0);
        w->net.is_held = false;
        close_sa(a);
        world_run(w, 1000);
    }
}

/* RFC 7296 1.4.1: the requests may cross. */
static void both_sides_can_delete_the_child_at_once(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    bring_up(a, b);
    w->net.is_held = true;
    close_child(a);
    close_child(b);
    passes(a, b, IKE2_EXCHANGE_INFORMATIONAL, REQUEST);
    passes(b, a, IKE2_EXCHANGE_INFORMATIONAL, REQUEST);
    passes(a, b, IKE2_EXCHANGE_INFORMATIONAL, RESPONSE);
    passes(b, a, IKE2_EXCHANGE_INFORMATIONAL, RESPONSE);
    nothing_flies(w);
    expect_up_without_child(a);
    expect_up_without_child(b);
    expect_events(a, IKE2_EVENT_CHILD_DOWN, 1);
    expect_events(b, IKE2_EVENT_CHILD_DOWN, 1);
}

/* Our Delete waits for the window, and the peer's comes first: nothing is left to be sent. */
static void a_delete_that_waits_is_answered_by_the_peers_own(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    bring_up(a, b);
    w->net.is_held = true;
    assert_int_equal(ike2_sa_probe(a->ep, w->now, sa_of_side(a)), IKE2_OK);
    side_drain(a, w->now);
    close_child(a);                                      /* out of the data plane, not yet told */
    close_child(b);
    passes(b, a, IKE2_EXCHANGE_INFORMATIONAL, REQUEST);  /*     <-- HDR, SK {D} */
    passes(a, b, IKE2_EXCHANGE_INFORMATIONAL, REQUEST);  /* the probe */
    passes(a, b, IKE2_EXCHANGE_INFORMATIONAL, RESPONSE); /* HDR, SK {D} --> */
    passes(b, a, IKE2_EXCHANGE_INFORMATIONAL, RESPONSE);
    nothing_flies(w);
    expect_up_without_child(a);
    expect_up_without_child(b);
    expect_events(a, IKE2_EVENT_CHILD_DOWN, 1);
}

/* The same, while the data plane still removes it. */
static void a_delete_may_come_while_the_data_plane_removes_the_child(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    bring_up(a, b);
    a->plans[ON_REMOVE] = (struct plan){ .manner = LATER, .ms = 3000 };
    close_child(a);
    close_child(b);
    world_run(w, 1000);
    expect_events(a, IKE2_EVENT_CHILD_DOWN, 0);
    world_run(w, 10 * 1000);
    expect_up_without_child(a);
    expect_up_without_child(b);
    expect_events(a, IKE2_EVENT_CHILD_DOWN, 1);
    expect_events(b, IKE2_EVENT_CHILD_DOWN, 1);
}

static void the_response_to_a_delete_waits_for_the_data_plane(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    bring_up(a, b);
    b->plans[ON_REMOVE] = (struct plan){ .manner = LATER, .ms = 2000 };
    w->net.is_held = true;
    close_child(a);
    passes(a, b, IKE2_EXCHANGE_INFORMATIONAL, REQUEST);
    assert_null(net_peek(&w->net, &a->addr));
    world_run(w, 2500);
    passes(b, a, IKE2_EXCHANGE_INFORMATIONAL, RESPONSE);
    expect_up_without_child(b);
}

static void deletes_of_what_is_not_there_are_answered(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    const uint8_t spis[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
    const ike2_delete d = { .protocol = IKE2_PROTOCOL_ESP, .spi_size = 4, .count = 2,
                            .spis = { spis, 8 } };
    const ike2_delete ah = { .protocol = IKE2_PROTOCOL_AH, .spi_size = 4, .count = 1,
                             .spis = { spis, 4 } };
    uint8_t room[512];
    ike2_writer writer;
    uint64_t sent;

    bring_up(a, b);
    w->net.is_held = true;
    sent = b->counts.sent;
    voice_begin(&writer, room);
    ike2_delete_write(&writer, &d);
    ike2_delete_write(&writer, &ah);
    speak_written(a, b, (struct utterance){ .exchange = IKE2_EXCHANGE_INFORMATIONAL,
                                            .message_id = voice_next_id(b) }, &writer);
    assert_int_equal(b->counts.sent, sent + 1);
    assert_int_equal(info_of(b).n_children, 1);
}

/* RFC 7296 1.3: one Child SA for each IKE SA is what this side can do. */
static void another_child_is_refused_politely(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    uint8_t room[512], nonce[32] = { 1 };
    const ike2_ts ts = setup_net4(0x0a010000, 16);
    ike2_writer writer;
    uint64_t sent;

    setup_esp(&a->setup, 0, "aes256gcm16-noesn");
    bring_up(a, b);
    w->net.is_held = true;
    sent = b->counts.sent;
    voice_begin(&writer, room);
    ike2_sa_write(&writer, a->setup.children[0].proposals, 1);
    ike2_data_write(&writer, IKE2_PAYLOAD_NONCE, (ike2_bytes){ nonce, sizeof nonce });
    ike2_ts_write(&writer, IKE2_PAYLOAD_TSI, &ts, 1);
    ike2_ts_write(&writer, IKE2_PAYLOAD_TSR, &ts, 1);
    speak_written(a, b, (struct utterance){ .exchange = IKE2_EXCHANGE_CREATE_CHILD_SA,
                                            .message_id = voice_next_id(b) }, &writer);
    assert_int_equal(b->counts.sent, sent + 1);
    assert_string_equal(info_of(b).state, "UP");
    assert_int_equal(info_of(b).n_children, 1);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)
    static const struct CMUnitTest tests[] = {
        CASE(no_common_esp_proposal_costs_the_child_only),
        CASE(no_common_selectors_cost_the_child_only),
        CASE(an_ike_sa_without_child_can_be_deleted),
        CASE(the_responder_narrows),
        CASE(the_first_template_that_fits_is_taken),
        CASE(a_data_plane_may_keep_the_keys),
        CASE(either_side_can_delete_the_child),
        CASE(both_sides_can_delete_the_child_at_once),
        CASE(a_delete_that_waits_is_answered_by_the_peers_own),
        CASE(a_delete_may_come_while_the_data_plane_removes_the_child),
        CASE(the_response_to_a_delete_waits_for_the_data_plane),
        CASE(deletes_of_what_is_not_there_are_answered),
        CASE(another_child_is_refused_politely),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
