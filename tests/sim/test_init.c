/* sim/test_init.c - IKE_SA_INIT: cookies, another key exchange method, unprotected errors. RFC 7296
 * 1.2, 2.6, 2.7, 2.21.1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "sim/scenario.h"

enum { SA_INIT = IKE2_EXCHANGE_IKE_SA_INIT, AUTH = IKE2_EXCHANGE_IKE_AUTH };

static void authenticate(struct side *a, struct side *b)
{
    passes(a, b, AUTH, REQUEST);
    passes(b, a, AUTH, RESPONSE);
    nothing_flies(a->world);
    expect_up(a, b);
}

/* The responder wants the second method that the initiator has. */
static void disagree_on_ke(struct side *a, struct side *b)
{
    setup_ike(&a->setup, "aes256gcm16-prfsha384-x25519-ecp384-ecp256");
    setup_ike(&b->setup, "aes256gcm16-prfsha384-ecp384");
}

/* --- Cookies -------------------------------------------------------------------------- */

static void a_cookie_is_demanded_and_returned(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    uint64_t held;

    b->setup.endpoint.cookie = IKE2_ON;
    w->net.is_held = true;
    initiate(a, b);
    held = side_stats(b).octets_held;
    passes(a, b, SA_INIT, REQUEST);  /* HDR(A,0), SAi1, KEi, Ni -->             */
    passes(b, a, SA_INIT, RESPONSE); /*     <-- HDR(A,0), N(COOKIE)             */
    assert_int_equal(side_stats(b).octets_held, held); /* no state yet */
    assert_int_equal(b->counts.asked[ON_PEER], 0);
    passes(a, b, SA_INIT, REQUEST);  /* HDR(A,0), N(COOKIE), SAi1, KEi, Ni -->  */
    passes(b, a, SA_INIT, RESPONSE); /*     <-- HDR(A,B), SAr1, KEr, Nr         */
    authenticate(a, b);
    assert_int_equal(side_stats(b).cookies_sent, 1);
    assert_int_equal(side_stats(b).accepts, 1);
}

static void a_cookie_is_good_for_its_sender_only(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    struct side *c = world_add(w, "c");
    struct packet *p;

    b->setup.endpoint.cookie = IKE2_ON;
    w->net.is_held = true;
    initiate(a, b);
    passes(a, b, SA_INIT, REQUEST);
    passes(b, a, SA_INIT, RESPONSE);
    p = net_peek(&w->net, &b->addr); /* the request with its cookie */
    assert_non_null(p);
    inject(c, b, 500, (ike2_bytes){ p->octets, p->len });
    assert_int_equal(side_stats(b).sas, 0);
    assert_int_equal(side_stats(b).cookies_sent, 2);
    p->octets[28 + 8] ^= 1; /* the first octet of the cookie, behind two headers */
    inject(a, b, 500, (ike2_bytes){ p->octets, p->len });
    assert_int_equal(side_stats(b).sas, 0);
    assert_int_equal(side_stats(b).cookies_sent, 3);
    assert_int_equal(drops(b, IKE2_DROP_COOKIE), 3);
}

static void another_ke_method_is_tried_when_the_responder_wants_it(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    disagree_on_ke(a, b);
    w->net.is_held = true;
    initiate(a, b);
    passes(a, b, SA_INIT, REQUEST);  /* HDR(A,0), SAi1, KEi, Ni -->          */
    passes(b, a, SA_INIT, RESPONSE); /*     <-- HDR(A,0), N(INVALID_KE_PAYLOAD, 20) */
    expect_nothing(b);
    passes(a, b, SA_INIT, REQUEST);  /* HDR(A,0), SAi1, KEi, Ni -->          */
    passes(b, a, SA_INIT, RESPONSE); /*     <-- HDR(A,B), SAr1, KEr, Nr      */
    authenticate(a, b);
    assert_int_equal(info_of(a).suite.ke.id, IKE2_KE_ECP_384);
    expect_events(b, IKE2_EVENT_SA_DOWN, 0); /* the first try was no failure */
}

static void cookie_and_invalid_ke_may_come_in_turns(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    disagree_on_ke(a, b);
    b->setup.endpoint.cookie = IKE2_ON;
    a->setup.retransmit.first_ms = 300 * 1000;
    w->net.is_held = true;
    initiate(a, b);
    passes(a, b, SA_INIT, REQUEST);
    passes(b, a, SA_INIT, RESPONSE); /* COOKIE */
    passes(a, b, SA_INIT, REQUEST);
    world_run(w, 125 * 1000);        /* the cookie's secret is replaced twice */
    passes(b, a, SA_INIT, RESPONSE); /* INVALID_KE_PAYLOAD */
    passes(a, b, SA_INIT, REQUEST);
    passes(b, a, SA_INIT, RESPONSE); /* COOKIE again */
    passes(a, b, SA_INIT, REQUEST);
    passes(b, a, SA_INIT, RESPONSE);
    authenticate(a, b);
    assert_int_equal(side_stats(b).cookies_sent, 2);
}

static void forged_cookies_do_not_go_on_for_ever(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    const uint8_t cookie[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
    uint64_t sent;

    w->net.is_held = true;
    initiate(a, b);
    for (size_t i = 0; i < 20; i++)
        forge_notify(b, a, IKE2_NOTIFY_COOKIE, (ike2_bytes){ cookie, 1 + i % 8 });
    sent = a->counts.sent;
    assert_true(sent <= 6);
    forge_notify(b, a, IKE2_NOTIFY_COOKIE, (ike2_bytes){ cookie, 8 });
    assert_int_equal(a->counts.sent, sent);
    /* The responder has seen more than one request by now, and AUTH covers one of them only: who
     * can forge cookies can spoil the attempt, but not for ever. */
    w->net.is_held = false;
    world_run(w, 1000);
    expect_nothing(a);
    initiate(a, b);
    world_run(w, 60 * 1000);
    expect_up(a, b);
}

/* --- The request again ---------------------------------------------------------------- */

static void a_repeated_request_gets_the_same_answer(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    w->net.is_held = true;
    initiate(a, b);
    world_run(w, 600); /* the first retransmission */
    passes(a, b, SA_INIT, REQUEST);
    passes(a, b, SA_INIT, REQUEST);
    assert_int_equal(b->counts.asked[ON_PEER], 1);
    assert_int_equal(side_stats(b).sas, 1);
    assert_int_equal(side_stats(b).retransmits_in, 1);
    passes(b, a, SA_INIT, RESPONSE);
    passes(b, a, SA_INIT, RESPONSE); /* one too many: dropped */
    authenticate(a, b);
}

static void a_repeated_request_is_absorbed_while_the_first_one_waits(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    b->plans[ON_PEER] = (struct plan){ .manner = LATER, .ms = 4000 };
    initiate(a, b);
    world_run(w, 3000);
    assert_int_equal(side_stats(b).sas, 1);
    assert_int_equal(b->counts.asked[ON_PEER], 1);
    assert_true(side_stats(b).retransmits_in >= 2);
    world_run(w, 3000);
    expect_up(a, b);
}

/* --- Unprotected errors --------------------------------------------------------------- */

static void an_attempt_survives_a_forged_error(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    w->net.is_held = true;
    initiate(a, b);
    forge_notify(b, a, IKE2_NOTIFY_NO_PROPOSAL_CHOSEN, (ike2_bytes){ 0 });
    forge_notify(b, a, IKE2_NOTIFY_INVALID_SYNTAX, (ike2_bytes){ 0 });
    passes(a, b, SA_INIT, REQUEST);
    passes(b, a, SA_INIT, RESPONSE);
    authenticate(a, b);
    w->net.is_held = false;
    world_run(w, 10 * 1000);
    expect_up(a, b); /* doubt has gone */
}

static void an_attempt_ends_in_doubt_when_nothing_better_comes(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    ike2_time start;

    w->net.is_held = true;
    initiate(a, b);
    world_run(w, 100);
    start = w->now;
    forge_notify(b, a, IKE2_NOTIFY_NO_PROPOSAL_CHOSEN, (ike2_bytes){ 0 });
    world_run(w, 4000);
    forge_notify(b, a, IKE2_NOTIFY_INVALID_SYNTAX, (ike2_bytes){ 0 });
    world_run(w, 4000);
    expect_nothing(a);
    expect_sa_down(a, IKE2_REASON_DOUBT, IKE2_NOTIFY_NO_PROPOSAL_CHOSEN);
    assert_int_equal(record_last(&a->record, IKE2_EVENT_SA_DOWN)->at, start + 5000);
}

static void forged_errors_do_not_delay_retransmission(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    a->setup.endpoint.doubt_ms = 60 * 1000;
    w->net.is_held = true;
    initiate(a, b);
    for (size_t i = 0; i < 20; i++) {
        world_run(w, 100);
        forge_notify(b, a, IKE2_NOTIFY_NO_PROPOSAL_CHOSEN, (ike2_bytes){ 0 });
    }
    assert_int_equal(side_stats(a).retransmits_out, 2); /* after 500 ms and 900 ms more */
}

static void an_invalid_ke_payload_cannot_ask_for_what_was_not_offered(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    const uint8_t modp768[2] = { 0, IKE2_KE_MODP_768 };

    w->net.is_held = true;
    initiate(a, b);
    forge_notify(b, a, IKE2_NOTIFY_INVALID_KE_PAYLOAD, (ike2_bytes){ modp768, 2 });
    forge_notify(b, a, IKE2_NOTIFY_INVALID_KE_PAYLOAD, (ike2_bytes){ modp768, 1 });
    assert_int_equal(a->counts.sent, 1);
    passes(a, b, SA_INIT, REQUEST);
    passes(b, a, SA_INIT, RESPONSE);
    authenticate(a, b);
}

/* --- Proposals ------------------------------------------------------------------------ */

static void no_common_proposal_is_explained(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    const struct explained *x;

    setup_ike(&a->setup, "aes128gcm16-prfsha256-x25519");
    setup_ike(&b->setup, "aes256gcm16-prfsha256-x25519");
    initiate(a, b);
    world_run(w, 10 * 1000);
    expect_nothing(a);
    expect_nothing(b);
    expect_sa_down(a, IKE2_REASON_DOUBT, IKE2_NOTIFY_NO_PROPOSAL_CHOSEN);
    expect_sa_down(b, IKE2_REASON_PROPOSAL, IKE2_NOTIFY_NO_PROPOSAL_CHOSEN);
    x = expect_explained(b, record_last(&b->record, IKE2_EVENT_SA_DOWN), "policy.proposal");
    assert_string_equal(x->offered, "aes128gcm16-prfsha256-x25519");
    assert_string_equal(x->accepted, "aes256gcm16-prfsha256-x25519");
    assert_non_null(strstr(x->difference, "aes128gcm16"));
    assert_non_null(strstr(x->difference, "aes256gcm16"));
    assert_int_equal(x->protocol, IKE2_PROTOCOL_IKE);
    assert_string_equal(x->section, "RFC 7296 2.7");
}

static const char *refuse_everything(void *user, const ike2_policy_query *query)
{
    (void)user;
    return query->suite->encr.type != 0 ? "not with you" : NULL;
}

static void a_policy_may_refuse_what_both_have(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    ike2_policy policy = IKE2_INIT(ike2_policy);

    policy.refuse = refuse_everything;
    b->setup.endpoint.policy = &policy;
    initiate(a, b);
    world_run(w, 10 * 1000);
    expect_sa_down(b, IKE2_REASON_PROPOSAL, IKE2_NOTIFY_NO_PROPOSAL_CHOSEN);
    assert_string_equal(expect_explained(b, record_last(&b->record, IKE2_EVENT_SA_DOWN),
                                         "policy.proposal")->difference, "not with you");
}

static void an_initiator_without_a_usable_proposal_does_not_begin(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    setup_ike(&a->setup, "aes128ccm16-prfsha256-x25519"); /* the provider has no CCM */
    initiate(a, b);
    assert_int_equal(w->net.n_sent, 0);
    expect_nothing(a);
    expect_sa_down(a, IKE2_REASON_PROPOSAL, 0);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)
    static const struct CMUnitTest tests[] = {
        CASE(a_cookie_is_demanded_and_returned),
        CASE(a_cookie_is_good_for_its_sender_only),
        CASE(another_ke_method_is_tried_when_the_responder_wants_it),
        CASE(cookie_and_invalid_ke_may_come_in_turns),
        CASE(forged_cookies_do_not_go_on_for_ever),
        CASE(a_repeated_request_gets_the_same_answer),
        CASE(a_repeated_request_is_absorbed_while_the_first_one_waits),
        CASE(an_attempt_survives_a_forged_error),
        CASE(an_attempt_ends_in_doubt_when_nothing_better_comes),
        CASE(forged_errors_do_not_delay_retransmission),
        CASE(an_invalid_ke_payload_cannot_ask_for_what_was_not_offered),
        CASE(no_common_proposal_is_explained),
        CASE(a_policy_may_refuse_what_both_have),
        CASE(an_initiator_without_a_usable_proposal_does_not_begin),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
