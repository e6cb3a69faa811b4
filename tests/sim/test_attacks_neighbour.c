/* sim/test_attacks_neighbour.c - what one peer does, whatever it is, concerns its own IKE SA and no
 * other of the same endpoint. RFC 7296 2.4, 2.21. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/bytes.h"
#include "sim/attack.h"

enum { MESSAGES = 4000, BODY_MAX = 60, CHECK_EVERY = 100 };

/* The endpoint of b has an SA with a, which is hostile, and one with c. */
struct street {
    struct world *w;
    struct side *a, *b, *c;
    ike2_sa_id good;         /* b's SA with c */
    ike2_child_id child;
    struct entry entry;      /* what the data plane has of it */
    size_t n_begun;          /* SAs of a */
};

static struct street *street_of(void *const *state)
{
    return *state;
}

static void look(struct street *s)
{
    ike2_sa_id id = 0;

    while ((id = ike2_sa_next(s->b->ep, id)) != 0) {
        ike2_sa_info info = IKE2_INIT(ike2_sa_info);

        assert_int_equal(ike2_sa_get(s->b->ep, id, &info), IKE2_OK);
        if (net_same_ip(&info.path.remote, &s->c->addr))
            s->good = id;
    }
    assert_int_not_equal(s->good, 0);
    s->child = ike2_child_next(s->b->ep, s->good, 0);
    assert_non_null(dataplane_sending(&s->b->dataplane, s->child));
    s->entry = *dataplane_sending(&s->b->dataplane, s->child);
}

/* a is the first SA of b, so that it is spoken for and spoken to; c has the other one. */
static int street_setup(void **state)
{
    const ike2_ts anywhere = setup_net4(0, 0);
    struct street *s = test_calloc(1, sizeof *s);
    void *world = NULL;

    (void)attack_world(&world);
    s->w = world;
    s->a = side_a(&world);
    s->b = side_b(&world);
    s->c = world_add(s->w, "c");
    setup_init(&s->c->setup, 3, 2);
    attack_setup(s->c);
    setup_ids(&s->b->setup, "side2.example.org", "%any");
    setup_selectors(&s->b->setup, 0, &anywhere, 1, &anywhere, 1);
    for (size_t i = 0; i < s->w->n_sides; i++) { /* much time goes by */
        setup_lifetime(&s->w->sides[i]->setup, 0, IKE2_NEVER, IKE2_NEVER);
        s->w->sides[i]->setup.peer.rekey_seconds = IKE2_NEVER;
    }
    initiate(s->a, s->b);
    world_run(s->w, 1000);
    initiate(s->c, s->b);
    world_run(s->w, 1000);
    look(s);
    *state = s;
    return 0;
}

static int street_teardown(void **state)
{
    struct street *s = street_of(state);

    world_free(s->w);
    test_free(s);
    return 0;
}

/* It is as it was, and answers in both directions. */
static void expect_undisturbed(struct street *s)
{
    const struct entry *e = dataplane_sending(&s->b->dataplane, s->child);
    ike2_sa_info info = IKE2_INIT(ike2_sa_info);
    ike2_time then = s->w->now;
    bool was_held = s->w->net.is_held;

    assert_non_null(e);
    assert_memory_equal(e, &s->entry, sizeof *e);
    s->w->net.is_held = false;
    assert_int_equal(ike2_sa_probe(s->b->ep, s->w->now, s->good), IKE2_OK);
    side_drain(s->b, s->w->now);
    assert_int_equal(ike2_sa_probe(s->c->ep, s->w->now, sa_of_side(s->c)), IKE2_OK);
    side_drain(s->c, s->w->now);
    world_run(s->w, 100);
    assert_int_equal(ike2_sa_get(s->b->ep, s->good, &info), IKE2_OK);
    assert_string_equal(info.state, "UP");
    assert_true(info.last_in_at >= then);
    assert_int_equal(info.n_children, 1);
    assert_true(info_of(s->c).last_in_at >= then);
    assert_int_equal(record_count(&s->c->record, IKE2_EVENT_SA_DOWN), 0);
    assert_int_equal(record_count(&s->c->record, IKE2_EVENT_CHILD_DOWN), 0);
    s->w->net.is_held = was_held;
}

/* The SA of a that b has; NULL: none. */
static struct sa *bad_sa(const struct street *s)
{
    ike2_sa_id id = ike2_sa_next(s->b->ep, 0);

    if (id == s->good)
        id = ike2_sa_next(s->b->ep, id);
    return id == 0 ? NULL : ike2_map_get(&s->b->ep->host.sas, id);
}

/* A new one after the end, without a word about the old one. */
static void begin_again(struct street *s)
{
    s->w->net.is_held = false;
    if (side_stats(s->a).sas != 0)
        drop_sa(s->a);
    while (bad_sa(s) != NULL) {
        assert_int_equal(ike2_sa_drop(s->b->ep, s->w->now, bad_sa(s)->id), IKE2_OK);
        side_drain(s->b, s->w->now);
    }
    initiate(s->a, s->b);
    world_run(s->w, 1000);
    s->n_begun++;
    assert_non_null(bad_sa(s));
    s->w->net.is_held = true;
}

static void write_garbage(struct chain *c, struct dice *d)
{
    uint8_t body[BODY_MAX];

    for (size_t i = 0; i < sizeof body; i++)
        body[i] = (uint8_t)(dice_next(d) >> dice_below(d, 8));
    ike2_payload_begin(&c->w, (uint8_t)(33 + dice_below(d, 22)), dice_below(d, 4) == 0);
    ike2_octets_write(&c->w, bytes_of(body, dice_below(d, BODY_MAX)));
    ike2_payload_end(&c->w);
}

/* About the other SA, or about nothing there is. */
static void write_information(struct chain *c, const struct street *s, struct dice *d)
{
    const uint32_t spis[] = { s->entry.spi_in, s->entry.spi_out, (uint32_t)dice_next(d) };

    switch (dice_below(d, 5)) {
    case 0: chain_delete(c, IKE2_PROTOCOL_ESP, spis, 3); break;
    case 1: chain_delete(c, IKE2_PROTOCOL_AH, spis, 2); break;
    case 2: chain_rekey_notify(c, spis[dice_below(d, 3)]); break;
    case 3: chain_notify(c, (uint16_t)(8 + dice_below(d, 50))); break;
    default: chain_notify(c, (uint16_t)(16384 + dice_below(d, 60))); break;
    }
}

static void write_creation(struct chain *c, const struct street *s, struct dice *d)
{
    if (dice_below(d, 4) == 0)
        write_information(c, s, d);
    if (dice_below(d, 20) == 0)
        chain_rekey_sa(c, s->a, dice_next(d), dice_below(d, 2) == 0 ? 0 : IKE2_KE_ECP_256);
    else {
        chain_child(c, s->a, dice_below(d, 4) == 0 ? s->entry.spi_out : (uint32_t)dice_next(d));
        chain_nonce(c, (uint8_t)dice_next(d));
    }
}

/* One in ten breaks the rules. */
static void say_anything(struct street *s, struct dice *d)
{
    struct utterance u = { .exchange = (uint8_t)(36 + dice_below(d, 2)),
                           .message_id = bad_sa(s)->window.next_in };
    struct chain c;

    chain_begin(&c);
    for (uint32_t n = dice_below(d, 3); n > 0 && u.exchange == 37; n--)
        write_information(&c, s, d);
    if (u.exchange == 36)
        write_creation(&c, s, d);
    if (dice_below(d, 10) == 0)
        write_garbage(&c, d);
    u.kind = dice_below(d, 8) == 0 ? RESPONSE : REQUEST;
    if (dice_below(d, 30) == 0)
        u.exchange = (uint8_t)(34 + dice_below(d, 12));
    assert_int_equal(c.w.failed, 0);
    say_as(s->a, s->b, u, &c);
}

static void hostile_messages_of_one_peer_leave_another_sa_alone(void **state)
{
    struct street *s = street_of(state);
    struct dice d = { .state = 17 };

    s->w->net.is_held = true;
    for (size_t i = 0; i < MESSAGES; i++) {
        /* One that was rekeyed has keys that nobody speaks with. */
        if (bad_sa(s) == NULL || side_stats(s->b).sas > 2 || side_stats(s->a).sas != 1)
            begin_again(s);
        say_anything(s, &d);
        while (net_peek(&s->w->net, &s->a->addr) != NULL)
            net_remove(&s->w->net, net_peek(&s->w->net, &s->a->addr));
        if (i % CHECK_EVERY == 0)
            expect_undisturbed(s);
    }
    expect_undisturbed(s);
    assert_in_range(s->n_begun, 100, MESSAGES - 1000);
}

/* A peer that fails in every way there is to begin an SA. */
static void failed_attempts_of_one_peer_leave_another_sa_alone(void **state)
{
    static const char *const keys[] = { "another secret", "a secret of both" };
    struct street *s = street_of(state);

    drop_sa(s->a);
    for (size_t i = 0; i < 60; i++) {
        s->a->setup.psk_ours = keys[i % 2];
        s->a->setup.psk_peers = keys[i / 2 % 2];
        setup_ids(&s->a->setup, "side1.example.org",
                  i % 3 == 0 ? "somebody.example.org" : "side2.example.org");
        setup_ike(&s->a->setup, i % 5 == 0 ? "aes128-sha256-prfsha256-modp2048"
                                           : "aes256gcm16-prfsha384-x25519");
        assert_int_equal(side_define(s->a, &s->a->peer), IKE2_OK);
        initiate(s->a, s->b);
        world_run(s->w, i % 7 * 10);
        (void)ike2_sa_drop(s->a->ep, s->w->now, sa_of_side(s->a));
        side_drain(s->a, s->w->now);
        expect_undisturbed(s);
    }
}

/* An SPI of the other SA is none of a peer's business, whatever it says about it. */
static void an_sa_with_a_failing_data_plane_leaves_another_sa_alone(void **state)
{
    struct street *s = street_of(state);

    for (size_t i = 0; i < 20; i++) {
        s->b->plans[i % 2 == 0 ? ON_INSTALL : ON_SWITCH] =
            (struct plan){ .manner = REFUSE, .times = 1 };
        begin_again(s);
        s->w->net.is_held = false;
        expect_undisturbed(s);
        world_run(s->w, 1000);
        memset(s->b->plans, 0, sizeof s->b->plans);
    }
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, street_setup, street_teardown)
    static const struct CMUnitTest tests[] = {
        CASE(hostile_messages_of_one_peer_leave_another_sa_alone),
        CASE(failed_attempts_of_one_peer_leave_another_sa_alone),
        CASE(an_sa_with_a_failing_data_plane_leaves_another_sa_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
