/* sim/test_packet.c - a Child SA that a packet waits for, whose selectors come first. RFC 7296
 * 2.9. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include <ike2/iana.h>

#include "sim/voice.h"

#define CASE(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

enum { LEFT = 0x0a010000, RIGHT = 0x0a020000, TCP = 6 };

static ike2_packet packet_between(uint32_t left, uint32_t right)
{
    ike2_packet p = { setup_net4(left, 32), setup_net4(right, 32) };

    p.local.protocol = p.remote.protocol = TCP;
    p.local.port_first = p.local.port_last = 40000;
    p.remote.port_first = p.remote.port_last = 443;
    return p;
}

/* Two networks, and b wants a Child SA for each pair of addresses, or has no such wish. */
static void prepare(struct side *a, struct side *b, ike2_toggle single_pair)
{
    const ike2_ts nets[] = { setup_net4(LEFT, 16), setup_net4(RIGHT, 16) };

    setup_selectors(&a->setup, 0, &nets[0], 1, &nets[1], 1);
    setup_selectors(&b->setup, 0, &nets[1], 1, &nets[0], 1);
    b->setup.children[0].single_pair = single_pair;
}

static void expect_selectors(const struct side *s, size_t pair, const ike2_ts *local,
                             const ike2_ts *remote)
{
    const struct entry *e = dataplane_pair(&s->dataplane, pair);

    assert_int_equal(e->n_ts_local, 1);
    assert_int_equal(e->n_ts_remote, 1);
    assert_memory_equal(&e->ts.local, local, sizeof *local);
    assert_memory_equal(&e->ts.remote, remote, sizeof *remote);
}

/* All protocols and ports between the two. */
static void expect_hosts(const struct side *a, const struct side *b, size_t pair, uint32_t left,
                         uint32_t right)
{
    const ike2_ts l = setup_net4(left, 32), r = setup_net4(right, 32);

    expect_selectors(a, pair, &l, &r);
    expect_selectors(b, pair, &r, &l);
}

static void connect_for(struct side *a, struct side *b, const ike2_packet *packet)
{
    a->packet = packet;
    initiate(a, b);
    world_run(a->world, 1000);
}

static void child_of_ike_auth_is_for_its_packet(void **state)
{
    const ike2_packet packet = packet_between(LEFT + 5, RIGHT + 9);
    struct side *a = side_a(state), *b = side_b(state);

    prepare(a, b, IKE2_ON);
    connect_for(a, b, &packet);
    expect_up(a, b);
    expect_hosts(a, b, 0, LEFT + 5, RIGHT + 9);
}

static void another_child_is_for_its_packet(void **state)
{
    const ike2_packet first = packet_between(LEFT + 5, RIGHT + 9),
                      second = packet_between(LEFT + 6, RIGHT + 9);
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    ike2_child_id child;

    prepare(a, b, IKE2_ON);
    connect_for(a, b, &first);
    assert_int_equal(ike2_child_create_for(a->ep, w->now, sa_of_side(a), 0, &second, &child),
                     IKE2_OK);
    side_drain(a, w->now);
    world_run(w, 1000);
    assert_int_equal(info_of(a).n_children, 2);
    expect_hosts(a, b, 1, LEFT + 6, RIGHT + 9);
}

static void narrowed_child_keeps_its_selectors(void **state)
{
    const ike2_packet packet = packet_between(LEFT + 5, RIGHT + 9);
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    prepare(a, b, IKE2_ON);
    connect_for(a, b, &packet);
    assert_int_equal(ike2_child_rekey(a->ep, w->now, ike2_child_next(a->ep, 0, 0), 0), IKE2_OK);
    side_drain(a, w->now);
    world_run(w, 1000);
    expect_events(a, IKE2_EVENT_CHILD_REKEYED, 1);
    expect_hosts(a, b, 1, LEFT + 5, RIGHT + 9);
}

/* The packet is part of the networks, and leaves no trace where those are allowed. */
static void who_allows_all_gets_all(void **state)
{
    const ike2_packet packet = packet_between(LEFT + 5, RIGHT + 9);
    const ike2_ts l = setup_net4(LEFT, 16), r = setup_net4(RIGHT, 16);
    struct side *a = side_a(state), *b = side_b(state);

    prepare(a, b, IKE2_OFF);
    connect_for(a, b, &packet);
    expect_up(a, b);
    expect_selectors(a, 0, &l, &r);
    expect_selectors(b, 0, &r, &l);
}

/* A peer may answer with the packet beside what contains it: that is what it contains. */
static void packet_in_the_answer_is_part_of_the_rest(void **state)
{
    const ike2_packet packet = packet_between(LEFT + 5, RIGHT + 9);
    const ike2_ts l[] = { packet.local, setup_net4(LEFT, 16) },
                  r[] = { packet.remote, setup_net4(RIGHT, 16) };
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    struct utterance answer = { .exchange = IKE2_EXCHANGE_CREATE_CHILD_SA, .kind = RESPONSE };
    uint8_t room[512];
    ike2_child_id child;
    struct heard h;
    ike2_writer writer;
    ike2_walk walk;
    ike2_payload p;

    prepare(a, b, IKE2_OFF);
    connect_for(a, b, NULL);
    w->net.is_held = true;
    assert_int_equal(ike2_child_create_for(a->ep, w->now, sa_of_side(a), 0, &packet, &child),
                     IKE2_OK);
    side_drain(a, w->now);
    passes(a, b, IKE2_EXCHANGE_CREATE_CHILD_SA, REQUEST);
    assert_true(voice_overhear(b, a, &h));
    answer.message_id = h.message.header.message_id;
    voice_begin(&writer, room);
    ike2_payload_walk(&walk, h.message.first, h.message.chain);
    while (ike2_payload_next(&walk, &p)) {
        if (p.type == IKE2_PAYLOAD_TSI || p.type == IKE2_PAYLOAD_TSR) {
            ike2_ts_write(&writer, p.type, p.type == IKE2_PAYLOAD_TSI ? l : r, 2);
            continue;
        }
        ike2_payload_begin(&writer, p.type, p.critical);
        ike2_octets_write(&writer, p.body);
        ike2_payload_end(&writer);
    }
    speak_written(b, a, answer, &writer);
    assert_int_equal(info_of(a).n_children, 2);
    expect_selectors(a, 1, &l[1], &r[1]);
}

static void responder_takes_the_template_of_the_packet(void **state)
{
    const ike2_packet packet = packet_between(LEFT + 5, RIGHT + 0x109);
    const ike2_ts left = setup_net4(LEFT, 16);
    const ike2_ts parts[] = { setup_net4(RIGHT, 24), setup_net4(RIGHT + 0x100, 24) };
    struct side *a = side_a(state), *b = side_b(state);

    prepare(a, b, IKE2_OFF);
    b->setup.peer.n_children = 2;
    setup_selectors(&b->setup, 0, &parts[0], 1, &left, 1);
    setup_selectors(&b->setup, 1, &parts[1], 1, &left, 1);
    connect_for(a, b, &packet);
    expect_selectors(a, 0, &left, &parts[1]);
}

/* RFC 7296 2.23.1: a client behind a NAT, whose packet has its own address. */
static void transport_mode_through_a_nat_has_its_packet(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    ike2_packet packet = packet_between(0, 0);
    const struct entry *e;

    memcpy(packet.local.first, a->addr.ip, 4);
    memcpy(packet.local.last, a->addr.ip, 4);
    memcpy(packet.remote.first, b->addr.ip, 4);
    memcpy(packet.remote.last, b->addr.ip, 4);
    for (size_t i = 0; i < 2; i++) {
        ike2_child_config *child = &w->sides[i]->setup.children[0];

        child->transport = IKE2_WANT_REQUIRE;
        child->n_ts_local = child->n_ts_remote = 0;
    }
    /* Of what b allows, the second template holds the packet. */
    b->setup.peer.n_children = 2;
    b->setup.children[1].transport = IKE2_WANT_REQUIRE;
    b->setup.children[1].n_ts_remote = 0;
    b->setup.child_rooms[0].local[0] = b->setup.child_rooms[1].local[0] = packet.remote;
    b->setup.child_rooms[0].local[0].port_first = b->setup.child_rooms[0].local[0].port_last = 80;
    b->setup.children[0].n_ts_local = 1;
    w->net.nats[0] = (struct nat_box){
        .is_on = true, .inside = a->addr, .first_port = 20000,
        .outside = { .family = 4, .ip = { 198, 51, 100, 9 } },
    };
    connect_for(a, b, &packet);
    e = dataplane_sending(&a->dataplane, ike2_child_next(a->ep, 0, 0));
    assert_non_null(e);
    assert_true(e->transport);
    assert_int_equal(e->n_ts_local + e->n_ts_remote, 2);
    assert_memory_equal(&e->ts.remote, &packet.remote, sizeof packet.remote);
    assert_memory_equal(e->ts.local.first, a->addr.ip, 4);
    e = dataplane_sending(&b->dataplane, ike2_child_next(b->ep, 0, 0));
    assert_non_null(e);
    assert_memory_equal(e->ts.remote.first, w->net.nats[0].outside.ip, 4);
}

static void packet_of_other_networks_is_left_out(void **state)
{
    const ike2_packet packet = packet_between(LEFT + 5, 0x0b000009);
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    prepare(a, b, IKE2_ON);
    b->setup.child_rooms[0].local[0] = setup_net4(0x0a000000, 7); /* b would allow it */
    a->packet = &packet;
    initiate(a, b);
    world_run(w, 5000);
    expect_up_without_child(a);
    expect_child_down(a, IKE2_REASON_SELECTORS, IKE2_NOTIFY_SINGLE_PAIR_REQUIRED);
}

static void template_without_room_goes_without_its_packet(void **state)
{
    const ike2_packet packet = packet_between(LEFT + 5, RIGHT + 9);
    struct side *a = side_a(state), *b = side_b(state);
    ike2_ts hosts[SETUP_TS], right = setup_net4(RIGHT, 16);

    for (size_t i = 0; i < SETUP_TS; i++)
        hosts[i] = setup_net4(LEFT + (uint32_t)i, 32);
    prepare(a, b, IKE2_OFF);
    setup_selectors(&a->setup, 0, hosts, SETUP_TS, &right, 1);
    connect_for(a, b, &packet);
    expect_up(a, b);
    assert_int_equal(dataplane_pair(&a->dataplane, 0)->n_ts_local, SETUP_TS);
}

static uint64_t octets_of(const struct side *s)
{
    ike2_stats stats = IKE2_INIT(ike2_stats);

    assert_int_equal(ike2_stats_get(s->ep, &stats), IKE2_OK);
    return stats.octets_held;
}

static void nothing_is_left_of_the_packet_when_its_child_is_up(void **state)
{
    const ike2_packet packet = packet_between(LEFT + 5, RIGHT + 9);
    struct side *a = side_a(state), *b = side_b(state);
    uint64_t without;

    prepare(a, b, IKE2_OFF);
    connect_for(a, b, NULL);
    without = octets_of(a);
    close_sa(a);
    world_run(a->world, 60 * 1000);
    connect_for(a, b, &packet);
    expect_up(a, b);
    assert_int_equal(octets_of(a), without);
}

static void attempt_that_is_given_up_leaves_no_packet(void **state)
{
    const ike2_packet packet = packet_between(LEFT + 5, RIGHT + 9);
    struct side *a = side_a(state), *b = side_b(state);

    prepare(a, b, IKE2_OFF);
    a->packet = &packet;
    initiate(a, b);
    assert_int_equal(ike2_sa_drop(a->ep, a->world->now, sa_of_side(a)), IKE2_OK);
    side_drain(a, a->world->now);
    expect_nothing(a);
}

static void what_is_no_packet_is_refused(void **state)
{
    ike2_packet packets[3] = { packet_between(LEFT, RIGHT), packet_between(LEFT, RIGHT),
                               packet_between(LEFT, RIGHT) };
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    ike2_child_id child = 7;

    packets[0].local = setup_net4(LEFT, 31);
    packets[1].remote.type = IKE2_TS_IPV6_ADDR_RANGE;
    packets[2].local.type = packets[2].remote.type = IKE2_TS_FC_ADDR_RANGE;
    prepare(a, b, IKE2_OFF);
    for (size_t i = 0; i < 3; i++) {
        a->packet = &packets[i];
        assert_int_equal(side_connect_to(a, w->now, &b->addr, IKE2_ENCAP_NONE),
                         IKE2_ERR_ARGUMENT);
    }
    a->packet = NULL;
    initiate(a, b);
    world_run(w, 1000);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(ike2_child_create_for(a->ep, w->now, sa_of_side(a), 0, &packets[i],
                                               &child),
                         IKE2_ERR_ARGUMENT);
    assert_int_equal(child, 7);
    assert_int_equal(info_of(a).n_children, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(child_of_ike_auth_is_for_its_packet),
        CASE(another_child_is_for_its_packet),
        CASE(narrowed_child_keeps_its_selectors),
        CASE(who_allows_all_gets_all),
        CASE(packet_in_the_answer_is_part_of_the_rest),
        CASE(responder_takes_the_template_of_the_packet),
        CASE(transport_mode_through_a_nat_has_its_packet),
        CASE(packet_of_other_networks_is_left_out),
        CASE(template_without_room_goes_without_its_packet),
        CASE(nothing_is_left_of_the_packet_when_its_child_is_up),
        CASE(attempt_that_is_given_up_leaves_no_packet),
        CASE(what_is_no_packet_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
