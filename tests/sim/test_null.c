/* sim/test_null.c - sides that stay anonymous, and sides that let them. RFC 7619. */
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

static void stay_anonymous(struct side *s)
{
    setup_ids(&s->setup, "null", "%any");
    s->setup.peer.local_auth = IKE2_AUTH_NULL;
    s->setup.peer.remote_auth = IKE2_AUTH_PSK;
}

static void accept_anybody(struct side *s)
{
    setup_ids(&s->setup, s->setup.peer.tag == 1 ? "side1.example.org" : "side2.example.org",
              "%any");
    s->setup.peer.local_auth = IKE2_AUTH_PSK;
    s->setup.peer.remote_auth = IKE2_AUTH_NULL;
}

static void connect(struct side *a, struct side *b)
{
    initiate(a, b);
    world_run(a->world, 5000);
}

static void expect_methods(struct side *s, uint8_t local, uint8_t remote)
{
    ike2_sa_info info = info_of(s);

    assert_int_equal(info.local_method, local);
    assert_int_equal(info.remote_method, remote);
}

enum { PSK = IKE2_AUTH_METHOD_SHARED_KEY, NONE = IKE2_AUTH_METHOD_NULL };

/* --- Who may ------------------------------------------------------------------------- */

static void anonymous_initiator_meets_a_responder_that_proves_itself(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    stay_anonymous(a);
    accept_anybody(b);
    bring_up(a, b);
    expect_methods(a, NONE, PSK);
    expect_methods(b, PSK, NONE);
    assert_int_equal(info_of(b).remote_id.type, IKE2_ID_NULL);
    assert_int_equal(info_of(b).remote_id.data.len, 0);
}

static void anonymous_responder_meets_an_initiator_that_proves_itself(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    accept_anybody(a);
    stay_anonymous(b);
    bring_up(a, b);
    expect_methods(a, PSK, NONE);
    expect_methods(b, NONE, PSK);
}

static void two_anonymous_sides_meet(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    stay_anonymous(a);
    stay_anonymous(b);
    a->setup.peer.remote_auth = b->setup.peer.remote_auth = IKE2_AUTH_NULL;
    bring_up(a, b);
    expect_methods(a, NONE, NONE);
    expect_methods(b, NONE, NONE);
}

static void methods_are_known_after_a_rekeying(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    stay_anonymous(a);
    accept_anybody(b);
    bring_up(a, b);
    assert_int_equal(ike2_sa_rekey(b->ep, b->world->now, sa_of_side(b)), IKE2_OK);
    side_drain(b, b->world->now);
    world_run(b->world, 5000);
    expect_events(b, IKE2_EVENT_SA_REKEYED, 1);
    expect_methods(a, NONE, PSK);
    expect_methods(b, PSK, NONE);
}

static void refused(struct side *by, struct side *other, const char *offered,
                    const char *difference)
{
    const struct explained *x;

    connect(by->world->sides[0], by->world->sides[1]);
    expect_nothing(by);
    expect_nothing(other);
    expect_sa_down(by, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    expect_sa_down(other, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    expect_events(by, IKE2_EVENT_SA_UP, 0);
    x = expect_explained(by, record_last(&by->record, IKE2_EVENT_SA_DOWN), "policy.auth");
    assert_string_equal(x->offered, offered);
    assert_non_null(strstr(x->difference, difference));
    assert_int_equal(side_stats(by).auth_failures, 1);
}

/* RFC 7619 2: AUTHENTICATION_FAILED where the policy requires an identity, which is the default. */
static void anonymous_initiator_is_refused_by_default(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    stay_anonymous(a);
    b->setup.peer.remote_id.type = 0;
    refused(b, a, "NULL authentication", "stays anonymous");
}

static void anonymous_responder_is_refused_by_default(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    stay_anonymous(b);
    a->setup.peer.remote_id.type = 0;
    refused(a, b, "NULL authentication", "stays anonymous");
}

static void who_proves_himself_is_refused_where_anonymous_ones_are_expected(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    accept_anybody(b);
    refused(b, a, "pre-shared key", "only anonymous ones are expected");
}

/* --- AUTH ---------------------------------------------------------------------------- */

/* RFC 7619 2.1: a value that somebody else could have made, without SK_pi, is none. */
static void auth_value_is_checked(void **state)
{
    static const uint8_t value[32] = { 1 };
    const ike2_auth_payload auth = { .method = NONE, .data = bytes_of(value, sizeof value) };
    const struct utterance u = { .exchange = IKE2_EXCHANGE_IKE_AUTH, .message_id = 1 };
    struct side *a = side_a(state), *b = side_b(state);
    const struct explained *x;
    uint8_t room[512];
    ike2_writer w;

    stay_anonymous(a);
    accept_anybody(b);
    b->setup.peer.childless = IKE2_WANT_ALLOW;
    a->world->net.is_held = true;
    initiate(a, b);
    passes(a, b, IKE2_EXCHANGE_IKE_SA_INIT, REQUEST);
    passes(b, a, IKE2_EXCHANGE_IKE_SA_INIT, RESPONSE);
    loses(a, b, IKE2_EXCHANGE_IKE_AUTH, REQUEST);
    voice_begin(&w, room);
    ike2_id_write(&w, IKE2_PAYLOAD_IDI, &a->setup.peer.local_id);
    ike2_auth_write(&w, &auth);
    speak_written(a, b, u, &w);
    expect_sa_down(b, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    x = expect_explained(b, record_last(&b->record, IKE2_EVENT_SA_DOWN), "policy.auth");
    assert_string_equal(x->offered, "NULL authentication");
    assert_non_null(strstr(x->difference, "AUTH value"));
    passes(b, a, IKE2_EXCHANGE_IKE_AUTH, RESPONSE);
    expect_sa_down(a, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
}

/* Which key each side makes its pads with: of the SK_* as prf+ cuts them, 2.14. */
static struct {
    const ike2_crypto *inner;
    ike2_crypto table; /* outlives the world */
    uint8_t pi[64], pr[64], pads[4][64];
    size_t len, n_pads;
} keys;

static ike2_err spy_prf_plus(void *user, const ike2_prf_args *args, ike2_key_slice *slices,
                             size_t n)
{
    enum { SK_PI = 5, SK_PR = 6, SK = 7 };
    ike2_err err = keys.inner->prf_plus(user, args, slices, n);

    if (err == IKE2_OK && n == SK && keys.len == 0) {
        keys.len = slices[SK_PI].key->len;
        memcpy(keys.pi, slices[SK_PI].key->octets, keys.len);
        memcpy(keys.pr, slices[SK_PR].key->octets, keys.len);
    }
    return err;
}

static ike2_err spy_prf_key(void *user, const ike2_prf_args *args, ike2_key **out)
{
    static const char pad[] = "Key Pad for IKEv2";
    bool is_pad = args->n_data == 1 && args->data[0].key == NULL &&
                  bytes_equal(args->data[0].octets, bytes_of(pad, sizeof pad - 1));

    if (is_pad && args->n_key == 1 && args->key[0].key != NULL && keys.n_pads < 4)
        memcpy(keys.pads[keys.n_pads++], args->key[0].key->octets, keys.len);
    return keys.inner->prf_key(user, args, out);
}

/* RFC 7619 2.1: SK_pi for the initiator, SK_pr for the responder, each in place of the secret. */
static void auth_of_each_side_is_made_with_its_own_key(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    memset(&keys, 0, sizeof keys);
    keys.inner = &b->fake.table;
    keys.table = a->fake.table;
    keys.table.prf_plus = spy_prf_plus;
    keys.table.prf_key = spy_prf_key;
    a->crypto = &keys.table;
    stay_anonymous(a);
    stay_anonymous(b);
    a->setup.peer.remote_auth = b->setup.peer.remote_auth = IKE2_AUTH_NULL;
    bring_up(a, b);
    assert_int_equal(keys.n_pads, 2);
    assert_memory_not_equal(keys.pi, keys.pr, keys.len);
    assert_memory_equal(keys.pads[0], keys.pi, keys.len); /* ours */
    assert_memory_equal(keys.pads[1], keys.pr, keys.len); /* the responder's, checked */
}

/* --- Identities that are not proven -------------------------------------------------- */

/* RFC 7619 2.2: what is claimed is shown, and counts for nothing. */
static void a_name_may_be_claimed_and_proves_nothing(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    stay_anonymous(a);
    accept_anybody(b);
    setup_ids(&a->setup, "alice.example.org", "%any");
    bring_up(a, b);
    expect_methods(b, PSK, NONE);
    assert_int_equal(info_of(b).remote_id.type, IKE2_ID_FQDN);
}

static void claim_the_same(struct side *like, struct side *s)
{
    stay_anonymous(s);
    setup_ids(&s->setup, "side1.example.org", "%any");
    setup_selectors(&s->setup, 0, like->setup.children[0].ts_local, 1,
                    like->setup.children[0].ts_remote, 1);
}

/* RFC 7619 2.3: not even `unique` finds SAs by such a name, nor INITIAL_CONTACT. */
static void anonymous_sides_of_one_name_leave_each_other_alone(void **state)
{
    static const uint8_t uniques[] = { IKE2_UNIQUE_CONTACT, IKE2_UNIQUE_REPLACE,
                                       IKE2_UNIQUE_REFUSE };
    struct side *a = side_a(state), *b = side_b(state), *c = world_add(*state, "c");

    claim_the_same(a, a);
    claim_the_same(a, c);
    accept_anybody(b);
    for (size_t i = 0; i < sizeof uniques; i++) {
        b->setup.peer.unique = uniques[i];
        if (b->ep != NULL)
            assert_int_equal(side_define(b, &b->peer), IKE2_OK);
        connect(i == 1 ? c : a, b);
        assert_int_equal(side_stats(b).sas, i + 1);
        expect_events(b, IKE2_EVENT_SA_DOWN, 0);
    }
}

static void anonymous_side_does_not_end_the_sa_of_whose_name_it_takes(void **state)
{
    struct side *a = side_a(state), *b = side_b(state), *c = world_add(*state, "c");

    claim_the_same(a, c);
    bring_up(a, b);
    accept_anybody(b);
    b->setup.peer.unique = IKE2_UNIQUE_REPLACE;
    assert_int_equal(side_define(b, &b->peer), IKE2_OK);
    connect(c, b);
    assert_int_equal(side_stats(b).sas, 2);
    assert_int_equal(side_stats(a).sas, 1);
    expect_events(b, IKE2_EVENT_SA_DOWN, 0);
}

static void anonymous_sa_is_not_ended_by_who_proves_that_name(void **state)
{
    struct side *a = side_a(state), *b = side_b(state), *c = world_add(*state, "c");

    claim_the_same(a, c);
    accept_anybody(b);
    connect(c, b);
    setup_ids(&b->setup, "side2.example.org", "side1.example.org");
    b->setup.peer.remote_auth = IKE2_AUTH_PSK;
    b->setup.peer.unique = IKE2_UNIQUE_REPLACE;
    assert_int_equal(side_define(b, &b->peer), IKE2_OK);
    connect(a, b);
    assert_int_equal(side_stats(b).sas, 2);
    assert_int_equal(side_stats(c).sas, 1);
}

static bool says_initial_contact(struct side *a, struct side *b)
{
    struct heard h;
    ike2_notify n;

    a->world->net.is_held = true;
    initiate(a, b);
    passes(a, b, IKE2_EXCHANGE_IKE_SA_INIT, REQUEST);
    passes(b, a, IKE2_EXCHANGE_IKE_SA_INIT, RESPONSE);
    assert_true(voice_overhear(a, b, &h));
    assert_int_equal(h.message.header.exchange, IKE2_EXCHANGE_IKE_AUTH);
    return ike2_message_notify(&h.message, IKE2_NOTIFY_INITIAL_CONTACT, &n);
}

/* RFC 7619 2.3: it would tell the responder nothing. */
static void anonymous_initiator_does_not_say_initial_contact(void **state)
{
    stay_anonymous(side_a(state));
    accept_anybody(side_b(state));
    assert_false(says_initial_contact(side_a(state), side_b(state)));
}

static void initiator_that_proves_itself_says_initial_contact(void **state)
{
    assert_true(says_initial_contact(side_a(state), side_b(state)));
}

/* RFC 7619 2.2: ID_NULL has no data. */
static void id_null_with_data_is_malformed(void **state)
{
    static const uint8_t value[32] = { 1 }, data[1] = { 0 };
    const ike2_auth_payload auth = { .method = NONE, .data = bytes_of(value, sizeof value) };
    const struct utterance u = { .exchange = IKE2_EXCHANGE_IKE_AUTH, .message_id = 1 };
    const ike2_id id = { .type = IKE2_ID_NULL, .data = bytes_of(data, 1) };
    struct side *a = side_a(state), *b = side_b(state);
    uint8_t room[512];
    ike2_writer w;

    stay_anonymous(a);
    accept_anybody(b);
    a->world->net.is_held = true;
    initiate(a, b);
    passes(a, b, IKE2_EXCHANGE_IKE_SA_INIT, REQUEST);
    passes(b, a, IKE2_EXCHANGE_IKE_SA_INIT, RESPONSE);
    loses(a, b, IKE2_EXCHANGE_IKE_AUTH, REQUEST);
    voice_begin(&w, room);
    ike2_id_write(&w, IKE2_PAYLOAD_IDI, &id);
    ike2_auth_write(&w, &auth);
    speak_written(a, b, u, &w);
    expect_sa_down(b, IKE2_REASON_PROTOCOL, IKE2_NOTIFY_INVALID_SYNTAX);
    passes(b, a, IKE2_EXCHANGE_IKE_AUTH, RESPONSE);
    expect_sa_down(a, IKE2_REASON_PROTOCOL, IKE2_NOTIFY_INVALID_SYNTAX);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CASE(anonymous_initiator_meets_a_responder_that_proves_itself),
        CASE(anonymous_responder_meets_an_initiator_that_proves_itself),
        CASE(two_anonymous_sides_meet),
        CASE(methods_are_known_after_a_rekeying),
        CASE(anonymous_initiator_is_refused_by_default),
        CASE(anonymous_responder_is_refused_by_default),
        CASE(who_proves_himself_is_refused_where_anonymous_ones_are_expected),
        CASE(auth_value_is_checked),
        CASE(auth_of_each_side_is_made_with_its_own_key),
        CASE(a_name_may_be_claimed_and_proves_nothing),
        CASE(anonymous_sides_of_one_name_leave_each_other_alone),
        CASE(anonymous_side_does_not_end_the_sa_of_whose_name_it_takes),
        CASE(anonymous_sa_is_not_ended_by_who_proves_that_name),
        CASE(anonymous_initiator_does_not_say_initial_contact),
        CASE(initiator_that_proves_itself_says_initial_contact),
        CASE(id_null_with_data_is_malformed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
