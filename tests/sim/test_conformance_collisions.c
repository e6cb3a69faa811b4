/* sim/test_conformance_collisions.c - what RFC 7296 requires of requests that meet others. 1.3.2,
 * 1.4.1, 2.8.2, 2.25, 2.25.1, 2.25.2. doc/conformance names these tests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/bytes.h"
#include "sim/scenario.h"
#include "sim/voice.h"

#define CASE(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

enum { CREATE = IKE2_EXCHANGE_CREATE_CHILD_SA, INFO = IKE2_EXCHANGE_INFORMATIONAL, SPI = 4 };

static void rekey_sa(struct side *s)
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

/* The next message to this side, which does not hear it; it is sent again when it was a request. */
static void overhear(struct side *to, uint8_t exchange, enum kind_of_message kind,
                     struct heard *heard)
{
    assert_true(voice_hear(to, heard));
    assert_int_equal(heard->message.header.exchange, exchange);
    assert_int_equal((heard->message.header.flags & IKE2_FLAG_RESPONSE) != 0, kind == RESPONSE);
}

static bool says(const struct heard *heard, uint16_t type)
{
    ike2_notify n;

    return ike2_message_notify(&heard->message, type, &n);
}

static size_t n_deletes(const struct heard *heard)
{
    return ike2_message_count(&heard->message, IKE2_PAYLOAD_DELETE);
}

/* The network is let go, and all that was lost is said again. */
static void let_go(struct world *w)
{
    w->net.is_held = false;
    world_run(w, 60 * 1000);
}

/* --- Child SAs ---------------------------------------------------------------------------- */

/* RFC 7296 1.4.1, 2.25.1 */
static void crossing_deletes_are_answered_without_a_delete(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    struct heard heard;

    bring_up(a, b);
    w->net.is_held = true;
    close_child(a);
    close_child(b);
    passes(b, a, INFO, REQUEST);
    overhear(b, INFO, REQUEST, &heard); /* HDR, SK {D} --> */
    assert_int_equal(n_deletes(&heard), 1);
    overhear(b, INFO, RESPONSE, &heard); /* HDR, SK {} --> */
    assert_int_equal(n_deletes(&heard), 0);
    let_go(w);
    expect_up_without_child(a);
    expect_up_without_child(b);
    expect_events(a, IKE2_EVENT_CHILD_DOWN, 1);
    expect_events(b, IKE2_EVENT_CHILD_DOWN, 1);
}

/* RFC 7296 2.25.1: it is being closed, which is a temporary condition. */
static void a_child_that_is_being_closed_is_not_rekeyed(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    struct heard heard;

    bring_up(a, b);
    w->net.is_held = true;
    close_child(a);
    rekey_child(b);
    passes(b, a, CREATE, REQUEST);
    overhear(b, INFO, REQUEST, &heard);
    overhear(b, CREATE, RESPONSE, &heard);
    assert_true(says(&heard, IKE2_NOTIFY_TEMPORARY_FAILURE));
    let_go(w);
    expect_up_without_child(a);
    expect_up_without_child(b);
}

/* RFC 7296 2.25.1: as usual, with a Delete. */
static void a_child_may_be_closed_while_it_is_rekeyed(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    struct heard heard;

    bring_up(a, b);
    w->net.is_held = true;
    rekey_child(a);
    close_child(b);
    passes(b, a, INFO, REQUEST);
    overhear(b, CREATE, REQUEST, &heard);
    overhear(b, INFO, RESPONSE, &heard);
    assert_int_equal(n_deletes(&heard), 1);
    let_go(w);
    expect_up_without_child(b);
    expect_up_without_child(a);
    expect_child_down(b, IKE2_REASON_LOCAL, 0);
}

/* RFC 7296 2.25.2: likewise while the IKE SA is rekeyed. */
static void a_child_may_be_closed_while_the_sa_is_rekeyed(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    struct heard heard;

    bring_up(a, b);
    w->net.is_held = true;
    rekey_sa(a);
    close_child(b);
    passes(b, a, INFO, REQUEST);
    overhear(b, CREATE, REQUEST, &heard);
    overhear(b, INFO, RESPONSE, &heard);
    assert_int_equal(n_deletes(&heard), 1);
    let_go(w);
    expect_up_without_child(a);
    expect_up_without_child(b);
    expect_events(a, IKE2_EVENT_SA_REKEYED, 1);
}

static void say_rekey_of(struct side *from, struct side *to, const uint8_t spi[SPI])
{
    const ike2_notify n = { .type = IKE2_NOTIFY_REKEY_SA, .protocol = IKE2_PROTOCOL_ESP,
                            .spi = { spi, SPI } };
    const ike2_ts here = setup_net4(0x0a010000, 16), there = setup_net4(0x0a020000, 16);
    const uint8_t fresh[SPI] = { 7, 7, 7, 7 }, nonce[32] = { 1 };
    ike2_proposal p = from->setup.children[0].proposals[0];
    uint8_t room[512];
    ike2_writer w;

    p.spi = bytes_of(fresh, sizeof fresh);
    voice_begin(&w, room);
    ike2_notify_write(&w, &n);
    ike2_sa_write(&w, &p, 1);
    ike2_data_write(&w, IKE2_PAYLOAD_NONCE, bytes_of(nonce, sizeof nonce));
    ike2_ts_write(&w, IKE2_PAYLOAD_TSI, &here, 1);
    ike2_ts_write(&w, IKE2_PAYLOAD_TSR, &there, 1);
    speak_written(from, to, (struct utterance){ .exchange = CREATE,
                                                .message_id = voice_next_id(to) }, &w);
}

/* RFC 7296 2.25: the notify names what was not found. */
static void a_child_that_is_not_there_is_not_found(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    const uint8_t spi[SPI] = { 9, 9, 9, 9 };
    struct heard heard;
    ike2_notify n;

    setup_esp(&a->setup, 0, "aes256gcm16-noesn");
    bring_up(a, b);
    w->net.is_held = true;
    say_rekey_of(a, b, spi);
    overhear(a, CREATE, RESPONSE, &heard);
    assert_true(ike2_message_notify(&heard.message, IKE2_NOTIFY_CHILD_SA_NOT_FOUND, &n));
    assert_int_equal(n.protocol, IKE2_PROTOCOL_ESP);
    assert_int_equal(n.spi.len, SPI);
    assert_memory_equal(n.spi.ptr, spi, SPI);
    expect_up(a, b);
}

/* `from` says that it has deleted its only Child SA, and does not know it itself. */
static void lose_child(struct side *from, struct side *to)
{
    ike2_child_info info = IKE2_INIT(ike2_child_info);
    ike2_delete d = { .protocol = IKE2_PROTOCOL_ESP, .spi_size = SPI, .count = 1 };
    uint8_t room[512], spi[SPI];
    struct heard heard;
    ike2_writer w;

    assert_int_equal(ike2_child_get(from->ep, ike2_child_next(from->ep, 0, 0), &info), IKE2_OK);
    for (size_t i = 0; i < SPI; i++)
        spi[i] = (uint8_t)(info.pair->spi_in >> (24 - 8 * i));
    d.spis = bytes_of(spi, sizeof spi);
    voice_begin(&w, room);
    ike2_delete_write(&w, &d);
    speak_written(from, to, (struct utterance){ .exchange = INFO,
                                                .message_id = voice_next_id(to) }, &w);
    overhear(from, INFO, RESPONSE, &heard);
    assert_int_equal(n_deletes(&heard), 1);
    voice_sa(from)->window.next_out++;
}

/* RFC 7296 2.25: what the peer does not have goes without a word, and a new one is made. */
static void a_child_that_the_peer_has_lost_is_made_anew(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    bring_up(a, b);
    w->net.is_held = true;
    lose_child(a, b);
    expect_up_without_child(b);
    rekey_child(a);
    passes(a, b, CREATE, REQUEST);
    passes(b, a, CREATE, RESPONSE); /* N(CHILD_SA_NOT_FOUND) */
    passes(a, b, CREATE, REQUEST);  /* not a Delete */
    passes(b, a, CREATE, RESPONSE);
    nothing_flies(w);
    let_go(w);
    expect_up(a, b);
    expect_events(a, IKE2_EVENT_CHILD_DOWN, 0);
}

/* --- IKE SAs ------------------------------------------------------------------------------ */

/* RFC 7296 1.3.2: not even while the new keys are still being computed. */
static void nothing_new_begins_while_the_peer_rekeys_the_sa(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    b->setup.endpoint.offload = IKE2_OFFLOAD_KE;
    setup_esp(&b->setup, 0, "aes256gcm16-noesn"); /* needs no key exchange */
    bring_up(a, b);
    b->plans[ON_KE] = (struct plan){ .manner = LATER, .ms = 3000 };
    w->net.is_held = true;
    rekey_sa(a);
    passes(a, b, CREATE, REQUEST);
    rekey_child(b);
    nothing_flies(w);
    world_run(w, 400);
    nothing_flies(w);
    b->plans[ON_KE] = (struct plan){ .manner = AT_ONCE };
    let_go(w);
    expect_events(a, IKE2_EVENT_SA_REKEYED, 1);
    expect_events(b, IKE2_EVENT_SA_REKEYED, 1);
    expect_events(a, IKE2_EVENT_CHILD_REKEYED, 1);
    expect_events(b, IKE2_EVENT_CHILD_REKEYED, 1);
    expect_up(a, b);
}

/* RFC 7296 2.8.2, 2.25.2: a request that comes after its SA has been replaced. */
static void a_rekeyed_sa_is_not_rekeyed_again(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    uint8_t late[1024];
    struct heard heard;
    struct packet *p;
    size_t len;

    bring_up(a, b);
    w->net.is_held = true;
    rekey_sa(b);
    p = net_peek(&w->net, &a->addr);
    assert_non_null(p);
    len = p->len;
    assert_true(len <= sizeof late);
    memcpy(late, p->octets, len);
    net_remove(&w->net, p);
    rekey_sa(a);
    passes(a, b, CREATE, REQUEST);
    passes(b, a, CREATE, RESPONSE); /* a has not noticed that b asked as well */
    expect_events(a, IKE2_EVENT_SA_REKEYED, 1);
    inject(b, a, 500, bytes_of(late, len));
    overhear(b, INFO, REQUEST, &heard); /* the Delete of the old SA */
    overhear(b, CREATE, RESPONSE, &heard);
    assert_true(says(&heard, IKE2_NOTIFY_TEMPORARY_FAILURE));
    let_go(w);
    expect_events(a, IKE2_EVENT_SA_REKEYED, 1);
    expect_events(b, IKE2_EVENT_SA_REKEYED, 1);
    expect_up(a, b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(crossing_deletes_are_answered_without_a_delete),
        CASE(a_child_that_is_being_closed_is_not_rekeyed),
        CASE(a_child_may_be_closed_while_it_is_rekeyed),
        CASE(a_child_may_be_closed_while_the_sa_is_rekeyed),
        CASE(a_child_that_is_not_there_is_not_found),
        CASE(a_child_that_the_peer_has_lost_is_made_anew),
        CASE(nothing_new_begins_while_the_peer_rekeys_the_sa),
        CASE(a_rekeyed_sa_is_not_rekeyed_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
