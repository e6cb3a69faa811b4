/* sim/test_contact.c - several IKE SAs between the same two identities: INITIAL_CONTACT, and what
 * the definition makes of it. RFC 7296 2.4. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/scenario.h"

#define CASE(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

/* The SAs of a are forgotten as by a crash: b does not hear of it. */
static void crash(struct side *a)
{
    drop_sa(a);
    expect_nothing(a);
}

static void connect_again(struct side *a, struct side *b)
{
    initiate(a, b);
    world_run(a->world, 5000);
}

static void a_restarted_initiator_leaves_nothing_stale(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    bring_up(a, b);
    for (size_t i = 1; i <= 3; i++) {
        crash(a);
        connect_again(a, b);
        expect_up(a, b);
        expect_events(b, IKE2_EVENT_SA_DOWN, i);
        expect_sa_down(b, IKE2_REASON_REPLACED, 0);
    }
}

/* Who has an SA with that peer does not say that there is none. */
static void a_second_sa_is_no_first_contact(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    bring_up(a, b);
    connect_again(a, b);
    assert_int_equal(side_stats(a).sas, 2);
    assert_int_equal(side_stats(b).sas, 2);
    expect_events(b, IKE2_EVENT_SA_DOWN, 0);
}

static void first_contact_need_not_be_said(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    a->setup.peer.initial_contact = IKE2_OFF;
    bring_up(a, b);
    crash(a);
    connect_again(a, b);
    assert_int_equal(side_stats(b).sas, 2);
}

static void a_definition_may_keep_them_all(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    b->setup.peer.unique = IKE2_UNIQUE_KEEP;
    bring_up(a, b);
    crash(a);
    connect_again(a, b);
    assert_int_equal(side_stats(b).sas, 2);
    expect_events(b, IKE2_EVENT_SA_DOWN, 0);
}

static void a_definition_may_replace_them_always(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    ike2_sa_id first;

    b->setup.peer.unique = IKE2_UNIQUE_REPLACE;
    bring_up(a, b);
    first = sa_of_side(a);
    connect_again(a, b);
    assert_int_equal(side_stats(a).sas, 1);
    assert_int_equal(side_stats(b).sas, 1);
    assert_true(record_last(&a->record, IKE2_EVENT_SA_DOWN)->sa == first);
    expect_sa_down(a, IKE2_REASON_PEER, 0); /* it was told */
    expect_sa_down(b, IKE2_REASON_REPLACED, 0);
    expect_up(a, b);
}

static void a_definition_may_refuse_the_second_one(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    b->setup.peer.unique = IKE2_UNIQUE_REFUSE;
    bring_up(a, b);
    connect_again(a, b);
    expect_sa_down(a, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    expect_explained(b, record_last(&b->record, IKE2_EVENT_SA_DOWN), "policy.identity");
    assert_int_equal(side_stats(b).sas, 1);
    crash(a);
    connect_again(a, b); /* b sees on this occasion that the first one is dead */
    world_run(w, 80 * 1000);
    assert_int_equal(side_stats(b).sas, 0);
    connect_again(a, b);
    expect_up(a, b);
}

/* Another identity, with the same definition, is somebody else. */
static void others_are_left_alone(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state), *c = world_add(w, "c");

    setup_ids(&c->setup, "somebody-else.example.org", "side2.example.org");
    setup_selectors(&c->setup, 0, a->setup.children[0].ts_local, 1,
                    a->setup.children[0].ts_remote, 1);
    b->setup.peer.unique = IKE2_UNIQUE_REPLACE;
    b->setup.peer.remote_id.type = 0;
    initiate(a, b);
    world_run(w, 1000);
    initiate(c, b);
    world_run(w, 1000);
    assert_int_equal(side_stats(b).sas, 2);
    crash(a);
    connect_again(a, b);
    assert_int_equal(side_stats(b).sas, 2);
    assert_int_equal(side_stats(c).sas, 1);
}

/* What has been rekeyed or authenticated anew is found as well. */
static void heirs_are_found(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    b->setup.peer.unique = IKE2_UNIQUE_REPLACE;
    bring_up(a, b);
    assert_int_equal(ike2_sa_rekey(b->ep, w->now, sa_of_side(b)), IKE2_OK);
    side_drain(b, w->now);
    world_run(w, 5000);
    assert_int_equal(ike2_sa_reauth(a->ep, w->now, sa_of_side(a)), IKE2_OK);
    side_drain(a, w->now);
    world_run(w, 10 * 1000);
    assert_int_equal(side_stats(a).sas, 1);
    assert_int_equal(side_stats(b).sas, 1);
    crash(a);
    connect_again(a, b);
    assert_int_equal(side_stats(b).sas, 1);
    expect_up(a, b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_restarted_initiator_leaves_nothing_stale),
        CASE(a_second_sa_is_no_first_contact),
        CASE(first_contact_need_not_be_said),
        CASE(a_definition_may_keep_them_all),
        CASE(a_definition_may_replace_them_always),
        CASE(a_definition_may_refuse_the_second_one),
        CASE(others_are_left_alone),
        CASE(heirs_are_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
