/* sim/test_nat.c - NATs on the way, real and pretended. RFC 7296 2.23; RFC 3948 2.2, 2.3. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "sim/scenario.h"

enum { FIRST_PORT = 20000 };

static void put_nat(struct world *w, size_t which, const struct side *inside, uint16_t first_port)
{
    w->net.nats[which] = (struct nat_box){
        .is_on = true, .inside = inside->addr, .first_port = first_port,
        .outside = { .family = 4, .ip = { 198, 51, 100, (uint8_t)(which + 1) } },
    };
}

static void expect_encap(struct side *s, uint8_t encap)
{
    const struct entry *e = dataplane_pair(&s->dataplane, 0);

    assert_int_equal(e->encap, encap);
    assert_int_equal(e->path.encap, encap);
    assert_int_equal(e->path.local.port, encap == IKE2_ENCAP_UDP ? 4500 : 500);
}

static void without_a_nat_port_500_is_kept(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    bring_up(a, b);
    assert_false(info_of(a).nat_local || info_of(a).nat_remote);
    assert_false(info_of(b).nat_local || info_of(b).nat_remote);
    expect_encap(a, IKE2_ENCAP_NONE);
    expect_encap(b, IKE2_ENCAP_NONE);
}

static void an_initiator_behind_a_nat_goes_to_port_4500(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    const struct entry *e;

    put_nat(w, 0, a, FIRST_PORT);
    bring_up(a, b);
    assert_true(info_of(a).nat_local && !info_of(a).nat_remote);
    assert_true(info_of(b).nat_remote && !info_of(b).nat_local);
    expect_encap(a, IKE2_ENCAP_UDP);
    expect_encap(b, IKE2_ENCAP_UDP);
    e = dataplane_pair(&b->dataplane, 0);
    assert_int_equal(e->path.remote.ip[0], 198);
    assert_int_equal(e->path.remote.port, FIRST_PORT + 1); /* the binding of port 4500 */
}

static void a_responder_behind_a_nat_is_found(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    put_nat(w, 0, b, 0);
    bring_up(a, b);
    assert_true(info_of(a).nat_remote && !info_of(a).nat_local);
    assert_true(info_of(b).nat_local && !info_of(b).nat_remote);
    expect_encap(a, IKE2_ENCAP_UDP);
    expect_encap(b, IKE2_ENCAP_UDP);
}

static void both_may_be_behind_nats(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    put_nat(w, 0, a, FIRST_PORT);
    put_nat(w, 1, b, 0);
    bring_up(a, b);
    assert_true(info_of(a).nat_remote && info_of(a).nat_local);
    expect_encap(b, IKE2_ENCAP_UDP);
    close_sa(b);
    world_run(w, 1000);
    expect_nothing(a);
    expect_nothing(b);
}

static void either_side_can_pretend_to_be_behind_a_nat(void **state)
{
    struct world *w = *state;

    for (size_t i = 0; i < 2; i++) {
        struct side *pretender = w->sides[i], *other = w->sides[1 - i];

        pretender->setup.peer.force_encap = IKE2_ON;
        other->setup.peer.force_encap = IKE2_OFF;
        for (size_t j = 0; j < 2; j++) {
            assert_int_equal(side_start(w->sides[j], w->now), IKE2_OK);
            assert_int_equal(side_define(w->sides[j], &w->sides[j]->peer), IKE2_OK);
        }
        bring_up(w->sides[0], w->sides[1]);
        assert_true(info_of(pretender).nat_local);
        assert_true(info_of(other).nat_remote);
        expect_encap(pretender, IKE2_ENCAP_UDP);
        expect_encap(other, IKE2_ENCAP_UDP);
        close_sa(w->sides[0]);
        world_run(w, 1000);
    }
}

static void an_attempt_may_begin_on_port_4500(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    assert_int_equal(side_start(b, w->now), IKE2_OK);
    assert_int_equal(side_connect_to(a, w->now, &b->addr, IKE2_ENCAP_UDP), IKE2_OK);
    world_run(w, 1000);
    expect_up(a, b);
    assert_int_equal(info_of(a).path.encap, IKE2_ENCAP_UDP);
    /* There is no NAT, so ESP goes without encapsulation. */
    assert_int_equal(dataplane_pair(&a->dataplane, 0)->encap, IKE2_ENCAP_NONE);
}

/* RFC 3948 4: by the side that is behind the NAT, when it has nothing else to say. */
static void keepalives_hold_the_binding(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    uint64_t sent;

    put_nat(w, 0, a, FIRST_PORT);
    a->setup.peer.liveness_seconds = b->setup.peer.liveness_seconds = IKE2_NEVER;
    bring_up(a, b);
    sent = a->counts.sent;
    world_run(w, 100 * 1000);
    assert_int_equal(a->counts.keepalives, 5);
    assert_int_equal(a->counts.sent, sent + 5);
    assert_int_equal(b->counts.keepalives, 0);
    assert_int_equal(drops(b, IKE2_DROP_GARBAGE), 0);
    expect_up(a, b);
}

static void keepalives_can_be_switched_off(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    put_nat(w, 0, a, FIRST_PORT);
    a->setup.peer.liveness_seconds = b->setup.peer.liveness_seconds = IKE2_NEVER;
    a->setup.peer.nat_keepalive_seconds = IKE2_NEVER;
    bring_up(a, b);
    world_run(w, 24 * 3600 * 1000);
    assert_int_equal(a->counts.keepalives, 0);
}

static void a_request_from_a_new_binding_is_answered_there(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    uint64_t heard;

    put_nat(w, 0, a, FIRST_PORT);
    bring_up(a, b);
    net_rebind(&w->net, 0, FIRST_PORT + 100);
    heard = info_of(a).last_in_at;
    assert_int_equal(ike2_sa_probe(a->ep, w->now, sa_of_side(a)), IKE2_OK);
    side_drain(a, w->now);
    world_run(w, 1000);
    assert_true(info_of(a).last_in_at > heard);
    expect_up(a, b);
}

/* The NAT has forgotten the binding, so nobody has heard the request yet: it is not given up
 * because one more is lost. */
static void an_open_request_begins_anew_at_the_new_binding(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    put_nat(w, 0, a, FIRST_PORT);
    a->setup.peer.liveness_seconds = b->setup.peer.liveness_seconds = IKE2_NEVER;
    bring_up(a, b);
    net_rebind(&w->net, 0, FIRST_PORT + 100);
    assert_int_equal(ike2_sa_probe(b->ep, w->now, sa_of_side(b)), IKE2_OK);
    side_drain(b, w->now);
    world_run(w, 30 * 1000);
    assert_int_equal(ike2_sa_probe(a->ep, w->now, sa_of_side(a)), IKE2_OK);
    side_drain(a, w->now);
    w->net.is_held = true;
    passes(a, b, IKE2_EXCHANGE_INFORMATIONAL, REQUEST);
    passes(b, a, IKE2_EXCHANGE_INFORMATIONAL, RESPONSE);
    world_run(w, 1000);
    loses(b, a, IKE2_EXCHANGE_INFORMATIONAL, REQUEST);
    w->net.is_held = false;
    world_run(w, 120 * 1000);
    expect_events(b, IKE2_EVENT_SA_MOVED, 1);
    expect_up(a, b);
}

static bool is_host(const ike2_ts *ts, const uint8_t ip[4])
{
    return memcmp(ts->first, ip, 4) == 0 && memcmp(ts->last, ip, 4) == 0;
}

/* RFC 7296 2.23.1: one address in TSi and in TSr; each side uses those that its packets have, and
 * keeps the original ones. */
static void transport_mode_has_the_addresses_of_the_packets(void **state)
{
    struct world *w = *state;

    for (size_t i = 0; i < 2; i++) { /* the NAT is in front of the initiator, of the responder */
        struct side *a = w->sides[i], *b = w->sides[1 - i];
        const struct entry *at_a, *at_b;
        const uint8_t *outside;

        for (size_t j = 0; j < 2; j++) {
            w->sides[j]->setup.children[0].transport = IKE2_WANT_PREFER;
            w->sides[j]->setup.children[0].n_ts_local = 0;
            w->sides[j]->setup.children[0].n_ts_remote = 0;
        }
        w->net.nats[0].is_on = false;
        put_nat(w, 0, a, i == 0 ? FIRST_PORT : 0);
        outside = w->net.nats[0].outside.ip;
        initiate(w->sides[0], w->sides[1]);
        world_run(w, 1000);
        at_a = dataplane_sending(&a->dataplane, ike2_child_next(a->ep, 0, 0));
        at_b = dataplane_sending(&b->dataplane, ike2_child_next(b->ep, 0, 0));
        assert_non_null(at_a);
        assert_non_null(at_b);
        assert_true(at_a->transport && at_b->transport);
        assert_int_equal(at_a->n_ts_local + at_a->n_ts_remote, 2);
        assert_int_equal(at_b->n_ts_local + at_b->n_ts_remote, 2);
        assert_true(is_host(&at_a->ts.local, a->addr.ip) && is_host(&at_a->ts.remote, b->addr.ip));
        assert_true(is_host(&at_b->ts.local, b->addr.ip) && is_host(&at_b->ts.remote, outside));
        close_sa(a);
        world_run(w, 1000);
    }
}

static void probe(struct side *s)
{
    assert_int_equal(ike2_sa_probe(s->ep, s->world->now, sa_of_side(s)), IKE2_OK);
    side_drain(s, s->world->now);
}

/* RFC 7296 2.23: whoever sends a datagram from elsewhere could lead us astray. */
static void who_is_behind_a_nat_stays_where_it_is(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    uint16_t port;

    put_nat(w, 0, a, FIRST_PORT);
    put_nat(w, 1, b, 0);
    bring_up(a, b);
    port = info_of(b).path.remote.port;
    net_rebind(&w->net, 0, FIRST_PORT + 100);
    probe(a);
    world_run(w, 1000);
    assert_int_equal(info_of(b).path.remote.port, port);
    expect_events(b, IKE2_EVENT_SA_MOVED, 0);
    expect_up(a, b); /* it has been answered where it came from */
}

/* RFC 7296 2.23: the sender did not know which of its addresses the message would have. */
static void one_of_several_source_hashes_is_enough(void **state)
{
    enum { HEADER = 28, LENGTH = 24, SOURCE = 28 /* octets of the notify */ };
    static const uint8_t type[] = { 0, 0, 0x40, 0x04 }; /* NAT_DETECTION_SOURCE_IP, no SPI */
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    uint8_t octets[2048], *second;
    struct packet *p;
    size_t at = HEADER;

    w->net.is_held = true;
    initiate(a, b);
    p = net_peek(&w->net, &b->addr);
    assert_non_null(p);
    memcpy(octets, p->octets, p->len);
    while (octets[at] != 0) /* to the last payload; behind it comes another one */
        at += (size_t)octets[at + 2] << 8 | octets[at + 3];
    octets[at] = IKE2_PAYLOAD_NOTIFY;
    second = octets + p->len;
    for (at = HEADER; memcmp(octets + at + 4, type, sizeof type) != 0;)
        at += (size_t)octets[at + 2] << 8 | octets[at + 3];
    memcpy(second, octets + at, SOURCE);
    second[0] = 0;
    octets[at + SOURCE - 1] ^= 1; /* the first one is of another address */
    octets[LENGTH + 2] = (uint8_t)((p->len + SOURCE) >> 8);
    octets[LENGTH + 3] = (uint8_t)(p->len + SOURCE);
    inject(a, b, 500, (ike2_bytes){ octets, p->len + SOURCE });
    assert_int_equal(side_stats(b).sas, 1);
    assert_false(info_of(b).nat_remote || info_of(b).nat_local);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)
    static const struct CMUnitTest tests[] = {
        CASE(without_a_nat_port_500_is_kept),
        CASE(an_initiator_behind_a_nat_goes_to_port_4500),
        CASE(a_responder_behind_a_nat_is_found),
        CASE(both_may_be_behind_nats),
        CASE(either_side_can_pretend_to_be_behind_a_nat),
        CASE(an_attempt_may_begin_on_port_4500),
        CASE(keepalives_hold_the_binding),
        CASE(keepalives_can_be_switched_off),
        CASE(a_request_from_a_new_binding_is_answered_there),
        CASE(an_open_request_begins_anew_at_the_new_binding),
        CASE(transport_mode_has_the_addresses_of_the_packets),
        CASE(who_is_behind_a_nat_stays_where_it_is),
        CASE(one_of_several_source_hashes_is_enough),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
