/* sim/test_childless.c - an IKE SA that comes up without a Child SA. RFC 6023. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sa/sa.h"
#include "sim/scenario.h"

#define CASE(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

static void create(struct side *s)
{
    ike2_child_id child;

    assert_int_equal(ike2_child_create(s->ep, s->world->now, sa_of_side(s), 0, &child), IKE2_OK);
    side_drain(s, s->world->now);
}

static void a_child_can_wait(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    a->setup.peer.childless = IKE2_WANT_PREFER;
    initiate(a, b);
    world_run(w, 60 * 1000);
    expect_up_without_child(a);
    expect_up_without_child(b);
    expect_events(a, IKE2_EVENT_CHILD_DOWN, 0);
    create(a);
    world_run(w, 1000);
    expect_up(a, b);
}

static void who_is_not_offered_it_makes_a_child(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    a->setup.peer.childless = IKE2_WANT_PREFER;
    b->setup.peer.childless = IKE2_WANT_OFF;
    bring_up(a, b);
}

static void who_requires_it_does_without_a_peer_that_cannot(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    a->setup.peer.childless = IKE2_WANT_REQUIRE;
    b->setup.peer.childless = IKE2_WANT_OFF;
    initiate(a, b);
    world_run(w, 60 * 1000);
    expect_nothing(a);
    expect_sa_down(a, IKE2_REASON_DOUBT, IKE2_NOTIFY_NO_PROPOSAL_CHOSEN);
    assert_string_equal(expect_explained(a, record_last(&a->record, IKE2_EVENT_SA_DOWN),
                                         "policy.proposal")->offered, "no childless IKE SA");
}

/* RFC 6023 4: what was not announced is a malformed request. Here the definition changes on the
 * way. */
static void it_is_not_accepted_unannounced(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    struct sa *theirs;

    a->setup.peer.childless = IKE2_WANT_PREFER;
    w->net.is_held = true;
    initiate(a, b);
    passes(a, b, IKE2_EXCHANGE_IKE_SA_INIT, REQUEST);
    theirs = ike2_map_get(&b->ep->host.sas, sa_of_side(b));
    theirs->peer->peer.childless = IKE2_WANT_OFF;
    w->net.is_held = false;
    world_run(w, 1000);
    expect_nothing(a);
    expect_nothing(b);
    expect_sa_down(a, IKE2_REASON_PROTOCOL, IKE2_NOTIFY_INVALID_SYNTAX);
}

/* Addresses can be assigned without a child, RFC 6023 4. */
static void it_can_be_given_an_address(void **state)
{
    static const uint8_t octets[] = { 10, 99, 0, 7 };
    static const ike2_cfg_attr wish = { .type = IKE2_CFG_INTERNAL_IP4_ADDRESS };
    static const ike2_cfg_attr gift = { .type = IKE2_CFG_INTERNAL_IP4_ADDRESS,
                                        .value = { octets, sizeof octets } };
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    a->setup.peer.childless = IKE2_WANT_PREFER;
    a->setup.peer.config = &wish;
    b->setup.peer.config = &gift;
    a->setup.peer.n_config = b->setup.peer.n_config = 1;
    a->setup.children[0].n_ts_local = b->setup.children[0].n_ts_remote = 0;
    initiate(a, b);
    world_run(w, 1000);
    expect_up_without_child(a);
    expect_events(a, IKE2_EVENT_CONFIG, 1);
    create(a);
    world_run(w, 1000);
    expect_up(a, b);
    assert_memory_equal(dataplane_pair(&a->dataplane, 0)->ts.local.first, octets, 4);
}

/* Without a child nothing has to be carried over. */
static void it_is_rekeyed_and_authenticated_anew(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    a->setup.peer.childless = IKE2_WANT_PREFER;
    initiate(a, b);
    world_run(w, 1000);
    assert_int_equal(ike2_sa_rekey(a->ep, w->now, sa_of_side(a)), IKE2_OK);
    side_drain(a, w->now);
    world_run(w, 1000);
    assert_int_equal(ike2_sa_reauth(a->ep, w->now, sa_of_side(a)), IKE2_OK);
    side_drain(a, w->now);
    world_run(w, 10 * 1000);
    expect_events(a, IKE2_EVENT_SA_REKEYED, 2);
    expect_up_without_child(a);
    expect_up_without_child(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_child_can_wait),
        CASE(who_is_not_offered_it_makes_a_child),
        CASE(who_requires_it_does_without_a_peer_that_cannot),
        CASE(it_is_not_accepted_unannounced),
        CASE(it_can_be_given_an_address),
        CASE(it_is_rekeyed_and_authenticated_anew),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
