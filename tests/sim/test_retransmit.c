/* sim/test_retransmit.c - requests are sent again, and answered again. RFC 7296 2.1 to 2.4. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "sim/scenario.h"
#include "sim/voice.h"

enum { SENDS_MAX = 64, MESSAGE_MAX = 2048 };

/* What a tap has seen: when, and whether the octets were always the same. */
struct log {
    struct world *w;
    ike2_time at[SENDS_MAX];
    size_t n;
    uint8_t first[MESSAGE_MAX];
    size_t len;
    bool differs;
};

/* Nobody hears anything. */
static bool swallow(void *user, struct packet *p)
{
    struct log *log = user;

    assert_true(log->n < SENDS_MAX && p->len <= MESSAGE_MAX);
    if (log->n == 0) {
        memcpy(log->first, p->octets, p->len);
        log->len = p->len;
    }
    log->differs = log->differs || p->len != log->len || memcmp(log->first, p->octets, p->len) != 0;
    log->at[log->n++] = log->w->now;
    return false;
}

static void listen(struct world *w, struct log *log)
{
    *log = (struct log){ .w = w };
    w->net.tap = swallow;
    w->net.tap_user = log;
}

static void begin(struct world *w, struct log *log)
{
    listen(w, log);
    initiate(w->sides[0], w->sides[1]);
}

/* --- The schedule --------------------------------------------------------------------- */

/* Jitter cannot be configured away, but without randomness there is none: the provider fails behind
 * the first wait. */
static void the_default_schedule_gives_up_after_68_seconds(void **state)
{
    static const uint32_t waits[] = { 500, 900, 1620, 2916, 5248, 9446, 17002, 30603 };
    struct world *w = *state;
    struct side *a = side_a(state);
    const struct event *down;
    struct log log;

    begin(w, &log);
    a->fake.random_fails = true;
    assert_true(world_run_out(w, 80 * 1000));
    assert_int_equal(log.n, 8);
    assert_false(log.differs);
    assert_in_range(log.at[1] - log.at[0], 450, 550);
    for (size_t i = 2; i < 8; i++)
        assert_int_equal(log.at[i] - log.at[i - 1], waits[i - 1]);
    down = record_last(&a->record, IKE2_EVENT_SA_DOWN);
    assert_int_equal(down->at - log.at[7], waits[7]);
    assert_in_range(down->at - log.at[0], 68185, 68285);
    expect_sa_down(a, IKE2_REASON_TIMEOUT, 0);
    expect_nothing(a);
}

static void each_wait_is_changed_by_a_tenth_at_most(void **state)
{
    static const uint32_t waits[] = { 500, 900, 1620, 2916, 5248, 9446, 17002 };
    bool earlier = false, later = false;

    (void)state;
    for (uint64_t seed = 1; seed <= 50; seed++) {
        struct world *w = world_new(seed);
        struct log log;

        begin(w, &log);
        assert_true(world_run_out(w, 80 * 1000));
        assert_int_equal(log.n, 8);
        for (size_t i = 0; i < 7; i++) {
            uint64_t wait = log.at[i + 1] - log.at[i];

            assert_in_range(wait, waits[i] - waits[i] / 10, waits[i] + waits[i] / 10);
            earlier = earlier || wait < waits[i];
            later = later || wait > waits[i];
        }
        world_free(w);
    }
    assert_true(earlier && later);
}

static void the_schedule_can_be_configured(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state);
    struct log log;

    a->setup.retransmit.first_ms = 1000;
    a->setup.retransmit.max_ms = 3000;
    a->setup.retransmit.tries = 5;
    a->setup.retransmit.backoff_percent = 200;
    begin(w, &log);
    a->fake.random_fails = true;
    assert_true(world_run_out(w, 80 * 1000));
    assert_int_equal(log.n, 5);
    assert_int_equal(log.at[2] - log.at[1], 2000);
    assert_int_equal(log.at[3] - log.at[2], 3000);
    assert_int_equal(log.at[4] - log.at[3], 3000);
    assert_int_equal(record_last(&a->record, IKE2_EVENT_SA_DOWN)->at - log.at[4], 3000);
    assert_int_equal(a->record.n_retransmits, 4);
}

/* A wait has 32 bits; it does not become a short one beyond that. */
static void a_wait_that_grows_without_ceiling_does_not_begin_again(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state);
    struct log log;

    a->setup.retransmit.first_ms = UINT32_MAX / 4;
    a->setup.retransmit.tries = 6;
    begin(w, &log);
    a->fake.random_fails = true;
    assert_true(world_run_out(w, UINT64_C(100) * UINT32_MAX));
    for (size_t i = 2; i < log.n; i++)
        assert_true(log.at[i] - log.at[i - 1] >= log.at[i - 1] - log.at[i - 2] ||
                    log.at[i] - log.at[i - 1] > UINT32_MAX / 2);
    assert_int_equal(log.n, 6);
}

/* --- The same again ------------------------------------------------------------------- */

static void every_request_is_sent_again_until_it_is_answered(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    w->net.is_held = true;
    initiate(a, b);
    loses(a, b, IKE2_EXCHANGE_IKE_SA_INIT, REQUEST);
    world_run(w, 600);
    passes(a, b, IKE2_EXCHANGE_IKE_SA_INIT, REQUEST);
    loses(b, a, IKE2_EXCHANGE_IKE_SA_INIT, RESPONSE);
    world_run(w, 1000);
    passes(a, b, IKE2_EXCHANGE_IKE_SA_INIT, REQUEST);
    passes(b, a, IKE2_EXCHANGE_IKE_SA_INIT, RESPONSE);
    loses(a, b, IKE2_EXCHANGE_IKE_AUTH, REQUEST);
    world_run(w, 600);
    passes(a, b, IKE2_EXCHANGE_IKE_AUTH, REQUEST);
    loses(b, a, IKE2_EXCHANGE_IKE_AUTH, RESPONSE);
    world_run(w, 1000);
    passes(a, b, IKE2_EXCHANGE_IKE_AUTH, REQUEST);
    passes(b, a, IKE2_EXCHANGE_IKE_AUTH, RESPONSE);
    nothing_flies(w);
    expect_up(a, b);
    assert_int_equal(info_of(a).retransmits, 4);
    assert_int_equal(b->dataplane.n_installed, 1);
}

/* The octets are compared as they are sent. */
static void a_repeated_request_gets_the_cached_response(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    struct packet *p;
    uint64_t sent;

    bring_up(a, b);
    w->net.is_held = true;
    close_child(a);
    p = net_peek(&w->net, &b->addr);
    sent = b->counts.sent;
    for (size_t i = 0; i < 5; i++)
        inject(a, b, 500, (ike2_bytes){ p->octets, p->len });
    assert_int_equal(b->counts.sent, sent + 5);
    assert_int_equal(side_stats(b).retransmits_in, 4);
    expect_events(b, IKE2_EVENT_CHILD_DOWN, 1);
    assert_int_equal(b->dataplane.n_removed, 1);
    p->octets[p->len - 1] ^= 1; /* who cannot seal cannot make us send */
    inject(a, b, 500, (ike2_bytes){ p->octets, p->len });
    assert_int_equal(b->counts.sent, sent + 5);
    p->octets[p->len - 1] ^= 1;
    passes(b, a, IKE2_EXCHANGE_INFORMATIONAL, RESPONSE);
    expect_up_without_child(a);
}

/* RFC 7296 2.3: a window of one. */
static void a_request_outside_the_window_is_dropped(void **state)
{
    static const int offsets[] = { 1, 2, 5, 1000, -2 };
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    uint64_t sent, dropped;

    bring_up(a, b);
    w->net.is_held = true;
    sent = b->counts.sent;
    dropped = drops(b, IKE2_DROP_MESSAGE_ID);
    for (size_t i = 0; i < sizeof offsets / sizeof offsets[0]; i++) {
        struct utterance u = { .exchange = IKE2_EXCHANGE_INFORMATIONAL,
                               .message_id = voice_next_id(b) + (uint32_t)offsets[i] };

        speak(a, b, &u);
    }
    assert_int_equal(b->counts.sent, sent);
    assert_int_equal(drops(b, IKE2_DROP_MESSAGE_ID), dropped + 5);
    w->net.is_held = false;
    world_run(w, 1000);
    expect_up(a, b);
}

static void a_response_that_nobody_asked_for_is_dropped(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    bring_up(a, b);
    w->net.is_held = true;
    for (uint32_t id = 0; id < 5; id++) {
        const struct utterance u = { .exchange = IKE2_EXCHANGE_INFORMATIONAL, .kind = RESPONSE,
                                     .message_id = id };

        speak(a, b, &u);
        speak(b, a, &u);
    }
    assert_int_equal(drops(a, IKE2_DROP_MESSAGE_ID), 5);
    assert_int_equal(drops(b, IKE2_DROP_MESSAGE_ID), 5);
    expect_up(a, b);
}

/* --- Liveness ------------------------------------------------------------------------- */

static void silence_is_broken_by_a_liveness_check(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    uint64_t sent;

    b->setup.peer.liveness_seconds = IKE2_NEVER;
    bring_up(a, b);
    sent = a->counts.sent;
    world_run(w, 28 * 1000);
    assert_int_equal(a->counts.sent, sent);
    world_run(w, 301 * 1000);
    assert_in_range(a->counts.sent - sent, 10, 11);
    expect_up(a, b);
}

static void a_peer_that_is_heard_is_not_asked(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    b->setup.peer.liveness_seconds = 10;
    bring_up(a, b);
    world_run(w, 300 * 1000);
    assert_in_range(a->counts.last_message_id, 28, 29); /* responses to 29 or 30 checks, from 0 */
    assert_int_equal(a->counts.sent, 2 + a->counts.last_message_id + 1);
    expect_up(a, b);
}

static void a_peer_that_has_gone_is_noticed(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    ike2_time vanished;

    bring_up(a, b);
    side_stop(b);
    vanished = w->now;
    assert_true(world_run_out(w, 120 * 1000));
    expect_sa_down(a, IKE2_REASON_TIMEOUT, 0);
    expect_child_down(a, IKE2_REASON_TIMEOUT, 0);
    assert_in_range(record_last(&a->record, IKE2_EVENT_SA_DOWN)->at - vanished, 90 * 1000,
                    106 * 1000);
    expect_nothing(a);
}

static void without_liveness_checks_an_sa_rests(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    uint64_t sent;

    a->setup.peer.liveness_seconds = b->setup.peer.liveness_seconds = IKE2_NEVER;
    a->setup.peer.rekey_seconds = b->setup.peer.rekey_seconds = IKE2_NEVER;
    setup_lifetime(&a->setup, 0, IKE2_NEVER, IKE2_NEVER);
    setup_lifetime(&b->setup, 0, IKE2_NEVER, IKE2_NEVER);
    bring_up(a, b);
    sent = w->net.n_sent;
    world_run(w, 60 * 1000);
    assert_true(ike2_endpoint_deadline(a->ep) == IKE2_TIME_NEVER);
    assert_true(ike2_endpoint_deadline(b->ep) == IKE2_TIME_NEVER);
    assert_int_equal(w->net.n_sent, sent);
    expect_up(a, b);
}

static void a_liveness_check_can_be_commanded(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    bring_up(a, b);
    w->net.is_held = true;
    assert_int_equal(ike2_sa_probe(a->ep, w->now, sa_of_side(a)), IKE2_OK);
    assert_int_equal(ike2_sa_probe(a->ep, w->now, sa_of_side(a)), IKE2_OK); /* one is enough */
    side_drain(a, w->now);
    passes(a, b, IKE2_EXCHANGE_INFORMATIONAL, REQUEST);
    passes(b, a, IKE2_EXCHANGE_INFORMATIONAL, RESPONSE);
    nothing_flies(w);
    initiate(a, b);
    assert_int_equal(ike2_sa_probe(a->ep, w->now, a->sa), IKE2_ERR_STATE);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)
    static const struct CMUnitTest tests[] = {
        CASE(the_default_schedule_gives_up_after_68_seconds),
        cmocka_unit_test(each_wait_is_changed_by_a_tenth_at_most),
        CASE(the_schedule_can_be_configured),
        CASE(a_wait_that_grows_without_ceiling_does_not_begin_again),
        CASE(every_request_is_sent_again_until_it_is_answered),
        CASE(a_repeated_request_gets_the_cached_response),
        CASE(a_request_outside_the_window_is_dropped),
        CASE(a_response_that_nobody_asked_for_is_dropped),
        CASE(silence_is_broken_by_a_liveness_check),
        CASE(a_peer_that_is_heard_is_not_asked),
        CASE(a_peer_that_has_gone_is_noticed),
        CASE(without_liveness_checks_an_sa_rests),
        CASE(a_liveness_check_can_be_commanded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
