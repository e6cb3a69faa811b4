/* sim/test_failures.c - every allocation, and every call of the provider, fails in turn, on either
 * side, through a whole life: nothing leaks, nothing hangs. IKE2_SIM_NUMBER=n runs the n-th failure
 * only. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include <ike2/iana.h>

#include "sim/scenario.h"

enum { SETTLED_MS = 250 * 1000, ENDED_MS = 400 * 1000, FOR_EVER = 1000 * 1000 };

enum failing { ALLOCATIONS, PROVIDER };

/* What the sides do besides the least. */
struct life {
    const char *name;
    bool asks_everything, offloads, wants_cookies, in_fragments, other_ke, wrong_psk, via_nat;
    bool signs, rekeys, slow_plane, many_children, renews;
    uint64_t stride; /* where a life has many calls: each so-manieth fails; 0 = 1 */
};

static const struct life lives[] = {
    { .name = "plain" },
    { .name = "asking everything", .asks_everything = true, .offloads = true },
    { .name = "cookies and another KE method", .wants_cookies = true, .other_ke = true },
    { .name = "fragments through a NAT", .in_fragments = true, .via_nat = true, .offloads = true },
    { .name = "rekeyed", .rekeys = true, .asks_everything = true, .offloads = true },
    { .name = "signatures", .signs = true, .offloads = true },
    { .name = "several children", .many_children = true, .stride = 5 },
    { .name = "several children, slowly", .many_children = true, .offloads = true,
      .asks_everything = true, .slow_plane = true, .stride = 7 },
    { .name = "authenticated anew", .renews = true, .stride = 5 },
    { .name = "a wrong key", .wrong_psk = true, .asks_everything = true },
};

/* The calls `n` to `n` + `count` - 1 of one side fail. */
struct trial {
    const struct life *life;
    enum failing what;
    size_t victim;
    uint64_t n, count;
};

/* One asks for an address, the other one is asked which. */
static void configure(struct side *s)
{
    static const uint8_t address[] = { 10, 99, 0, 7 };
    static const ike2_cfg_attr wish = { .type = IKE2_CFG_INTERNAL_IP4_ADDRESS };
    static const ike2_cfg_attr gift = { .type = IKE2_CFG_INTERNAL_IP4_ADDRESS,
                                        .value = { address, sizeof address } };
    bool asks = s == s->world->sides[0];

    s->setup.peer.config = asks ? &wish : NULL;
    s->setup.peer.n_config = asks ? 1 : 0;
    s->setup.peer.asks |= asks ? 0 : IKE2_ASKS_CONFIG;
    s->config = &gift;
    s->n_config = 1;
}

/* From the first side to the second one. */
static const ike2_packet packet = {
    { .type = IKE2_TS_IPV4_ADDR_RANGE, .port_last = UINT16_MAX,
      .first = { 10, 1, 0, 7 }, .last = { 10, 1, 0, 7 } },
    { .type = IKE2_TS_IPV4_ADDR_RANGE, .port_last = UINT16_MAX,
      .first = { 10, 2, 0, 7 }, .last = { 10, 2, 0, 7 } },
};

static void set_up_side(struct side *s, const struct life *life)
{
    ike2_ts ts[60];

    for (size_t i = 0; i < 60; i++)
        ts[i] = setup_net4(0x0a000000 + ((uint32_t)i << 16), 16);
    s->setup.limits.message_octets = 8192; /* smaller rooms: many worlds */
    s->setup.endpoint.cookie = life->wants_cookies ? IKE2_ON : IKE2_DEFAULT;
    s->setup.endpoint.ask_spi = life->asks_everything ? IKE2_ON : IKE2_OFF;
    s->setup.endpoint.offload = life->offloads ? IKE2_OFFLOAD_KE | IKE2_OFFLOAD_SIGN : 0;
    s->setup.cert = life->signs ? s->name : NULL;
    s->setup.asks_psk = life->asks_everything;
    if (life->asks_everything)
        s->setup.peer.asks = IKE2_ASKS_IDENTITY | IKE2_ASKS_CHILD;
    if (life->in_fragments) {
        s->setup.peer.fragment_octets_v4 = 576;
        setup_selectors(&s->setup, 0, ts, 60, ts, 60);
    }
    if (life->many_children) {
        s->setup.peer.n_children = SETUP_CHILDREN;
        s->packet = &packet;
    }
    if (life->renews)
        configure(s);
    for (size_t m = ON_INSTALL; m < MATTERS && life->slow_plane; m++)
        s->plans[m] = (struct plan){ .manner = LATER, .ms = 15 };
    if (life->offloads)
        s->plans[ON_KE] = (struct plan){ .manner = LATER, .ms = 30 };
}

static struct world *world_for(const struct trial *t)
{
    struct world *w = world_new(t->n);

    w->note = t->life->name;
    w->number = t->n;
    for (size_t i = 0; i < 2; i++)
        set_up_side(w->sides[i], t->life);
    if (t->life->other_ke) {
        setup_ike(&w->sides[0]->setup, "aes256gcm16-prfsha384-x25519-ecp256");
        setup_ike(&w->sides[1]->setup, "aes256gcm16-prfsha384-ecp256");
    }
    if (t->life->wrong_psk)
        w->sides[1]->setup.psk_peers = "another secret";
    if (t->life->via_nat)
        w->net.nats[0] = (struct nat_box){
            .is_on = true, .inside = w->sides[0]->addr, .first_port = 20000,
            .outside = { .family = 4, .ip = { 198, 51, 100, 9 } },
        };
    return w;
}

/* Either side may have refused to begin; then that was all. */
static bool begin(struct world *w)
{
    ike2_addr remote = w->sides[1]->addr;

    for (size_t i = 0; i < 2; i++) {
        if (side_start(w->sides[i], w->now) != IKE2_OK)
            return false;
    }
    return side_connect_to(w->sides[0], w->now, &remote, IKE2_ENCAP_NONE) == IKE2_OK;
}

static void close_what_is_there(struct side *s)
{
    ike2_sa_id id = 0;

    while ((id = ike2_sa_next(s->ep, id)) != 0)
        (void)ike2_sa_close(s->ep, s->world->now, id);
    side_drain(s, s->world->now);
}

static void expect_the_end(struct world *w)
{
    for (size_t i = 0; i < 2; i++)
        expect_nothing(w->sides[i]);
    expect_events(w->sides[0], IKE2_EVENT_SA_DOWN, 1);
}

/* Everything is rekeyed by either side and by both at once. */
static void rekey(struct world *w)
{
    for (size_t i = 0; i < 6; i++) {
        for (size_t n = 0; n < 2; n++) {
            struct side *s = w->sides[n];

            if (i % 3 != n && i % 3 != 2)
                continue;
            if (i < 3)
                (void)ike2_child_rekey(s->ep, w->now, ike2_child_next(s->ep, 0, 0), 0);
            else
                (void)ike2_sa_rekey(s->ep, w->now, ike2_sa_next(s->ep, 0));
            side_drain(s, w->now);
        }
        world_run(w, 20 * 1000);
    }
}

/* The first child of a side, or the last one. */
static ike2_child_id child_of(const struct side *s, bool last)
{
    ike2_child_id child = ike2_child_next(s->ep, 0, 0), next = child;

    while (last && next != 0) {
        child = next;
        next = ike2_child_next(s->ep, 0, child);
    }
    return child;
}

enum turn { CREATE, REKEY_ALL, CLOSE_WHILE_REKEYING, CLOSE_THE_SAME, REKEY_SA, TURNS };

/* What both begin at once. */
static void begin_turn(struct side *s, enum turn turn, bool is_first)
{
    ike2_time now = s->world->now;
    ike2_child_id made, child = 0;

    switch (turn) {
    case CREATE:
        (void)!ike2_child_create_for(s->ep, now, ike2_sa_next(s->ep, 0), is_first ? 0 : 1,
                                     &packet, &made);
        break;
    case REKEY_ALL:
        while ((child = ike2_child_next(s->ep, 0, child)) != 0)
            (void)ike2_child_rekey(s->ep, now, child, 0);
        break;
    case CLOSE_WHILE_REKEYING:
        (void)ike2_child_rekey(s->ep, now, child_of(s, is_first), 0);
        (void)ike2_child_close(s->ep, now, child_of(s, !is_first));
        break;
    case CLOSE_THE_SAME: (void)ike2_child_close(s->ep, now, child_of(s, false)); break;
    case REKEY_SA: (void)ike2_sa_rekey(s->ep, now, ike2_sa_next(s->ep, 0)); break;
    case TURNS: break;
    }
}

static void live_in_a_crowd(struct world *w)
{
    for (unsigned turn = 0; turn < TURNS; turn++) {
        for (size_t i = 0; i < 2; i++)
            begin_turn(w->sides[i], (enum turn)turn, i == 0);
        for (size_t i = 0; i < 2; i++)
            side_drain(w->sides[i], w->now);
        world_run(w, turn == REKEY_ALL ? 100 : 20 * 1000); /* or while it is under way */
    }
}

/* By who began it, and once more while the other one gives it new keys. */
static void renew(struct world *w)
{
    struct side *a = w->sides[0], *b = w->sides[1];

    for (size_t i = 0; i < 2; i++) {
        (void)ike2_sa_reauth(a->ep, w->now, ike2_sa_next(a->ep, 0));
        if (i == 1)
            (void)ike2_sa_rekey(b->ep, w->now, ike2_sa_next(b->ep, 0));
        side_drain(a, w->now);
        side_drain(b, w->now);
        world_run(w, 20 * 1000);
    }
}

static void live(struct world *w, const struct life *life)
{
    struct side *a = w->sides[0], *b = w->sides[1];

    if (!begin(w))
        return;
    world_run(w, SETTLED_MS);
    if (life->rekeys)
        rekey(w);
    if (life->many_children)
        live_in_a_crowd(w);
    if (life->renews)
        renew(w);
    if (side_stats(a).sas != 0 && side_stats(b).children != 0) {
        (void)ike2_child_close(b->ep, w->now, ike2_child_next(b->ep, 0, 0));
        side_drain(b, w->now);
        world_run(w, 1000);
    }
    close_what_is_there(a);
    /* Whatever fails for ever fails until here. */
    alloc_fail(&a->alloc, 0, 0);
    alloc_fail(&b->alloc, 0, 0);
    fake_crypto_fail(&a->fake, 0, 0, IKE2_OK);
    fake_crypto_fail(&b->fake, 0, 0, IKE2_OK);
    if (!world_run_out(w, ENDED_MS))
        world_fail(w, NULL, "an SA without end");
    world_run(w, 1000); /* jobs that are out come back */
    expect_the_end(w);
}

/* RFC 7296 2.1 repairs one failure, as it would a lost datagram. */
static void expect_repaired(const struct world *w, const struct trial *t)
{
    bool began = w->sides[0]->sa != 0;

    if (began && t->what == ALLOCATIONS && t->count == 1 && !t->life->wrong_psk &&
        record_count(&w->sides[0]->record, IKE2_EVENT_CHILD_UP) == 0)
        world_fail(w, w->sides[0], "one allocation failed, and the child did not come up");
}

/* Returns whether there was a call number `n`. */
static bool attempt(const struct trial *t)
{
    struct world *w = world_for(t);
    struct side *victim = w->sides[t->victim];
    const uint64_t last = t->n + t->count - 1;
    uint64_t n_calls;

    if (t->what == ALLOCATIONS)
        alloc_fail(&victim->alloc, t->n, last);
    else
        fake_crypto_fail(&victim->fake, t->n, last, IKE2_ERR_CRYPTO);
    live(w, t->life);
    expect_repaired(w, t);
    n_calls = t->what == ALLOCATIONS ? victim->alloc.n_calls_max : victim->fake.n_calls_max;
    world_free(w);
    return n_calls >= t->n;
}

static void sweep(enum failing what, uint64_t count, uint64_t stride)
{
    const char *only = getenv("IKE2_SIM_NUMBER");

    for (size_t i = 0; i < sizeof lives / sizeof lives[0]; i++) {
        for (size_t victim = 0; victim < 2; victim++) {
            struct trial t = { .life = &lives[i], .what = what, .victim = victim, .n = 1,
                               .count = count };

            if (only != NULL)
                t.n = strtoull(only, NULL, 10);
            while (attempt(&t) && only == NULL)
                t.n += lives[i].stride != 0 ? stride * lives[i].stride : stride;
        }
    }
}

static void any_single_allocation_may_fail(void **state)
{
    (void)state;
    sweep(ALLOCATIONS, 1, 1);
}

static void any_five_allocations_in_a_row_may_fail(void **state)
{
    (void)state;
    sweep(ALLOCATIONS, 5, 2);
}

static void memory_may_be_short_for_a_long_time(void **state)
{
    (void)state;
    sweep(ALLOCATIONS, FOR_EVER, 2);
}

static void any_single_call_of_the_provider_may_fail(void **state)
{
    (void)state;
    sweep(PROVIDER, 1, 1);
}

static void any_five_calls_of_the_provider_in_a_row_may_fail(void **state)
{
    (void)state;
    sweep(PROVIDER, 5, 2);
}

static void the_provider_may_fail_for_a_long_time(void **state)
{
    (void)state;
    sweep(PROVIDER, FOR_EVER, 2);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_single_allocation_may_fail),
        cmocka_unit_test(any_five_allocations_in_a_row_may_fail),
        cmocka_unit_test(memory_may_be_short_for_a_long_time),
        cmocka_unit_test(any_single_call_of_the_provider_may_fail),
        cmocka_unit_test(any_five_calls_of_the_provider_in_a_row_may_fail),
        cmocka_unit_test(the_provider_may_fail_for_a_long_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
