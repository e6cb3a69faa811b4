/* sim/test_assignment.c - Configuration payloads: asked for, assigned, refused. RFC 7296 2.19,
 * 3.15, 3.15.4. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "sim/scenario.h"

#define CASE(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
#define OCTETS(...) { (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }) }

enum { INTERNAL_IP4_SERVER = 23456 /* Microsoft's */ };

static const ike2_cfg_attr wishes[] = {
    { .type = IKE2_CFG_INTERNAL_IP4_ADDRESS }, { .type = IKE2_CFG_INTERNAL_IP6_ADDRESS },
    { .type = IKE2_CFG_INTERNAL_IP4_DNS }, { .type = INTERNAL_IP4_SERVER },
};

static const ike2_cfg_attr gifts[] = {
    { .type = IKE2_CFG_INTERNAL_IP4_ADDRESS, .value = OCTETS(10, 99, 0, 7) },
    { .type = IKE2_CFG_INTERNAL_IP4_NETMASK, .value = OCTETS(255, 255, 0, 0) },
    { .type = IKE2_CFG_INTERNAL_IP6_ADDRESS,
      .value = OCTETS(0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 64) },
    { .type = IKE2_CFG_INTERNAL_IP4_DNS, .value = OCTETS(10, 99, 0, 1) },
    { .type = IKE2_CFG_INTERNAL_IP4_DNS, .value = OCTETS(10, 99, 0, 2) },
};

enum { WISHES = sizeof wishes / sizeof wishes[0], GIFTS = sizeof gifts / sizeof gifts[0] };

static ike2_ts everything(bool v6)
{
    ike2_ts ts = setup_net4(0, 0);

    if (v6) {
        ts.type = IKE2_TS_IPV6_ADDR_RANGE;
        memset(ts.last, 0xff, 16);
    }
    return ts;
}

/* a is the one who asks; behind b is everything. */
static void prepare(struct side *a, struct side *b)
{
    const ike2_ts all[] = { everything(false), everything(true) };

    setup_selectors(&a->setup, 0, all, 0, all, 2);
    setup_selectors(&b->setup, 0, all, 2, all, 0);
    a->setup.peer.config = wishes;
    a->setup.peer.n_config = WISHES;
    b->setup.peer.config = gifts;
    b->setup.peer.n_config = GIFTS;
}

static void expect_assigned(const struct side *s, size_t i, const ike2_cfg_attr *wanted)
{
    const struct assigned *got = &s->record.config[i];

    assert_int_equal(got->type, wanted->type);
    assert_int_equal(got->len, wanted->value.len);
    assert_memory_equal(got->octets, wanted->value.ptr, got->len);
}

/* The selectors of both ends are the assigned addresses. */
static void expect_selectors(struct side *a, struct side *b)
{
    const struct entry *at_a = dataplane_pair(&a->dataplane, 0);
    const struct entry *at_b = dataplane_pair(&b->dataplane, 0);

    assert_int_equal(at_a->n_ts_local, 2);
    assert_int_equal(at_b->n_ts_remote, 2);
    assert_memory_equal(at_a->ts.local.first, gifts[0].value.ptr, 4);
    assert_memory_equal(at_a->ts.local.last, gifts[0].value.ptr, 4);
    assert_memory_equal(at_b->ts.remote.first, gifts[0].value.ptr, 4);
    assert_int_equal(at_a->n_ts_remote, 2);
}

static void what_was_asked_for_is_assigned_and_narrows_the_child(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    prepare(a, b);
    bring_up(a, b);
    expect_events(a, IKE2_EVENT_CONFIG, 1);
    expect_events(b, IKE2_EVENT_CONFIG, 0);
    assert_int_equal(a->record.n_config, 4); /* no netmask: nobody asked for one */
    expect_assigned(a, 0, &gifts[0]);
    expect_assigned(a, 1, &gifts[2]);
    expect_assigned(a, 2, &gifts[3]);
    expect_assigned(a, 3, &gifts[4]);
    expect_selectors(a, b);
}

static void the_integrator_assigns_what_it_likes(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    prepare(a, b);
    b->setup.peer.asks = IKE2_ASKS_CONFIG;
    b->config = gifts;
    b->n_config = 3;
    b->plans[ON_CONFIG] = (struct plan){ .manner = LATER, .ms = 3000 };
    initiate(a, b);
    world_run(w, 10 * 1000);
    expect_up(a, b);
    assert_int_equal(b->counts.asked[ON_CONFIG], 1);
    assert_int_equal(a->record.n_config, 3);
    expect_assigned(a, 1, &gifts[1]);
    expect_selectors(a, b);
}

static void without_an_address_the_sa_comes_up_without_a_child(void **state)
{
    const enum manner manners[] = { REFUSE, LATER };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct world *w = world_new(i + 1);
        struct side *a = w->sides[0], *b = w->sides[1];

        prepare(a, b);
        b->setup.peer.asks = IKE2_ASKS_CONFIG;
        b->setup.endpoint.ask_ms = 2000;
        b->plans[ON_CONFIG] = (struct plan){ .manner = manners[i], .ms = 3000 };
        initiate(a, b);
        world_run(w, 10 * 1000);
        expect_up_without_child(a);
        expect_up_without_child(b);
        expect_child_down(a, IKE2_REASON_RESOURCE, IKE2_NOTIFY_INTERNAL_ADDRESS_FAILURE);
        expect_events(a, IKE2_EVENT_CONFIG, 0);
        world_free(w);
    }
}

static void who_does_not_ask_is_assigned_nothing(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    prepare(a, b);
    a->setup.peer.n_config = 0;
    b->setup.peer.asks = IKE2_ASKS_CONFIG;
    bring_up(a, b);
    assert_int_equal(b->counts.asked[ON_CONFIG], 0);
    expect_events(a, IKE2_EVENT_CONFIG, 0);
    assert_memory_equal(dataplane_pair(&b->dataplane, 0)->ts.remote.first, a->addr.ip, 4);
}

static void who_has_to_ask_gets_no_child_without_it(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    prepare(a, b);
    a->setup.peer.n_config = 0;
    b->setup.peer.config_required = IKE2_ON;
    initiate(a, b);
    world_run(w, 1000);
    expect_up_without_child(a);
    expect_up_without_child(b);
    expect_child_down(a, IKE2_REASON_RESOURCE, IKE2_NOTIFY_FAILED_CP_REQUIRED);
}

static void a_request_is_ignored_by_who_has_nothing_to_give(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    const ike2_ts all = everything(false);

    prepare(a, b);
    b->setup.peer.n_config = 0;
    setup_selectors(&b->setup, 0, &all, 1, &all, 1);
    bring_up(a, b);
    expect_events(a, IKE2_EVENT_CONFIG, 0);
}

static void an_assignment_outlives_rekeying_by_either_side(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    ike2_child_id child;

    prepare(a, b);
    bring_up(a, b);
    for (size_t i = 0; i < 2; i++) {
        struct side *who = i == 0 ? b : a;

        assert_int_equal(ike2_sa_rekey(who->ep, w->now, sa_of_side(who)), IKE2_OK);
        side_drain(who, w->now);
        world_run(w, 10 * 1000);
    }
    close_child(a);
    world_run(w, 1000);
    assert_int_equal(ike2_child_create(a->ep, w->now, sa_of_side(a), 0, &child), IKE2_OK);
    side_drain(a, w->now);
    world_run(w, 1000);
    expect_selectors(a, b);
    expect_up(a, b);
    expect_events(a, IKE2_EVENT_CONFIG, 1);
}

/* RFC 7296 2.19: whoever assigns knows for whom, and (2.4) whether an older SA of it ends. */
static void the_question_says_who_asks_and_whether_an_older_sa_ends(void **state)
{
    const uint8_t unique[] = { IKE2_UNIQUE_CONTACT, IKE2_UNIQUE_REPLACE, IKE2_UNIQUE_KEEP };

    (void)state;
    for (size_t i = 0; i < 6; i++) {
        struct world *w = world_new(i + 1);
        struct side *a = w->sides[0], *b = w->sides[1];
        const ike2_id *id = &a->setup.peer.local_id;

        prepare(a, b);
        a->setup.peer.initial_contact = i < 3 ? IKE2_ON : IKE2_OFF;
        b->setup.peer.unique = unique[i % 3];
        b->setup.peer.asks = IKE2_ASKS_CONFIG;
        b->config = gifts;
        b->n_config = 3;
        bring_up(a, b);
        assert_int_equal(b->record.asker.type, id->type);
        assert_int_equal(b->record.asker.data.len, id->data.len);
        assert_memory_equal(b->record.asker_octets, id->data.ptr, id->data.len);
        assert_true(b->record.replaces == (i == 0 || i % 3 == 1));
        assert_int_equal(b->record.n_config, WISHES);
        world_free(w);
    }
}

/* RFC 7296 2.8.3, 3.15.1 */
static void who_is_authenticated_anew_asks_for_what_it_has(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    prepare(a, b);
    b->setup.peer.asks = IKE2_ASKS_CONFIG;
    b->config = gifts;
    b->n_config = GIFTS;
    bring_up(a, b);
    assert_int_equal(b->record.config[0].len, 0);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(ike2_sa_reauth(a->ep, w->now, sa_of_side(a)), IKE2_OK);
        side_drain(a, w->now);
        world_run(w, 15 * 1000);
        assert_int_equal(b->record.n_config, WISHES);
        expect_assigned(b, 0, &gifts[0]);
        expect_assigned(b, 1, &gifts[2]);
        assert_int_equal(b->record.config[2].len, 0); /* servers are not wished for */
        expect_up(a, b);
        expect_selectors(a, b);
    }
}

static void attributes_that_cannot_be_written_are_refused(void **state)
{
    struct side *a = side_a(state);
    const ike2_cfg_attr bad = { .type = 0x8000 };
    ike2_peer_id id;

    assert_int_equal(side_start(a, 0), IKE2_OK);
    a->setup.peer.config = &bad;
    a->setup.peer.n_config = 1;
    assert_int_equal(side_define(a, &id), IKE2_ERR_ARGUMENT);
    a->setup.peer.config = wishes;
    a->setup.peer.n_config = 65;
    assert_int_equal(side_define(a, &id), IKE2_ERR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(what_was_asked_for_is_assigned_and_narrows_the_child),
        CASE(the_integrator_assigns_what_it_likes),
        CASE(without_an_address_the_sa_comes_up_without_a_child),
        CASE(who_does_not_ask_is_assigned_nothing),
        CASE(who_has_to_ask_gets_no_child_without_it),
        CASE(a_request_is_ignored_by_who_has_nothing_to_give),
        CASE(an_assignment_outlives_rekeying_by_either_side),
        CASE(the_question_says_who_asks_and_whether_an_older_sa_ends),
        CASE(who_is_authenticated_anew_asks_for_what_it_has),
        CASE(attributes_that_cannot_be_written_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
