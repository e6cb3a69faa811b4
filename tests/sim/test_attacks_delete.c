/* sim/test_attacks_delete.c - Deletes and errors about what is there no more, was there twice or
 * belongs to somebody else. RFC 7296 1.4.1, 2.8, 2.21.2, 2.25. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "sim/attack.h"

enum {
    AUTH = IKE2_EXCHANGE_IKE_AUTH,
    CREATE = IKE2_EXCHANGE_CREATE_CHILD_SA,
    INFO = IKE2_EXCHANGE_INFORMATIONAL
};

enum { SLOW_MS = 50, LONG_ENOUGH_MS = 300 * 1000, MANY = 50 };
enum { SPI_NEW = 0x10000 }; /* SPIs of a side in whose name is spoken */

static void bring_up_and_hold(void *const *state)
{
    bring_up(side_a(state), side_b(state));
    ((struct world *)*state)->net.is_held = true;
}

/* --- After its end: CVE-2022-23094, CVE-2020-1763, CVE-2023-30570 --------------------- */

static void say_anything(struct side *from, struct side *to, uint32_t id)
{
    static const uint8_t firsts[] = { 0, IKE2_PAYLOAD_SA, IKE2_PAYLOAD_NOTIFY, IKE2_PAYLOAD_DELETE,
                                      IKE2_PAYLOAD_EAP, 255 };
    static const uint8_t body[] = { 0, 0, 0, 8, 0, 0, 64, 0 }; /* malformed as most of them */

    for (uint8_t exchange = AUTH; exchange <= INFO; exchange++) {
        for (size_t i = 0; i < 8 * sizeof firsts; i++) {
            struct utterance u = { .exchange = exchange, .message_id = id };

            u.first = firsts[i / 8];
            u.chain = bytes_of(body, u.first == 0 ? 0 : sizeof body);
            u.kind = (i & 1) != 0 ? RESPONSE : REQUEST;
            u.is_bare = (i & 2) != 0;
            u.flips = (i & 4) != 0 ? IKE2_FLAG_INITIATOR : 0;
            speak(from, to, &u);
        }
    }
}

/* `to` has no SA any more; `from` has not noticed. */
static void expect_forgotten(struct side *from, struct side *to)
{
    uint64_t sent = to->counts.sent, calls = to->alloc.n_calls, dropped = 0;

    expect_nothing(to);
    for (uint32_t id = 0; id < 4; id++)
        say_anything(from, to, id);
    dropped = drops(to, IKE2_DROP_SPI);
    assert_int_equal(dropped, UINT64_C(4) * 3 * 48);
    assert_int_equal(to->counts.sent, sent);
    assert_int_equal(to->alloc.n_calls, calls);
    expect_nothing(to);
}

static void messages_for_an_sa_that_was_refused_meet_no_state(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    b->setup.psk_peers = "another secret";
    until_auth(a, b);
    passes(a, b, AUTH, REQUEST);
    expect_sa_down(b, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    expect_forgotten(a, b);
}

static void messages_for_an_sa_that_was_deleted_meet_no_state(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    struct chain c;

    bring_up_and_hold(state);
    chain_begin(&c);
    chain_delete(&c, IKE2_PROTOCOL_IKE, NULL, 0);
    say(a, b, INFO, &c);
    expect_sa_down(b, IKE2_REASON_PEER, 0);
    expect_forgotten(a, b);
}

static void messages_for_an_sa_that_was_dropped_meet_no_state(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    bring_up_and_hold(state);
    drop_sa(a);
    expect_forgotten(b, a);
}

/* --- Several in one message: CVE-2023-38712 ------------------------------------------- */

/* What a Delete or a Notify is about. */
enum item {
    OF_IKE, OF_CHILD, OF_CHILD_TWICE, OF_OUR_HALF, OF_AH, OF_NOBODY,
    FAILURE, SYNTAX, HARMLESS, ITEMS
};

static void write_item(struct chain *c, enum item item, struct side *to)
{
    const struct entry *e = dataplane_pair(&to->dataplane, 0);
    const uint32_t twice[] = { e->spi_out, e->spi_out }, ours = e->spi_in, nobodys = 0x4711;

    switch (item) {
    case OF_IKE: chain_delete(c, IKE2_PROTOCOL_IKE, NULL, 0); break;
    case OF_CHILD: chain_delete(c, IKE2_PROTOCOL_ESP, twice, 1); break;
    case OF_CHILD_TWICE: chain_delete(c, IKE2_PROTOCOL_ESP, twice, 2); break;
    case OF_OUR_HALF: chain_delete(c, IKE2_PROTOCOL_ESP, &ours, 1); break;
    case OF_AH: chain_delete(c, IKE2_PROTOCOL_AH, twice, 1); break;
    case OF_NOBODY: chain_delete(c, IKE2_PROTOCOL_ESP, &nobodys, 1); break;
    case FAILURE: chain_notify(c, IKE2_NOTIFY_AUTHENTICATION_FAILED); break;
    case SYNTAX: chain_notify(c, IKE2_NOTIFY_INVALID_SYNTAX); break;
    case HARMLESS: chain_notify(c, IKE2_NOTIFY_INVALID_SPI); break;
    case ITEMS: break;
    }
}

/* SPIs in all Deletes of what was answered. */
static size_t spis_deleted(struct side *from, bool *of_ike)
{
    struct heard h;
    ike2_walk w;
    ike2_payload p;
    ike2_delete d;
    size_t n = 0;

    take_reply(from, &h);
    *of_ike = false;
    ike2_payload_walk(&w, h.message.first, h.message.chain);
    while (ike2_payload_next(&w, &p)) {
        if (p.type != IKE2_PAYLOAD_DELETE)
            continue;
        assert_int_equal(ike2_delete_read(p.body, &d), IKE2_OK);
        n += d.count;
        *of_ike = *of_ike || d.protocol == IKE2_PROTOCOL_IKE;
    }
    return n;
}

static void expect_as_said(struct side *from, struct side *to, const enum item items[3])
{
    bool ends_sa = false, ends_child = false, of_ike;
    size_t n;

    for (size_t i = 0; i < 3; i++) {
        ends_sa = ends_sa || items[i] == OF_IKE || items[i] == FAILURE || items[i] == SYNTAX;
        ends_child = ends_child || items[i] == OF_CHILD || items[i] == OF_CHILD_TWICE;
    }
    n = spis_deleted(from, &of_ike);
    assert_false(of_ike);
    assert_true(n <= (ends_child ? 1 : 0));
    assert_true(n == 1 || !ends_child || ends_sa);
    if (ends_sa)
        expect_nothing(to);
    else if (ends_child)
        expect_up_without_child(to);
    else
        assert_int_equal(info_of(to).n_children, 1);
    expect_events(to, IKE2_EVENT_SA_DOWN, ends_sa ? 1 : 0);
    expect_events(to, IKE2_EVENT_CHILD_DOWN, ends_sa || ends_child ? 1 : 0);
}

static void deletes_and_errors_in_one_message(uint64_t slow_ms)
{
    for (size_t n = 0; n < ITEMS * ITEMS * ITEMS; n++) {
        const enum item items[3] = { (enum item)(n % ITEMS), (enum item)(n / ITEMS % ITEMS),
                                     (enum item)(n / ITEMS / ITEMS) };
        void *world = NULL;
        struct side *from, *to;
        struct chain c;

        (void)attack_world(&world);
        from = n % 2 == 0 ? side_a(&world) : side_b(&world);
        to = n % 2 == 0 ? side_b(&world) : side_a(&world);
        bring_up_and_hold(&world);
        to->plans[ON_REMOVE] = (struct plan){ .manner = LATER, .ms = (uint32_t)slow_ms };
        chain_begin(&c);
        for (size_t i = 0; i < 3; i++)
            write_item(&c, items[i], to);
        say(from, to, INFO, &c);
        world_run(world, 2 * slow_ms);
        expect_as_said(from, to, items);
        world_free(world);
    }
}

static void deletes_and_errors_in_one_message_do_no_harm_in_any_order(void **state)
{
    (void)state;
    deletes_and_errors_in_one_message(0);
}

static void they_do_no_harm_while_the_data_plane_takes_its_time(void **state)
{
    (void)state;
    deletes_and_errors_in_one_message(SLOW_MS);
}

/* --- SPIs ----------------------------------------------------------------------------- */

/* `from` makes `n` more children at `to`, on SPIs from SPI_NEW on. */
static void make_children(struct side *from, struct side *to, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        struct chain c;

        chain_begin(&c);
        chain_child(&c, from, SPI_NEW + i);
        chain_nonce(&c, (uint8_t)i);
        say(from, to, CREATE, &c);
        assert_int_equal(reply_error(from), 0);
    }
    assert_int_equal(info_of(to).n_children, n + 1);
}

/* RFC 7296 1.4.1: each is closed, and each is told. */
static void one_delete_may_close_any_number_of_children(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    uint32_t spis[MANY];
    struct chain c;
    bool of_ike;

    bring_up_and_hold(state);
    make_children(a, b, MANY);
    for (uint32_t i = 0; i < MANY; i++)
        spis[i] = SPI_NEW + i;
    chain_begin(&c);
    chain_delete(&c, IKE2_PROTOCOL_ESP, spis, MANY);
    say(a, b, INFO, &c);
    assert_int_equal(info_of(b).n_children, 1);
    assert_int_equal(dataplane_count(&b->dataplane), 1);
    assert_int_equal(spis_deleted(a, &of_ike), MANY);
    expect_events(b, IKE2_EVENT_CHILD_DOWN, MANY);
    expect_talking(a, b);
}

static void children_of_another_sa_cannot_be_deleted(void **state)
{
    struct side *a = side_a(state), *b = side_b(state), *c;
    const ike2_ts anywhere = setup_net4(0, 0);
    uint32_t spis[2];
    struct chain chain;
    bool of_ike;

    c = world_add(*state, "c");
    setup_init(&c->setup, 3, 2);
    attack_setup(c);
    setup_selectors(&b->setup, 0, &anywhere, 1, &anywhere, 1);
    setup_ids(&b->setup, "side2.example.org", "%any");
    setup_ids(&c->setup, "side3.example.org", "side2.example.org");
    bring_up(a, b);
    initiate(c, b);
    world_run(*state, 1000);
    assert_int_equal(side_stats(b).children, 2);
    ((struct world *)*state)->net.is_held = true;
    /* The halves of the SA between a and b, from either end. */
    spis[0] = sending_of(a)->spi_in;
    spis[1] = sending_of(a)->spi_out;
    chain_begin(&chain);
    chain_delete(&chain, IKE2_PROTOCOL_ESP, spis, 2);
    say_as(c, b, (struct utterance){ .exchange = INFO, .message_id = 2 }, &chain);
    assert_int_equal(spis_deleted(c, &of_ike), 0);
    assert_int_equal(side_stats(b).children, 2);
    expect_events(b, IKE2_EVENT_CHILD_DOWN, 0);
    assert_int_equal(b->dataplane.n_removed, 0);
}

static void write_odd_delete(struct chain *c, uint8_t spi_size, uint16_t count)
{
    static const uint8_t zeros[256 * 2];

    ike2_delete_write(&c->w, &(ike2_delete){ .protocol = IKE2_PROTOCOL_ESP, .spi_size = spi_size,
                                             .count = count,
                                             .spis = { zeros, (size_t)spi_size * count } });
}

static void spis_of_another_size_delete_nothing(void **state)
{
    static const uint8_t sizes[] = { 0, 1, 3, 5, 8, 16, 200 };
    struct side *a = side_a(state), *b = side_b(state);

    bring_up_and_hold(state);
    for (size_t i = 0; i < 2 * sizeof sizes; i++) {
        struct chain c;

        chain_begin(&c);
        write_odd_delete(&c, sizes[i / 2], (uint16_t)(i % 2 * 2));
        say(a, b, INFO, &c);
        assert_int_equal(reply_error(a), 0);
    }
    expect_events(b, IKE2_EVENT_CHILD_DOWN, 0);
    expect_talking(a, b);
    expect_up(a, b);
}

/* The old pair of a rekeying receives a little longer; its Delete has been exchanged. */
static void a_pair_is_deleted_once(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    struct world *w = *state;
    struct heard h;
    ike2_delete d;

    bring_up(a, b);
    rekey_child(a);
    world_run(w, 200);
    assert_int_equal(dataplane_count(&a->dataplane), 2);
    w->net.is_held = true;
    close_child(a);
    assert_true(voice_hear(b, &h));
    assert_int_equal(ike2_delete_read(ike2_message_body(&h.message, IKE2_PAYLOAD_DELETE), &d),
                     IKE2_OK);
    assert_int_equal(d.count, 1);
}

/* --- Two rekeyings before one Delete: strongSwan 84a5208d ----------------------------- */

/* As Windows does it: the peer rekeys `old`, to receive on `spi`. */
static void rekey_as_peer(struct side *from, struct side *to, uint32_t old, uint32_t spi)
{
    uint32_t slow_ms = to->plans[ON_INSTALL].ms;
    struct chain c;

    chain_begin(&c);
    chain_rekey_notify(&c, old);
    chain_child(&c, from, spi);
    chain_nonce(&c, (uint8_t)spi);
    say(from, to, CREATE, &c);
    world_run(to->world, slow_ms);
    assert_int_equal(reply_error(from), 0);
}

static void delete_as_peer(struct side *from, struct side *to, uint32_t spi)
{
    struct chain c;

    chain_begin(&c);
    chain_delete(&c, IKE2_PROTOCOL_ESP, &spi, 1);
    say(from, to, INFO, &c);
}

/* Traffic goes by what the peer has not deleted. */
static void expect_sending_on_one_of(struct side *to, const uint32_t *spis, size_t n)
{
    const struct entry *e = dataplane_sending(&to->dataplane, child_of(to));
    bool is_one = false;

    if (e == NULL || e->halves != IKE2_HALF_BOTH)
        world_fail(to->world, to, "no pair to send on");
    for (size_t i = 0; i < n; i++)
        is_one = is_one || (e != NULL && e->spi_out == spis[i]);
    if (!is_one)
        world_fail(to->world, to, "a pair that the peer has deleted");
}

/* The three pairs, and in which order two of them are deleted. */
static void rekey_twice_then_delete(size_t order, bool in_a_row, uint32_t slow_ms)
{
    static const size_t orders[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
                                         { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
    const size_t *o = orders[order];
    uint32_t spis[3] = { 0, SPI_NEW, SPI_NEW + 1 }, left[2];
    void *world = NULL;
    struct world *w;
    struct side *a, *b;

    (void)attack_world(&world);
    a = side_a(&world);
    b = side_b(&world);
    w = world;
    w->note = "order";
    w->number = order;
    bring_up_and_hold(&world);
    for (size_t m = ON_INSTALL; m < MATTERS; m++)
        b->plans[m] = (struct plan){ .manner = slow_ms == 0 ? AT_ONCE : LATER, .ms = slow_ms };
    spis[0] = sending_of(b)->spi_out;
    rekey_as_peer(a, b, spis[0], spis[1]);
    rekey_as_peer(a, b, in_a_row ? spis[1] : spis[0], spis[2]);
    left[0] = spis[o[1]];
    left[1] = spis[o[2]];
    delete_as_peer(a, b, spis[o[0]]);
    world_run(w, 4 * (uint64_t)slow_ms);
    expect_sending_on_one_of(b, left, 2);
    delete_as_peer(a, b, left[0]);
    world_run(w, 4 * (uint64_t)slow_ms);
    expect_sending_on_one_of(b, &left[1], 1);
    expect_events(b, IKE2_EVENT_CHILD_DOWN, 0);
    assert_int_equal(info_of(b).n_children, 1);
    delete_as_peer(a, b, left[1]);
    world_run(w, 4 * (uint64_t)slow_ms);
    expect_up_without_child(b);
    world_free(w);
}

static void a_child_rekeyed_twice_sends_on_what_is_left_in_every_order(void **state)
{
    (void)state;
    for (size_t order = 0; order < 6; order++) {
        rekey_twice_then_delete(order, false, 0);
        rekey_twice_then_delete(order, true, 0);
    }
}

static void it_does_so_with_a_slow_data_plane(void **state)
{
    (void)state;
    for (size_t order = 0; order < 6; order++)
        rekey_twice_then_delete(order, false, SLOW_MS);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, attack_world, world_teardown)
    static const struct CMUnitTest tests[] = {
        CASE(messages_for_an_sa_that_was_refused_meet_no_state),
        CASE(messages_for_an_sa_that_was_deleted_meet_no_state),
        CASE(messages_for_an_sa_that_was_dropped_meet_no_state),
        cmocka_unit_test(deletes_and_errors_in_one_message_do_no_harm_in_any_order),
        cmocka_unit_test(they_do_no_harm_while_the_data_plane_takes_its_time),
        CASE(one_delete_may_close_any_number_of_children),
        CASE(children_of_another_sa_cannot_be_deleted),
        CASE(spis_of_another_size_delete_nothing),
        CASE(a_pair_is_deleted_once),
        cmocka_unit_test(a_child_rekeyed_twice_sends_on_what_is_left_in_every_order),
        cmocka_unit_test(it_does_so_with_a_slow_data_plane),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
