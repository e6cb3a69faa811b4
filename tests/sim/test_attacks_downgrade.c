/* sim/test_attacks_downgrade.c - somebody changes IKE_SA_INIT, so that less is agreed on than both
 * sides can do. RFC 7296 1.2, 2.6, 2.15; draft-ietf-ipsecme-ikev2-downgrade-prevention. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "sim/middle.h"

enum { SA_INIT = IKE2_EXCHANGE_IKE_SA_INIT, AUTH = IKE2_EXCHANGE_IKE_AUTH,
       TRANSCRIPT = IKE2_NOTIFY_IKE_SA_INIT_FULL_TRANSCRIPT_AUTH, LONG_ENOUGH_MS = 100 * 1000 };

/* A strong method and a weak one. */
static void strong_and_weak(struct side *s)
{
    setup_ike(&s->setup, "aes256gcm16-aes128gcm16-chacha20poly1305-prfsha384-ecp384-modp2048");
}

/* Each side has a pre-shared key of its own. */
static void two_keys(struct side *a, struct side *b)
{
    a->setup.psk_ours = b->setup.psk_peers = "the key of a";
    b->setup.psk_ours = a->setup.psk_peers = "the key of b";
}

static void expect_neither_up(struct world *w)
{
    for (size_t i = 0; i < w->n_sides; i++) {
        expect_events(w->sides[i], IKE2_EVENT_CHILD_UP, 0);
        expect_nothing(w->sides[i]);
    }
}

/* --- Agreement ------------------------------------------------------------------------ */

static void both_sides_authenticate_both_messages(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    bring_up(a, b);
    assert_true(info_of(a).full_transcript);
    assert_true(info_of(b).full_transcript);
    assert_int_equal(ike2_sa_rekey(a->ep, a->world->now, sa_of_side(a)), IKE2_OK);
    side_drain(a, a->world->now);
    world_run(a->world, 1000);
    assert_true(info_of(a).full_transcript); /* it was authenticated in this way */
    assert_true(info_of(b).full_transcript);
}

static bool says_transcript(struct world *w, struct side *to)
{
    struct packet *p = net_peek(&w->net, &to->addr);
    struct message m = { 0 };
    ike2_header h;
    ike2_notify n;

    assert_non_null(p);
    assert_int_equal(ike2_header_read((ike2_bytes){ p->octets, p->len }, &h), IKE2_OK);
    assert_int_equal(ike2_message_index(&h, h.next_payload,
                                        (ike2_bytes){ p->octets + 28, p->len - 28 }, false, &m),
                     IKE2_OK);
    return ike2_message_notify(&m, TRANSCRIPT, &n);
}

/* The responder says so whether it is asked or not; the initiator has to begin. */
static void it_is_in_effect_if_both_announce_it(void **state)
{
    static const struct {
        ike2_want a, b;
        bool by_a, by_b;
    } rows[] = {
        { IKE2_WANT_DEFAULT, IKE2_WANT_DEFAULT, true, true },
        { IKE2_WANT_OFF, IKE2_WANT_OFF, false, false },
        { IKE2_WANT_OFF, IKE2_WANT_PREFER, false, true },
        { IKE2_WANT_PREFER, IKE2_WANT_OFF, true, false },
        { IKE2_WANT_ALLOW, IKE2_WANT_ALLOW, false, true },
        { IKE2_WANT_PREFER, IKE2_WANT_ALLOW, true, true },
        { IKE2_WANT_REQUIRE, IKE2_WANT_REQUIRE, true, true },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct world *w = world_new(i + 1);
        struct side *a = w->sides[0], *b = w->sides[1];
        bool both = rows[i].by_a && rows[i].by_b;

        a->setup.peer.full_transcript = rows[i].a;
        b->setup.peer.full_transcript = rows[i].b;
        w->net.is_held = true;
        initiate(a, b);
        assert_int_equal(says_transcript(w, b), rows[i].by_a);
        passes(a, b, SA_INIT, REQUEST);
        assert_int_equal(says_transcript(w, a), rows[i].by_b);
        w->net.is_held = false;
        world_run(w, 1000);
        expect_up(a, b);
        assert_int_equal(info_of(a).full_transcript, both);
        assert_int_equal(info_of(b).full_transcript, both);
        world_free(w);
    }
}

static void expect_required(struct side *s, uint8_t reason, uint16_t notify, const char *name)
{
    const struct explained *x;

    expect_sa_down(s, reason, notify);
    x = expect_explained(s, record_last(&s->record, IKE2_EVENT_SA_DOWN), name);
    assert_string_equal(x->offered, "AUTH over one message of IKE_SA_INIT");
    assert_non_null(strstr(x->difference, "full transcript: the definition requires it"));
}

static void a_responder_may_require_it(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    a->setup.peer.full_transcript = IKE2_WANT_OFF;
    b->setup.peer.full_transcript = IKE2_WANT_REQUIRE;
    initiate(a, b);
    world_run(w, LONG_ENOUGH_MS);
    expect_neither_up(w);
    expect_required(b, IKE2_REASON_PROPOSAL, IKE2_NOTIFY_NO_PROPOSAL_CHOSEN, "policy.proposal");
}

/* The notify may have been taken out: a better response is waited for. */
static void an_initiator_may_require_it(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    struct overheard heard;

    a->setup.peer.full_transcript = IKE2_WANT_REQUIRE;
    w->net.is_held = true;
    initiate(a, b);
    passes(a, b, SA_INIT, REQUEST);
    world_run(w, 700); /* the request again, and the response */
    passes(a, b, SA_INIT, REQUEST);
    middle_pass(b, a, middle_without_notify, TRANSCRIPT, &heard);
    w->net.is_held = false;
    world_run(w, 1000);
    expect_up(a, b);
    close_sa(a);
    assert_true(world_run_out(w, LONG_ENOUGH_MS));
    b->setup.peer.full_transcript = IKE2_WANT_OFF;
    assert_int_equal(side_define(b, &b->peer), IKE2_OK);
    initiate(a, b);
    world_run(w, LONG_ENOUGH_MS);
    expect_nothing(a);
    expect_sa_down(a, IKE2_REASON_DOUBT, IKE2_NOTIFY_NO_PROPOSAL_CHOSEN);
}

/* The definition that the identity leads to asks for more than the one that was used before. */
static void a_definition_that_comes_later_may_require_it(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    ike2_peer_id strict;

    a->setup.peer.full_transcript = IKE2_WANT_OFF;
    b->setup.peer.asks = IKE2_ASKS_IDENTITY;
    b->plans[ON_IDENTITY] = (struct plan){ .manner = NEVER, .times = 1 };
    initiate(a, b);
    world_run(w, 500);
    assert_true(b->pending[0].is_used);
    b->setup.peer.full_transcript = IKE2_WANT_REQUIRE;
    assert_int_equal(side_define(b, &strict), IKE2_OK);
    assert_int_equal(ike2_answer_peer(b->ep, w->now, b->pending[0].ask, strict), IKE2_OK);
    b->pending[0].is_used = false;
    side_drain(b, w->now);
    world_run(w, LONG_ENOUGH_MS);
    expect_neither_up(w);
    expect_required(b, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED, "policy.auth");
}

/* --- Without anybody's key ------------------------------------------------------------ */

struct change {
    middle_edit *edit;
    uint16_t what;
};

/* What may be missing or new, in a request and in a response. */
static const struct change requests[] = {
    { middle_without_ke, IKE2_KE_MODP_2048 },
    { middle_without_cipher, IKE2_ENCR_CHACHA20_POLY1305 },
    { middle_without_notify, TRANSCRIPT },
    { middle_without_notify, IKE2_NOTIFY_FRAGMENTATION_SUPPORTED },
    { middle_without_notify, IKE2_NOTIFY_NAT_DETECTION_SOURCE_IP },
    { middle_with_vendor_id, 16 },
};

static const struct change responses[] = {
    { middle_without_notify, TRANSCRIPT },
    { middle_without_notify, IKE2_NOTIFY_FRAGMENTATION_SUPPORTED },
    { middle_without_notify, IKE2_NOTIFY_CHILDLESS_IKEV2_SUPPORTED },
    { middle_without_notify, IKE2_NOTIFY_NAT_DETECTION_DESTINATION_IP },
    { middle_with_vendor_id, 16 },
};

enum { REQUESTS = sizeof requests / sizeof requests[0],
       RESPONSES = sizeof responses / sizeof responses[0] };

static struct world *world_of(bool signs, uint64_t seed)
{
    struct world *w = world_new(seed);

    for (size_t i = 0; i < 2; i++) {
        strong_and_weak(w->sides[i]);
        if (signs)
            w->sides[i]->setup.cert = i == 0 ? "of a" : "of b";
    }
    w->net.is_held = true;
    initiate(w->sides[0], w->sides[1]);
    return w;
}

static void meet_with(bool signs, const struct change *request, const struct change *response)
{
    struct world *w = world_of(signs, 1);
    struct side *a = w->sides[0], *b = w->sides[1];

    middle_pass(a, b, request == NULL ? NULL : request->edit,
                request == NULL ? 0 : request->what, NULL);
    middle_pass(b, a, response == NULL ? NULL : response->edit,
                response == NULL ? 0 : response->what, NULL);
    w->net.is_held = false;
    world_run(w, LONG_ENOUGH_MS);
    if (request == NULL && response == NULL) {
        expect_up(a, b);
    } else {
        expect_neither_up(w);
        expect_sa_down(a, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
        expect_sa_down(b, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
        expect_explained(b, record_last(&b->record, IKE2_EVENT_SA_DOWN), "policy.auth");
    }
    world_free(w);
}

static void a_changed_request_fails_authentication(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * REQUESTS; i++)
        meet_with(i >= REQUESTS, &requests[i % REQUESTS], NULL);
}

static void a_changed_response_fails_authentication(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * RESPONSES; i++)
        meet_with(i >= RESPONSES, NULL, &responses[i % RESPONSES]);
}

static void what_is_passed_on_unchanged_comes_up(void **state)
{
    (void)state;
    meet_with(false, NULL, NULL);
    meet_with(true, NULL, NULL);
}

/* Nobody has demanded the cookie; who has, takes it out of the request again. */
static void a_cookie_that_the_responder_does_not_see_fails_authentication(void **state)
{
    const uint8_t cookie[8] = { 1 };
    struct world *w = world_of(false, 1);
    struct side *a = w->sides[0], *b = w->sides[1];

    (void)state;
    loses(a, b, SA_INIT, REQUEST);
    forge_notify(b, a, IKE2_NOTIFY_COOKIE, (ike2_bytes){ cookie, sizeof cookie });
    middle_pass(a, b, middle_without_notify, IKE2_NOTIFY_COOKIE, NULL);
    w->net.is_held = false;
    world_run(w, LONG_ENOUGH_MS);
    expect_neither_up(w);
    expect_sa_down(b, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    world_free(w);
}

/* No AUTH covers the exchange that is made again: it is the responder's choice that counts. */
static void a_forged_invalid_ke_does_not_lead_to_a_weaker_method(void **state)
{
    const uint8_t weak[2] = { 0, IKE2_KE_MODP_2048 };
    struct world *w = world_of(false, 1);
    struct side *a = w->sides[0], *b = w->sides[1];

    (void)state;
    loses(a, b, SA_INIT, REQUEST);
    forge_notify(b, a, IKE2_NOTIFY_INVALID_KE_PAYLOAD, (ike2_bytes){ weak, sizeof weak });
    passes(a, b, SA_INIT, REQUEST);  /* with the weak one -->     */
    passes(b, a, SA_INIT, RESPONSE); /* <-- N(INVALID_KE_PAYLOAD) */
    passes(a, b, SA_INIT, REQUEST);
    passes(b, a, SA_INIT, RESPONSE);
    w->net.is_held = false;
    world_run(w, 1000);
    expect_up(a, b);
    assert_int_equal(info_of(a).suite.ke.id, IKE2_KE_ECP_384);
    world_free(w);
}

/* --- Rounds of IKE_SA_INIT ------------------------------------------------------------ */

static void cookies_and_methods_in_turns_come_to_an_end(void **state)
{
    static const uint16_t methods[] = { IKE2_KE_MODP_2048, IKE2_KE_ECP_384 };
    struct world *w = world_of(false, 1);
    struct side *a = w->sides[0], *b = w->sides[1];

    (void)state;
    for (uint8_t i = 0; i < 40; i++) {
        const uint8_t octets[2] = { 0, (uint8_t)methods[i / 2 % 2] };

        forge_notify(b, a, i % 2 == 0 ? IKE2_NOTIFY_INVALID_KE_PAYLOAD : IKE2_NOTIFY_COOKIE,
                     (ike2_bytes){ octets, sizeof octets });
    }
    assert_int_equal(a->counts.sent, 6); /* the first request, and five more */
    w->net.is_held = false;
    world_run(w, 10 * 60 * 1000);
    expect_nothing(a);
    world_free(w);
}

/* RFC 7296 2.6: between 1 and 64 octets. */
static void a_cookie_has_a_length_of_the_rfc_or_is_ignored(void **state)
{
    static const struct {
        size_t len;
        bool is_returned;
    } rows[] = { { 0, false }, { 1, true }, { 64, true }, { 65, false }, { 200, false } };
    uint8_t octets[200] = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct world *w = world_of(false, i + 1);
        struct side *a = w->sides[0], *b = w->sides[1];
        size_t len = net_peek(&w->net, &b->addr)->len;

        forge_notify(b, a, IKE2_NOTIFY_COOKIE, (ike2_bytes){ octets, rows[i].len });
        assert_int_equal(a->counts.sent, rows[i].is_returned ? 2 : 1);
        loses(a, b, SA_INIT, REQUEST);
        if (rows[i].is_returned)
            assert_int_equal(net_peek(&w->net, &b->addr)->len, len + 8 + rows[i].len);
        drop_sa(a);
        world_free(w);
    }
}

/* RFC 5685 is not announced: nobody may send it, and it leads nowhere. */
static void a_redirect_is_not_followed(void **state)
{
    const uint8_t elsewhere[6] = { IKE2_GATEWAY_IPV4, 4, 192, 0, 2, 66 };
    struct world *w = world_of(false, 1);
    struct side *a = w->sides[0], *b = w->sides[1];

    (void)state;
    forge_notify(b, a, IKE2_NOTIFY_REDIRECT, (ike2_bytes){ elsewhere, sizeof elsewhere });
    assert_int_equal(a->counts.sent, 1);
    w->net.is_held = false;
    world_run(w, 1000);
    expect_up(a, b);
    world_free(w);
}

/* --- With the initiator's key, and with the keys of the IKE SA ------------------------ */

/* Section 4 of the draft: who has the long-term key of the initiator and can break the weak method
 * takes the strong one out of the request, and gives IKE_AUTH a value that fits it. `request` and
 * `response` are changes to hide the announcements. */
struct intrusion {
    bool is_off, hides_request, hides_response;
};

static bool edit_request(ike2_writer *w, const ike2_payload *p, uint16_t hides)
{
    return (hides != 0 && middle_without_notify(w, p, hides)) ||
           middle_without_ke(w, p, IKE2_KE_ECP_384);
}

static struct world *intrude(const struct intrusion *how)
{
    const uint8_t weak[2] = { 0, IKE2_KE_MODP_2048 };
    struct world *w = world_new(1);
    struct side *a = w->sides[0], *b = w->sides[1];
    struct overheard request;

    two_keys(a, b);
    for (size_t i = 0; i < 2; i++) {
        strong_and_weak(w->sides[i]);
        w->sides[i]->setup.peer.full_transcript = how->is_off ? IKE2_WANT_OFF : IKE2_WANT_DEFAULT;
    }
    w->net.is_held = true;
    initiate(a, b);
    loses(a, b, SA_INIT, REQUEST);
    forge_notify(b, a, IKE2_NOTIFY_INVALID_KE_PAYLOAD, (ike2_bytes){ weak, sizeof weak });
    middle_pass(a, b, edit_request, how->hides_request ? TRANSCRIPT : 0, &request);
    middle_pass(b, a, how->hides_response ? middle_without_notify : NULL, TRANSCRIPT, NULL);
    middle_forge_auth(a, b, &request, !how->is_off && !how->hides_request);
    return w;
}

/* What the protection is good for: without it nobody notices. */
static void the_weak_method_is_forced_on_who_does_without(void **state)
{
    const struct intrusion how = { .is_off = true };
    struct world *w = intrude(&how);

    (void)state;
    w->net.is_held = false;
    world_run(w, 1000);
    expect_up(w->sides[0], w->sides[1]);
    assert_int_equal(info_of(w->sides[0]).suite.ke.id, IKE2_KE_MODP_2048);
    world_free(w);
}

static void expect_noticed(const struct intrusion *how)
{
    struct world *w = intrude(how);
    struct side *a = w->sides[0], *b = w->sides[1];

    expect_events(b, IKE2_EVENT_SA_UP, 1); /* what it has heard fits together */
    w->net.is_held = false;
    world_run(w, LONG_ENOUGH_MS);
    expect_events(a, IKE2_EVENT_SA_UP, 0);
    expect_nothing(a);
    expect_nothing(b);
    expect_sa_down(a, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    expect_sa_down(b, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    world_free(w);
}

static void the_weak_method_cannot_be_forced_on_who_signs_both(void **state)
{
    const struct intrusion how = { 0 };
    struct world *w = intrude(&how);
    struct side *a = w->sides[0];

    w->net.is_held = false;
    world_run(w, 1000);
    assert_non_null(strstr(expect_explained(a, record_last(&a->record, IKE2_EVENT_SA_DOWN),
                                            "policy.auth")->difference,
                           "IKE_SA_INIT was changed on the way"));
    world_free(w);
    (void)state;
    expect_noticed(&how);
}

/* The responder commits itself to the announcement that it has made. */
static void the_protection_cannot_be_taken_out_of_the_request(void **state)
{
    (void)state;
    expect_noticed(&(struct intrusion){ .hides_request = true });
}

static void the_protection_cannot_be_taken_out_of_the_response(void **state)
{
    (void)state;
    expect_noticed(&(struct intrusion){ .hides_response = true });
}

static void the_protection_cannot_be_taken_out_of_both(void **state)
{
    (void)state;
    expect_noticed(&(struct intrusion){ .hides_request = true, .hides_response = true });
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)
    static const struct CMUnitTest tests[] = {
        CASE(both_sides_authenticate_both_messages),
        cmocka_unit_test(it_is_in_effect_if_both_announce_it),
        CASE(a_responder_may_require_it),
        CASE(an_initiator_may_require_it),
        CASE(a_definition_that_comes_later_may_require_it),
        cmocka_unit_test(a_changed_request_fails_authentication),
        cmocka_unit_test(a_changed_response_fails_authentication),
        cmocka_unit_test(what_is_passed_on_unchanged_comes_up),
        cmocka_unit_test(a_cookie_that_the_responder_does_not_see_fails_authentication),
        cmocka_unit_test(a_forged_invalid_ke_does_not_lead_to_a_weaker_method),
        cmocka_unit_test(cookies_and_methods_in_turns_come_to_an_end),
        cmocka_unit_test(a_cookie_has_a_length_of_the_rfc_or_is_ignored),
        cmocka_unit_test(a_redirect_is_not_followed),
        cmocka_unit_test(the_weak_method_is_forced_on_who_does_without),
        cmocka_unit_test(the_weak_method_cannot_be_forced_on_who_signs_both),
        cmocka_unit_test(the_protection_cannot_be_taken_out_of_the_request),
        cmocka_unit_test(the_protection_cannot_be_taken_out_of_the_response),
        cmocka_unit_test(the_protection_cannot_be_taken_out_of_both),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
