/* sim/test_attacks_anonymous.c - what somebody gets who proves nothing: neither another one's name,
 * nor what is another one's. RFC 7619 2, 2.2, 2.3, 3.3. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/attack.h"

#define CASE(f) cmocka_unit_test_setup_teardown(f, attack_world, world_teardown)

enum {
    AUTH = IKE2_EXCHANGE_IKE_AUTH,
    INFO = IKE2_EXCHANGE_INFORMATIONAL,
    CREATE = IKE2_EXCHANGE_CREATE_CHILD_SA
};

static const char *name_of(const struct side *s)
{
    return s->setup.peer.tag == 1 ? "side1.example.org" : "side2.example.org";
}

static void stay_anonymous(struct side *s, const char *claimed)
{
    setup_ids(&s->setup, claimed, "%any");
    s->setup.peer.local_auth = IKE2_AUTH_NULL;
    s->setup.peer.remote_auth = IKE2_AUTH_PSK;
}

/* --- NULL authentication where a proof is due ----------------------------------------- */

struct attempt {
    bool as_responder;
    const char *claimed; /* NULL: the genuine peer's name */
    uint32_t due;        /* IKE2_AUTH_* */
};

static void expect_no_proof(void **state, const struct attempt *t)
{
    struct world *w = *state;
    struct side *impostor = w->sides[t->as_responder ? 1 : 0];
    struct side *victim = w->sides[t->as_responder ? 0 : 1];

    stay_anonymous(impostor, t->claimed != NULL ? t->claimed : name_of(impostor));
    if (t->claimed != NULL) /* or it would be refused for its name */
        victim->setup.peer.remote_id.type = 0;
    victim->setup.peer.remote_auth = t->due;
    victim->setup.asks_psk = true;
    initiate(side_a(state), side_b(state));
    world_run(w, 5000);
    expect_sa_down(victim, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    expect_sa_down(impostor, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    expect_explained(victim, record_last(&victim->record, IKE2_EVENT_SA_DOWN), "policy.auth");
    expect_events(victim, IKE2_EVENT_SA_UP, 0);
    assert_int_equal(victim->counts.asked[ON_VERIFY], 0);
    expect_nothing(victim);
    expect_nothing(impostor);
}

/* RFC 7619 2, in both roles, under the name of the genuine peer and under none. */
static void null_authentication_never_stands_for_a_proof(void **state)
{
    static const uint32_t due[] = { IKE2_AUTH_PSK, IKE2_AUTH_SIGNATURE,
                                    IKE2_AUTH_PSK | IKE2_AUTH_SIGNATURE };

    (void)state;
    for (size_t i = 0; i < 4 * sizeof due / sizeof due[0]; i++) {
        const struct attempt t = { .as_responder = i % 2 != 0,
                                   .claimed = i / 2 % 2 != 0 ? "null" : NULL,
                                   .due = due[i / 4] };
        void *world;

        (void)attack_world(&world);
        ((struct world *)world)->note = "attempt";
        ((struct world *)world)->number = i;
        expect_no_proof(&world, &t);
        (void)world_teardown(&world);
    }
}

/* --- ID_NULL -------------------------------------------------------------------------- */

/* It has the right key, and AUTH is right. */
static void id_null_is_nobodys_name(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    const struct explained *x;

    setup_ids(&a->setup, "null", "%any");
    initiate(a, b);
    world_run(*state, 5000);
    x = expect_explained(b, record_last(&b->record, IKE2_EVENT_SA_DOWN), "policy.identity");
    assert_int_equal(x->types.offered, IKE2_ID_NULL);
    assert_string_equal(x->accepted, "side1.example.org");
    expect_sa_down(a, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    expect_events(b, IKE2_EVENT_SA_UP, 0);
    expect_nothing(b);
}

/* --- Beside others -------------------------------------------------------------------- */

/* `a` has proven its name to `b`, and is up; then `b` lets anybody in who proves nothing. */
static void be_joined(struct side *a, struct side *b)
{
    const ike2_ts anywhere = setup_net4(0, 0);

    setup_selectors(&b->setup, 0, &anywhere, 1, &anywhere, 1);
    bring_up(a, b);
    setup_ids(&b->setup, name_of(b), "%any");
    b->setup.peer.remote_auth = IKE2_AUTH_NULL;
    assert_int_equal(side_define(b, &b->peer), IKE2_OK);
}

static struct side *newcomer(struct world *w, const char *claimed)
{
    struct side *c = world_add(w, "c");

    setup_init(&c->setup, 3, 2);
    attack_setup(c);
    stay_anonymous(c, claimed);
    return c;
}

/* It and its child are still there on either side: it can be rekeyed. */
static void expect_unharmed(struct side *a, struct side *b)
{
    expect_events(a, IKE2_EVENT_SA_DOWN, 0);
    expect_events(b, IKE2_EVENT_SA_DOWN, 0);
    expect_events(b, IKE2_EVENT_CHILD_DOWN, 0);
    expect_events(b, IKE2_EVENT_CHILD_REKEYED, 0);
    a->world->net.is_held = false;
    rekey_child(a);
    world_run(a->world, 1000);
    expect_events(a, IKE2_EVENT_CHILD_REKEYED, 1);
    expect_events(b, IKE2_EVENT_CHILD_REKEYED, 1);
}

/* AUTH does not cover the other payloads of its message: an initiator may say more than ours do. */
static void add_initial_contact(struct side *from, struct side *to)
{
    const struct utterance u = { .exchange = AUTH, .message_id = 1 };
    struct chain c;
    struct heard h;
    ike2_walk w;
    ike2_payload p;

    assert_true(voice_overhear(from, to, &h));
    chain_begin(&c);
    ike2_payload_walk(&w, h.message.first, h.message.chain);
    while (ike2_payload_next(&w, &p)) {
        ike2_payload_begin(&c.w, p.type, p.critical);
        ike2_octets_write(&c.w, p.body);
        ike2_payload_end(&c.w);
    }
    chain_notify(&c, IKE2_NOTIFY_INITIAL_CONTACT);
    say_as(from, to, u, &c);
}

/* RFC 7619 2.3: the name is not proven, so that nothing follows from it. */
static void initial_contact_of_nobody_ends_nobodys_sa(void **state)
{
    struct side *a = side_a(state), *b = side_b(state), *c;
    struct world *w = *state;

    be_joined(a, b);
    c = newcomer(w, name_of(a));
    until_auth(c, b);
    add_initial_contact(c, b);
    w->net.is_held = false;
    world_run(w, 1000);
    assert_int_equal(side_stats(b).sas, 2);
    expect_events(b, IKE2_EVENT_SA_UP, 2);
    expect_unharmed(a, b);
}

/* RFC 7619 3.3: it MUST NOT be able to replace the Child SAs of an authenticated peer. */
static void nobody_replaces_or_deletes_the_child_of_another(void **state)
{
    struct side *a = side_a(state), *b = side_b(state), *c;
    struct world *w = *state;
    uint32_t spi;
    struct chain chain;

    be_joined(a, b);
    spi = sending_of(b)->spi_out;
    c = newcomer(w, name_of(a));
    initiate(c, b);
    world_run(w, 1000);
    assert_int_equal(side_stats(b).sas, 2);
    w->net.is_held = true;
    chain_begin(&chain);
    chain_rekey_notify(&chain, spi);
    chain_child(&chain, c, 0xc0000001);
    chain_nonce(&chain, 1);
    say_as(c, b, (struct utterance){ .exchange = CREATE, .message_id = 2 }, &chain);
    assert_int_equal(reply_error(c), IKE2_NOTIFY_CHILD_SA_NOT_FOUND);
    chain_begin(&chain);
    chain_delete(&chain, IKE2_PROTOCOL_ESP, &spi, 1);
    say_as(c, b, (struct utterance){ .exchange = INFO, .message_id = 3 }, &chain);
    assert_int_equal(reply_error(c), 0);
    expect_unharmed(a, b);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(null_authentication_never_stands_for_a_proof),
        CASE(id_null_is_nobodys_name),
        CASE(initial_contact_of_nobody_ends_nobodys_sa),
        CASE(nobody_replaces_or_deletes_the_child_of_another),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
