/* sim/test_conformance_sent.c - what RFC 7296 requires of every message that is sent: versions,
 * flags, order, nonces, Message IDs. 2.5, 2.8, 2.10, 2.18. doc/conformance names these tests. */
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

enum { CREATE = IKE2_EXCHANGE_CREATE_CHILD_SA, INFO = IKE2_EXCHANGE_INFORMATIONAL, HEADER = 28 };

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

static void probe(struct side *s)
{
    assert_int_equal(ike2_sa_probe(s->ep, s->world->now, sa_of_side(s)), IKE2_OK);
    side_drain(s, s->world->now);
}

/* --- A watcher who has the keys --------------------------------------------------------- */

enum { NONCES = 64 };

struct watch {
    size_t n_messages[6];       /* by exchange, from IKE_SA_INIT on; the last one: any other */
    size_t n_nonces;
    uint8_t nonces[NONCES][32];
    uint64_t deleted[32][2];    /* SPI of the sender, Message ID of its Delete of the IKE SA */
    size_t n_deleted;
    const char *fault;
};

/* RFC 7296 1.2, 1.3, 1.4, Appendix C: the order of the figures. Notifies have no place. */
static const uint8_t *order_of(uint8_t exchange, bool is_response)
{
    static const uint8_t init[] = { 33, 34, 40, 38, 0 }, ask[] = { 35, 37, 38, 36, 39, 47, 33, 44,
                                                                   45, 0 },
                         answer[] = { 36, 37, 39, 47, 33, 44, 45, 0 },
                         create[] = { 47, 33, 40, 34, 44, 45, 0 }, info[] = { 42, 47, 0 };

    switch (exchange) {
    case IKE2_EXCHANGE_IKE_SA_INIT: return init;
    case IKE2_EXCHANGE_IKE_AUTH: return is_response ? answer : ask;
    case CREATE: return create;
    default: return info;
    }
}

static void watch_nonce(struct watch *watch, ike2_bytes nonce)
{
    /* RFC 7296 2.10: 16 octets; half of the key of the largest PRF, HMAC-SHA-512, is 32. */
    if (nonce.len != 32 || watch->n_nonces == NONCES) {
        watch->fault = "a nonce that is too short, or too many of them";
        return;
    }
    for (size_t i = 0; i < watch->n_nonces; i++) {
        if (memcmp(watch->nonces[i], nonce.ptr, 32) == 0)
            watch->fault = "a nonce for the second time";
    }
    memcpy(watch->nonces[watch->n_nonces++], nonce.ptr, 32);
}

/* RFC 7296 2.8: nothing goes out behind a side's Delete of the IKE SA. */
static void watch_delete(struct watch *watch, uint64_t spi, const ike2_header *h, ike2_bytes body)
{
    ike2_delete d;

    for (size_t i = 0; i < watch->n_deleted; i++) {
        if (watch->deleted[i][0] == spi && h->message_id > watch->deleted[i][1])
            watch->fault = "a request behind the Delete of its IKE SA";
    }
    if (body.ptr == NULL || ike2_delete_read(body, &d) != IKE2_OK ||
        d.protocol != IKE2_PROTOCOL_IKE || watch->n_deleted == 32)
        return;
    watch->deleted[watch->n_deleted][0] = spi;
    watch->deleted[watch->n_deleted++][1] = h->message_id;
}

static void watch_chain(struct watch *watch, const ike2_header *h, uint8_t first, ike2_bytes chain)
{
    const uint8_t *order = order_of(h->exchange, (h->flags & IKE2_FLAG_RESPONSE) != 0);
    ike2_payload p;
    ike2_walk w;

    ike2_payload_walk(&w, first, chain);
    while (ike2_payload_next(&w, &p)) {
        /* RFC 7296 2.5: no critical flag, and what is reserved is zero. */
        if (p.body.ptr[-3] != 0)
            watch->fault = "a critical flag or a reserved bit in a payload";
        if (p.type == IKE2_PAYLOAD_NONCE)
            watch_nonce(watch, p.body);
        if (p.type == IKE2_PAYLOAD_NOTIFY || p.type == IKE2_PAYLOAD_VENDOR)
            continue;
        while (*order != 0 && *order != p.type)
            order++;
        if (*order == 0)
            watch->fault = "a payload out of its order";
    }
    if (ike2_walk_end(&w) != IKE2_OK)
        watch->fault = "a chain that does not parse";
}

/* With the keys of who has sent it; those of the last message of an SA only the other one has. */
static bool watch_open(struct side *from, struct side *to, const ike2_header *h, ike2_bytes octets,
                       uint8_t room[HEARD_MAX], struct opened *out)
{
    bool by_initiator = (h->flags & IKE2_FLAG_INITIATOR) != 0;
    const struct sa *ours = ike2_map_get(&from->ep->host.spis, by_initiator ? h->spi_i : h->spi_r);
    const struct sa *theirs = ike2_map_get(&to->ep->host.spis, by_initiator ? h->spi_r : h->spi_i);

    memcpy(room, octets.ptr, octets.len);
    if (ours != NULL)
        return ike2_protect_open(&ours->protection.seal, room, octets.len, out) == IKE2_OK;
    return theirs != NULL &&
           ike2_protect_open(&theirs->protection.open, room, octets.len, out) == IKE2_OK;
}

/* Every message as it is sent. */
static bool watch_packet(void *user, struct packet *p)
{
    struct world *w = user;
    bool by_a = net_same_ip(&p->from, &w->sides[0]->addr);
    struct side *from = w->sides[by_a ? 0 : 1], *to = w->sides[by_a ? 1 : 0];
    struct watch *watch = from->prove_user;
    ike2_bytes octets = bytes_of(p->octets, p->len);
    uint8_t room[HEARD_MAX];
    struct opened o = { 0 };
    struct message m;
    ike2_header h;
    uint64_t spi;

    if (ike2_header_read(octets, &h) != IKE2_OK || h.version != IKE2_VERSION_2_0 ||
        (h.flags & ~(IKE2_FLAG_INITIATOR | IKE2_FLAG_RESPONSE)) != 0) {
        watch->fault = "a header that is not version 2.0, or with a reserved flag";
        return true;
    }
    spi = (h.flags & IKE2_FLAG_INITIATOR) != 0 ? h.spi_i : h.spi_r;
    watch->n_messages[h.exchange >= 34 && h.exchange < 39 ? h.exchange - 34 : 5]++;
    if (h.exchange == IKE2_EXCHANGE_IKE_SA_INIT) {
        watch_chain(watch, &h, h.next_payload, bytes_of(p->octets + HEADER, p->len - HEADER));
        return true;
    }
    if (!watch_open(from, to, &h, octets, room, &o) ||
        ike2_message_index(&h, o.first, o.inner, true, &m) != IKE2_OK) {
        watch->fault = "a message that cannot be opened";
        return true;
    }
    watch_chain(watch, &h, o.first, o.inner);
    if ((h.flags & IKE2_FLAG_RESPONSE) == 0)
        watch_delete(watch, spi, &h, ike2_message_body(&m, IKE2_PAYLOAD_DELETE));
    return true;
}

/* Everything that two endpoints have to say to each other, with a network that loses nothing. */
static void live(struct side *a, struct side *b)
{
    static const uint8_t address[4] = { 10, 1, 0, 9 };
    const ike2_cfg_attr wanted = { .type = IKE2_CFG_INTERNAL_IP4_ADDRESS };
    const ike2_cfg_attr given = { .type = IKE2_CFG_INTERNAL_IP4_ADDRESS,
                                  .value = { address, sizeof address } };
    struct world *w = a->world;

    a->setup.peer.config = &wanted;
    b->setup.peer.config = &given;
    a->setup.peer.n_config = b->setup.peer.n_config = 1;
    a->setup.peer.n_children = b->setup.peer.n_children = 2;
    initiate(a, b);
    world_run(w, 1000);
    assert_int_equal(info_of(a).n_children, 2);
    for (size_t i = 0; i < 4; i++) {
        rekey_child(i % 2 == 0 ? a : b);
        world_run(w, 12 * 1000);
        rekey_sa(i % 2 == 0 ? b : a);
        world_run(w, 1000);
    }
    /* What waits when the IKE SA is rekeyed goes over the new one. */
    rekey_sa(a);
    rekey_child(a);
    probe(a);
    world_run(w, 12 * 1000);
    close_child(a);
    world_run(w, 1000);
    close_sa(b);
    world_run(w, 1000);
    expect_nothing(a);
    expect_nothing(b);
}

static void what_is_sent_is_as_the_rfc_draws_it(void **state)
{
    struct world *w = *state;
    struct watch watch = { .n_nonces = 0 };

    w->net.tap = watch_packet;
    w->net.tap_user = w;
    w->sides[0]->prove_user = w->sides[1]->prove_user = &watch;
    live(w->sides[0], w->sides[1]);
    assert_string_equal(watch.fault != NULL ? watch.fault : "", "");
    assert_int_equal(watch.n_messages[0], 2);
    assert_int_equal(watch.n_messages[1], 2);
    assert_true(watch.n_messages[2] >= 22);
    assert_true(watch.n_messages[3] >= 22);
    assert_int_equal(watch.n_messages[5], 0);
    assert_int_equal(watch.n_deleted, 6);
    assert_int_equal(watch.n_nonces, 2 + watch.n_messages[2]);
    w->net.tap = NULL;
}

/* RFC 7296 2.18 */
static void a_rekeyed_sa_counts_from_zero(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    struct packet *p;
    ike2_header h;

    bring_up(a, b);
    probe(a);
    probe(b);
    world_run(w, 1000);
    rekey_sa(a);
    world_run(w, 1000);
    w->net.is_held = true;
    for (size_t i = 0; i < 2; i++) {
        struct side *from = w->sides[i], *to = w->sides[1 - i];

        probe(from);
        p = net_peek(&w->net, &to->addr);
        assert_non_null(p);
        assert_int_equal(ike2_header_read(bytes_of(p->octets, p->len), &h), IKE2_OK);
        assert_int_equal(h.message_id, 0);
        assert_true(h.spi_i == info_of(a).spi_local);
        passes(from, to, INFO, REQUEST);
        passes(to, from, INFO, RESPONSE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(what_is_sent_is_as_the_rfc_draws_it),
        CASE(a_rekeyed_sa_counts_from_zero),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
