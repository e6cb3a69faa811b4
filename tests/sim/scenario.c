/* sim/scenario.c - the words in which scenarios are told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "sim/ladder.h"
#include "sim/scenario.h"

enum { MARKER = 4 };

int world_setup(void **state)
{
    *state = world_new(1);
    return 0;
}

int world_teardown(void **state)
{
    world_free(*state);
    return 0;
}

/* --- What happens --------------------------------------------------------------------- */

/* Where a side is seen from outside. */
static ike2_addr outside_of(const struct side *s)
{
    const struct nat_box *nats = s->world->net.nats;
    ike2_addr addr = s->addr;

    for (size_t i = 0; i < NET_NATS; i++) {
        if (nats[i].is_on && net_same_ip(&nats[i].inside, &s->addr))
            addr = nats[i].outside;
    }
    addr.port = 500;
    return addr;
}

void initiate(struct side *from, const struct side *to)
{
    const ike2_addr remote = outside_of(to);

    for (size_t i = 0; i < from->world->n_sides; i++)
        assert_int_equal(side_start(from->world->sides[i], from->world->now), IKE2_OK);
    assert_int_equal(side_connect_to(from, from->world->now, &remote, IKE2_ENCAP_NONE), IKE2_OK);
    assert_int_not_equal(from->sa, 0);
}

void bring_up(struct side *from, struct side *to)
{
    initiate(from, to);
    world_run(from->world, 1000);
    expect_up(from, to);
}

ike2_sa_id sa_of_side(const struct side *s)
{
    return ike2_sa_next(s->ep, 0);
}

void close_sa(struct side *s)
{
    assert_int_equal(ike2_sa_close(s->ep, s->world->now, sa_of_side(s)), IKE2_OK);
    side_drain(s, s->world->now);
}

void drop_sa(struct side *s)
{
    assert_int_equal(ike2_sa_drop(s->ep, s->world->now, sa_of_side(s)), IKE2_OK);
    side_drain(s, s->world->now);
}

void close_child(struct side *s)
{
    ike2_child_id id = ike2_child_next(s->ep, 0, 0);

    assert_int_equal(ike2_child_close(s->ep, s->world->now, id), IKE2_OK);
    side_drain(s, s->world->now);
}

static ike2_bytes without_marker(const struct packet *p)
{
    size_t marker = p->to.port == 500 ? 0 : MARKER;

    return (ike2_bytes){ .ptr = p->octets + marker, .len = p->len - marker };
}

/* The oldest datagram, checked to be of this message. */
static struct packet *next_packet(struct side *from, struct side *to, uint8_t exchange,
                                  enum kind_of_message kind)
{
    struct packet *p = net_peek(&from->world->net, &to->addr);
    ike2_header h;

    assert_non_null(p);
    assert_int_equal(ike2_header_read(without_marker(p), &h), IKE2_OK);
    assert_int_equal(h.exchange, exchange);
    assert_int_equal((h.flags & IKE2_FLAG_RESPONSE) != 0, kind == RESPONSE);
    return p;
}

/* All datagrams of the message, should it come in fragments. */
static void pass_or_lose(struct side *from, struct side *to, uint8_t exchange,
                         enum kind_of_message kind, bool passes_by)
{
    struct world *w = from->world;
    struct packet *p = next_packet(from, to, exchange, kind);
    ike2_header h, next;

    assert_int_equal(ike2_header_read(without_marker(p), &h), IKE2_OK);
    do {
        w->now++;
        if (passes_by) {
            ladder_arrived(w->net.ladder, w->now, p);
            side_input(to, w->now, p);
        } else {
            ladder_lost(w->net.ladder, w->now, p);
        }
        net_remove(&w->net, p);
        world_check(w);
        p = net_peek(&w->net, &to->addr);
    } while (p != NULL && ike2_header_read(without_marker(p), &next) == IKE2_OK &&
             next.next_payload == IKE2_PAYLOAD_SKF && next.message_id == h.message_id &&
             next.flags == h.flags);
}

void passes(struct side *from, struct side *to, uint8_t exchange, enum kind_of_message kind)
{
    pass_or_lose(from, to, exchange, kind, true);
}

void loses(struct side *from, struct side *to, uint8_t exchange, enum kind_of_message kind)
{
    pass_or_lose(from, to, exchange, kind, false);
}

void nothing_flies(struct world *w)
{
    assert_true(list_is_empty(&w->net.flying));
}

void inject(struct side *from, struct side *to, uint16_t port, ike2_bytes octets)
{
    struct packet *p = test_malloc(sizeof *p + octets.len);

    *p = (struct packet){ .from = from->addr, .to = to->addr, .len = octets.len };
    p->from.port = p->to.port = port;
    ladder_sent(to->world->net.ladder, to->world->now, p);
    ladder_arrived(to->world->net.ladder, to->world->now, p);
    if (octets.len != 0)
        memcpy(p->octets, octets.ptr, octets.len);
    side_input(to, to->world->now, p);
    test_free(p);
    world_check(to->world);
}

void forge_notify(struct side *from, struct side *to, uint16_t type, ike2_bytes data)
{
    const ike2_notify n = { .type = type, .data = data };
    const ike2_header h = {
        .spi_i = info_of(to).spi_local, .version = IKE2_VERSION_2_0,
        .exchange = IKE2_EXCHANGE_IKE_SA_INIT, .flags = IKE2_FLAG_RESPONSE,
    };
    uint8_t room[256];
    ike2_writer w;
    ike2_bytes message;

    ike2_writer_init(&w, room, sizeof room);
    ike2_message_begin(&w, &h);
    ike2_notify_write(&w, &n);
    assert_int_equal(ike2_message_end(&w, &message), IKE2_OK);
    inject(from, to, 500, message);
}

/* --- What is expected ----------------------------------------------------------------- */

ike2_sa_info info_of(struct side *s)
{
    ike2_sa_info info = IKE2_INIT(ike2_sa_info);

    assert_int_equal(ike2_sa_get(s->ep, sa_of_side(s), &info), IKE2_OK);
    return info;
}

uint64_t drops(const struct side *s, uint32_t cause)
{
    return side_stats(s).drops[cause];
}

static void expect_key(const struct entry_key *a, const struct entry_key *b, bool wanted)
{
    assert_int_equal(a->len != 0, wanted);
    assert_int_equal(a->len, b->len);
    assert_memory_equal(a->octets, b->octets, a->len);
}

/* What one sends is what the other receives. */
static void expect_crosswise(const struct entry *a, const struct entry *b)
{
    bool aead = a->suite.integ.type == 0;

    assert_int_equal(a->spi_out, b->spi_in);
    assert_int_equal(a->spi_in, b->spi_out);
    expect_key(&a->keys.encr_out, &b->keys.encr_in, true);
    expect_key(&a->keys.encr_in, &b->keys.encr_out, true);
    expect_key(&a->keys.integ_out, &b->keys.integ_in, !aead);
    expect_key(&a->keys.integ_in, &b->keys.integ_out, !aead);
    assert_memory_not_equal(a->keys.encr_in.octets, a->keys.encr_out.octets, a->keys.encr_in.len);
    assert_memory_equal(&a->suite, &b->suite, sizeof a->suite);
    assert_int_equal(a->encap, b->encap);
    assert_int_equal(a->n_ts_local, b->n_ts_remote);
    assert_int_equal(a->n_ts_remote, b->n_ts_local);
    assert_memory_equal(a->ts.local.first, b->ts.remote.first, sizeof a->ts.local.first);
    assert_memory_equal(a->ts.remote.last, b->ts.local.last, sizeof a->ts.remote.last);
}

static void expect_one_up(struct side *s, size_t n_children)
{
    ike2_sa_info info;
    ike2_stats stats = side_stats(s);

    assert_int_equal(stats.sas, 1);
    assert_int_equal(stats.half_open, 0);
    info = info_of(s);
    assert_string_equal(info.state, "UP");
    assert_true(info.established);
    assert_int_equal(info.n_children, n_children);
    assert_int_equal(dataplane_count(&s->dataplane), n_children);
    assert_int_equal(side_pending(s), 0);
    assert_int_not_equal(record_count(&s->record, IKE2_EVENT_SA_UP), 0);
}

void expect_up(struct side *a, struct side *b)
{
    const struct entry *at_a, *at_b;
    ike2_sa_info info_a, info_b;

    expect_one_up(a, 1);
    expect_one_up(b, 1);
    at_a = dataplane_pair(&a->dataplane, 0);
    assert_non_null(at_a);
    at_b = dataplane_find(&b->dataplane, at_a->spi_out);
    assert_non_null(at_b);
    assert_int_equal(at_a->state, ENTRY_SWITCHED);
    assert_int_equal(at_b->state, ENTRY_SWITCHED);
    expect_crosswise(at_a, at_b);
    info_a = info_of(a);
    info_b = info_of(b);
    assert_int_equal(info_a.spi_local, info_b.spi_remote);
    assert_int_equal(info_a.spi_remote, info_b.spi_local);
    assert_int_not_equal(info_a.initiator, info_b.initiator);
    assert_memory_equal(&info_a.suite, &info_b.suite, sizeof info_a.suite);
    assert_int_equal(info_a.fragmentation, info_b.fragmentation);
    assert_int_equal(info_a.nat_local, info_b.nat_remote);
    assert_int_equal(info_a.local_id.data.len, info_b.remote_id.data.len);
    assert_memory_equal(info_a.local_id.data.ptr, info_b.remote_id.data.ptr,
                        info_a.local_id.data.len);
    assert_memory_equal(info_b.local_id.data.ptr, info_a.remote_id.data.ptr,
                        info_b.local_id.data.len);
}

void expect_up_without_child(struct side *s)
{
    expect_one_up(s, 0);
}

void expect_nothing(struct side *s)
{
    ike2_stats stats = side_stats(s);

    assert_int_equal(stats.sas, 0);
    assert_int_equal(stats.half_open, 0);
    assert_int_equal(stats.children, 0);
    assert_int_equal(stats.reassembly_octets, 0);
    assert_int_equal(dataplane_count(&s->dataplane), 0);
    assert_int_equal(dataplane_jobs(&s->dataplane), 0);
    assert_int_equal(s->dataplane.n_reserved, s->dataplane.n_released);
    assert_int_equal(s->dataplane.n_installed, s->dataplane.n_removed);
    assert_int_equal(side_pending(s), 0);
}

void expect_events(struct side *s, uint32_t type, size_t n)
{
    assert_int_equal(record_count(&s->record, type), n);
}

static void expect_down(struct side *s, uint32_t type, uint8_t reason, uint16_t notify)
{
    const struct event *e = record_last(&s->record, type);

    assert_non_null(e);
    assert_int_equal(e->reason, reason);
    assert_int_equal(e->notify, notify);
}

void expect_sa_down(struct side *s, uint8_t reason, uint16_t notify)
{
    expect_down(s, IKE2_EVENT_SA_DOWN, reason, notify);
}

void expect_child_down(struct side *s, uint8_t reason, uint16_t notify)
{
    expect_down(s, IKE2_EVENT_CHILD_DOWN, reason, notify);
}

const struct explained *expect_explained(struct side *s, const struct event *e, const char *name)
{
    const struct explained *x;

    assert_non_null(e);
    assert_int_not_equal(e->trace, 0);
    x = record_explained(&s->record, e->trace);
    assert_non_null(x);
    assert_string_equal(x->name, name);
    return x;
}
