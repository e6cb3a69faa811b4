/* sim/test_misfits.c - peers that are authentic, or well formed, and yet wrong; and integrators
 * that leave early. RFC 7296 2.9, 2.16, 2.21; RFC 6989. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "sim/scenario.h"
#include "sim/voice.h"

enum { SA_INIT = IKE2_EXCHANGE_IKE_SA_INIT, AUTH = IKE2_EXCHANGE_IKE_AUTH };

/* --- Bad public values: RFC 6989 ------------------------------------------------------ */

/* Where the KE payload's data begin in an IKE_SA_INIT message. */
static size_t find_ke(const struct packet *p)
{
    size_t at = 28;
    uint8_t type = p->octets[16];

    while (type != IKE2_PAYLOAD_KE) {
        assert_true(at + 4 < p->len);
        type = p->octets[at];
        at += (size_t)(p->octets[at + 2] << 8 | p->octets[at + 3]);
    }
    return at + 8;
}

static void spoil_ke(struct side *to)
{
    struct packet *p = net_peek(&to->world->net, &to->addr);

    p->octets[find_ke(p)] ^= 1;
}

/* Such a method refuses what is no point of its curve. */
static void use_ecp256(struct side *a, struct side *b)
{
    setup_ike(&a->setup, "aes256gcm16-prfsha256-ecp256");
    setup_ike(&b->setup, "aes256gcm16-prfsha256-ecp256");
}

static void a_bad_value_of_the_initiator_ends_what_it_began(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    use_ecp256(a, b);
    w->net.is_held = true;
    initiate(a, b);
    spoil_ke(b);
    passes(a, b, SA_INIT, REQUEST);
    passes(b, a, SA_INIT, RESPONSE);
    passes(a, b, AUTH, REQUEST);
    expect_nothing(b);
    expect_sa_down(b, IKE2_REASON_PROTOCOL, 0);
}

/* It may have been forged: the genuine one is still welcome. */
static void a_bad_value_of_the_responder_is_not_believed(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    use_ecp256(a, b);
    w->net.is_held = true;
    initiate(a, b);
    passes(a, b, SA_INIT, REQUEST);
    spoil_ke(a);
    passes(b, a, SA_INIT, RESPONSE);
    nothing_flies(w);
    w->net.is_held = false;
    world_run(w, 1000);
    expect_up(a, b);
}

/* --- IKE_AUTH ------------------------------------------------------------------------- */

/* Both have keys; the initiator's IKE_AUTH is lost, and it says something else instead. */
static struct utterance instead_of_auth(struct side *a, struct side *b)
{
    struct world *w = a->world;

    w->net.is_held = true;
    setup_esp(&a->setup, 0, "aes256gcm16-noesn");
    initiate(a, b);
    passes(a, b, SA_INIT, REQUEST);
    passes(b, a, SA_INIT, RESPONSE);
    loses(a, b, AUTH, REQUEST);
    return (struct utterance){ .exchange = AUTH, .message_id = 1 };
}

static void write_child(ike2_writer *w, const struct side *a)
{
    static const uint8_t spi[4] = { 1, 2, 3, 4 };
    ike2_proposal p = a->setup.child_rooms[0].proposals.list[0];

    p.protocol = IKE2_PROTOCOL_ESP;
    p.spi = (ike2_bytes){ spi, sizeof spi };
    ike2_sa_write(w, &p, 1);
    ike2_ts_write(w, IKE2_PAYLOAD_TSI, a->setup.child_rooms[0].local, 1);
    ike2_ts_write(w, IKE2_PAYLOAD_TSR, a->setup.child_rooms[0].remote, 1);
}

/* RFC 7296 2.16: an initiator that wants EAP sends no AUTH. */
static void who_wants_eap_is_refused(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    struct utterance u = instead_of_auth(a, b);
    uint8_t room[512];
    ike2_writer w;

    voice_begin(&w, room);
    ike2_id_write(&w, IKE2_PAYLOAD_IDI, &a->setup.peer.local_id);
    write_child(&w, a);
    speak_written(a, b, u, &w);
    expect_sa_down(b, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    assert_string_equal(expect_explained(b, record_last(&b->record, IKE2_EVENT_SA_DOWN),
                                         "policy.auth")->offered, "EAP");
}

static void speak_auth(struct side *a, struct side *b, struct utterance u, uint8_t method)
{
    static const uint8_t value[32] = { 255 }; /* of method 14: longer than all of it */
    const ike2_auth_payload auth = { .method = method, .data = { value, sizeof value } };
    uint8_t room[512];
    ike2_writer w;

    voice_begin(&w, room);
    ike2_id_write(&w, IKE2_PAYLOAD_IDI, &a->setup.peer.local_id);
    ike2_auth_write(&w, &auth);
    write_child(&w, a);
    speak_written(a, b, u, &w);
}

static void an_unknown_method_is_refused(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    speak_auth(a, b, instead_of_auth(a, b), 200);
    expect_sa_down(b, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
}

/* RFC 7427 3: the AlgorithmIdentifier is missing. */
static void a_malformed_signature_is_invalid_syntax(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    speak_auth(a, b, instead_of_auth(a, b), IKE2_AUTH_METHOD_SIGNATURE);
    expect_nothing(b);
    expect_sa_down(b, IKE2_REASON_PROTOCOL, IKE2_NOTIFY_INVALID_SYNTAX);
}

/* Authentic by its keys, but without anything that a response has to have. */
static void an_empty_response_ends_the_attempt(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    struct utterance u = { .exchange = AUTH, .kind = RESPONSE, .message_id = 1 };

    b->plans[ON_INSTALL] = (struct plan){ .manner = NEVER, .times = 1 }; /* b waits meanwhile */
    initiate(a, b);
    world_run(a->world, 200);
    speak(b, a, &u);
    expect_nothing(a);
    expect_sa_down(a, IKE2_REASON_PROTOCOL, 0);
}

/* RFC 7296 2.21.3: a response cannot be answered; the SA ends. */
static void a_malformed_response_ends_the_sa(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    struct utterance u = { .exchange = IKE2_EXCHANGE_INFORMATIONAL, .kind = RESPONSE };
    uint8_t room[512];
    ike2_writer writer;

    bring_up(a, b);
    w->net.is_held = true;
    assert_int_equal(ike2_sa_probe(a->ep, w->now, sa_of_side(a)), IKE2_OK);
    side_drain(a, w->now);
    voice_begin(&writer, room);
    ike2_payload_begin(&writer, IKE2_PAYLOAD_DELETE, false);
    ike2_payload_end(&writer);
    u.message_id = (uint32_t)a->counts.last_message_id;
    speak_written(b, a, u, &writer);
    expect_nothing(a);
    expect_sa_down(a, IKE2_REASON_PROTOCOL, 0);
    expect_child_down(a, IKE2_REASON_PROTOCOL, 0);
}

/* --- An answer that does not fit ------------------------------------------------------ */

/* The definition changes between request and response: it is as if the responder had chosen what
 * was not offered. The child is deleted again, for the responder has it. */
static void expect_taken_back(void *const *state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    ike2_ask_id ask;
    ike2_peer_id other;

    assert_int_equal(side_define(a, &other), IKE2_OK);
    ask = a->pending[0].ask;
    assert_int_equal(ike2_answer_peer(a->ep, w->now, ask, other), IKE2_OK);
    a->pending[0].is_used = false;
    side_drain(a, w->now);
    world_run(w, 1000);
    expect_up_without_child(a);
    expect_up_without_child(b);
    assert_int_equal(a->dataplane.n_installed, 0);
    expect_child_down(b, IKE2_REASON_PEER, 0);
}

static void stop_at_identity(void *const *state)
{
    struct side *a = side_a(state);

    a->setup.peer.asks = IKE2_ASKS_IDENTITY;
    a->plans[ON_IDENTITY] = (struct plan){ .manner = NEVER, .times = 1 };
    initiate(a, side_b(state));
    world_run(*state, 500);
}

static void wider_selectors_than_asked_for_are_refused(void **state)
{
    struct side *a = side_a(state);
    const ike2_ts local = setup_net4(0x0a010000, 16), narrow = setup_net4(0x0a020000, 24);

    stop_at_identity(state);
    setup_selectors(&a->setup, 0, &local, 1, &narrow, 1);
    expect_taken_back(state);
    expect_child_down(a, IKE2_REASON_SELECTORS, IKE2_NOTIFY_TS_UNACCEPTABLE);
}

static void wider_selectors_on_our_own_side_are_refused(void **state)
{
    struct side *a = side_a(state);
    const ike2_ts narrow = setup_net4(0x0a010000, 24), remote = setup_net4(0x0a020000, 16);

    stop_at_identity(state);
    setup_selectors(&a->setup, 0, &narrow, 1, &remote, 1);
    expect_taken_back(state);
    expect_child_down(a, IKE2_REASON_SELECTORS, IKE2_NOTIFY_TS_UNACCEPTABLE);
}

static void a_proposal_that_was_not_offered_is_refused(void **state)
{
    struct side *a = side_a(state);

    stop_at_identity(state);
    setup_esp(&a->setup, 0, "aes128-sha512-esn");
    expect_taken_back(state);
    expect_child_down(a, IKE2_REASON_PROPOSAL, IKE2_NOTIFY_NO_PROPOSAL_CHOSEN);
}

/* --- First messages ------------------------------------------------------------------- */

static void garbage_behind_a_good_header_begins_nothing(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    for (size_t i = 0; i < 2; i++) {
        const ike2_header h = { .spi_i = 1, .version = IKE2_VERSION_2_0, .exchange = SA_INIT,
                                .flags = IKE2_FLAG_INITIATOR };
        uint8_t room[64];
        ike2_writer writer;
        ike2_bytes message;

        b->setup.endpoint.cookie = i == 0 ? IKE2_OFF : IKE2_ON;
        side_stop(b);
        assert_int_equal(side_start(b, w->now), IKE2_OK);
        ike2_writer_init(&writer, room, sizeof room);
        ike2_message_begin(&writer, &h);
        ike2_payload_begin(&writer, IKE2_PAYLOAD_SA, false);
        ike2_payload_end(&writer);
        assert_int_equal(ike2_message_end(&writer, &message), IKE2_OK);
        room[31] = 200; /* longer than the message */
        inject(a, b, 500, message);
        assert_int_equal(side_stats(b).sas, 0);
        assert_int_equal(side_stats(b).drops[IKE2_DROP_PAYLOAD], 1);
        assert_int_equal(b->counts.asked[ON_PEER], 0);
    }
}

static void a_message_before_the_keys_waits_only_at_a_responder(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    const ike2_header h = { .version = IKE2_VERSION_2_0, .exchange = AUTH,
                            .flags = IKE2_FLAG_RESPONSE, .message_id = 0 };
    ike2_header header = h;
    uint8_t room[64];
    ike2_writer writer;
    ike2_bytes message;

    w->net.is_held = true;
    initiate(a, b);
    header.spi_i = info_of(a).spi_local;
    header.spi_r = 5;
    for (size_t i = 0; i < 2; i++) {
        header.flags = i == 0 ? IKE2_FLAG_RESPONSE : 0;
        ike2_writer_init(&writer, room, sizeof room);
        ike2_message_begin(&writer, &header);
        assert_int_equal(ike2_message_end(&writer, &message), IKE2_OK);
        inject(b, a, 500, message);
    }
    assert_int_equal(side_stats(a).reassembly_octets, 0);
    w->net.is_held = false;
    world_run(w, 1000);
    expect_up(a, b);
}

/* --- Answers and looks that do not fit ------------------------------------------------ */

static void a_secret_is_octets_or_a_handle(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    ike2_secret_answer answer = IKE2_INIT(ike2_secret_answer);
    const ike2_bytes octets = { (const uint8_t *)"a secret of both", 16 };
    ike2_key *key;

    a->setup.asks_psk = true;
    a->plans[ON_PSK] = (struct plan){ .manner = NEVER, .times = 1 };
    initiate(a, b);
    world_run(w, 200);
    assert_int_equal(ike2_answer_secret(a->ep, w->now, a->pending[0].ask, &answer),
                     IKE2_ERR_ARGUMENT);
    assert_int_equal(fake_key_of(&a->fake, IKE2_USE_PRF, octets.ptr, octets.len, &key), IKE2_OK);
    answer.key = key;
    answer.octets = octets;
    assert_int_equal(ike2_answer_secret(a->ep, w->now, a->pending[0].ask, &answer),
                     IKE2_ERR_ARGUMENT);
    answer.octets = (ike2_bytes){ 0 };
    assert_int_equal(ike2_answer_secret(a->ep, w->now, a->pending[0].ask, &answer), IKE2_OK);
    a->crypto->key_free(a->crypto->user, key); /* a reference was taken */
    a->pending[0].is_used = false;
    side_drain(a, w->now);
    world_run(w, 1000);
    expect_up(a, b);
}

static void what_is_not_there_cannot_be_looked_at(void **state)
{
    struct side *a = side_a(state);
    ike2_sa_info sa = IKE2_INIT(ike2_sa_info);
    ike2_child_info child = IKE2_INIT(ike2_child_info);
    struct {
        size_t struct_size;
        uint64_t sas, untouched;
    } little = { .struct_size = 16, .untouched = 77 };

    bring_up(a, side_b(state));
    assert_int_equal(ike2_sa_get(a->ep, 4711, &sa), IKE2_ERR_STALE);
    assert_int_equal(ike2_child_get(a->ep, 4711, &child), IKE2_ERR_STALE);
    assert_int_equal(ike2_sa_next(a->ep, UINT64_MAX), 0);
    /* A program that was built with an older library gets what it knows. */
    assert_int_equal(ike2_stats_get(a->ep, (ike2_stats *)(void *)&little), IKE2_OK);
    assert_int_equal(little.struct_size, 16);
    assert_int_equal(little.sas, 1);
    assert_int_equal(little.untouched, 77);
}

/* world_free looks for what is left. */
static void an_endpoint_may_be_freed_with_its_outputs(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);
    ike2_path path = { .local = a->addr, .remote = b->addr };
    ike2_connect connect = IKE2_INIT(ike2_connect);
    ike2_sa_id id;

    bring_up(a, b);
    connect.peer = a->peer;
    connect.path = &path;
    assert_int_equal(ike2_sa_connect(a->ep, w->now, &connect, &id), IKE2_OK);
    assert_int_equal(ike2_sa_drop(a->ep, w->now, id), IKE2_OK);
    assert_int_equal(ike2_sa_connect(a->ep, w->now, &connect, &id), IKE2_OK);
    assert_int_equal(ike2_sa_close(b->ep, w->now, sa_of_side(b)), IKE2_OK); /* REMOVE is queued */
    side_stop(a);
    side_stop(b);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)
    static const struct CMUnitTest tests[] = {
        CASE(a_bad_value_of_the_initiator_ends_what_it_began),
        CASE(a_bad_value_of_the_responder_is_not_believed),
        CASE(who_wants_eap_is_refused),
        CASE(an_unknown_method_is_refused),
        CASE(a_malformed_signature_is_invalid_syntax),
        CASE(an_empty_response_ends_the_attempt),
        CASE(a_malformed_response_ends_the_sa),
        CASE(wider_selectors_than_asked_for_are_refused),
        CASE(wider_selectors_on_our_own_side_are_refused),
        CASE(a_proposal_that_was_not_offered_is_refused),
        CASE(garbage_behind_a_good_header_begins_nothing),
        CASE(a_message_before_the_keys_waits_only_at_a_responder),
        CASE(a_secret_is_octets_or_a_handle),
        CASE(what_is_not_there_cannot_be_looked_at),
        CASE(an_endpoint_may_be_freed_with_its_outputs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
