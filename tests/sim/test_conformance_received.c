/* sim/test_conformance_received.c - what RFC 7296 requires of messages that come from nowhere, in
 * another order or with strange contents. 1.5, 2.4, 2.5, 2.6, 2.20, 2.21. doc/conformance names
 * these tests. */
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

/* --- Versions --------------------------------------------------------------------------- */

/* RFC 7296 2.5: what is minor is ignored, and the answer has our version. */
static void a_higher_minor_version_is_ignored(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    struct packet *p;

    w->net.is_held = true;
    initiate(a, b);
    net_peek(&w->net, &b->addr)->octets[17] = 0x2f;
    passes(a, b, IKE2_EXCHANGE_IKE_SA_INIT, REQUEST);
    p = net_peek(&w->net, &a->addr);
    assert_non_null(p);
    assert_int_equal(p->octets[16], IKE2_PAYLOAD_SA);
    assert_int_equal(p->octets[17], IKE2_VERSION_2_0);
    drop_sa(a);
}

/* RFC 7296 1.5: the SPIs, the Message ID and the exchange type are those of the request. */
static void a_higher_version_is_told_under_its_own_spis(void **state)
{
    static const uint8_t request[HEADER] = {
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 0, 0x30, 37, IKE2_FLAG_INITIATOR,
        0, 0, 0, 5, 0, 0, 0, HEADER,
    };
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    struct packet *p;

    w->net.is_held = true;
    assert_int_equal(side_start(b, w->now), IKE2_OK);
    inject(a, b, 500, bytes_of(request, sizeof request));
    p = net_peek(&w->net, &a->addr);
    assert_non_null(p);
    assert_memory_equal(p->octets, request, 16);
    assert_int_equal(p->octets[17], IKE2_VERSION_2_0);
    assert_int_equal(p->octets[18], 37);
    assert_int_equal(p->octets[19], IKE2_FLAG_RESPONSE);
    assert_memory_equal(p->octets + 20, request + 20, 4);
    assert_int_equal(p->len, HEADER + 8); /* a notify without data */
}

/* --- Without protection ------------------------------------------------------------------- */

static void say_bare(struct side *from, struct side *to, uint64_t spi_i, uint64_t spi_r,
                     uint8_t flags, uint16_t type)
{
    const ike2_header h = { .spi_i = spi_i, .spi_r = spi_r, .version = IKE2_VERSION_2_0,
                            .exchange = INFO, .flags = flags, .message_id = voice_next_id(to) };
    const uint8_t spi[4] = { 1, 2, 3, 4 };
    const ike2_notify n = { .type = type,
                            .data = { spi, type == IKE2_NOTIFY_INVALID_SPI ? sizeof spi : 0 } };
    uint8_t room[128];
    ike2_writer w;
    ike2_bytes message;

    ike2_writer_init(&w, room, sizeof room);
    ike2_message_begin(&w, &h);
    ike2_notify_write(&w, &n);
    assert_int_equal(ike2_message_end(&w, &message), IKE2_OK);
    inject(from, to, 500, message);
}

/* RFC 7296 1.5, 2.21.4: for one of our IKE SAs or for none, as a request or as a response. */
static void an_unprotected_notify_is_never_answered(void **state)
{
    static const uint16_t types[] = { IKE2_NOTIFY_INVALID_SPI, IKE2_NOTIFY_INVALID_IKE_SPI,
                                      IKE2_NOTIFY_INVALID_SYNTAX, IKE2_NOTIFY_INITIAL_CONTACT };
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    uint64_t sent;

    bring_up(a, b);
    w->net.is_held = true;
    sent = b->counts.sent;
    for (size_t i = 0; i < 4 * 8; i++) {
        uint8_t flags = (uint8_t)((i & 4) != 0 ? IKE2_FLAG_RESPONSE : 0);

        flags |= (i & 8) != 0 ? IKE2_FLAG_INITIATOR : 0;
        if ((i & 16) != 0)
            say_bare(a, b, info_of(a).spi_local, info_of(a).spi_remote, flags, types[i % 4]);
        else
            say_bare(a, b, i == 0 ? 0 : 77, i == 0 ? 0 : 78, flags, types[i % 4]);
    }
    assert_int_equal(b->counts.sent, sent);
    expect_up(a, b);
}

/* --- For an IKE SA that is not here ------------------------------------------------------ */

enum { UNKNOWN_OCTETS = 60 };

/* What looks like a protected message of Message ID 5. */
static void inject_unknown(struct side *from, struct side *to, uint8_t exchange, uint8_t flags,
                           uint8_t payload)
{
    uint8_t octets[UNKNOWN_OCTETS] = {
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, payload, 0x20, exchange, flags,
        0, 0, 0, 5, 0, 0, 0, UNKNOWN_OCTETS,
    };

    inject(from, to, 500, bytes_of(octets, sizeof octets));
}

/* RFC 7296 1.5, 2.21.4: SPIs, Message ID and exchange are those of the request; the one who is
 * asked by the original responder is the original initiator. */
static void a_request_for_an_unknown_sa_is_answered_if_that_is_wanted(void **state)
{
    static const uint8_t flags[] = { 0, IKE2_FLAG_INITIATOR };
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    b->setup.endpoint.answer_unknown = IKE2_ON;
    w->net.is_held = true;
    assert_int_equal(side_start(b, w->now), IKE2_OK);
    for (size_t i = 0; i < sizeof flags; i++) {
        struct packet *p;

        inject_unknown(a, b, INFO, flags[i], IKE2_PAYLOAD_SK);
        p = net_peek(&w->net, &a->addr);
        assert_non_null(p);
        assert_int_equal(p->len, HEADER + 8);
        for (uint8_t j = 0; j < 16; j++)
            assert_int_equal(p->octets[j], j + 1);
        assert_int_equal(p->octets[16], IKE2_PAYLOAD_NOTIFY);
        assert_int_equal(p->octets[18], INFO);
        assert_int_equal(p->octets[19], IKE2_FLAG_RESPONSE | (flags[1 - i] & IKE2_FLAG_INITIATOR));
        assert_int_equal(p->octets[23], 5);
        assert_int_equal(p->octets[HEADER + 7], IKE2_NOTIFY_INVALID_IKE_SPI);
        net_remove(&w->net, p);
    }
    assert_int_equal(drops(b, IKE2_DROP_SPI), 2);
    assert_int_equal(side_stats(b).sas, 0);
}

static void nothing_else_for_an_unknown_sa_is_answered(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    uint64_t sent;

    b->setup.endpoint.answer_unknown = IKE2_ON;
    bring_up(a, b);
    sent = b->counts.sent;
    inject_unknown(a, b, INFO, IKE2_FLAG_RESPONSE, IKE2_PAYLOAD_SK);
    inject_unknown(a, b, INFO, IKE2_FLAG_RESPONSE | IKE2_FLAG_INITIATOR, IKE2_PAYLOAD_SKF);
    inject_unknown(a, b, INFO, IKE2_FLAG_INITIATOR, IKE2_PAYLOAD_NOTIFY);
    inject_unknown(a, b, INFO, IKE2_FLAG_INITIATOR, 0);
    inject_unknown(a, b, IKE2_EXCHANGE_IKE_SA_INIT, IKE2_FLAG_INITIATOR, IKE2_PAYLOAD_SK);
    say_bare(a, b, 77, 78, 0, IKE2_NOTIFY_INVALID_IKE_SPI);
    say_bare(a, b, 77, 78, 0, IKE2_NOTIFY_INVALID_SPI);
    assert_int_equal(drops(b, IKE2_DROP_SPI), 7);
    assert_int_equal(b->counts.sent, sent);
    expect_up(a, b);
}

/* And cookies have tokens of their own. */
static void answers_for_unknown_sas_are_limited_in_rate(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    b->setup.endpoint.answer_unknown = b->setup.endpoint.cookie = IKE2_ON;
    assert_int_equal(side_start(b, w->now), IKE2_OK);
    w->net.loss_percent = 100;
    for (size_t i = 0; i < 3000; i++)
        inject_unknown(a, b, INFO, 0, IKE2_PAYLOAD_SK);
    assert_int_equal(b->counts.sent, 100);
    w->net.loss_percent = 0;
    initiate(a, b);
    world_run(w, 1000);
    expect_up(a, b);
    assert_int_equal(side_stats(b).cookies_sent, 1);
}

/* --- By an authentic peer ----------------------------------------------------------------- */

/* The voice of `from`; then what `to` answers is in `heard`, and no side has heard it. */
static void ask(struct side *from, struct side *to, uint8_t exchange, ike2_writer *w,
                struct heard *heard)
{
    assert_true(from->world->net.is_held);
    speak_written(from, to, (struct utterance){ .exchange = exchange,
                                                .message_id = voice_next_id(to) }, w);
    assert_true(voice_hear(from, heard));
    assert_int_equal(heard->message.header.exchange, exchange);
    assert_int_not_equal(heard->message.header.flags & IKE2_FLAG_RESPONSE, 0);
}

/* RFC 7296 2.5, 3.2: header flags, the bits beside the critical one, and that one itself for a
 * payload that we know. */
static void reserved_bits_are_ignored(void **state)
{
    static const uint8_t chain[] = { 0, 0xff, 0, 8, 0, 0, 0x40, 0x01 };
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    uint64_t sent;

    bring_up(a, b);
    w->net.is_held = true;
    sent = b->counts.sent;
    for (unsigned bit = 1; bit < 256; bit *= 2) {
        if (bit == IKE2_FLAG_INITIATOR || bit == IKE2_FLAG_RESPONSE)
            continue;
        speak(a, b, &(struct utterance){ .exchange = INFO, .message_id = voice_next_id(b),
                                         .first = IKE2_PAYLOAD_NOTIFY, .flips = (uint8_t)bit,
                                         .chain = { chain, sizeof chain } });
        assert_int_equal(b->counts.sent, ++sent);
    }
    expect_up(a, b);
}

/* RFC 7296 2.5 */
static void payloads_may_come_in_any_order(void **state)
{
    static const uint8_t orders[][4] = { { 0, 1, 2, 3 }, { 3, 2, 1, 0 }, { 2, 3, 0, 1 },
                                         { 1, 3, 0, 2 } };
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    const ike2_ts here = setup_net4(0x0a010000, 16), there = setup_net4(0x0a020000, 16);
    const uint8_t nonce[32] = { 1 };
    ike2_proposal p;

    setup_esp(&a->setup, 0, "aes256gcm16-noesn");
    bring_up(a, b);
    w->net.is_held = true;
    p = a->setup.children[0].proposals[0];
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        const uint8_t spi[4] = { 7, 7, 7, (uint8_t)i };
        uint8_t room[512];
        struct heard heard;
        ike2_writer writer;

        p.spi = bytes_of(spi, sizeof spi);
        voice_begin(&writer, room);
        for (size_t j = 0; j < 4; j++) {
            if (orders[i][j] == 0)
                ike2_sa_write(&writer, &p, 1);
            else if (orders[i][j] == 1)
                ike2_data_write(&writer, IKE2_PAYLOAD_NONCE, bytes_of(nonce, sizeof nonce));
            else
                ike2_ts_write(&writer, orders[i][j] == 2 ? IKE2_PAYLOAD_TSI : IKE2_PAYLOAD_TSR,
                              orders[i][j] == 2 ? &here : &there, 1);
        }
        ask(a, b, CREATE, &writer, &heard);
        assert_int_equal(ike2_message_count(&heard.message, IKE2_PAYLOAD_SA), 1);
        assert_int_equal(info_of(b).n_children, 2 + i);
    }
}

/* RFC 7296 2.21.3: every request gets an answer; IKE_AUTH has no place in an SA that is up. */
static void a_request_that_is_not_legal_now_is_refused(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    const uint8_t octets[32] = { 1 };
    const ike2_auth_payload auth = { .method = IKE2_AUTH_METHOD_SHARED_KEY,
                                     .data = { octets, sizeof octets } };
    struct heard heard;
    ike2_writer writer;
    ike2_notify n;
    uint8_t room[512];

    bring_up(a, b);
    w->net.is_held = true;
    voice_begin(&writer, room);
    ike2_auth_write(&writer, &auth);
    ask(a, b, IKE2_EXCHANGE_IKE_AUTH, &writer, &heard);
    assert_true(ike2_message_notify(&heard.message, IKE2_NOTIFY_INVALID_SYNTAX, &n));
    expect_sa_down(b, IKE2_REASON_PROTOCOL, IKE2_NOTIFY_INVALID_SYNTAX);
}

/* RFC 7296 2.20; an attribute that is nobody's any more is passed over, 1.7; what we are told to be
 * is not accepted, 3.15.1. */
static void a_question_for_our_version_is_answered_with_nothing(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    const uint8_t octets[4] = { 1 };
    const ike2_cfg_attr asked[] = { { .type = IKE2_CFG_APPLICATION_VERSION },
                                    { .type = 5, .value = { octets, sizeof octets } } };
    struct heard heard;
    ike2_writer writer;
    uint8_t room[512];

    bring_up(a, b);
    w->net.is_held = true;
    for (uint8_t cp_type = IKE2_CP_REQUEST; cp_type <= IKE2_CP_ACK; cp_type++) {
        voice_begin(&writer, room);
        ike2_cfg_write(&writer, cp_type, asked, 2);
        ask(a, b, INFO, &writer, &heard);
        assert_int_equal(heard.message.chain.len, 0);
    }
    expect_up(a, b);
}

/* RFC 7296 2.4, 2.21.4: what a peer tells of changes no SA here. */
static void a_notify_of_trouble_changes_nothing(void **state)
{
    static const uint16_t types[] = { IKE2_NOTIFY_INITIAL_CONTACT, IKE2_NOTIFY_INVALID_IKE_SPI,
                                      IKE2_NOTIFY_INVALID_MESSAGE_ID, IKE2_NOTIFY_INVALID_SPI,
                                      IKE2_NOTIFY_NO_PROPOSAL_CHOSEN, 8191, 40000 };
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    bring_up(a, b);
    w->net.is_held = true;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        const uint8_t spi[4] = { 1, 2, 3, 4 };
        const ike2_notify n = { .type = types[i], .data = { spi, sizeof spi } };
        struct heard heard;
        ike2_writer writer;
        uint8_t room[512];

        voice_begin(&writer, room);
        ike2_notify_write(&writer, &n);
        ask(a, b, INFO, &writer, &heard);
        assert_int_equal(heard.message.chain.len, 0);
    }
    expect_up(a, b);
}

/* --- SPIs ------------------------------------------------------------------------------- */

/* RFC 7296 2.6, 3.1: a provider that repeats itself is asked again. */
static void spis_are_unique_and_never_zero(void **state)
{
    static const uint8_t first[] = { 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1 };
    static const uint8_t second[] = { 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2 };
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    ike2_sa_info info = IKE2_INIT(ike2_sa_info);
    ike2_sa_id one;

    assert_int_equal(side_start(a, w->now), IKE2_OK);
    a->fake.script = bytes_of(first, sizeof first);
    initiate(a, b);
    one = sa_of_side(a);
    a->fake.script = bytes_of(second, sizeof second);
    initiate(a, b);
    assert_int_equal(ike2_sa_get(a->ep, one, &info), IKE2_OK);
    assert_true(info.spi_local == UINT64_C(0x0101010101010101));
    assert_int_equal(ike2_sa_get(a->ep, ike2_sa_next(a->ep, one), &info), IKE2_OK);
    assert_true(info.spi_local == UINT64_C(0x0202020202020202));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_higher_minor_version_is_ignored),
        CASE(a_higher_version_is_told_under_its_own_spis),
        CASE(an_unprotected_notify_is_never_answered),
        CASE(a_request_for_an_unknown_sa_is_answered_if_that_is_wanted),
        CASE(nothing_else_for_an_unknown_sa_is_answered),
        CASE(answers_for_unknown_sas_are_limited_in_rate),
        CASE(reserved_bits_are_ignored),
        CASE(payloads_may_come_in_any_order),
        CASE(a_request_that_is_not_legal_now_is_refused),
        CASE(a_question_for_our_version_is_answered_with_nothing),
        CASE(a_notify_of_trouble_changes_nothing),
        CASE(spis_are_unique_and_never_zero),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
