/* sim/attack.c - what the tests of attacks share. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/bytes.h"
#include "sa/sa.h"
#include "sim/attack.h"

enum { SPI_OCTETS = 4, IKE_SPI_OCTETS = 8, NONCE_OCTETS = 32, DELETES_MAX = 100 };
enum { ROUND_TRIP_MS = 100 };

/* --- Before the attack ---------------------------------------------------------------- */

void attack_setup(struct side *s)
{
    setup_ike(&s->setup, "aes256gcm16-prfsha384-x25519");
    setup_esp(&s->setup, 0, "aes256gcm16-noesn");
    setup_esp(&s->setup, 1, "aes256gcm16-noesn");
}

int attack_world(void **state)
{
    (void)world_setup(state);
    attack_setup(side_a(state));
    attack_setup(side_b(state));
    return 0;
}

void until_auth(struct side *a, struct side *b)
{
    a->world->net.is_held = true;
    initiate(a, b);
    passes(a, b, IKE2_EXCHANGE_IKE_SA_INIT, REQUEST);
    passes(b, a, IKE2_EXCHANGE_IKE_SA_INIT, RESPONSE);
    assert_non_null(net_peek(&a->world->net, &b->addr));
}

/* --- What is said --------------------------------------------------------------------- */

void chain_begin(struct chain *c)
{
    voice_begin(&c->w, c->room);
}

void chain_child(struct chain *c, const struct side *s, uint32_t spi)
{
    const struct setup_child *room = &s->setup.child_rooms[0];
    ike2_proposal p = room->proposals.list[0];
    uint8_t octets[SPI_OCTETS];

    for (size_t i = 0; i < SPI_OCTETS; i++)
        octets[i] = (uint8_t)(spi >> (24 - 8 * i));
    p.spi = bytes_of(octets, SPI_OCTETS);
    ike2_sa_write(&c->w, &p, 1);
    ike2_ts_write(&c->w, IKE2_PAYLOAD_TSI, room->local, 1);
    ike2_ts_write(&c->w, IKE2_PAYLOAD_TSR, room->remote, 1);
}

/* The fake provider takes any octets for a public value of that method. */
void chain_rekey_sa(struct chain *c, const struct side *s, uint64_t spi, uint16_t method)
{
    ike2_proposal p = s->setup.ike.list[0];
    uint8_t octets[IKE_SPI_OCTETS], value[256];
    ike2_ke_payload ke = { .method = method != 0 ? method : IKE2_KE_CURVE25519 };

    for (size_t i = 0; i < IKE_SPI_OCTETS; i++)
        octets[i] = (uint8_t)(spi >> (56 - 8 * i));
    p.spi = bytes_of(octets, IKE_SPI_OCTETS);
    memset(value, 7, sizeof value);
    ke.data = bytes_of(value, fake_ke_octets(ke.method));
    ike2_sa_write(&c->w, &p, 1);
    chain_nonce(c, (uint8_t)spi);
    ike2_ke_write(&c->w, &ke);
}

void chain_rekey_notify(struct chain *c, uint32_t spi)
{
    const ike2_notify_data data = { .protocol = IKE2_PROTOCOL_ESP, .spi = spi };

    ike2_notify_data_write(&c->w, IKE2_NOTIFY_REKEY_SA, &data);
}

void chain_nonce(struct chain *c, uint8_t fill)
{
    uint8_t octets[NONCE_OCTETS];

    memset(octets, fill, sizeof octets);
    ike2_data_write(&c->w, IKE2_PAYLOAD_NONCE, bytes_of(octets, sizeof octets));
}

void chain_notify(struct chain *c, uint16_t type)
{
    ike2_notify_write(&c->w, &(ike2_notify){ .type = type });
}

void chain_delete(struct chain *c, uint8_t protocol, const uint32_t *spis, size_t n)
{
    uint8_t octets[DELETES_MAX * SPI_OCTETS];
    ike2_delete d = { .protocol = protocol, .count = (uint16_t)n };

    assert_true(n <= DELETES_MAX);
    for (size_t i = 0; i < n * SPI_OCTETS; i++)
        octets[i] = (uint8_t)(spis[i / SPI_OCTETS] >> (24 - 8 * (i % SPI_OCTETS)));
    d.spi_size = protocol == IKE2_PROTOCOL_IKE ? 0 : SPI_OCTETS;
    d.spis = bytes_of(octets, n * d.spi_size);
    ike2_delete_write(&c->w, &d);
}

void say_as(struct side *from, struct side *to, struct utterance u, struct chain *c)
{
    speak_written(from, to, u, &c->w);
}

void say(struct side *from, struct side *to, uint8_t exchange, struct chain *c)
{
    const struct utterance u = { .exchange = exchange, .message_id = voice_next_id(to) };

    say_as(from, to, u, c);
    voice_sa(from)->window.next_out = u.message_id + 1;
}

void say_nothing(struct side *from, struct side *to, uint8_t exchange)
{
    struct chain c;

    chain_begin(&c);
    say(from, to, exchange, &c);
}

/* --- What has come of it -------------------------------------------------------------- */

void take_reply(struct side *from, struct heard *out)
{
    assert_true(voice_hear(from, out));
    assert_int_not_equal(out->message.header.flags & IKE2_FLAG_RESPONSE, 0);
}

uint16_t reply_error(struct side *from)
{
    struct heard h;
    ike2_notify n;

    take_reply(from, &h);
    return ike2_message_error(&h.message, &n) ? n.type : 0;
}

void expect_silence(struct world *w)
{
    nothing_flies(w);
}

ike2_child_id child_of(const struct side *s)
{
    return ike2_child_next(s->ep, 0, 0);
}

const struct entry *sending_of(const struct side *s)
{
    const struct entry *e = dataplane_sending(&s->dataplane, child_of(s));

    assert_non_null(e);
    return e;
}

/* If a check is under way already, that one counts. */
static void expect_heard(struct side *from, struct side *to)
{
    struct world *w = from->world;
    ike2_time then = w->now - ROUND_TRIP_MS;

    assert_int_equal(side_stats(from).sas, 1);
    assert_int_equal(ike2_sa_probe(from->ep, w->now, sa_of_side(from)), IKE2_OK);
    side_drain(from, w->now);
    world_run(w, ROUND_TRIP_MS);
    if (info_of(to).last_in_at < then)
        world_fail(w, to, "a liveness check is not heard");
    if (info_of(from).last_in_at < then)
        world_fail(w, from, "a liveness check is not answered");
    nothing_flies(w);
}

void expect_talking(struct side *a, struct side *b)
{
    a->world->net.is_held = false;
    world_run(a->world, ROUND_TRIP_MS);
    expect_heard(a, b);
    a->world->now++;
    expect_heard(b, a);
}

void rekey_sa(struct side *s)
{
    assert_int_equal(ike2_sa_rekey(s->ep, s->world->now, sa_of_side(s)), IKE2_OK);
    side_drain(s, s->world->now);
}

void rekey_child(struct side *s)
{
    assert_int_equal(ike2_child_rekey(s->ep, s->world->now, child_of(s), 0), IKE2_OK);
    side_drain(s, s->world->now);
}
