/* sim/test_hostile.c - whatever an attacker sends, an SA comes up, stays up, and ends only when its
 * owner or its authentic peer says so. RFC 7296 2.5, 2.21, 5. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "sim/scenario.h"
#include "sim/voice.h"

enum { OCTETS_MAX = 4096, VERSION = 17 };

static ike2_bytes octets_of(const struct packet *p)
{
    return (ike2_bytes){ p->octets, p->len };
}

/* --- Before a genuine message --------------------------------------------------------- */

/* `to` gets every truncation of the next message to it, and each octet changed; then nothing. */
static void abuse(struct side *from, struct side *to)
{
    struct packet *p = net_peek(&from->world->net, &to->addr);
    uint8_t octets[OCTETS_MAX];
    size_t len;

    assert_non_null(p);
    len = p->len;
    assert_true(len <= OCTETS_MAX);
    memcpy(octets, p->octets, len);
    for (size_t i = 0; i < len; i++) {
        inject(from, to, p->to.port, (ike2_bytes){ octets, i });
        if (i == VERSION) /* a higher one would be answered */
            continue;
        for (unsigned bit = 0; bit < 8; bit += 3) {
            octets[i] ^= (uint8_t)(1u << bit);
            inject(from, to, p->to.port, (ike2_bytes){ octets, len });
            octets[i] ^= (uint8_t)(1u << bit);
        }
    }
}

static void abused(struct side *from, struct side *to, uint8_t exchange, enum kind_of_message kind)
{
    abuse(from, to);
    passes(from, to, exchange, kind);
}

static void tampered_messages_never_change_an_sa(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    w->net.is_held = true;
    initiate(a, b);
    passes(a, b, IKE2_EXCHANGE_IKE_SA_INIT, REQUEST);
    passes(b, a, IKE2_EXCHANGE_IKE_SA_INIT, RESPONSE);
    abused(a, b, IKE2_EXCHANGE_IKE_AUTH, REQUEST);
    abused(b, a, IKE2_EXCHANGE_IKE_AUTH, RESPONSE);
    nothing_flies(w);
    expect_up(a, b);
    close_child(b);
    abused(b, a, IKE2_EXCHANGE_INFORMATIONAL, REQUEST);
    abused(a, b, IKE2_EXCHANGE_INFORMATIONAL, RESPONSE);
    expect_up_without_child(a);
    expect_up_without_child(b);
    close_sa(a);
    abused(a, b, IKE2_EXCHANGE_INFORMATIONAL, REQUEST);
    abused(b, a, IKE2_EXCHANGE_INFORMATIONAL, RESPONSE);
    nothing_flies(w);
    expect_nothing(a);
    expect_nothing(b);
}

/* --- Instead of one that nothing protects --------------------------------------------- */

/* Changes one bit of the n-th datagram. */
struct flip {
    size_t n, seen, octet;
    unsigned bit;
    bool beyond; /* the datagram has fewer octets */
};

static bool flip_one(void *user, struct packet *p)
{
    struct flip *f = user;

    if (f->seen++ != f->n)
        return true;
    f->beyond = f->octet >= p->len;
    if (!f->beyond)
        p->octets[f->octet] ^= (uint8_t)(1u << f->bit);
    return true;
}

/* Nobody can tell which IKE_SA_INIT was the genuine one; but the attempt comes up or ends, and what
 * is up is the same on both sides. */
static void a_changed_ike_sa_init_leads_to_an_end_or_to_an_sa(void **state)
{
    (void)state;
    for (size_t n = 0; n < 2; n++) {
        struct flip f = { .n = n };

        for (f.octet = 0; !f.beyond; f.octet++) {
            struct world *w = world_new(f.octet);

            f.seen = 0;
            f.bit = (unsigned)(f.octet * 5 + n) % 8;
            w->note = n == 0 ? "octet of the request" : "octet of the response";
            w->number = f.octet;
            w->net.tap = flip_one;
            w->net.tap_user = &f;
            initiate(w->sides[0], w->sides[1]);
            world_run(w, 250 * 1000);
            if (side_stats(w->sides[0]).sas != 0)
                expect_up(w->sides[0], w->sides[1]);
            else if (!world_run_out(w, 200 * 1000))
                world_fail(w, NULL, "an SA without end");
            world_free(w);
        }
    }
}

/* --- Again, and back to its sender ---------------------------------------------------- */

struct tape {
    struct packet *packets[64];
    size_t n;
};

static bool tape_record(void *user, struct packet *p)
{
    struct tape *t = user;

    assert_true(t->n < 64);
    t->packets[t->n] = test_malloc(sizeof *p + p->len);
    memcpy(t->packets[t->n++], p, sizeof *p + p->len);
    return true;
}

static void tape_play(struct world *w, const struct tape *t)
{
    w->net.tap = NULL;
    for (size_t i = 0; i < t->n; i++) {
        for (size_t to = 0; to < 2; to++)
            inject(w->sides[1 - to], w->sides[to], t->packets[i]->to.port,
                   octets_of(t->packets[i]));
    }
}

static void tape_free(struct tape *t)
{
    for (size_t i = 0; i < t->n; i++)
        test_free(t->packets[i]);
}

static void replayed_messages_change_nothing(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    struct tape tape = { .n = 0 };

    w->net.tap = tape_record;
    w->net.tap_user = &tape;
    bring_up(a, b);
    world_run(w, 100 * 1000);
    tape_play(w, &tape);
    tape_play(w, &tape);
    assert_string_equal(info_of(a).state, "UP");
    assert_int_equal(info_of(a).n_children, 1);
    assert_int_equal(a->dataplane.n_installed, 1);
    assert_int_equal(b->dataplane.n_installed, 1);
    world_run(w, 200 * 1000); /* what the first request began has ended again */
    expect_up(a, b);
    tape_free(&tape);
}

static bool reflect(void *user, struct packet *p)
{
    struct world *w = user;
    struct side *sender = net_same_ip(&p->from, &w->sides[0]->addr) ? w->sides[0] : w->sides[1];
    struct packet *back = test_malloc(sizeof *p + p->len);

    memcpy(back, p, sizeof *p + p->len);
    back->to = p->from;
    back->from = p->to;
    back->node = (struct list_node){ 0 };
    if (sender->ep != NULL && ike2_endpoint_input(sender->ep, w->now,
                                                  &(ike2_path){ .local = back->to,
                                                                .remote = back->from, .tag = 7 },
                                                  octets_of(back)) != IKE2_OK)
        sender->fault = "a reflected datagram is an error";
    test_free(back);
    return true;
}

/* Each message comes back to its sender before it arrives. */
static void reflected_messages_change_nothing(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    /* Requests that come back would be answered otherwise, and these answers reflected. */
    a->plans[ON_PEER] = (struct plan){ .manner = REFUSE, .ms = 500 };
    w->net.tap = reflect;
    w->net.tap_user = w;
    initiate(a, b);
    world_run(w, 10 * 1000);
    expect_up(a, b);
    close_child(b);
    world_run(w, 1000);
    expect_up_without_child(a);
    expect_up_without_child(b);
    close_sa(a);
    world_run(w, 1000);
    expect_nothing(a);
    expect_nothing(b);
}

/* --- Out of nothing ------------------------------------------------------------------- */

static void garbage_of_every_length_is_dropped(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    struct dice dice = { .state = 99 };
    uint64_t sent;

    bring_up(a, b);
    sent = w->net.n_sent;
    for (size_t len = 0; len <= 64; len++) {
        for (size_t i = 0; i < 20; i++) {
            uint8_t octets[64];

            for (size_t j = 0; j < len; j++)
                octets[j] = (uint8_t)dice_next(&dice);
            if (i % 2 == 0) /* behind the marker it may be IKE */
                memset(octets, 0, len < 4 ? len : 4);
            inject(a, b, i % 4 < 2 ? 500 : 4500, (ike2_bytes){ octets, len });
        }
    }
    assert_true(drops(b, IKE2_DROP_GARBAGE) + drops(b, IKE2_DROP_HEADER) > 500);
    assert_true(w->net.n_sent - sent < 700); /* higher versions are told */
    assert_int_equal(side_stats(b).sas, 1);
    expect_up(a, b);
}

static ike2_bytes header_only(uint8_t room[28], uint8_t version, uint8_t exchange, uint8_t flags)
{
    memset(room, 0, 28);
    room[7] = 1; /* SPIi */
    room[17] = version;
    room[18] = exchange;
    room[19] = flags;
    room[27] = 28;
    return (ike2_bytes){ room, 28 };
}

static void ikev1_is_dropped(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    uint8_t room[28];

    assert_int_equal(side_start(b, w->now), IKE2_OK);
    for (uint8_t exchange = 0; exchange < 40; exchange++)
        inject(a, b, 500, header_only(room, 0x10, exchange, 0));
    assert_int_equal(b->counts.sent, 0);
    assert_int_equal(drops(b, IKE2_DROP_HEADER), 40);
}

/* RFC 7296 2.5. */
static void a_higher_version_is_told_so(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    uint8_t room[28];
    struct packet *p;
    ike2_header h;

    w->net.is_held = true;
    assert_int_equal(side_start(b, w->now), IKE2_OK);
    inject(a, b, 500, header_only(room, 0x30, 34, IKE2_FLAG_INITIATOR));
    p = net_peek(&w->net, &a->addr);
    assert_non_null(p);
    assert_int_equal(ike2_header_read(octets_of(p), &h), IKE2_OK);
    assert_int_equal(h.version, IKE2_VERSION_2_0);
    assert_int_equal(h.flags & IKE2_FLAG_RESPONSE, IKE2_FLAG_RESPONSE);
    assert_int_equal(h.spi_i, 1);
    assert_int_equal(h.next_payload, IKE2_PAYLOAD_NOTIFY);
    assert_int_equal(p->octets[28 + 7], IKE2_NOTIFY_INVALID_MAJOR_VERSION);
    assert_true(p->len >= 36);
    assert_int_equal(b->counts.sent, 1);
    /* A response is not answered, lest two of us answer each other for ever. */
    inject(a, b, 500, header_only(room, 0x30, 34, IKE2_FLAG_RESPONSE));
    assert_int_equal(b->counts.sent, 1);
    /* Nor is a flood. */
    for (size_t i = 0; i < 5000; i++)
        inject(a, b, 500, header_only(room, 0x30, 34, IKE2_FLAG_INITIATOR));
    assert_true(b->counts.sent < 2100);
}

/* Everything that can be said without keys, with the right SPIs. */
static void nothing_unprotected_ends_an_sa(void **state)
{
    static const uint8_t exchanges[] = { 34, 35, 36, 37, 43, 0, 255 };
    static const uint8_t firsts[] = { 0, 33, 34, 40, 41, 42, 46, 48, 53, 77 };
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    uint64_t n = UINT64_C(7) * 10 * 8 * 5;
    ike2_sa_info info;

    bring_up(a, b);
    w->net.is_held = true;
    info = info_of(a);
    for (uint64_t i = 0; i < 2 * n; i++) {
        uint8_t octets[48] = { 0 };
        uint64_t c = i / 2;

        for (size_t j = 0; j < 8; j++) {
            octets[j] = (uint8_t)(info.spi_local >> (56 - 8 * j));
            octets[8 + j] = (uint8_t)(info.spi_remote >> (56 - 8 * j));
        }
        octets[16] = firsts[c % 10];
        octets[17] = 0x20;
        octets[18] = exchanges[c / 10 % 7];
        octets[19] = (uint8_t)(c / 70 % 8 << 3);
        octets[23] = (uint8_t)(c / 560);
        octets[27] = sizeof octets;
        octets[31] = 20; /* one payload, critical or not */
        octets[29] = i % 3 == 0 ? 0x80 : 0;
        inject(i % 2 == 0 ? a : b, i % 2 == 0 ? b : a, 500, (ike2_bytes){ octets, sizeof octets });
    }
    w->net.is_held = false;
    world_run(w, 1000);
    expect_up(a, b);
    world_run(w, 100 * 1000);
    expect_up(a, b);
}

/* --- By an authentic peer ------------------------------------------------------------- */

static void say(struct side *from, struct side *to, uint8_t type, bool critical, size_t body)
{
    uint8_t room[512];
    static const uint8_t zeros[64];
    ike2_writer w;

    voice_begin(&w, room);
    ike2_payload_begin(&w, type, critical);
    ike2_octets_write(&w, (ike2_bytes){ zeros, body });
    ike2_payload_end(&w);
    speak_written(from, to, (struct utterance){ .exchange = IKE2_EXCHANGE_INFORMATIONAL,
                                                .message_id = voice_next_id(to) }, &w);
}

/* RFC 7296 2.5. */
static void unknown_payloads_are_skipped_or_refused(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    uint64_t sent;

    bring_up(a, b);
    w->net.is_held = true;
    sent = b->counts.sent;
    say(a, b, 200, false, 5);
    say(a, b, 200, true, 5); /* UNSUPPORTED_CRITICAL_PAYLOAD */
    assert_int_equal(b->counts.sent, sent + 2);
    assert_string_equal(info_of(b).state, "UP");
    assert_int_equal(info_of(b).n_children, 1);
}

/* RFC 7296 2.21.3: fatal to both. */
static void a_malformed_payload_of_the_peer_ends_the_sa(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    bring_up(a, b);
    w->net.is_held = true;
    say(a, b, IKE2_PAYLOAD_DELETE, false, 1);
    expect_nothing(b);
    expect_sa_down(b, IKE2_REASON_PROTOCOL, IKE2_NOTIFY_INVALID_SYNTAX);
    assert_non_null(net_peek(&w->net, &a->addr)); /* INVALID_SYNTAX */
}

/* A chain that does not parse, in one piece and behind every kind of first payload. */
static void a_malformed_chain_of_the_peer_does_no_harm(void **state)
{
    (void)state;
    for (unsigned first = 0; first < 256; first++) {
        for (size_t len = 0; len <= 5; len++) {
            struct world *w = world_new(first);
            static const uint8_t chain[5] = { 41, 0, 0, 3, 1 };
            struct utterance u = { .exchange = IKE2_EXCHANGE_INFORMATIONAL,
                                   .first = (uint8_t)first, .chain = { chain, len } };

            bring_up(w->sides[0], w->sides[1]);
            u.message_id = voice_next_id(w->sides[1]);
            speak(w->sides[0], w->sides[1], &u);
            world_run(w, 1000);
            world_free(w);
        }
    }
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)
    static const struct CMUnitTest tests[] = {
        CASE(tampered_messages_never_change_an_sa),
        cmocka_unit_test(a_changed_ike_sa_init_leads_to_an_end_or_to_an_sa),
        CASE(replayed_messages_change_nothing),
        CASE(reflected_messages_change_nothing),
        CASE(garbage_of_every_length_is_dropped),
        CASE(ikev1_is_dropped),
        CASE(a_higher_version_is_told_so),
        CASE(nothing_unprotected_ends_an_sa),
        CASE(unknown_payloads_are_skipped_or_refused),
        CASE(a_malformed_payload_of_the_peer_ends_the_sa),
        cmocka_unit_test(a_malformed_chain_of_the_peer_does_no_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
