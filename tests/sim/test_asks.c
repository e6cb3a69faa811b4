/* sim/test_asks.c - questions: answered late, never, with a no, and wrongly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/scenario.h"

enum { ASK_MS = 4000 };

static const ike2_cfg_attr wish = { .type = IKE2_CFG_INTERNAL_IP4_DNS };

static void ask_everything(struct side *s)
{
    s->setup.endpoint.ask_ms = ASK_MS;
    s->setup.endpoint.ask_spi = IKE2_ON;
    s->setup.asks_psk = true;
    s->setup.peer.asks = IKE2_ASKS_IDENTITY | IKE2_ASKS_CHILD | IKE2_ASKS_CONFIG;
    s->setup.peer.config = &wish;
    s->setup.peer.n_config = 1;
}

static int setup_asking(void **state)
{
    (void)world_setup(state);
    ask_everything(side_a(state));
    ask_everything(side_b(state));
    return 0;
}

static void meet(void *const *state, struct side *s, enum matter matter, struct plan plan)
{
    struct world *w = *state;

    s->plans[matter] = plan;
    initiate(side_a(state), side_b(state));
    world_run(w, 20 * 1000);
}

static const struct plan never = { .manner = NEVER }, no = { .manner = REFUSE };

/* --- Answered ------------------------------------------------------------------------- */

static void everything_can_be_asked(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    bring_up(a, b);
    assert_int_equal(a->counts.asked[ON_PEER], 0);
    assert_int_equal(a->counts.asked[ON_PSK], 2);
    assert_int_equal(a->counts.asked[ON_IDENTITY], 1);
    assert_int_equal(a->counts.asked[ON_CHILD], 0);
    assert_int_equal(a->counts.asked[ON_SPI], 1);
    assert_int_equal(b->counts.asked[ON_PEER], 1);
    assert_int_equal(b->counts.asked[ON_PSK], 2);
    assert_int_equal(b->counts.asked[ON_IDENTITY], 1);
    assert_int_equal(b->counts.asked[ON_CHILD], 1);
    assert_int_equal(b->counts.asked[ON_SPI], 1);
    assert_int_equal(dataplane_pair(&a->dataplane, 0)->spi_in, 0x1000);
    assert_int_equal(dataplane_pair(&b->dataplane, 0)->spi_in, 0x1000);
    close_sa(a);
    world_run(a->world, 1000);
    expect_nothing(a);
    expect_nothing(b);
}

/* The half-open time is for the peer's silence, not for ours. */
static void an_answer_may_take_longer_than_an_sa_may_be_half_open(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    b->setup.endpoint.half_open_ms = 1000;
    b->plans[ON_PSK] = (struct plan){ .manner = LATER, .ms = 3000 };
    initiate(a, b);
    world_run(w, 40 * 1000);
    expect_up(a, b);
    assert_int_equal(b->counts.stale, 0);
}

static void every_answer_may_take_its_time(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    for (enum matter m = ON_PEER; m <= ON_SPI; m++) {
        a->plans[m] = (struct plan){ .manner = LATER, .ms = 2000 };
        b->plans[m] = (struct plan){ .manner = LATER, .ms = 2000 };
    }
    initiate(a, b);
    world_run(w, 40 * 1000);
    expect_up(a, b);
    assert_int_equal(a->counts.stale + b->counts.stale, 0);
    assert_int_equal(b->counts.asked[ON_PEER], 1);
}

/* --- Not answered --------------------------------------------------------------------- */

static void who_is_this_without_answer_is_no_proposal_chosen(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    meet(state, b, ON_PEER, never);
    expect_nothing(a);
    expect_sa_down(a, IKE2_REASON_DOUBT, IKE2_NOTIFY_NO_PROPOSAL_CHOSEN);
    expect_events(b, IKE2_EVENT_SA_DOWN, 0); /* nobody knew of it */
    assert_int_equal(side_stats(b).sas, 0);
    assert_true(side_stats(b).asks_expired >= 1);
}

static void no_key_for_the_initiator_is_an_authentication_failure(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    meet(state, b, ON_PSK, never);
    expect_nothing(a);
    expect_sa_down(a, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    expect_sa_down(b, IKE2_REASON_UNANSWERED, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    expect_events(b, IKE2_EVENT_SA_UP, 0);
}

static void no_key_of_our_own_ends_the_attempt(void **state)
{
    struct side *a = side_a(state);

    meet(state, a, ON_PSK, never);
    expect_sa_down(a, IKE2_REASON_UNANSWERED, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    assert_int_equal(a->counts.sent, 1); /* IKE_SA_INIT only */
    assert_int_equal(side_stats(a).sas, 0);
}

/* RFC 7296 2.21.2: in an INFORMATIONAL of its own. */
static void an_initiator_without_identity_tells_the_responder(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    meet(state, a, ON_IDENTITY, never);
    expect_nothing(b);
    expect_sa_down(a, IKE2_REASON_UNANSWERED, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    expect_sa_down(b, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    expect_events(a, IKE2_EVENT_SA_UP, 0);
    expect_events(b, IKE2_EVENT_SA_UP, 1);
}

static void no_identity_is_an_authentication_failure(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    meet(state, b, ON_IDENTITY, never);
    expect_sa_down(a, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    expect_sa_down(b, IKE2_REASON_UNANSWERED, IKE2_NOTIFY_AUTHENTICATION_FAILED);
}

static void no_child_is_ts_unacceptable(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    meet(state, b, ON_CHILD, never);
    expect_up_without_child(a);
    assert_int_equal(side_stats(b).children, 0);
    expect_child_down(a, IKE2_REASON_SELECTORS, IKE2_NOTIFY_TS_UNACCEPTABLE);
}

static void no_spi_is_no_proposal_chosen(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    meet(state, b, ON_SPI, never);
    expect_up_without_child(a);
    expect_child_down(a, IKE2_REASON_PROPOSAL, IKE2_NOTIFY_NO_PROPOSAL_CHOSEN);
    expect_child_down(b, IKE2_REASON_UNANSWERED, IKE2_NOTIFY_NO_PROPOSAL_CHOSEN);
    assert_string_equal(info_of(b).state, "UP");
}

static void no_spi_of_our_own_ends_the_attempt(void **state)
{
    struct side *a = side_a(state);

    meet(state, a, ON_SPI, never);
    assert_int_equal(a->counts.sent, 1);
    assert_int_equal(side_stats(a).sas, 0);
    assert_int_equal(record_last(&a->record, IKE2_EVENT_SA_DOWN)->reason, IKE2_REASON_UNANSWERED);
    expect_events(a, IKE2_EVENT_CHILD_DOWN, 1);
}

static void a_late_answer_is_stale_and_harmless(void **state)
{
    struct side *b = side_b(state);

    meet(state, b, ON_PSK, (struct plan){ .manner = LATER, .ms = ASK_MS + 1000 });
    assert_int_equal(b->counts.stale, 1);
    expect_nothing(b);
}

/* --- Refused -------------------------------------------------------------------------- */

static void a_refusal_says_what_it_was_told_to_say(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    meet(state, b, ON_PEER,
         (struct plan){ .manner = REFUSE, .notify = IKE2_NOTIFY_INVALID_SYNTAX });
    expect_sa_down(a, IKE2_REASON_DOUBT, IKE2_NOTIFY_INVALID_SYNTAX);
    expect_events(b, IKE2_EVENT_SA_DOWN, 0);
}

static void a_refused_peer_is_no_proposal_chosen(void **state)
{
    struct side *a = side_a(state);

    meet(state, side_b(state), ON_PEER, no);
    expect_sa_down(a, IKE2_REASON_DOUBT, IKE2_NOTIFY_NO_PROPOSAL_CHOSEN);
}

static void a_refused_key_or_identity_is_an_authentication_failure(void **state)
{
    (void)state;
    for (enum matter m = ON_PSK; m <= ON_IDENTITY; m++) {
        struct world *other = world_new(m);
        void *at = other;

        ask_everything(other->sides[0]);
        ask_everything(other->sides[1]);
        meet(&at, other->sides[1], m, no);
        expect_sa_down(other->sides[0], IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
        expect_sa_down(other->sides[1], IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
        world_free(other);
    }
}

static void a_refused_child_costs_the_child_only(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    meet(state, b, ON_CHILD,
         (struct plan){ .manner = REFUSE, .notify = IKE2_NOTIFY_INTERNAL_ADDRESS_FAILURE });
    expect_up_without_child(a);
    assert_int_equal(record_last(&a->record, IKE2_EVENT_CHILD_DOWN)->notify,
                     IKE2_NOTIFY_INTERNAL_ADDRESS_FAILURE);
}

static void a_refused_spi_costs_the_child_only(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    meet(state, b, ON_SPI, no);
    expect_up_without_child(a);
    expect_up_without_child(b);
    expect_child_down(a, IKE2_REASON_PROPOSAL, IKE2_NOTIFY_NO_PROPOSAL_CHOSEN);
    expect_child_down(b, IKE2_REASON_DATAPLANE, IKE2_NOTIFY_NO_PROPOSAL_CHOSEN);
}

/* --- Wrong answers -------------------------------------------------------------------- */

/* The question that is open at a side, with nothing in flight. */
static ike2_ask_id open_question(struct side *s, enum matter matter)
{
    for (size_t i = 0; i < SIDE_PENDING; i++) {
        if (s->pending[i].is_used && s->pending[i].matter == matter)
            return s->pending[i].ask;
    }
    fail();
    return 0;
}

static ike2_ask_id stop_at(void *const *state, struct side *s, enum matter matter)
{
    s->setup.endpoint.ask_ms = 0;
    s->plans[matter] = (struct plan){ .manner = NEVER, .times = 1 };
    initiate(side_a(state), side_b(state));
    world_run(*state, 500);
    return open_question(s, matter);
}

static void an_answer_of_the_wrong_kind_changes_nothing(void **state)
{
    struct world *w = *state;
    struct side *b = side_b(state);
    ike2_ask_id ask = stop_at(state, b, ON_CHILD);
    ike2_secret_answer secret = IKE2_INIT(ike2_secret_answer);

    secret.octets = (ike2_bytes){ (const uint8_t *)"x", 1 };
    assert_int_equal(ike2_answer_secret(b->ep, w->now, ask, &secret), IKE2_ERR_ARGUMENT);
    assert_int_equal(ike2_answer_peer(b->ep, w->now, ask, b->peer), IKE2_ERR_ARGUMENT);
    assert_int_equal(ike2_answer_spi(b->ep, w->now, ask, 5000), IKE2_ERR_ARGUMENT);
    assert_int_equal(ike2_answer_child(b->ep, w->now, ask + 1000, NULL), IKE2_ERR_STALE);
    assert_int_equal(ike2_refuse(b->ep, w->now, ask + 1000, 0), IKE2_ERR_STALE);
    assert_non_null(ike2_ask_get(b->ep, ask));
    assert_null(ike2_ask_get(b->ep, ask + 1000));
    assert_int_equal(ike2_answer_child(b->ep, w->now, ask, NULL), IKE2_OK);
    assert_null(ike2_ask_get(b->ep, ask));
    assert_int_equal(ike2_answer_child(b->ep, w->now, ask, NULL), IKE2_ERR_STALE);
    b->pending[0].is_used = false;
    side_drain(b, w->now);
    world_run(w, 3000);
    expect_up(side_a(state), b);
}

static void a_child_can_be_narrowed_further_and_not_widened(void **state)
{
    struct world *w = *state;
    struct side *b = side_b(state);
    ike2_ask_id ask = stop_at(state, b, ON_CHILD);
    const ike2_ts narrow = setup_net4(0x0a020300, 24), wide = setup_net4(0x0a000000, 8);
    ike2_child_spec spec = IKE2_INIT(ike2_child_spec);

    spec.template_index = 1;
    assert_int_equal(ike2_answer_child(b->ep, w->now, ask, &spec), IKE2_ERR_ARGUMENT);
    spec.template_index = 0;
    spec.ts_local = &wide;
    spec.n_ts_local = 1;
    assert_int_equal(ike2_answer_child(b->ep, w->now, ask, &spec), IKE2_ERR_ARGUMENT);
    spec.ts_local = &narrow;
    assert_int_equal(ike2_answer_child(b->ep, w->now, ask, &spec), IKE2_OK);
    b->pending[0].is_used = false;
    side_drain(b, w->now);
    world_run(w, 3000);
    expect_up(side_a(state), b);
    assert_int_equal(dataplane_pair(&b->dataplane, 0)->ts.local.first[2], 3);
    assert_int_equal(dataplane_pair(&b->dataplane, 0)->ts.local.last[2], 3);
}

/* The selectors of the template that is chosen count: "0 = as the template narrows". */
static void another_template_can_be_chosen(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    const ike2_ts wide = setup_net4(0x0a000000, 8), local = setup_net4(0x0a020000, 24);
    ike2_child_spec spec = IKE2_INIT(ike2_child_spec);

    setup_selectors(&a->setup, 0, &wide, 1, &wide, 1);
    setup_selectors(&b->setup, 1, &local, 1, &wide, 1);
    b->setup.peer.n_children = 2;
    spec.template_index = 1;
    b->child_spec = &spec;
    initiate(a, b);
    world_run(w, 3000);
    expect_up(a, b);
    assert_int_equal(dataplane_pair(&b->dataplane, 0)->ts.local.last[2], 0);
}

static void an_spi_has_one_owner(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    ike2_ask_id ask;

    bring_up(a, b);
    ask = stop_at(state, a, ON_SPI);
    assert_int_equal(ike2_answer_spi(a->ep, w->now, ask, 255), IKE2_ERR_ARGUMENT);
    assert_int_equal(ike2_answer_spi(a->ep, w->now, ask, 0x1000), IKE2_ERR_ARGUMENT);
    assert_int_equal(ike2_answer_spi(a->ep, w->now, ask, 0x2000), IKE2_OK);
    dataplane_reserve(&a->dataplane, a->sa, a->pending[0].child, 0x2000);
    a->pending[0].is_used = false;
    side_drain(a, w->now);
    world_run(w, 1000);
    assert_int_equal(dataplane_count(&a->dataplane), 2);
    assert_non_null(dataplane_find(&a->dataplane, 0x2000));
}

/* --- The world changes meanwhile ------------------------------------------------------ */

static void a_question_goes_with_its_sa(void **state)
{
    (void)state;
    for (enum matter m = ON_PEER; m <= ON_SPI; m++) {
        struct world *other = world_new(m);
        struct side *b = other->sides[1];
        void *at = other;
        ike2_ask_id ask;

        ask_everything(other->sides[0]);
        ask_everything(b);
        ask = stop_at(&at, b, m);
        drop_sa(b);
        assert_int_equal(b->counts.asks_cancelled, 1);
        assert_null(ike2_ask_get(b->ep, ask));
        assert_int_equal(ike2_refuse(b->ep, other->now, ask, 0), IKE2_ERR_STALE);
        expect_nothing(b);
        world_free(other);
    }
}

/* The definition that an SA began with lives as long as the SA needs it. */
static void the_definition_may_change_between_question_and_answer(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    ike2_ask_id ask = stop_at(state, a, ON_IDENTITY);
    ike2_peer_id other;

    assert_int_equal(side_define(a, &other), IKE2_OK);
    assert_int_equal(ike2_peer_undefine(a->ep, a->peer), IKE2_OK);
    assert_int_equal(ike2_peer_undefine(a->ep, a->peer), IKE2_ERR_STALE);
    assert_int_equal(ike2_answer_peer(a->ep, w->now, ask, a->peer), IKE2_ERR_STALE);
    assert_int_equal(ike2_answer_peer(a->ep, w->now, ask, other), IKE2_OK);
    a->pending[0].is_used = false;
    side_drain(a, w->now);
    world_run(w, 1000);
    expect_up(a, b);
    assert_int_equal(info_of(a).peer, other);
}

static void undefining_a_peer_leaves_its_sas(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    bring_up(a, b);
    assert_int_equal(ike2_peer_undefine(a->ep, a->peer), IKE2_OK);
    assert_int_equal(ike2_peer_undefine(b->ep, b->peer), IKE2_OK);
    world_run(w, 60 * 1000);
    expect_up(a, b);
    close_sa(b);
    world_run(w, 1000);
    expect_nothing(a);
    expect_nothing(b);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup_asking, world_teardown)
    static const struct CMUnitTest tests[] = {
        CASE(everything_can_be_asked),
        CASE(every_answer_may_take_its_time),
        CASE(an_answer_may_take_longer_than_an_sa_may_be_half_open),
        CASE(who_is_this_without_answer_is_no_proposal_chosen),
        CASE(no_key_for_the_initiator_is_an_authentication_failure),
        CASE(no_key_of_our_own_ends_the_attempt),
        CASE(an_initiator_without_identity_tells_the_responder),
        CASE(no_identity_is_an_authentication_failure),
        CASE(no_child_is_ts_unacceptable),
        CASE(no_spi_is_no_proposal_chosen),
        CASE(no_spi_of_our_own_ends_the_attempt),
        CASE(a_late_answer_is_stale_and_harmless),
        CASE(a_refusal_says_what_it_was_told_to_say),
        CASE(a_refused_peer_is_no_proposal_chosen),
        cmocka_unit_test(a_refused_key_or_identity_is_an_authentication_failure),
        CASE(a_refused_child_costs_the_child_only),
        CASE(a_refused_spi_costs_the_child_only),
        CASE(an_answer_of_the_wrong_kind_changes_nothing),
        CASE(a_child_can_be_narrowed_further_and_not_widened),
        CASE(another_template_can_be_chosen),
        CASE(an_spi_has_one_owner),
        cmocka_unit_test(a_question_goes_with_its_sa),
        CASE(the_definition_may_change_between_question_and_answer),
        CASE(undefining_a_peer_leaves_its_sas),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
