/* sim/test_collisions.c - what sim/test_explore.c has found, told step by step. RFC 7296 1.4.1,
 * 2.3, 2.8, 2.8.3, 2.18, 2.25. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/scenario.h"

#define CASE(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

enum { CREATE = IKE2_EXCHANGE_CREATE_CHILD_SA, INFO = IKE2_EXCHANGE_INFORMATIONAL };

static void rekey_sa(struct side *s)
{
    assert_int_equal(ike2_sa_rekey(s->ep, s->world->now, sa_of_side(s)), IKE2_OK);
    side_drain(s, s->world->now);
}

static void rekey_child(struct side *s)
{
    assert_int_equal(ike2_child_rekey(s->ep, s->world->now, ike2_child_next(s->ep, 0, 0), 0),
                     IKE2_OK);
    side_drain(s, s->world->now);
}

static void create_child(struct side *s)
{
    ike2_child_id id;

    assert_int_equal(ike2_child_create(s->ep, s->world->now, sa_of_side(s), 0, &id), IKE2_OK);
    side_drain(s, s->world->now);
}

/* Up, and held from here on. */
static void begin(struct world *w)
{
    bring_up(w->sides[0], w->sides[1]);
    w->net.is_held = true;
}

static void let_go(struct world *w)
{
    w->net.is_held = false;
    world_run(w, 60 * 1000);
}

static void expect_no_child(struct side *a, struct side *b)
{
    expect_up_without_child(a);
    expect_up_without_child(b);
    expect_events(a, IKE2_EVENT_CHILD_DOWN, 1);
    expect_events(b, IKE2_EVENT_CHILD_DOWN, 1);
}

static void expect_all_gone(struct side *a, struct side *b)
{
    expect_nothing(a);
    expect_nothing(b);
    expect_events(a, IKE2_EVENT_SA_DOWN, 1);
    expect_events(b, IKE2_EVENT_SA_DOWN, 1);
}

/* --- Child SAs ------------------------------------------------------------------------ */

/* It has left our data plane and our lists, but its Delete has not been answered. RFC 7296 2.25.1:
 * "currently trying to close". */
static void a_child_whose_delete_is_under_way_is_not_unknown(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    begin(w);
    rekey_child(a);
    close_child(b);
    passes(a, b, CREATE, REQUEST);
    loses(b, a, INFO, REQUEST);
    passes(b, a, CREATE, RESPONSE); /* N(TEMPORARY_FAILURE) */
    nothing_flies(w);
    expect_events(a, IKE2_EVENT_CHILD_DOWN, 0);
    let_go(w);
    expect_no_child(a, b);
}

/* Found no more, because the peer has deleted it: that is no reason to create it anew. */
static void a_child_that_the_peer_has_deleted_does_not_come_back(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    begin(w);
    close_child(b);
    rekey_child(a);
    loses(a, b, CREATE, REQUEST);
    passes(b, a, INFO, REQUEST);
    passes(a, b, INFO, RESPONSE);
    world_run(w, 600);
    passes(a, b, CREATE, REQUEST);
    passes(b, a, CREATE, RESPONSE); /* N(CHILD_SA_NOT_FOUND) */
    nothing_flies(w);
    let_go(w);
    expect_no_child(a, b);
}

/* Nothing keeps a request behind a response: the SPI that is deleted is not known yet. */
static void a_delete_may_overtake_the_answer_to_a_rekeying(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    begin(w);
    rekey_child(b);
    passes(b, a, CREATE, REQUEST);
    loses(a, b, CREATE, RESPONSE);
    close_child(a);
    passes(a, b, INFO, REQUEST);  /* D(the old one) */
    passes(b, a, INFO, RESPONSE);
    passes(a, b, INFO, REQUEST);  /* D(the new one) */
    passes(b, a, INFO, RESPONSE);
    let_go(w);
    expect_no_child(a, b);
}

static void a_delete_may_overtake_the_answer_that_creates_a_child(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    ike2_child_id second;

    begin(w);
    create_child(b);
    passes(b, a, CREATE, REQUEST);
    loses(a, b, CREATE, RESPONSE);
    second = ike2_child_next(a->ep, 0, ike2_child_next(a->ep, 0, 0));
    assert_int_equal(ike2_child_close(a->ep, w->now, second), IKE2_OK);
    side_drain(a, w->now);
    passes(a, b, INFO, REQUEST);
    passes(b, a, INFO, RESPONSE);
    let_go(w);
    expect_up(a, b);
    expect_events(a, IKE2_EVENT_CHILD_DOWN, 1);
    expect_events(b, IKE2_EVENT_CHILD_DOWN, 1);
    expect_child_down(b, IKE2_REASON_PEER, 0);
}

/* We have answered, but our data plane is slow: it is not a child that we do not have. */
static void a_child_that_is_not_in_use_here_yet_is_rekeyed_later(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    ike2_child_id second;

    begin(w);
    b->plans[ON_SWITCH] = (struct plan){ .manner = LATER, .ms = 1000 };
    create_child(a);
    passes(a, b, CREATE, REQUEST);
    passes(b, a, CREATE, RESPONSE);
    second = ike2_child_next(a->ep, 0, ike2_child_next(a->ep, 0, 0));
    assert_int_equal(ike2_child_rekey(a->ep, w->now, second, 0), IKE2_OK);
    side_drain(a, w->now);
    passes(a, b, CREATE, REQUEST);
    passes(b, a, CREATE, RESPONSE); /* N(TEMPORARY_FAILURE) */
    nothing_flies(w);
    let_go(w);
    expect_events(a, IKE2_EVENT_CHILD_REKEYED, 1);
    assert_int_equal(side_stats(a).children, 2);
    assert_int_equal(side_stats(b).children, 2);
    expect_events(b, IKE2_EVENT_CHILD_UP, 2);
}

/* --- IKE SAs -------------------------------------------------------------------------- */

static void close_while_rekeying(struct side *s)
{
    ike2_child_id child;

    rekey_sa(s);
    close_sa(s);
    expect_events(s, IKE2_EVENT_CHILD_DOWN, 1);
    expect_events(s, IKE2_EVENT_SA_DOWN, 0);
    assert_int_equal(ike2_sa_close(s->ep, s->world->now, sa_of_side(s)), IKE2_ERR_STATE);
    assert_int_equal(ike2_sa_rekey(s->ep, s->world->now, sa_of_side(s)), IKE2_ERR_STATE);
    assert_int_equal(ike2_sa_probe(s->ep, s->world->now, sa_of_side(s)), IKE2_ERR_STATE);
    assert_int_equal(ike2_child_create(s->ep, s->world->now, sa_of_side(s), 0, &child),
                     IKE2_ERR_STATE);
}

/* The peer has the heir as soon as it has answered: it is the one to be deleted. */
static void an_sa_that_is_closed_while_it_is_rekeyed_leaves_no_heir(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    begin(w);
    close_while_rekeying(a);
    passes(a, b, CREATE, REQUEST);
    expect_events(b, IKE2_EVENT_SA_REKEYED, 1);
    loses(b, a, CREATE, RESPONSE);
    let_go(w);
    expect_all_gone(a, b);
    expect_sa_down(a, IKE2_REASON_LOCAL, 0);
    expect_sa_down(b, IKE2_REASON_PEER, 0);
}

static void an_sa_whose_rekeying_is_refused_is_closed_then(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    begin(w);
    close_while_rekeying(a);
    create_child(b);
    passes(a, b, CREATE, REQUEST);
    passes(b, a, CREATE, REQUEST);
    passes(b, a, CREATE, RESPONSE); /* N(TEMPORARY_FAILURE) */
    expect_events(b, IKE2_EVENT_SA_REKEYED, 0);
    let_go(w);
    expect_all_gone(a, b);
    expect_sa_down(a, IKE2_REASON_LOCAL, 0);
}

/* Whichever heir the nonces choose. */
static void an_sa_that_both_rekey_can_be_closed(void **state)
{
    (void)state;
    for (uint64_t seed = trial_first_seed(1); seed <= trial_last_seed(20); seed++) {
        struct world *w = world_new(seed);
        struct side *a = w->sides[0], *b = w->sides[1];

        begin(w);
        rekey_sa(b);
        close_while_rekeying(a);
        let_go(w);
        expect_all_gone(a, b);
        world_free(w);
    }
}

/* Nobody answers: it was to be closed, and is. */
static void an_sa_that_is_closed_while_it_is_rekeyed_does_not_wait_for_ever(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    begin(w);
    w->net.is_held = false;
    w->net.loss_percent = 100;
    close_while_rekeying(a);
    world_run(w, 300 * 1000);
    expect_nothing(a);
    expect_sa_down(a, IKE2_REASON_LOCAL, 0);
    (void)b;
}

/* --- Authenticating anew ---------------------------------------------------------------- */

static void begin_reauth(struct side *s)
{
    assert_int_equal(ike2_sa_reauth(s->ep, s->world->now, sa_of_side(s)), IKE2_OK);
    side_drain(s, s->world->now);
}

static void reauth(struct side *a, struct side *b)
{
    begin_reauth(a);
    passes(a, b, IKE2_EXCHANGE_IKE_SA_INIT, REQUEST);
    passes(b, a, IKE2_EXCHANGE_IKE_SA_INIT, RESPONSE);
    passes(a, b, IKE2_EXCHANGE_IKE_AUTH, REQUEST);
    passes(b, a, IKE2_EXCHANGE_IKE_AUTH, RESPONSE);
    expect_events(a, IKE2_EVENT_SA_REKEYED, 1);
}

/* RFC 7296 2.3: the peer, whose window is one, would never look at the Delete. */
static void the_delete_of_the_old_sa_waits_for_the_request_before_it(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    begin(w);
    create_child(a);
    loses(a, b, CREATE, REQUEST);
    reauth(a, b);
    let_go(w);
    assert_int_equal(side_stats(a).sas, 1);
    assert_int_equal(side_stats(b).sas, 1);
    assert_int_equal(side_stats(a).children, 2);
    assert_int_equal(side_stats(b).children, 2);
    expect_events(b, IKE2_EVENT_SA_DOWN, 1);
    expect_sa_down(b, IKE2_REASON_PEER, 0);
}

/* The peer has not heard yet that the old pair is to be deleted. */
static void what_the_peer_sends_on_is_received_beyond_the_new_sa(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    uint32_t spi_in;

    begin(w);
    spi_in = dataplane_pair(&a->dataplane, 0)->spi_in;
    rekey_child(a);
    passes(a, b, CREATE, REQUEST);
    passes(b, a, CREATE, RESPONSE);
    loses(a, b, INFO, REQUEST);
    reauth(a, b);
    assert_non_null(dataplane_receiving(&a->dataplane, spi_in));
    let_go(w);
    expect_up(a, b);
}

/* The peer's rekeying is being dealt with: it is the heir that is authenticated anew. */
static void an_sa_that_the_peer_rekeys_is_authenticated_anew_afterwards(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    a->setup.endpoint.offload = IKE2_OFFLOAD_KE;
    begin(w);
    a->plans[ON_KE] = (struct plan){ .manner = LATER, .ms = 100 };
    rekey_sa(b);
    passes(b, a, CREATE, REQUEST);
    begin_reauth(a);
    nothing_flies(w);
    let_go(w);
    expect_events(a, IKE2_EVENT_SA_REKEYED, 2);
    expect_up(a, b);
}

/* The old pair is on its way out, the new one about to be used: until then nothing else carries
 * packets, and the old SA is needed. What b sends on the pair of IKE_AUTH may come too early. */
static void no_packet_is_lost_between_a_rekeying_and_the_new_sa(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    begin(w);
    traffic_start_all(w, 10);
    rekey_child(b);
    passes(b, a, CREATE, REQUEST);
    begin_reauth(a);
    passes(a, b, CREATE, RESPONSE);
    passes(a, b, IKE2_EXCHANGE_IKE_SA_INIT, REQUEST);
    a->plans[ON_SWITCH] = a->plans[ON_INSTALL] = (struct plan){ .manner = LATER, .ms = 1000 };
    passes(b, a, INFO, REQUEST);
    passes(b, a, IKE2_EXCHANGE_IKE_SA_INIT, RESPONSE);
    passes(a, b, IKE2_EXCHANGE_IKE_AUTH, REQUEST);
    passes(b, a, IKE2_EXCHANGE_IKE_AUTH, RESPONSE);
    expect_events(a, IKE2_EVENT_SA_REKEYED, 1);
    let_go(w);
    expect_up(a, b);
    assert_in_range(b->traffic.n_arrived, 1000, UINT32_MAX);
    assert_int_equal(b->traffic.n_missed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_delete_of_the_old_sa_waits_for_the_request_before_it),
        CASE(what_the_peer_sends_on_is_received_beyond_the_new_sa),
        CASE(an_sa_that_the_peer_rekeys_is_authenticated_anew_afterwards),
        CASE(no_packet_is_lost_between_a_rekeying_and_the_new_sa),
        CASE(a_child_that_is_not_in_use_here_yet_is_rekeyed_later),
        CASE(a_child_whose_delete_is_under_way_is_not_unknown),
        CASE(a_child_that_the_peer_has_deleted_does_not_come_back),
        CASE(a_delete_may_overtake_the_answer_to_a_rekeying),
        CASE(a_delete_may_overtake_the_answer_that_creates_a_child),
        CASE(an_sa_that_is_closed_while_it_is_rekeyed_leaves_no_heir),
        CASE(an_sa_whose_rekeying_is_refused_is_closed_then),
        CASE(an_sa_that_both_rekey_can_be_closed),
        CASE(an_sa_that_is_closed_while_it_is_rekeyed_does_not_wait_for_ever),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
