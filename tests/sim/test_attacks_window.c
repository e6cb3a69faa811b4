/* sim/test_attacks_window.c - messages that come again, come back to their sender, or have numbers,
 * flags and SPIs that do not fit. RFC 7296 2.1, 2.2, 2.3, 2.4, 3.1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/bytes.h"
#include "sim/attack.h"

enum {
    SA_INIT = IKE2_EXCHANGE_IKE_SA_INIT,
    AUTH = IKE2_EXCHANGE_IKE_AUTH,
    CREATE = IKE2_EXCHANGE_CREATE_CHILD_SA,
    INFO = IKE2_EXCHANGE_INFORMATIONAL
};

enum { OCTETS_MAX = 2048, TIMES = 3, LONG_ENOUGH_MS = 300 * 1000 };

/* --- The same request: RFC 7296 2.1 --------------------------------------------------- */

struct kept {
    uint8_t octets[OCTETS_MAX];
    size_t len;
};

/* The oldest datagram to this side, which stays in flight. */
static void keep(struct kept *k, const struct side *to)
{
    const struct packet *p = net_peek(&to->world->net, &to->addr);

    assert_non_null(p);
    assert_true(p->len <= OCTETS_MAX);
    memcpy(k->octets, p->octets, p->len);
    k->len = p->len;
}

static void lose_all(struct side *to)
{
    struct packet *p;

    while ((p = net_peek(&to->world->net, &to->addr)) != NULL)
        net_remove(&to->world->net, p);
}

static void expect_same_answer(struct side *from, struct side *to, const struct kept *request,
                               const struct kept *response)
{
    struct kept again;

    for (size_t i = 0; i < TIMES; i++) {
        inject(from, to, 500, bytes_of(request->octets, request->len));
        keep(&again, from);
        assert_int_equal(again.len, response->len);
        assert_memory_equal(again.octets, response->octets, response->len);
        lose_all(from);
    }
}

static void probe(struct side *s)
{
    assert_int_equal(ike2_sa_probe(s->ep, s->world->now, sa_of_side(s)), IKE2_OK);
    side_drain(s, s->world->now);
}

static void create_child(struct side *s)
{
    ike2_child_id id;

    assert_int_equal(ike2_child_create(s->ep, s->world->now, sa_of_side(s), 0, &id), IKE2_OK);
    side_drain(s, s->world->now);
}

/* What a request has changed is not changed once more. */
static void a_request_that_comes_again_gets_the_same_octets(void **state)
{
    static void (*const commands[])(struct side *s) = { probe, create_child, rekey_child, rekey_sa,
                                                        close_child };

    (void)state;
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        struct kept request, response;
        void *world = NULL;
        struct side *a, *b;
        size_t n_events;
        uint64_t n_sas;

        (void)attack_world(&world);
        a = side_a(&world);
        b = side_b(&world);
        bring_up(a, b);
        ((struct world *)world)->net.is_held = true;
        commands[i](a);
        keep(&request, b);
        passes(a, b, request.octets[18], REQUEST);
        keep(&response, a);
        n_events = b->record.n_events;
        n_sas = side_stats(b).sas;
        lose_all(a);
        expect_same_answer(a, b, &request, &response);
        assert_int_equal(b->record.n_events, n_events);
        assert_int_equal(side_stats(b).sas, n_sas);
        world_run(world, 1000); /* sent again by itself, answered again, and gone on with */
        ((struct world *)world)->net.is_held = false;
        world_run(world, 20 * 1000);
        expect_talking(a, b);
        world_free(world);
    }
}

/* The same request behind the next one is neither answered nor dealt with. */
static void a_request_before_the_last_one_is_not_answered(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    struct kept old[TIMES];
    uint64_t sent;

    bring_up(a, b);
    for (size_t i = 0; i < TIMES; i++) {
        ((struct world *)*state)->net.is_held = true;
        probe(a);
        keep(&old[i], b);
        ((struct world *)*state)->net.is_held = false;
        world_run(*state, 100);
    }
    sent = b->counts.sent;
    for (size_t i = 0; i + 1 < TIMES; i++)
        inject(a, b, 500, bytes_of(old[i].octets, old[i].len));
    assert_int_equal(b->counts.sent, sent);
    assert_int_equal(drops(b, IKE2_DROP_MESSAGE_ID), TIMES - 1);
}

/* Its answer may be lost; for a while it is there, and then nothing. */
static void the_request_that_ended_an_sa_is_answered_again_without_state(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    struct kept request, response;
    uint64_t sent;

    bring_up(a, b);
    ((struct world *)*state)->net.is_held = true;
    close_sa(a);
    keep(&request, b);
    passes(a, b, INFO, REQUEST);
    expect_nothing(b);
    keep(&response, a);
    lose_all(a);
    expect_same_answer(a, b, &request, &response);
    request.octets[request.len - 1] ^= 1;
    sent = b->counts.sent;
    inject(a, b, 500, bytes_of(request.octets, request.len));
    request.octets[request.len - 1] ^= 1;
    world_run(*state, 60 * 1000);
    inject(a, b, 500, bytes_of(request.octets, request.len));
    assert_int_equal(b->counts.sent, sent);
    assert_int_equal(drops(b, IKE2_DROP_SPI), 2);
    assert_int_equal(ike2_endpoint_deadline(b->ep), IKE2_TIME_NEVER);
}

/* --- Flags and SPIs: 3.1 -------------------------------------------------------------- */

/* Sealed with the right key, so that nothing but the header is wrong. */
static void speak_odd(struct side *from, struct side *to)
{
    struct utterance u = { .exchange = INFO, .message_id = voice_next_id(to) };
    uint64_t sent = to->counts.sent, dropped = drops(to, IKE2_DROP_SPI);

    for (unsigned i = 1; i < 4; i++) {
        for (unsigned kind = REQUEST; kind <= RESPONSE; kind++) {
            u.kind = (enum kind_of_message)kind;
            u.flips = (i & 1) != 0 ? IKE2_FLAG_INITIATOR : 0;
            u.swaps = (i & 2) != 0;
            speak(from, to, &u);
        }
    }
    assert_int_equal(to->counts.sent, sent);
    assert_int_equal(drops(to, IKE2_DROP_SPI), dropped + 6);
}

static void an_initiator_flag_or_spis_that_do_not_fit_are_dropped(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    bring_up(a, b);
    speak_odd(a, b);
    speak_odd(b, a);
    expect_up(a, b);
    /* The IKE SA that b has begun is b's: RFC 7296 2.8. */
    rekey_sa(b);
    world_run(*state, 1000);
    assert_true(info_of(b).initiator);
    speak_odd(a, b);
    speak_odd(b, a);
    expect_talking(a, b);
}

/* --- Back to the sender --------------------------------------------------------------- */

/* Each protected message comes back with every combination of flags, and with SPIs that have
 * changed places. */
static bool reflect(void *user, struct packet *p)
{
    struct world *w = user;
    size_t sender = net_same_ip(&p->from, &w->sides[0]->addr) ? 0 : 1;
    uint8_t octets[OCTETS_MAX], spi[8];

    assert_true(p->len <= OCTETS_MAX);
    if (p->octets[18] == SA_INIT)
        return true; /* nothing protects it */
    for (unsigned i = 0; i < 16; i++) {
        struct ike2_path path = { .local = p->from, .remote = p->to, .tag = 7 };

        memcpy(octets, p->octets, p->len);
        octets[19] = (uint8_t)((i & 7) << 3);
        if ((i & 8) != 0) {
            memcpy(spi, octets, sizeof spi);
            memcpy(octets, octets + 8, sizeof spi);
            memcpy(octets + 8, spi, sizeof spi);
        }
        assert_int_equal(ike2_endpoint_input(w->sides[sender]->ep, w->now, &path,
                                             bytes_of(octets, p->len)), IKE2_OK);
    }
    w->number++;
    return true;
}

static void messages_that_come_back_with_other_flags_change_nothing(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    struct world *w = *state;
    uint64_t sent;

    w->net.tap = reflect;
    w->net.tap_user = w;
    bring_up(a, b);
    rekey_child(a);
    world_run(w, 10 * 1000);
    rekey_sa(b);
    world_run(w, 1000);
    expect_talking(a, b);
    assert_in_range(w->number, 10, 40);
    sent = a->counts.sent + b->counts.sent;
    assert_int_equal(sent, w->number + 2); /* two of IKE_SA_INIT; what came back got no answer */
    w->net.tap = NULL;
    close_sa(a);
    world_run(w, 1000);
    expect_nothing(a);
    expect_nothing(b);
}

/* Both ends would have the same name, so neither is who the other expects. */
static void an_sa_with_oneself_never_comes_up(void **state)
{
    struct side *a = side_a(state);

    initiate(a, a);
    world_run(*state, 1000);
    expect_nothing(a);
    expect_events(a, IKE2_EVENT_SA_UP, 0);
    expect_events(a, IKE2_EVENT_SA_DOWN, 2);
    assert_int_equal(a->dataplane.n_installed, 0);
    assert_int_equal(side_stats(a).auth_failures, 2); /* told, and heard */
}

/* --- For nobody: CVE-2009-0790 -------------------------------------------------------- */

static void messages_for_unknown_spis_get_no_answer_and_make_no_state(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    uint64_t sent, calls, n = 0;
    struct dice dice = { .state = 15 };

    bring_up(a, b);
    sent = b->counts.sent;
    calls = b->alloc.n_calls;
    for (unsigned exchange = SA_INIT; exchange <= 50; exchange++) {
        for (unsigned flags = 0; flags < 8; flags++) {
            uint8_t octets[60] = { 0 };

            for (size_t i = 0; i < sizeof octets; i++)
                octets[i] = (uint8_t)(1 + dice_next(&dice) % 255);
            memcpy(octets + 16, (const uint8_t[]){ 46, 0x20, (uint8_t)exchange,
                                                   (uint8_t)(flags << 3), 0, 0, 0,
                                                   (uint8_t)(flags % 3), 0, 0, 0, 60 }, 12);
            inject(a, b, 500, bytes_of(octets, sizeof octets));
            n++;
        }
    }
    assert_int_equal(drops(b, IKE2_DROP_SPI), n);
    assert_int_equal(b->counts.sent, sent);
    assert_int_equal(b->alloc.n_calls, calls);
    expect_up(a, b);
}

/* --- The last numbers: RFC 7296 2.2 --------------------------------------------------- */

/* As if so many requests of `from` had been answered by `to`. */
static void advance_to(struct side *from, struct side *to, uint32_t id)
{
    voice_sa(from)->window.next_out = id;
    voice_sa(to)->window.next_in = id;
}

static void probe_many(struct side *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        (void)ike2_sa_probe(s->ep, s->world->now, sa_of_side(s));
        side_drain(s, s->world->now);
        world_run(s->world, 100);
    }
}

static void an_sa_gets_new_keys_before_its_message_ids_run_out(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    bring_up(a, b);
    advance_to(a, b, UINT32_C(0xfffefffe));
    probe_many(a, 20);
    expect_events(a, IKE2_EVENT_SA_REKEYED, 1);
    expect_events(b, IKE2_EVENT_SA_REKEYED, 1);
    assert_true(voice_sa(a)->window.next_out < 100);
    expect_talking(a, b);
    expect_up(a, b);
}

/* A peer that does not care: we do. */
static void the_peers_message_ids_are_watched_too(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    bring_up(a, b);
    ((struct world *)*state)->net.is_held = true;
    voice_sa(b)->window.next_in = UINT32_C(0xfffeffff);
    say_nothing(a, b, INFO);
    lose_all(a);
    ((struct world *)*state)->net.is_held = false;
    advance_to(a, b, 7);
    world_run(*state, 1000);
    expect_events(b, IKE2_EVENT_SA_REKEYED, 1);
    expect_talking(a, b);
}

static void message_ids_do_not_begin_again(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    uint64_t sent;

    bring_up(a, b);
    ((struct world *)*state)->net.is_held = true;
    voice_sa(b)->window.next_in = UINT32_MAX - 1;
    say_nothing(a, b, INFO);
    sent = b->counts.sent;
    for (uint32_t i = 0; i < 3; i++) {
        const struct utterance u = { .exchange = INFO, .message_id = UINT32_MAX + i };

        speak(a, b, &u);
    }
    assert_int_equal(b->counts.sent, sent);
    assert_int_equal(drops(b, IKE2_DROP_MESSAGE_ID), 3);
}

/* An SA that cannot be rekeyed ends when it has nothing left to say its requests with. */
static void an_sa_without_message_ids_ends(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    bring_up(a, b);
    advance_to(a, b, UINT32_MAX - 1);
    probe_many(a, 2);
    assert_int_equal(side_stats(a).sas, 0);
    expect_sa_down(a, IKE2_REASON_RESOURCE, 0);
    assert_true(world_run_out(*state, LONG_ENOUGH_MS));
}

/* Names of SAs, children and questions have 64 bits. */
static void names_go_on_beyond_32_bits(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    ike2_sa_id before;

    b->setup.asks_psk = true;
    assert_int_equal(side_start(a, a->world->now), IKE2_OK);
    assert_int_equal(side_start(b, b->world->now), IKE2_OK);
    a->ep->host.serial = b->ep->host.serial = UINT32_MAX - UINT64_C(2);
    bring_up(a, b);
    before = sa_of_side(a);
    close_sa(a);
    world_run(*state, 1000);
    bring_up(a, b);
    assert_true(sa_of_side(a) > UINT32_MAX && sa_of_side(b) > UINT32_MAX);
    assert_true(sa_of_side(a) > before);
    assert_true(child_of(a) > UINT32_MAX && child_of(b) > UINT32_MAX);
    assert_int_equal(ike2_sa_close(a->ep, a->world->now, before), IKE2_ERR_STALE);
    rekey_child(a);
    world_run(*state, 10 * 1000);
    expect_talking(a, b);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, attack_world, world_teardown)
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_that_comes_again_gets_the_same_octets),
        CASE(a_request_before_the_last_one_is_not_answered),
        CASE(the_request_that_ended_an_sa_is_answered_again_without_state),
        CASE(an_initiator_flag_or_spis_that_do_not_fit_are_dropped),
        CASE(messages_that_come_back_with_other_flags_change_nothing),
        CASE(an_sa_with_oneself_never_comes_up),
        CASE(messages_for_unknown_spis_get_no_answer_and_make_no_state),
        CASE(an_sa_gets_new_keys_before_its_message_ids_run_out),
        CASE(the_peers_message_ids_are_watched_too),
        CASE(message_ids_do_not_begin_again),
        CASE(an_sa_without_message_ids_ends),
        CASE(names_go_on_beyond_32_bits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
