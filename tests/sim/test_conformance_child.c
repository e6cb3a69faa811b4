/* sim/test_conformance_child.c - what RFC 7296 requires of CREATE_CHILD_SA: key exchange, transport
 * mode, selectors, IPComp, lifetimes. 1.3, 1.3.1, 1.3.3, 2.8, 2.9, 2.9.2, 2.18, 2.22.
 * doc/conformance names these tests. */
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

static ike2_child_id child_of(const struct side *s)
{
    return ike2_child_next(s->ep, 0, 0);
}

static ike2_child_info child_info(const struct side *s, ike2_child_id id)
{
    ike2_child_info info = IKE2_INIT(ike2_child_info);

    assert_int_equal(ike2_child_get(s->ep, id, &info), IKE2_OK);
    assert_non_null(info.pair);
    return info;
}

static void rekey_child(struct side *s)
{
    assert_int_equal(ike2_child_rekey(s->ep, s->world->now, child_of(s), 0), IKE2_OK);
    side_drain(s, s->world->now);
}

static void create_child(struct side *s, uint32_t template_index)
{
    ike2_child_id id;

    assert_int_equal(ike2_child_create(s->ep, s->world->now, sa_of_side(s), template_index, &id),
                     IKE2_OK);
    side_drain(s, s->world->now);
}

/* The only selector of a payload. */
static ike2_ts selector_of(const struct heard *heard, uint8_t type)
{
    ike2_ts ts = { 0 }, more;
    ike2_walk w;

    ike2_ts_walk(&w, ike2_message_body(&heard->message, type));
    assert_true(ike2_ts_next(&w, &ts));
    assert_false(ike2_ts_next(&w, &more));
    return ts;
}

static void expect_net(const ike2_ts *ts, const ike2_ts *net)
{
    assert_memory_equal(ts->first, net->first, sizeof ts->first);
    assert_memory_equal(ts->last, net->last, sizeof ts->last);
}

/* A request of `from` for a Child SA, as its voice writes it; what `to` answers is in `heard`. */
static void ask_child(struct side *from, struct side *to, const ike2_notify *notify,
                      const ike2_ts *local, const ike2_ts *remote, struct heard *heard)
{
    const uint8_t spi[SPI] = { 7, 7, 7, 7 }, nonce[32] = { 1 };
    ike2_proposal p = from->setup.children[0].proposals[0];
    uint8_t room[512];
    ike2_writer w;

    p.spi = bytes_of(spi, sizeof spi);
    from->world->net.is_held = true;
    voice_begin(&w, room);
    ike2_notify_write(&w, notify);
    ike2_sa_write(&w, &p, 1);
    ike2_data_write(&w, IKE2_PAYLOAD_NONCE, bytes_of(nonce, sizeof nonce));
    ike2_ts_write(&w, IKE2_PAYLOAD_TSI, local, 1);
    ike2_ts_write(&w, IKE2_PAYLOAD_TSR, remote, 1);
    speak_written(from, to, (struct utterance){ .exchange = CREATE,
                                                .message_id = voice_next_id(to) }, &w);
    assert_true(voice_hear(from, heard));
    assert_int_equal(heard->message.header.exchange, CREATE);
}

/* --- Key exchange ------------------------------------------------------------------------- */

/* RFC 7296 1.3: the method of KE is one of those that are proposed. */
static void a_child_may_have_a_key_exchange_of_its_own(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    struct heard heard;
    ike2_ke_payload ke;

    setup_esp(&a->setup, 0, "aes256gcm16-ecp256-x25519-noesn");
    setup_esp(&b->setup, 0, "aes256gcm16-x25519-ecp256-noesn");
    bring_up(a, b);
    w->net.is_held = true;
    rekey_child(a);
    assert_true(voice_hear(b, &heard));
    assert_int_equal(ike2_ke_read(ike2_message_body(&heard.message, IKE2_PAYLOAD_KE), &ke),
                     IKE2_OK);
    assert_int_equal(ke.method, IKE2_KE_ECP_256);
    w->net.is_held = false;
    world_run(w, 20 * 1000);
    expect_events(a, IKE2_EVENT_CHILD_REKEYED, 1);
    expect_events(b, IKE2_EVENT_CHILD_REKEYED, 1);
    assert_int_equal(dataplane_sending(&a->dataplane, child_of(a))->suite.ke.id, IKE2_KE_ECP_256);
    expect_up(a, b);
}

/* RFC 7296 1.3: INVALID_KE_PAYLOAD, and the request once more. */
static void another_method_is_asked_for_in_create_child_sa(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    setup_esp(&a->setup, 0, "aes256gcm16-ecp256-x25519-noesn");
    setup_esp(&b->setup, 0, "aes256gcm16-x25519-noesn");
    bring_up(a, b);
    w->net.is_held = true;
    rekey_child(a);
    passes(a, b, CREATE, REQUEST);
    passes(b, a, CREATE, RESPONSE); /* N(INVALID_KE_PAYLOAD) */
    passes(a, b, CREATE, REQUEST);
    passes(b, a, CREATE, RESPONSE);
    w->net.is_held = false;
    world_run(w, 20 * 1000);
    expect_events(a, IKE2_EVENT_CHILD_REKEYED, 1);
    assert_int_equal(dataplane_sending(&a->dataplane, child_of(a))->suite.ke.id,
                     IKE2_KE_CURVE25519);
    expect_up(a, b);
}

/* RFC 7296 3.3.6, 3.4: KE is passed over where NONE is chosen, and not sent where nothing else is
 * proposed. */
static void a_child_without_key_exchange_has_no_ke(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    struct heard heard;

    setup_esp(&a->setup, 0, "aes256gcm16-x25519-noesn, aes256gcm16-noesn");
    setup_esp(&b->setup, 0, "aes256gcm16-noesn");
    bring_up(a, b);
    w->net.is_held = true;
    rekey_child(a);
    passes(a, b, CREATE, REQUEST);
    assert_true(voice_hear(a, &heard));
    assert_int_equal(ike2_message_count(&heard.message, IKE2_PAYLOAD_SA), 1);
    assert_int_equal(ike2_message_count(&heard.message, IKE2_PAYLOAD_KE), 0);
    w->net.is_held = false;
    world_run(w, 20 * 1000);
    expect_events(a, IKE2_EVENT_CHILD_REKEYED, 1);
    expect_up(a, b);
    w->net.is_held = true;
    rekey_child(b);
    assert_true(voice_hear(a, &heard));
    assert_int_equal(ike2_message_count(&heard.message, IKE2_PAYLOAD_KE), 0);
}

/* RFC 7296 2.18 */
static void a_rekeying_of_the_sa_without_key_exchange_is_refused(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    const uint8_t spi[8] = { 1 }, nonce[32] = { 1 };
    struct heard heard;
    uint8_t room[512];
    ike2_proposal p;
    ike2_notify n;
    ike2_writer writer;

    setup_ike(&a->setup, "aes256gcm16-prfsha384-ecp384");
    bring_up(a, b);
    w->net.is_held = true;
    p = a->setup.ike.list[0];
    p.spi = bytes_of(spi, sizeof spi);
    voice_begin(&writer, room);
    ike2_sa_write(&writer, &p, 1);
    ike2_data_write(&writer, IKE2_PAYLOAD_NONCE, bytes_of(nonce, sizeof nonce));
    speak_written(a, b, (struct utterance){ .exchange = CREATE, .message_id = voice_next_id(b) },
                  &writer);
    assert_true(voice_hear(a, &heard));
    assert_true(ike2_message_notify(&heard.message, IKE2_NOTIFY_INVALID_SYNTAX, &n));
    expect_events(b, IKE2_EVENT_SA_REKEYED, 0);
}

/* --- Mode --------------------------------------------------------------------------------- */

static void set_modes(struct side *a, ike2_want at_a, struct side *b, ike2_want at_b)
{
    a->setup.children[0].transport = at_a;
    b->setup.children[0].transport = at_b;
    for (size_t i = 0; i < 2; i++) {
        struct side *s = i == 0 ? a : b;

        assert_int_equal(side_start(s, s->world->now), IKE2_OK);
        assert_int_equal(side_define(s, &s->peer), IKE2_OK);
    }
}

/* RFC 7296 1.3.1: both say USE_TRANSPORT_MODE, or it is a tunnel. */
static void transport_mode_is_what_both_say(void **state)
{
    static const struct {
        ike2_want a, b;
        bool is_transport;
    } modes[] = {
        { IKE2_WANT_PREFER, IKE2_WANT_ALLOW, true }, { IKE2_WANT_PREFER, IKE2_WANT_OFF, false },
        { IKE2_WANT_OFF, IKE2_WANT_PREFER, false },  { IKE2_WANT_REQUIRE, IKE2_WANT_ALLOW, true },
    };
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        set_modes(a, modes[i].a, b, modes[i].b);
        bring_up(a, b);
        assert_int_equal(dataplane_sending(&a->dataplane, child_of(a))->transport,
                         modes[i].is_transport);
        assert_int_equal(dataplane_sending(&b->dataplane, child_of(b))->transport,
                         modes[i].is_transport);
        close_sa(a);
        world_run(w, 1000);
    }
}

/* RFC 7296 1.3.1: what cannot be used is deleted, and the IKE SA stays. */
static void a_tunnel_where_transport_mode_is_required_is_deleted(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    set_modes(a, IKE2_WANT_REQUIRE, b, IKE2_WANT_OFF);
    initiate(a, b);
    world_run(w, 1000);
    expect_up_without_child(a);
    expect_up_without_child(b);
    expect_events(a, IKE2_EVENT_CHILD_UP, 0);
    expect_child_down(b, IKE2_REASON_PEER, 0);
}

/* RFC 7296 2.22 */
static void an_offer_of_ipcomp_is_not_taken_up(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    const ike2_ts here = setup_net4(0x0a010000, 16), there = setup_net4(0x0a020000, 16);
    const uint8_t cpi[3] = { 1, 2, 2 }; /* DEFLATE */
    const ike2_notify offer = { .type = IKE2_NOTIFY_IPCOMP_SUPPORTED, .data = { cpi, sizeof cpi } };
    struct heard heard;
    ike2_notify n;

    setup_esp(&a->setup, 0, "aes256gcm16-noesn");
    bring_up(a, b);
    ask_child(a, b, &offer, &here, &there, &heard);
    assert_int_equal(ike2_message_count(&heard.message, IKE2_PAYLOAD_SA), 1);
    assert_false(ike2_message_notify(&heard.message, IKE2_NOTIFY_IPCOMP_SUPPORTED, &n));
    assert_int_equal(info_of(b).n_children, 2);
}

/* --- Selectors ---------------------------------------------------------------------------- */

/* RFC 7296 2.9: what comes first is part of the answer where any template allows it. */
static void the_first_selectors_choose_the_template(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    const ike2_ts mine = setup_net4(0x0a010000, 16), asked[] = { setup_net4(0x0a020105, 32),
                                                                 setup_net4(0x0a020000, 16) };
    const ike2_ts first = setup_net4(0x0a020000, 24), second = setup_net4(0x0a020100, 24);
    ike2_child_info info;

    setup_selectors(&a->setup, 0, &mine, 1, asked, 2);
    setup_selectors(&b->setup, 0, &first, 1, &mine, 1);
    setup_selectors(&b->setup, 1, &second, 1, &mine, 1);
    b->setup.peer.n_children = 2;
    bring_up(a, b);
    info = child_info(b, child_of(b));
    assert_int_equal(info.tag, 201);
    expect_net(&info.pair->ts_local[0], &second);
}

/* RFC 7296 1.3.3, 2.8, 2.9.2: REKEY_SA has our inbound SPI, and the selectors are those in use. */
static void a_rekeying_names_the_old_pair_and_offers_its_selectors(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    const ike2_ts wide = setup_net4(0x0a000000, 8), all = setup_net4(0, 0);
    const ike2_ts here = setup_net4(0x0a010000, 16), there = setup_net4(0x0a020000, 16);
    uint8_t spi[SPI];
    struct heard heard;
    ike2_notify n;
    ike2_ts ts;
    uint32_t old;

    setup_selectors(&a->setup, 0, &all, 1, &wide, 1);
    bring_up(a, b);
    old = child_info(a, child_of(a)).pair->spi_in;
    w->net.is_held = true;
    rekey_child(a);
    assert_true(voice_hear(b, &heard));
    assert_true(ike2_message_notify(&heard.message, IKE2_NOTIFY_REKEY_SA, &n));
    for (size_t i = 0; i < SPI; i++)
        spi[i] = (uint8_t)(old >> (24 - 8 * i));
    assert_int_equal(n.protocol, IKE2_PROTOCOL_ESP);
    assert_int_equal(n.spi.len, SPI);
    assert_memory_equal(n.spi.ptr, spi, SPI);
    ts = selector_of(&heard, IKE2_PAYLOAD_TSI);
    expect_net(&ts, &here);
    ts = selector_of(&heard, IKE2_PAYLOAD_TSR);
    expect_net(&ts, &there);
}

/* RFC 7296 2.9.2: those in use, though the template has more. */
static void a_rekeying_may_ask_for_more_and_gets_the_old_selectors(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    const ike2_ts all = setup_net4(0, 0), wide = setup_net4(0x0a000000, 8);
    const ike2_ts here = setup_net4(0x0a010000, 16), there = setup_net4(0x0a020000, 16);
    ike2_notify rekey = { .type = IKE2_NOTIFY_REKEY_SA, .protocol = IKE2_PROTOCOL_ESP };
    uint8_t spi[SPI];
    struct heard heard;
    uint32_t old;
    ike2_ts ts;

    setup_esp(&a->setup, 0, "aes256gcm16-noesn");
    setup_selectors(&b->setup, 0, &wide, 1, &wide, 1);
    bring_up(a, b);
    old = child_info(a, child_of(a)).pair->spi_in;
    for (size_t i = 0; i < SPI; i++)
        spi[i] = (uint8_t)(old >> (24 - 8 * i));
    rekey.spi = bytes_of(spi, sizeof spi);
    ask_child(a, b, &rekey, &all, &all, &heard);
    ts = selector_of(&heard, IKE2_PAYLOAD_TSI);
    expect_net(&ts, &here);
    ts = selector_of(&heard, IKE2_PAYLOAD_TSR);
    expect_net(&ts, &there);
    assert_int_equal(info_of(b).n_children, 1);
}

/* --- Several ------------------------------------------------------------------------------ */

/* RFC 7296 1.3.1, 2.8: templates of the same selectors, and one of them twice. */
static void child_sas_with_the_same_selectors_live_side_by_side(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    a->setup.peer.n_children = 2;
    initiate(a, b);
    world_run(w, 1000);
    assert_int_equal(info_of(a).n_children, 2);
    assert_int_equal(info_of(b).n_children, 2);
    create_child(a, 0);
    world_run(w, 60 * 1000);
    assert_int_equal(info_of(a).n_children, 3);
    assert_int_equal(info_of(b).n_children, 3);
    expect_events(a, IKE2_EVENT_CHILD_UP, 3);
    expect_events(a, IKE2_EVENT_CHILD_DOWN, 0);
    expect_events(b, IKE2_EVENT_CHILD_DOWN, 0);
    assert_int_equal(dataplane_count(&a->dataplane), 3);
}

/* --- Lifetimes ---------------------------------------------------------------------------- */

/* The peer puts off whatever is new. */
static void refuse_spis(struct side *b, uint16_t notify)
{
    b->plans[ON_SPI] = (struct plan){ .manner = REFUSE, .notify = notify };
}

/* RFC 7296 2.8: it is not used any more, and the peer is told. Another one can be made. */
static void a_child_that_is_not_rekeyed_in_time_ends(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    b->setup.endpoint.ask_spi = IKE2_ON;
    setup_lifetime(&a->setup, 0, 300, 400);
    bring_up(a, b);
    refuse_spis(b, IKE2_NOTIFY_TEMPORARY_FAILURE);
    world_run(w, 398 * 1000);
    assert_int_equal(info_of(a).n_children, 1);
    world_run(w, 5 * 1000);
    expect_up_without_child(a);
    expect_up_without_child(b);
    expect_child_down(a, IKE2_REASON_EXPIRED, 0);
    expect_child_down(b, IKE2_REASON_PEER, 0);
    b->plans[ON_SPI] = (struct plan){ .manner = AT_ONCE };
    create_child(a, 0);
    world_run(w, 1000);
    expect_up(a, b);
}

/* RFC 7296 2.25: not at once, but again, for some minutes. */
static void a_temporary_failure_is_followed_by_a_pause(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    uint64_t sent;

    b->setup.endpoint.ask_spi = IKE2_ON;
    a->setup.peer.liveness_seconds = IKE2_NEVER;
    bring_up(a, b);
    refuse_spis(b, IKE2_NOTIFY_TEMPORARY_FAILURE);
    sent = a->counts.sent;
    rekey_child(a);
    world_run(w, 4500);
    assert_int_equal(a->counts.sent, sent + 1);
    world_run(w, 180 * 1000);
    assert_in_range(a->counts.sent, sent + 3, sent + 10);
    expect_events(a, IKE2_EVENT_CHILD_DOWN, 0);
    b->plans[ON_SPI] = (struct plan){ .manner = AT_ONCE };
    world_run(w, 100 * 1000);
    expect_events(a, IKE2_EVENT_CHILD_REKEYED, 1);
    expect_up(a, b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_child_may_have_a_key_exchange_of_its_own),
        CASE(another_method_is_asked_for_in_create_child_sa),
        CASE(a_child_without_key_exchange_has_no_ke),
        CASE(a_rekeying_of_the_sa_without_key_exchange_is_refused),
        CASE(transport_mode_is_what_both_say),
        CASE(a_tunnel_where_transport_mode_is_required_is_deleted),
        CASE(an_offer_of_ipcomp_is_not_taken_up),
        CASE(the_first_selectors_choose_the_template),
        CASE(a_rekeying_names_the_old_pair_and_offers_its_selectors),
        CASE(a_rekeying_may_ask_for_more_and_gets_the_old_selectors),
        CASE(child_sas_with_the_same_selectors_live_side_by_side),
        CASE(a_child_that_is_not_rekeyed_in_time_ends),
        CASE(a_temporary_failure_is_followed_by_a_pause),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
