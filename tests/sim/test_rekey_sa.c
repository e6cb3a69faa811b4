/* sim/test_rekey_sa.c - rekeying of the IKE SA: one side, the other side, both at once, with
 * children. RFC 7296 1.3.2, 2.8, 2.8.1, 2.25.2. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sa/request.h"
#include "sa/succession.h"
#include "sim/scenario.h"

#define CASE(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

enum { CREATE = IKE2_EXCHANGE_CREATE_CHILD_SA, INFO = IKE2_EXCHANGE_INFORMATIONAL };

static void rekey(struct side *s)
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

/* Both have the same IKE SA, nothing is left of others, and it is good for a message each way. */
static void expect_one_sa(struct side *a, struct side *b)
{
    ike2_sa_info i = info_of(a), r = info_of(b);

    assert_true(i.spi_local == r.spi_remote);
    assert_true(i.spi_remote == r.spi_local);
    assert_int_equal(side_stats(a).sas, 1);
    assert_int_equal(side_stats(b).sas, 1);
    expect_events(a, IKE2_EVENT_SA_DOWN, 0);
    expect_events(b, IKE2_EVENT_SA_DOWN, 0);
    expect_events(a, IKE2_EVENT_CHILD_DOWN, 0);
    expect_events(b, IKE2_EVENT_CHILD_DOWN, 0);
    expect_up(a, b);
}

static void either_side_can_rekey_and_the_names_stay(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    ike2_sa_id at_a, at_b;

    bring_up(a, b);
    at_a = sa_of_side(a);
    at_b = sa_of_side(b);
    for (size_t i = 1; i <= 6; i++) {
        struct side *who = i % 3 == 0 ? b : a;
        uint64_t spi = info_of(a).spi_local;

        rekey(who);
        world_run(w, 1000);
        expect_events(a, IKE2_EVENT_SA_REKEYED, i);
        expect_events(b, IKE2_EVENT_SA_REKEYED, i);
        assert_true(record_last(&a->record, IKE2_EVENT_SA_REKEYED)->old_spi == spi);
        assert_true(record_last(&a->record, IKE2_EVENT_SA_REKEYED)->new_spi ==
                    info_of(a).spi_local);
        assert_true(info_of(who).initiator);
        assert_true(sa_of_side(a) == at_a && sa_of_side(b) == at_b);
        expect_one_sa(a, b);
        rekey_child(i % 2 == 0 ? a : b);
        world_run(w, 12 * 1000);
        expect_one_sa(a, b);
    }
    close_sa(b);
    world_run(w, 1000);
    expect_nothing(a);
    expect_nothing(b);
}

static void of_two_simultaneous_rekeyings_one_survives(void **state)
{
    size_t by_a = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        struct world *w = world_new(seed);
        struct side *a = w->sides[0], *b = w->sides[1];

        bring_up(a, b);
        rekey(a);
        rekey(b);
        world_run(w, 1000);
        by_a += info_of(a).initiator ? 1 : 0;
        expect_one_sa(a, b);
        expect_events(a, IKE2_EVENT_SA_REKEYED, 1);
        expect_events(b, IKE2_EVENT_SA_REKEYED, 1);
        rekey_child(a);
        world_run(w, 40 * 1000);
        expect_one_sa(a, b);
        world_free(w);
    }
    assert_in_range(by_a, 1, 39);
}

static void simultaneous_rekeyings_end_well_on_a_bad_network(void **state)
{
    (void)state;
    for (uint64_t seed = trial_first_seed(1); seed <= trial_last_seed(100); seed++) {
        struct world *w = world_new(seed);
        struct side *a = w->sides[0], *b = w->sides[1];

        bring_up(a, b);
        w->net.loss_percent = 25;
        w->net.duplicate_percent = 20;
        w->net.delay_ms = 10;
        w->net.jitter_ms = 300;
        rekey(a);
        rekey(b);
        if (seed % 3 == 0)
            rekey_child(seed % 2 == 0 ? a : b);
        world_run(w, 30 * 1000);
        w->net.loss_percent = 0;
        world_run(w, 120 * 1000);
        expect_one_sa(a, b);
        world_free(w);
    }
}

/* RFC 7296 2.25.2 */
static void a_child_is_refused_while_the_sa_is_being_rekeyed(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    bring_up(a, b);
    w->net.is_held = true;
    rekey(a);
    rekey_child(b);
    loses(a, b, CREATE, REQUEST);
    passes(b, a, CREATE, REQUEST);
    passes(a, b, CREATE, RESPONSE);
    expect_events(a, IKE2_EVENT_CHILD_REKEYED, 0);
    w->net.is_held = false;
    world_run(w, 60 * 1000);
    expect_events(a, IKE2_EVENT_CHILD_REKEYED, 1);
    expect_events(b, IKE2_EVENT_SA_REKEYED, 1);
    expect_one_sa(a, b);
}

/* RFC 7296 2.25.1 */
static void an_sa_is_not_rekeyed_while_a_child_is(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    bring_up(a, b);
    w->net.is_held = true;
    rekey_child(a);
    rekey(b);
    loses(a, b, CREATE, REQUEST);
    passes(b, a, CREATE, REQUEST);
    passes(a, b, CREATE, RESPONSE);
    expect_events(a, IKE2_EVENT_SA_REKEYED, 0);
    w->net.is_held = false;
    world_run(w, 60 * 1000);
    expect_events(b, IKE2_EVENT_SA_REKEYED, 1);
    expect_events(b, IKE2_EVENT_CHILD_REKEYED, 1);
    expect_one_sa(a, b);
}

/* A peer that forgets its own request and asks again, while ours is open: two heirs are enough. */
static void a_second_rival_is_refused(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    struct sa *theirs;

    bring_up(a, b);
    w->net.is_held = true;
    rekey(a);
    loses(a, b, CREATE, REQUEST);
    rekey(b);
    passes(b, a, CREATE, REQUEST);
    loses(a, b, CREATE, RESPONSE);
    assert_int_equal(side_stats(a).sas, 3); /* the old one, our heir, the peer's */
    theirs = ike2_map_get(&b->ep->host.sas, sa_of_side(b));
    ike2_request_close(theirs);
    ike2_succession_free(theirs);
    rekey(b);
    passes(b, a, CREATE, REQUEST);
    passes(a, b, CREATE, RESPONSE);
    assert_int_equal(side_stats(a).sas, 3);
    expect_events(b, IKE2_EVENT_SA_REKEYED, 0);
    w->net.is_held = false;
    close_sa(a);
    (void)ike2_sa_drop(b->ep, w->now, sa_of_side(b));
    side_drain(b, w->now);
    world_run(w, 300 * 1000);
    expect_nothing(a);
    expect_nothing(b);
}

/* An endpoint that has no room for another SA goes on with the old keys, and asks again later. */
static void without_room_for_an_heir_the_sa_stays(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    uint32_t *limits[2];

    bring_up(a, b);
    limits[0] = &a->ep->host.settings.limits.sas;
    limits[1] = &b->ep->host.settings.limits.sas;
    for (size_t i = 0; i < 2; i++) {
        uint32_t limit = *limits[i];

        *limits[i] = 0;
        rekey(a);
        world_run(w, 20 * 1000);
        expect_events(a, IKE2_EVENT_SA_REKEYED, i);
        expect_one_sa(a, b);
        *limits[i] = limit;
        world_run(w, 20 * 1000);
        expect_events(a, IKE2_EVENT_SA_REKEYED, i + 1);
        expect_one_sa(a, b);
    }
}

/* RFC 7296 2.8: old keys are not used for ever because the peer has no time for new ones. */
static void an_sa_that_is_never_rekeyed_ends(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    a->setup.peer.rekey_seconds = 600;
    bring_up(a, b);
    b->ep->host.settings.limits.sas = 0;
    world_run(w, 690 * 1000);
    expect_events(a, IKE2_EVENT_SA_DOWN, 0);
    world_run(w, 20 * 1000);
    expect_sa_down(a, IKE2_REASON_EXPIRED, 0);
    expect_nothing(a);
    expect_nothing(b);
}

static void an_age_without_rekeying_can_be_set(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    a->setup.peer.rekey_seconds = b->setup.peer.rekey_seconds = IKE2_NEVER;
    b->setup.peer.expire_seconds = 300;
    bring_up(a, b);
    world_run(w, 298 * 1000);
    expect_events(b, IKE2_EVENT_SA_DOWN, 0);
    world_run(w, 3 * 1000);
    expect_sa_down(b, IKE2_REASON_EXPIRED, 0);
    expect_nothing(a);
}

static void a_longer_life_of_a_child_is_not_cut_short(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    setup_lifetime(&a->setup, 0, 3 * 3600, 0);
    setup_lifetime(&b->setup, 0, IKE2_NEVER, 0);
    bring_up(a, b);
    world_run(w, (uint64_t)4 * 3600 * 1000);
    expect_events(a, IKE2_EVENT_CHILD_REKEYED, 1);
    expect_events(a, IKE2_EVENT_CHILD_DOWN, 0);
    expect_events(b, IKE2_EVENT_CHILD_DOWN, 0);
}

/* An age so short that a sixth more of it is nothing: one retransmission does not end the SA. */
static void a_short_life_leaves_time_for_retransmissions(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    a->setup.peer.rekey_seconds = 2;
    b->setup.peer.rekey_seconds = IKE2_NEVER;
    bring_up(a, b);
    w->net.loss_percent = 100;
    world_run(w, 5 * 1000);
    w->net.loss_percent = 0;
    world_run(w, 5 * 1000);
    expect_events(a, IKE2_EVENT_SA_DOWN, 0);
    expect_events(b, IKE2_EVENT_SA_DOWN, 0);
}

/* RFC 7296 2.25: for minutes on end it is no temporary failure. */
static void a_peer_that_never_has_time_loses_the_sa(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    bring_up(a, b);
    b->plans[ON_INSTALL] = (struct plan){ .manner = REFUSE };
    rekey_child(a);
    world_run(w, 200 * 1000);
    expect_events(a, IKE2_EVENT_SA_DOWN, 0);
    world_run(w, 400 * 1000);
    expect_sa_down(a, IKE2_REASON_RESOURCE, 0);
    expect_nothing(a);
    expect_nothing(b);
}

static void lifetimes_rekey_by_themselves(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    a->setup.peer.rekey_seconds = 1000;
    b->setup.peer.rekey_seconds = 1100;
    setup_lifetime(&a->setup, 0, 300, 400);
    setup_lifetime(&b->setup, 0, 350, 400);
    bring_up(a, b);
    world_run(w, 10 * 1000 * 1000);
    assert_in_range(record_count(&a->record, IKE2_EVENT_SA_REKEYED), 9, 13);
    assert_in_range(record_count(&a->record, IKE2_EVENT_CHILD_REKEYED), 30, 40);
    expect_one_sa(a, b);
}

/* RFC 7296 2.8.1: the winner deletes the old SA at once; the loser may still compute, and has to
 * delete its own heir all the same. */
static void a_delete_may_overtake_the_key_exchange(void **state)
{
    (void)state;
    for (uint64_t seed = trial_first_seed(1); seed <= trial_last_seed(20); seed++) {
        struct world *w = world_new(seed);
        struct side *a = w->sides[0], *b = w->sides[1];

        a->setup.endpoint.offload = IKE2_OFFLOAD_KE;
        bring_up(a, b);
        w->net.is_held = true;
        rekey(a);
        rekey(b);
        passes(b, a, CREATE, REQUEST);
        passes(a, b, CREATE, REQUEST);
        a->plans[ON_KE] = (struct plan){ .manner = LATER, .ms = 300 };
        passes(b, a, CREATE, RESPONSE);
        passes(a, b, CREATE, RESPONSE);
        passes(b, a, INFO, REQUEST); /* of the old one, or of b's own heir */
        w->net.is_held = false;
        world_run(w, 20 * 1000);
        expect_one_sa(a, b);
        expect_events(a, IKE2_EVENT_SA_REKEYED, 1);
        world_free(w);
    }
}

static void a_dead_peer_is_noticed_while_rekeying(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    bring_up(a, b);
    w->net.loss_percent = 100;
    rekey(a);
    rekey(b);
    world_run(w, 300 * 1000);
    expect_nothing(a);
    expect_nothing(b);
    expect_sa_down(a, IKE2_REASON_TIMEOUT, 0);
}

/* Closed at any moment of a rekeying, by either side, nothing is left. */
static void a_rekeying_sa_can_be_closed_at_any_moment(void **state)
{
    (void)state;
    for (uint64_t seed = trial_first_seed(0); seed <= trial_last_seed(119); seed++) {
        struct world *w = world_new(seed + 1);
        struct side *a = w->sides[0], *b = w->sides[1];

        bring_up(a, b);
        w->net.delay_ms = 20;
        rekey(a);
        if (seed % 2 != 0)
            rekey(b);
        world_run(w, seed % 60 * 2);
        if (side_stats(seed % 4 < 2 ? a : b).sas != 0)
            close_sa(seed % 4 < 2 ? a : b);
        world_run(w, 300 * 1000);
        expect_nothing(a);
        expect_nothing(b);
        world_free(w);
    }
}

/* RFC 7296 2.25.2: a Delete that the old SA carries would come to an SA that has no children any
 * more. */
static void an_ike_sa_is_not_rekeyed_while_a_delete_is_under_way(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    bring_up(a, b);
    w->net.is_held = true;
    close_child(a);
    rekey(b);
    passes(b, a, CREATE, REQUEST);
    loses(a, b, INFO, REQUEST);
    passes(a, b, CREATE, RESPONSE);
    w->net.is_held = false;
    world_run(w, 20 * 1000);
    expect_up_without_child(a);
    expect_up_without_child(b);
    expect_events(a, IKE2_EVENT_SA_REKEYED, 1); /* asked for again */
    expect_events(b, IKE2_EVENT_SA_REKEYED, 1);
}

/* The job that is out at a side is finished; nothing is polled afterwards. */
static void is_done_unpolled(struct side *s, enum matter matter)
{
    for (size_t i = 0; i < s->cap_pending; i++) {
        struct pending *p = &s->pending[i];

        if (p->is_used && p->matter == matter) {
            side_settle(s, s->world->now, p);
            return;
        }
    }
    fail();
}

/* Whoever polls once for two things that happen hears of a child's end when the SA that had it has
 * been replaced already. */
static void what_is_polled_late_names_the_sa_that_it_happened_to(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    const struct event *down;
    ike2_child_id child;
    ike2_sa_id at_a;

    a->setup.endpoint.offload = IKE2_OFFLOAD_KE;
    bring_up(a, b);
    at_a = sa_of_side(a);
    a->plans[ON_KE] = (struct plan){ .manner = LATER, .ms = 1000 };
    rekey(b);
    world_run(w, 1500); /* the first half of the key exchange is done */
    assert_int_equal(ike2_child_create(a->ep, w->now, at_a, 0, &child), IKE2_OK);
    assert_int_equal(ike2_child_close(a->ep, w->now, child), IKE2_OK);
    is_done_unpolled(a, ON_KE);
    side_drain(a, w->now);
    expect_events(a, IKE2_EVENT_SA_REKEYED, 1);
    expect_child_down(a, IKE2_REASON_LOCAL, 0);
    down = record_last(&a->record, IKE2_EVENT_CHILD_DOWN);
    assert_true(down->child == child && down->sa == at_a);
    world_run(w, 20 * 1000);
    expect_up(a, b);
}

/* At any moment of a rekeying; whichever of the two SAs goes first. */
static void an_endpoint_may_be_freed_while_its_sa_is_rekeyed(void **state)
{
    (void)state;
    for (uint64_t seed = trial_first_seed(1); seed <= trial_last_seed(60); seed++) {
        struct world *w = world_new(seed);
        struct side *a = w->sides[0], *b = w->sides[1];

        b->setup.endpoint.offload = a->setup.endpoint.offload = IKE2_OFFLOAD_KE;
        bring_up(a, b);
        b->plans[ON_KE] = a->plans[ON_KE] = (struct plan){ .manner = LATER, .ms = 100 };
        rekey(a);
        if (seed % 3 == 0)
            rekey(b);
        world_run(w, seed * 10);
        world_free(w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(either_side_can_rekey_and_the_names_stay),
        CASE(of_two_simultaneous_rekeyings_one_survives),
        CASE(simultaneous_rekeyings_end_well_on_a_bad_network),
        CASE(a_child_is_refused_while_the_sa_is_being_rekeyed),
        CASE(an_sa_is_not_rekeyed_while_a_child_is),
        CASE(a_second_rival_is_refused),
        CASE(without_room_for_an_heir_the_sa_stays),
        CASE(an_sa_that_is_never_rekeyed_ends),
        CASE(an_age_without_rekeying_can_be_set),
        CASE(a_longer_life_of_a_child_is_not_cut_short),
        CASE(a_short_life_leaves_time_for_retransmissions),
        CASE(a_peer_that_never_has_time_loses_the_sa),
        CASE(lifetimes_rekey_by_themselves),
        cmocka_unit_test(a_delete_may_overtake_the_key_exchange),
        CASE(a_dead_peer_is_noticed_while_rekeying),
        CASE(a_rekeying_sa_can_be_closed_at_any_moment),
        CASE(an_endpoint_may_be_freed_while_its_sa_is_rekeyed),
        CASE(an_ike_sa_is_not_rekeyed_while_a_delete_is_under_way),
        CASE(what_is_polled_late_names_the_sa_that_it_happened_to),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
