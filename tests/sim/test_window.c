/* sim/test_window.c - requests of a peer that sends several before the first is answered. RFC 7296
 * 2.2, 2.3. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sa/window.h"
#include "sim/scenario.h"
#include "sim/voice.h"

#define CASE(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

enum { INFO = IKE2_EXCHANGE_INFORMATIONAL, WINDOW = 4 };

static int setup_wide(void **state)
{
    (void)world_setup(state);
    side_b(state)->setup.peer.window = WINDOW;
    bring_up(side_a(state), side_b(state));
    return 0;
}

#define WIDE(name) cmocka_unit_test_setup_teardown(name, setup_wide, world_teardown)

static struct sa *sa_at(const struct side *s)
{
    return ike2_map_get(&s->ep->host.sas, sa_of_side(s));
}

/* An empty INFORMATIONAL request of a's. */
static void ask(struct side *a, struct side *b, uint32_t message_id)
{
    speak(a, b, &(struct utterance){ .exchange = INFO, .message_id = message_id });
}

/* a deletes the child, so that one of the requests does something. */
static void ask_to_delete(struct side *a, struct side *b, uint32_t message_id)
{
    uint8_t spi[4], room[512];
    uint32_t name = dataplane_pair(&a->dataplane, 0)->spi_in;
    const ike2_delete d = { .protocol = IKE2_PROTOCOL_ESP, .spi_size = 4, .count = 1,
                            .spis = { spi, sizeof spi } };
    ike2_writer w;

    for (size_t i = 0; i < 4; i++)
        spi[i] = (uint8_t)(name >> (24 - 8 * i));
    voice_begin(&w, room);
    ike2_delete_write(&w, &d);
    speak_written(a, b, (struct utterance){ .exchange = INFO, .message_id = message_id }, &w);
}

static void the_size_is_announced(void **state)
{
    const struct sa *theirs = sa_at(side_b(state));

    assert_non_null(theirs->window.backlog);
    assert_int_equal(theirs->window.backlog->size, WINDOW);
    assert_null(sa_at(side_a(state))->window.backlog);
}

static void requests_that_come_early_are_dealt_with_in_turn(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    uint32_t next = voice_next_id(b);
    uint64_t sent = b->counts.sent;

    ask(a, b, next + 2);
    ask_to_delete(a, b, next + 1);
    ask(a, b, next + 3);
    assert_int_equal(b->counts.sent, sent);
    assert_int_equal(info_of(b).n_children, 1);
    ask(a, b, next);
    assert_int_equal(b->counts.sent, sent + 4);
    assert_int_equal(info_of(b).n_children, 0);
    assert_int_equal(voice_next_id(b), next + 4);
    assert_int_equal(side_stats(b).reassembly_octets, 0);
}

static void what_is_beyond_the_window_is_dropped(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    uint32_t next = voice_next_id(b);
    uint64_t dropped = drops(b, IKE2_DROP_MESSAGE_ID);

    ask(a, b, next + WINDOW);
    ask(a, b, next + 1000000);
    ask(a, b, UINT32_MAX);
    assert_int_equal(drops(b, IKE2_DROP_MESSAGE_ID), dropped + 3);
    assert_int_equal(side_stats(b).reassembly_octets, 0);
}

static void the_last_answers_are_kept(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    uint32_t next = voice_next_id(b);
    uint64_t sent;

    for (uint32_t i = 0; i < 6; i++)
        ask(a, b, next + i);
    sent = b->counts.sent;
    for (uint32_t i = 2; i < 6; i++)
        ask(a, b, next + i);
    assert_int_equal(b->counts.sent, sent + 4);
    ask(a, b, next + 1); /* of that one the peer has the answer, since it sent the fifth */
    assert_int_equal(b->counts.sent, sent + 4);
    assert_null(b->fault);
}

/* A request whose answer takes its time keeps the others waiting. */
static void a_slow_answer_keeps_the_turn(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    uint32_t next = voice_next_id(b);
    uint64_t sent = b->counts.sent;

    b->plans[ON_REMOVE] = (struct plan){ .manner = LATER, .ms = 3000 };
    ask_to_delete(a, b, next);
    ask(a, b, next + 1);
    world_run(w, 1000);
    assert_int_equal(b->counts.sent, sent);
    world_run(w, 3000);
    assert_int_equal(b->counts.sent, sent + 2);
}

static void forgeries_are_not_kept(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    struct net *net = &b->world->net;
    uint64_t dropped = drops(b, IKE2_DROP_ICV);
    const ike2_header h = {
        .spi_i = info_of(b).spi_remote, .spi_r = info_of(b).spi_local,
        .version = IKE2_VERSION_2_0, .exchange = INFO, .flags = IKE2_FLAG_INITIATOR,
        .message_id = voice_next_id(b) + 1, .next_payload = IKE2_PAYLOAD_SK, .length = 64,
    };
    uint8_t room[128];
    ike2_writer w;
    ike2_bytes message;

    (void)net;
    ike2_writer_init(&w, room, sizeof room);
    ike2_message_begin(&w, &h);
    ike2_data_write(&w, IKE2_PAYLOAD_SK, (ike2_bytes){ room, 32 });
    assert_int_equal(ike2_message_end(&w, &message), IKE2_OK);
    inject(a, b, 500, message);
    assert_int_equal(drops(b, IKE2_DROP_ICV), dropped + 1);
    assert_int_equal(side_stats(b).reassembly_octets, 0);
}

static void a_window_of_one_drops_what_comes_early(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    uint64_t dropped;

    bring_up(a, b);
    dropped = drops(b, IKE2_DROP_MESSAGE_ID);
    ask(a, b, voice_next_id(b) + 1);
    assert_int_equal(drops(b, IKE2_DROP_MESSAGE_ID), dropped + 1);
}

static void no_window_is_larger_than_16(void **state)
{
    struct side *a = side_a(state);
    ike2_peer_id id;

    assert_int_equal(side_start(a, 0), IKE2_OK);
    a->setup.peer.window = WINDOW_MAX + 1;
    assert_int_equal(side_define(a, &id), IKE2_ERR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WIDE(the_size_is_announced),
        WIDE(requests_that_come_early_are_dealt_with_in_turn),
        WIDE(what_is_beyond_the_window_is_dropped),
        WIDE(the_last_answers_are_kept),
        WIDE(a_slow_answer_keeps_the_turn),
        WIDE(forgeries_are_not_kept),
        CASE(a_window_of_one_drops_what_comes_early),
        CASE(no_window_is_larger_than_16),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
