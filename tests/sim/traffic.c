/* sim/traffic.c - marked packets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/reader.h"
#include "sim/traffic.h"
#include "sim/world.h"

/* SPI, sequence number, number of the sending side, proof. */
enum { PACKET_OCTETS = 4 + 8 + 8 + 8 };
enum { OCTETS_EACH = 1000, IN_EVERY_MS = 1000 };

struct mark {
    uint32_t spi;
    uint64_t number, from, proof;
};

/* --- Octets ---------------------------------------------------------------------------- */

static uint64_t prove(uint64_t h, const struct entry_key *key)
{
    for (size_t i = 0; i < key->len; i++)
        h = (h ^ key->octets[i]) * UINT64_C(0x100000001b3);
    return mix(h + key->len);
}

static uint64_t proof_of(const struct mark *m, const struct entry_key *encr,
                         const struct entry_key *integ)
{
    return prove(prove(mix(m->number ^ m->spi), encr), integ);
}

static uint8_t *put(uint8_t *at, uint64_t value, size_t n)
{
    for (size_t i = 0; i < n; i++)
        *at++ = (uint8_t)(value >> 8 * (n - 1 - i));
    return at;
}

static void mark_write(const struct mark *m, uint8_t out[PACKET_OCTETS])
{
    out = put(out, m->spi, 4);
    out = put(out, m->number, 8);
    out = put(out, m->from, 8);
    (void)put(out, m->proof, 8);
}

static struct mark mark_read(const struct packet *p)
{
    struct reader r = reader_of((ike2_bytes){ .ptr = p->octets, .len = p->len });
    struct mark m = { 0 };

    m.spi = read_u32(&r);
    m.number = read_u64(&r);
    m.from = read_u64(&r);
    m.proof = read_u64(&r);
    if (!reader_end(&r))
        abort();
    return m;
}

/* --- Reports --------------------------------------------------------------------------- */

static void report(struct side *s, ike2_time now, const ike2_report *like)
{
    ike2_report r = *like;
    ike2_err err;

    r.struct_size = sizeof r;
    err = ike2_child_report(s->ep, now, &r);
    if (err != IKE2_OK && err != IKE2_ERR_STALE)
        s->fault = "a report is an error";
}

static void report_amounts(struct side *s, ike2_time now, const struct entry *e)
{
    const ike2_report octets = { .spi_in = e->spi_in, .what = IKE2_REPORT_BYTES,
                                 .value = e->traffic.octets_out };
    const ike2_report packets = { .spi_in = e->spi_in, .what = IKE2_REPORT_PACKETS,
                                  .value = e->traffic.last_out };

    if ((s->traffic.keeps & KEEPS_AMOUNTS) != 0)
        return;
    if (e->traffic.rekey_octets != 0)
        report(s, now, &octets);
    report(s, now, &packets);
}

/* RFC 7296 2.23: only the newest packet says where the peer is now. */
static void report_in(struct side *s, ike2_time now, struct entry *e, const struct packet *p)
{
    const ike2_report first = { .spi_in = e->spi_in, .what = IKE2_REPORT_FIRST_IN };
    const ike2_report in = { .spi_in = e->spi_in, .what = IKE2_REPORT_IN, .value = now };
    const ike2_report source = { .spi_in = e->spi_in, .what = IKE2_REPORT_SOURCE,
                                 .source = p->from };
    uint32_t every = s->traffic.in_every_ms != 0 ? s->traffic.in_every_ms : IN_EVERY_MS;
    unsigned keeps = s->traffic.keeps;

    if (e->traffic.n_in == 1 && (keeps & KEEPS_FIRST_IN) == 0)
        report(s, now, &first);
    if (now >= e->traffic.told_at + every && (keeps & KEEPS_IN) == 0) {
        e->traffic.told_at = now;
        report(s, now, &in);
    }
    if (e->encap == IKE2_ENCAP_UDP && (keeps & KEEPS_SOURCE) == 0 &&
        (!net_same_ip(&e->path.remote, &p->from) || e->path.remote.port != p->from.port))
        report(s, now, &source);
}

/* --- Out ------------------------------------------------------------------------------- */

void traffic_init(struct traffic *t, uint64_t seed)
{
    *t = (struct traffic){ .next_at = IKE2_TIME_NEVER, .dice = { .state = mix(seed) } };
}

void traffic_start(struct side *s, uint32_t every_ms)
{
    struct traffic *t = &s->traffic;

    t->every_ms = every_ms;
    t->next_at = every_ms == 0 ? IKE2_TIME_NEVER
                               : s->world->now + dice_below(&t->dice, every_ms + 1);
}

void traffic_start_all(struct world *w, uint32_t every_ms)
{
    for (size_t i = 0; i < w->n_sides; i++)
        traffic_start(w->sides[i], every_ms);
}

ike2_time traffic_next(const struct traffic *t)
{
    return t->next_at;
}

static void send(struct side *s, ike2_time now, struct entry *e)
{
    struct traffic *t = &s->traffic;
    uint64_t number = e->traffic.last_out != 0 ? e->traffic.last_out : t->first_number;
    struct mark m = { .spi = e->spi_out, .number = number + 1, .from = s->number };
    ike2_addr local = e->path.local, remote = e->path.remote;
    uint8_t octets[PACKET_OCTETS];

    /* RFC 4303 3.3.3: sequence numbers never cycle. */
    if (!e->traffic.esn && m.number > UINT32_MAX) {
        s->fault = "a pair that is out of sequence numbers";
        return;
    }
    if (e->encap == IKE2_ENCAP_NONE)
        local.port = remote.port = 0;
    m.proof = proof_of(&m, &e->keys.encr_out, &e->keys.integ_out);
    mark_write(&m, octets);
    e->traffic.last_out = m.number;
    e->traffic.octets_out += t->octets_each != 0 ? t->octets_each : OCTETS_EACH;
    t->n_sent++;
    net_send_esp(&s->world->net, now, &local, &remote, (ike2_bytes){ octets, sizeof octets });
    report_amounts(s, now, e);
}

void traffic_send(struct side *s)
{
    ike2_time now = s->world->now;
    struct entry *e = NULL;

    while (s->ep != NULL && (e = dataplane_next_sending(&s->dataplane, e)) != NULL)
        send(s, now, e);
    side_drain(s, now);
}

void traffic_on_time(struct side *s, ike2_time now)
{
    struct traffic *t = &s->traffic;

    if (t->next_at > now)
        return;
    t->next_at = now + t->every_ms / 2 + dice_below(&t->dice, t->every_ms + 1);
    traffic_send(s);
}

/* --- In -------------------------------------------------------------------------------- */

static void miss(struct side *s, ike2_time now, const struct mark *m, const char *why)
{
    struct traffic *t = &s->traffic;

    if (t->n_missed < TRAFFIC_MISSES)
        t->misses[t->n_missed] = (struct miss){ .at = now, .spi = m->spi, .to = s->number,
                                                .from = (size_t)m->from, .why = why };
    t->n_missed++;
}

void traffic_input(struct side *s, ike2_time now, const struct packet *p)
{
    const struct mark m = mark_read(p);
    struct entry *e = dataplane_receiving(&s->dataplane, m.spi);

    if (e == NULL) {
        miss(s, now, &m, "no such SA");
        return;
    }
    if (proof_of(&m, &e->keys.encr_in, &e->keys.integ_in) != m.proof) {
        miss(s, now, &m, "other keys");
        return;
    }
    s->traffic.n_arrived++;
    e->traffic.n_in++;
    if (m.number > e->traffic.last_in) {
        e->traffic.last_in = m.number;
        report_in(s, now, e, p);
        side_drain(s, now);
    }
}

/* --- Sums ------------------------------------------------------------------------------ */

uint64_t traffic_missed(const struct world *w)
{
    uint64_t n = 0;

    for (size_t i = 0; i < w->n_sides; i++)
        n += w->sides[i]->traffic.n_missed;
    return n;
}

uint64_t traffic_unaccounted(const struct world *w)
{
    const struct net_esp *esp = &w->net.esp;
    uint64_t n = esp->n_lost + traffic_missed(w);

    for (size_t i = 0; i < w->n_sides; i++)
        n += w->sides[i]->traffic.n_arrived;
    for (const struct list_node *at = list_first(&esp->flying); at != NULL;
         at = list_next(&esp->flying, at))
        n++;
    return esp->n_sent - n;
}

static void tell(const struct world *w, const struct side *s)
{
    const struct traffic *t = &s->traffic;

    for (size_t i = 0; i < TRAFFIC_MISSES && i < t->n_missed; i++) {
        const struct miss *m = &t->misses[i];

        print_error("%s: a packet of %s for SPI %08x at %llu ms: %s\n", s->name,
                    w->sides[m->from - 1]->name, (unsigned)m->spi,
                    (unsigned long long)(m->at - WORLD_START), m->why);
    }
}

void traffic_expect_whole(const struct world *w)
{
    for (size_t i = 0; i < w->n_sides; i++)
        tell(w, w->sides[i]);
    if (traffic_missed(w) != 0)
        world_fail(w, NULL, "packets have found no SA");
    if (traffic_unaccounted(w) != 0)
        world_fail(w, NULL, "packets have vanished");
}
