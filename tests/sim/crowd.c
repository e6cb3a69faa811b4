/* sim/crowd.c - one responder and many initiators. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "sim/crowd.h"

enum { NAMES = 8, PACE_MS = 50, FIRST_PORT = 20000, ROUND_MS = 2000 };

/* --- Making it ---------------------------------------------------------------------------- */

static void settle_down(struct side *s, const struct crowd_plan *plan)
{
    s->setup.peer.rekey_seconds = plan->ike_seconds;
    s->setup.peer.liveness_seconds = plan->liveness_seconds;
    setup_lifetime(&s->setup, 0, plan->child_seconds, plan->child_seconds * 2);
    s->plans[ON_INSTALL] = plan->install;
}

static void take_everybody(struct setup *s)
{
    const ike2_ts local = setup_net4(0x0a010000, 16), remote = setup_net4(0x0a000000, 8);

    setup_ids(s, "side1.example.org", "%any");
    setup_selectors(s, 0, &local, 1, &remote, 1);
}

static void put_behind_nat(struct world *w, size_t i)
{
    w->net.nats[i] = (struct nat_box){
        .is_on = true, .inside = w->sides[i + 1]->addr, .first_port = FIRST_PORT,
        .outside = { .family = 4, .ip = { 198, 51, 100, (uint8_t)(i + 1) } },
    };
}

struct world *crowd_new(uint64_t seed, const struct crowd_plan *plan)
{
    static char names[WORLD_SIDES][NAMES];
    struct world *w = world_new(seed);

    while (w->n_sides <= plan->n) {
        char *name = names[w->n_sides];

        (void)snprintf(name, NAMES, "i%u", (unsigned)w->n_sides);
        world_add(w, name);
    }
    take_everybody(&crowd_responder(w)->setup);
    for (size_t i = 0; i < w->n_sides; i++)
        settle_down(w->sides[i], plan);
    for (size_t i = 0; i < plan->n_behind_nats; i++)
        put_behind_nat(w, i);
    return w;
}

void crowd_connect(struct world *w, uint64_t ms)
{
    const struct side *r = crowd_responder(w);

    assert_int_equal(side_start(w->sides[0], w->now), IKE2_OK);
    for (size_t i = 1; i < w->n_sides; i++) {
        assert_int_equal(side_connect_to(w->sides[i], w->now, &r->addr, IKE2_ENCAP_NONE), IKE2_OK);
        world_run(w, PACE_MS);
    }
    world_run(w, ms);
}

void crowd_start_traffic(struct world *w, const struct crowd_plan *plan)
{
    for (size_t i = 0; i < w->n_sides; i++)
        traffic_start(w->sides[i], i % 3 == 2 ? 0 : plan->traffic_ms);
}

void crowd_rebind(struct world *w, const struct crowd_plan *plan, uint16_t first_port)
{
    for (size_t i = 0; i < plan->n_behind_nats; i++)
        net_rebind(&w->net, i, first_port);
}

/* --- Looking at it ------------------------------------------------------------------------ */

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

struct crowd_sums crowd_sums(const struct world *w)
{
    struct crowd_sums sums = { .least_sa_rekeyed = UINT64_MAX, .least_child_rekeyed = UINT64_MAX };

    sums.messages_out = side_stats(crowd_responder(w)).messages_out;
    for (size_t i = 1; i < w->n_sides; i++) {
        const struct side *s = w->sides[i];
        const struct record *r = &s->record;
        uint64_t sas = record_count(r, IKE2_EVENT_SA_REKEYED);
        uint64_t children = record_count(r, IKE2_EVENT_CHILD_REKEYED);

        sums.sa_rekeyed += sas;
        sums.child_rekeyed += children;
        sums.least_sa_rekeyed = least(sums.least_sa_rekeyed, sas);
        sums.least_child_rekeyed = least(sums.least_child_rekeyed, children);
        sums.octets_held += side_stats(s).octets_held;
        sums.messages_out += side_stats(s).messages_out;
    }
    return sums;
}

static void expect_none(const struct world *w, const struct side *s, uint32_t type)
{
    const struct event *e = record_last(&s->record, type);

    if (e == NULL)
        return;
    print_error("%s: down at %llu ms, reason %u, notify %u\n", s->name,
                (unsigned long long)(e->at - WORLD_START), e->reason, e->notify);
    world_fail(w, s, "something has gone down");
}

void crowd_expect_no_down(const struct world *w)
{
    for (size_t i = 1; i < w->n_sides; i++) {
        expect_none(w, w->sides[i], IKE2_EVENT_SA_DOWN);
        expect_none(w, w->sides[i], IKE2_EVENT_CHILD_DOWN);
    }
}

/* A packet for each child of each side, and time for it to arrive. */
static void send_round(struct world *w)
{
    for (size_t i = 0; i < w->n_sides; i++)
        traffic_send(w->sides[i]);
    world_run(w, ROUND_MS);
}

void crowd_expect_up(struct world *w)
{
    uint64_t before[WORLD_SIDES];
    size_t n = w->n_sides - 1;

    for (size_t i = 0; i < w->n_sides; i++)
        before[i] = w->sides[i]->traffic.n_arrived;
    send_round(w);
    assert_int_equal(w->sides[0]->traffic.n_arrived - before[0], n);
    assert_int_equal(side_stats(w->sides[0]).children, n);
    assert_int_equal(side_stats(w->sides[0]).half_open, 0);
    for (size_t i = 1; i < w->n_sides; i++) {
        if (w->sides[i]->traffic.n_arrived != before[i] + 1)
            world_fail(w, w->sides[i], "a tunnel that carries nothing");
        assert_int_equal(side_stats(w->sides[i]).children, 1);
    }
}
