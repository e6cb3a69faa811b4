/* sim/test_attacks_early.c - an SA is not established by anything but an IKE_AUTH that proves an
 * identity: attacks on the time before. RFC 7296 1.2, 2.15, 2.16, 2.21.2. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "sim/attack.h"

enum {
    SA_INIT = IKE2_EXCHANGE_IKE_SA_INIT,
    AUTH = IKE2_EXCHANGE_IKE_AUTH,
    CREATE = IKE2_EXCHANGE_CREATE_CHILD_SA,
    INFO = IKE2_EXCHANGE_INFORMATIONAL
};

enum { SPI = 0x1234567, SLOW_MS = 400, LATE_MS = 100 * 1000,
       LONG_ENOUGH_MS = 300 * 1000 };

/* What is said, by the side that says it. */
typedef void words(struct chain *c, const struct side *s);

struct message_row {
    uint8_t exchange;
    words *write;
};

static void say_row(struct side *from, struct side *to, const struct message_row *row)
{
    const struct utterance u = { .exchange = row->exchange, .message_id = voice_next_id(to) };
    struct chain c;

    chain_begin(&c);
    row->write(&c, from);
    say_as(from, to, u, &c);
}

/* --- What only an established SA may do: CVE-2014-2338, CVE-2019-12312 ---------------- */

static void a_new_child(struct chain *c, const struct side *s)
{
    chain_child(c, s, SPI);
    chain_nonce(c, 1);
}

static void a_rekeyed_child(struct chain *c, const struct side *s)
{
    chain_rekey_notify(c, SPI);
    a_new_child(c, s);
}

static void a_rekeyed_sa(struct chain *c, const struct side *s)
{
    chain_rekey_sa(c, s, SPI, 0);
}

static void nothing(struct chain *c, const struct side *s)
{
    (void)c;
    (void)s;
}

static void delete_sa(struct chain *c, const struct side *s)
{
    (void)s;
    chain_delete(c, IKE2_PROTOCOL_IKE, NULL, 0);
}

static void delete_child(struct chain *c, const struct side *s)
{
    const uint32_t spi = SPI;

    (void)s;
    chain_delete(c, IKE2_PROTOCOL_ESP, &spi, 1);
}

static void failure(struct chain *c, const struct side *s)
{
    (void)s;
    chain_notify(c, IKE2_NOTIFY_AUTHENTICATION_FAILED);
}

static void bad_syntax(struct chain *c, const struct side *s)
{
    (void)s;
    chain_notify(c, IKE2_NOTIFY_INVALID_SYNTAX);
}

static const struct message_row creations[] = {
    { CREATE, a_new_child }, { CREATE, a_rekeyed_child }, { CREATE, a_rekeyed_sa },
};

static const struct message_row informationals[] = {
    { INFO, nothing }, { INFO, delete_sa }, { INFO, delete_child }, { INFO, failure },
    { INFO, bad_syntax },
};

/* It is neither established nor ended nor answered, and nothing is made. */
static void expect_waiting(struct side *s, uint64_t sent)
{
    ike2_sa_info info = info_of(s);

    assert_false(info.established);
    assert_string_equal(info.state, "AUTH");
    assert_int_equal(side_stats(s).sas, 1);
    assert_int_equal(s->counts.sent, sent);
    assert_int_equal(s->dataplane.n_installed, 0);
    assert_int_equal(s->counts.asked[ON_IDENTITY] + s->counts.asked[ON_CHILD], 0);
    expect_events(s, IKE2_EVENT_SA_UP, 0);
    expect_events(s, IKE2_EVENT_SA_REKEYED, 0);
}

/* The genuine IKE_AUTH, sent again, is as good as ever. */
static void expect_genuine_welcome(struct side *a, struct side *b)
{
    a->world->net.is_held = false;
    world_run(a->world, 2000);
    expect_up(a, b);
}

/* A responder makes its keys with the first protected message, whatever it is. */
static void say_to_responder(void *const *state, const struct message_row *rows, size_t n)
{
    struct side *a = side_a(state), *b = side_b(state);
    uint64_t sent;

    until_auth(a, b);
    loses(a, b, AUTH, REQUEST);
    sent = b->counts.sent;
    for (size_t i = 0; i < 2 * n; i++) {
        say_row(a, b, &rows[i % n]);
        expect_waiting(b, sent);
    }
    assert_int_equal(drops(b, IKE2_DROP_STATE), 2 * n);
    expect_genuine_welcome(a, b);
}

/* A responder that takes its time has keys, too, and speaks before it has proved who it is. */
static void say_to_initiator(void *const *state, const struct message_row *rows, size_t n)
{
    struct side *a = side_a(state), *b = side_b(state);
    uint64_t sent;

    b->setup.peer.asks = IKE2_ASKS_IDENTITY;
    b->plans[ON_IDENTITY] = (struct plan){ .manner = LATER, .ms = SLOW_MS };
    until_auth(a, b);
    passes(a, b, AUTH, REQUEST);
    sent = a->counts.sent;
    for (size_t i = 0; i < 2 * n; i++) {
        say_row(b, a, &rows[i % n]);
        expect_waiting(a, sent);
    }
    assert_int_equal(drops(a, IKE2_DROP_STATE), 2 * n);
    expect_genuine_welcome(a, b);
}

#define COUNT(rows) (sizeof(rows) / sizeof(rows)[0])

static void create_child_sa_before_ike_auth_does_nothing_at_a_responder(void **state)
{
    say_to_responder(state, creations, COUNT(creations));
}

static void create_child_sa_before_ike_auth_does_nothing_at_an_initiator(void **state)
{
    say_to_initiator(state, creations, COUNT(creations));
}

static void informational_before_ike_auth_does_nothing_at_a_responder(void **state)
{
    say_to_responder(state, informationals, COUNT(informationals));
}

static void informational_before_ike_auth_does_nothing_at_an_initiator(void **state)
{
    say_to_initiator(state, informationals, COUNT(informationals));
}

/* They wait until the key exchange is done, before and behind the IKE_AUTH request. */
static void what_waits_for_the_keys_is_not_authenticated_by_waiting(void **state)
{
    (void)state;
    for (size_t genuine = 0; genuine <= COUNT(creations); genuine++) {
        void *world = NULL;
        struct side *a, *b;

        (void)attack_world(&world);
        a = side_a(&world);
        b = side_b(&world);
        b->setup.endpoint.offload = IKE2_OFFLOAD_KE;
        until_auth(a, b);
        b->plans[ON_KE] = (struct plan){ .manner = LATER, .ms = SLOW_MS };
        for (size_t i = 0; i < COUNT(creations); i++) {
            if (i == genuine)
                passes(a, b, AUTH, REQUEST);
            say_row(a, b, &creations[i]);
        }
        assert_string_equal(info_of(b).state, "INIT");
        world_run(world, SLOW_MS + 100);
        assert_int_equal(info_of(b).established, genuine < COUNT(creations));
        /* What comes behind it with its Message ID is taken for a retransmission. */
        assert_int_equal(drops(b, IKE2_DROP_STATE), genuine);
        expect_genuine_welcome(a, b);
        expect_events(b, IKE2_EVENT_CHILD_UP, 1);
        expect_events(b, IKE2_EVENT_SA_REKEYED, 0);
        world_free(world);
    }
}

/* --- EAP without a method: CVE-2021-45079, CVE-2015-8023 ------------------------------ */

static void write_eap(struct chain *c, uint8_t code)
{
    const uint8_t with_type[] = { code, 9, 0, 5, 1 }, without[] = { code, 9, 0, 4 };
    bool has_type = code <= 2; /* Request, Response */

    ike2_data_write(&c->w, IKE2_PAYLOAD_EAP,
                    has_type ? bytes_of(with_type, sizeof with_type)
                             : bytes_of(without, sizeof without));
}

static void write_auth(struct chain *c)
{
    static const uint8_t value[48] = { 1 };
    const ike2_auth_payload auth = { .method = IKE2_AUTH_METHOD_SHARED_KEY,
                                     .data = { value, sizeof value } };

    ike2_auth_write(&c->w, &auth);
}

static void write_id(struct chain *c, const struct side *s, uint8_t type)
{
    ike2_id_write(&c->w, type, &s->setup.peer.local_id);
}

static void no_auth(struct chain *c, const struct side *s)
{
    write_id(c, s, IKE2_PAYLOAD_IDI);
    chain_child(c, s, SPI);
}

static void eap_with_no_auth(struct chain *c, const struct side *s)
{
    write_eap(c, 2);
    no_auth(c, s);
}

static void wrong_auth(struct chain *c, const struct side *s)
{
    write_auth(c);
    no_auth(c, s);
}

static void empty_auth(struct chain *c, const struct side *s)
{
    ike2_auth_write(&c->w, &(ike2_auth_payload){ .method = IKE2_AUTH_METHOD_SHARED_KEY });
    no_auth(c, s);
}

static void auth_alone(struct chain *c, const struct side *s)
{
    (void)s;
    write_auth(c);
}

static void eap_request(struct chain *c, const struct side *s)
{
    (void)s;
    write_eap(c, 1);
}

static void eap_response(struct chain *c, const struct side *s)
{
    (void)s;
    write_eap(c, 2);
}

static void eap_success(struct chain *c, const struct side *s)
{
    (void)s;
    write_eap(c, 3);
}

static void eap_failure(struct chain *c, const struct side *s)
{
    (void)s;
    write_eap(c, 4);
}

static void eap_success_with_auth(struct chain *c, const struct side *s)
{
    eap_success(c, s);
    write_auth(c);
}

static void idr_alone(struct chain *c, const struct side *s)
{
    write_id(c, s, IKE2_PAYLOAD_IDR);
}

static void idr_with_eap(struct chain *c, const struct side *s)
{
    idr_alone(c, s);
    write_eap(c, 1);
}

static void idr_auth_and_eap(struct chain *c, const struct side *s)
{
    idr_alone(c, s);
    write_auth(c);
    write_eap(c, 1);
}

static void child_without_auth(struct chain *c, const struct side *s)
{
    idr_alone(c, s);
    chain_child(c, s, SPI);
}

static void child_with_wrong_auth(struct chain *c, const struct side *s)
{
    write_auth(c);
    child_without_auth(c, s);
}

static void child_with_wrong_auth_and_no_id(struct chain *c, const struct side *s)
{
    write_auth(c);
    chain_child(c, s, SPI);
}

static void error_with_idr(struct chain *c, const struct side *s)
{
    idr_alone(c, s);
    chain_notify(c, IKE2_NOTIFY_NO_PROPOSAL_CHOSEN);
}

static void expect_never_up(struct side *s, size_t i)
{
    struct world *w = s->world;

    if (record_count(&s->record, IKE2_EVENT_SA_UP) != 0 ||
        record_count(&s->record, IKE2_EVENT_CHILD_UP) != 0 || s->dataplane.n_installed != 0) {
        w->note = "row";
        w->number = i;
        world_fail(w, s, "established without a proof");
    }
}

/* Nobody else speaks, so it ends. */
static void expect_end(struct world *w)
{
    w->net.loss_percent = 100;
    w->net.is_held = false;
    assert_true(world_run_out(w, LONG_ENOUGH_MS));
    world_run(w, LATE_MS); /* an answer that comes too late */
    expect_nothing(w->sides[0]);
    expect_nothing(w->sides[1]);
}

static void eap_or_no_auth_never_establishes_a_responder(void **state)
{
    static words *const rows[] = {
        no_auth, eap_with_no_auth, wrong_auth, empty_auth, auth_alone, eap_request, eap_response,
        eap_success, eap_failure, eap_success_with_auth, nothing,
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        void *world = NULL;
        struct side *a, *b;

        (void)attack_world(&world);
        a = side_a(&world);
        b = side_b(&world);
        until_auth(a, b);
        loses(a, b, AUTH, REQUEST);
        say_row(a, b, &(struct message_row){ AUTH, rows[i] });
        expect_never_up(b, i);
        assert_int_equal(b->counts.asked[ON_IDENTITY], 0);
        expect_end(world);
        expect_never_up(b, i);
        world_free(world);
    }
}

/* What answers the initiator's IKE_AUTH. */
static void answer_initiator(struct side *a, struct side *b, words *write)
{
    const struct utterance u = { .exchange = AUTH, .kind = RESPONSE, .message_id = 1 };
    struct chain c;

    b->setup.peer.asks = IKE2_ASKS_IDENTITY;
    b->plans[ON_IDENTITY] = (struct plan){ .manner = LATER, .ms = LATE_MS };
    until_auth(a, b);
    passes(a, b, AUTH, REQUEST);
    chain_begin(&c);
    write(&c, b);
    say_as(b, a, u, &c);
}

static void eap_or_no_auth_never_establishes_an_initiator(void **state)
{
    static words *const rows[] = {
        idr_alone, idr_with_eap, idr_auth_and_eap, eap_request, eap_success, eap_failure,
        eap_success_with_auth, auth_alone, child_without_auth, child_with_wrong_auth,
        child_with_wrong_auth_and_no_id, error_with_idr, nothing,
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        void *world = NULL;
        struct side *a;

        (void)attack_world(&world);
        a = side_a(&world);
        answer_initiator(a, side_b(&world), rows[i]);
        expect_never_up(a, i);
        expect_end(world);
        expect_never_up(a, i);
        expect_events(a, IKE2_EVENT_SA_DOWN, 1);
        world_free(world);
    }
}

/* --- Nothing more is revealed: CVE-2015-4171 ------------------------------------------ */

/* A responder with keys but without a proof gets one report, and none of what was to follow: no
 * other child, no question to the integrator. RFC 7296 2.21.2. */
static void an_initiator_tells_nothing_more_to_a_responder_without_proof(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    struct world *w = *state;
    struct heard h;
    ike2_notify n;
    uint64_t sent;

    a->setup.peer.n_children = 2;
    answer_initiator(a, b, child_with_wrong_auth);
    sent = a->counts.sent;
    assert_true(voice_hear(b, &h));
    assert_int_equal(h.message.header.exchange, INFO);
    assert_true(ike2_message_notify(&h.message, IKE2_NOTIFY_AUTHENTICATION_FAILED, &n));
    assert_int_equal(ike2_message_count(&h.message, IKE2_PAYLOAD_NOTIFY), 1);
    assert_int_equal(ike2_message_count(&h.message, IKE2_PAYLOAD_SA), 0);
    expect_silence(w);
    /* Until it gives up, it says the same again. */
    w->net.loss_percent = 100;
    world_run(w, LONG_ENOUGH_MS);
    assert_int_equal(side_stats(a).sas, 0);
    assert_int_equal(a->counts.sent - sent, a->record.n_retransmits);
    assert_int_equal(a->counts.asked[ON_IDENTITY] + a->counts.asked[ON_CHILD], 0);
    assert_int_equal(a->dataplane.n_installed, 0);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, attack_world, world_teardown)
    static const struct CMUnitTest tests[] = {
        CASE(create_child_sa_before_ike_auth_does_nothing_at_a_responder),
        CASE(create_child_sa_before_ike_auth_does_nothing_at_an_initiator),
        CASE(informational_before_ike_auth_does_nothing_at_a_responder),
        CASE(informational_before_ike_auth_does_nothing_at_an_initiator),
        CASE(what_waits_for_the_keys_is_not_authenticated_by_waiting),
        cmocka_unit_test(eap_or_no_auth_never_establishes_a_responder),
        cmocka_unit_test(eap_or_no_auth_never_establishes_an_initiator),
        CASE(an_initiator_tells_nothing_more_to_a_responder_without_proof),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
