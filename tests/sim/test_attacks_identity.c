/* sim/test_attacks_identity.c - only the right name with the right key comes in, and who has no
 * credential of its own leaves nothing behind. RFC 7296 2.15, 2.21.2, 3.5. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/bytes.h"
#include "sim/attack.h"

enum { LONG_ENOUGH_MS = 300 * 1000 };

/* --- Name and key: CVE-2020-16088 ----------------------------------------------------- */

/* What the impostor presents; each is that of the genuine peer, or somebody else's. */
struct claim {
    bool signs, right_name, right_key, right_form;
    bool is_responder;
};

/* The integrator knows which certificate belongs to the name that was claimed. */
static void judge(struct side *s, ike2_job *job)
{
    const ike2_proof *proof = ike2_job_proof(job);
    const char *known = s->prove_user;
    ike2_verdict v = IKE2_INIT(ike2_verdict);

    if (proof == NULL) {
        (void)ike2_job_run(job);
        return;
    }
    v.ok = proof->n_certs != 0 &&
           bytes_equal(proof->certs[0].data, bytes_of(known, strlen(known))) &&
           fake_verify(proof->certs[0].data, proof->scheme, proof->signed_parts,
                       proof->n_signed_parts, proof->signature);
    ike2_job_set_verdict(job, &v);
}

static void set_up_claim(struct side *impostor, struct side *victim, const struct claim *c)
{
    bool first = impostor->setup.peer.tag == 1;

    setup_ids(&impostor->setup,
              c->right_name ? (first ? "side1.example.org" : "side2.example.org")
                            : "side3.example.org",
              "%any");
    if (!c->right_form) /* the octets of the name, as something else */
        setup_ids(&impostor->setup, first ? "keyid:side1.example.org" : "keyid:side2.example.org",
                  "%any");
    if (c->signs) {
        impostor->setup.cert = c->right_key ? "genuine" : "anybody's";
        impostor->setup.peer.remote_auth = IKE2_AUTH_PSK;
        impostor->setup.asks_psk = true;
        victim->prove = judge;
        victim->prove_user = (void *)(uintptr_t)"genuine";
        victim->setup.peer.remote_auth = IKE2_AUTH_SIGNATURE;
    } else if (!c->right_key) {
        impostor->setup.psk_ours = "anybody's";
    }
}

static void expect_admitted_if_right(const struct claim *c, size_t n)
{
    bool is_right = c->right_name && c->right_key && c->right_form;
    void *world = NULL;
    struct world *w;
    struct side *impostor, *victim;

    (void)attack_world(&world);
    w = world;
    w->note = "claim";
    w->number = n;
    impostor = w->sides[c->is_responder ? 1 : 0];
    victim = w->sides[c->is_responder ? 0 : 1];
    set_up_claim(impostor, victim, c);
    if (c->is_responder) /* or it would say beforehand that it is somebody else */
        setup_ids(&victim->setup, "side1.example.org", "side2.example.org");
    initiate(w->sides[0], w->sides[1]);
    world_run(w, 5000);
    if ((record_count(&victim->record, IKE2_EVENT_SA_UP) != 0) != is_right)
        world_fail(w, victim, is_right ? "the right one is refused" : "an impostor came in");
    if ((victim->dataplane.n_installed != 0) != is_right)
        world_fail(w, victim, "a child of an impostor");
    if (c->signs && !(c->right_name && c->right_form) && victim->counts.asked[ON_VERIFY] != 0)
        world_fail(w, victim, "a proof of the wrong name is judged");
    world_free(w);
}

static void only_the_right_name_with_the_right_key_comes_in(void **state)
{
    (void)state;
    for (size_t n = 0; n < 32; n++) {
        const struct claim c = { .signs = (n & 1) != 0, .right_name = (n & 2) != 0,
                                 .right_key = (n & 4) != 0, .right_form = (n & 8) != 0,
                                 .is_responder = (n & 16) != 0 };

        if (c.right_name || c.right_form) /* of two wrong things one is enough */
            expect_admitted_if_right(&c, n);
    }
}

/* Two peers with keys of their own: the one cannot be the other. */
static void a_peer_with_a_key_of_its_own_is_not_another_one(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    ike2_peer_id third;

    setup_ids(&b->setup, "side2.example.org", "side3.example.org");
    b->setup.psk_peers = b->setup.psk_ours = "of the third";
    assert_int_equal(side_start(b, b->world->now), IKE2_OK);
    third = b->peer;
    setup_ids(&b->setup, "side2.example.org", "side1.example.org");
    b->setup.psk_peers = b->setup.psk_ours = "of the first";
    assert_int_equal(side_define(b, &b->peer), IKE2_OK);
    a->setup.psk_ours = a->setup.psk_peers = "of the first";
    setup_ids(&a->setup, "side3.example.org", "side2.example.org");
    for (size_t i = 0; i < 2; i++) { /* b takes it for the first one, then for the third */
        initiate(a, b);
        world_run(*state, 5000);
        expect_events(b, IKE2_EVENT_SA_UP, 0);
        expect_sa_down(b, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
        b->peer = third;
    }
    expect_nothing(b);
}

/* --- No credential of one's own: CVE-2024-2357 ---------------------------------------- */

enum lack { NO_PSK, NO_SIGNATURE, LATE_SIGNATURE, NO_CHAIN, LACKS };

/* Our own proof cannot be made; the other side's could. */
static void take_away(struct side *s, enum lack lack)
{
    struct side *other = s->world->sides[s == s->world->sides[0] ? 1 : 0];

    if (lack == NO_PSK) {
        s->setup.asks_psk = true;
        s->plans[ON_PSK] = (struct plan){ .manner = REFUSE };
        return;
    }
    s->setup.cert = "a certificate";
    s->setup.signs_elsewhere = true;
    s->setup.asks_psk = true;
    s->setup.peer.remote_auth = IKE2_AUTH_PSK;
    other->setup.peer.remote_auth = IKE2_AUTH_SIGNATURE;
    if (lack == NO_SIGNATURE)
        s->plans[ON_SIGN] = (struct plan){ .manner = REFUSE };
    else if (lack == LATE_SIGNATURE)
        s->plans[ON_SIGN] = (struct plan){ .manner = LATER, .ms = 90 * 1000 };
    else
        other->setup.peer.remote_auth = IKE2_AUTH_PSK; /* announces no hash: nothing to sign with */
}

static void expect_no_timers(const struct side *s)
{
    assert_int_equal(ike2_endpoint_deadline(s->ep), IKE2_TIME_NEVER);
    assert_int_equal(s->ep->host.timers.n, 0);
}

static void fail_again(struct world *w)
{
    initiate(w->sides[0], w->sides[1]);
    assert_true(world_run_out(w, LONG_ENOUGH_MS));
    world_run(w, LONG_ENOUGH_MS); /* what was late comes */
    for (size_t i = 0; i < 2; i++) {
        expect_nothing(w->sides[i]);
        expect_no_timers(w->sides[i]);
        assert_int_equal(w->sides[i]->dataplane.n_installed, 0);
    }
}

/* The second time takes and gives back exactly what the first one did. */
static void without_a_credential_of_our_own_nothing_is_left(void **state)
{
    (void)state;
    for (unsigned n = 0; n < 2 * LACKS; n++) {
        struct world *w;
        void *world = NULL;
        uint64_t octets[2], keys[2];

        (void)attack_world(&world);
        w = world;
        w->number = n;
        take_away(w->sides[n % 2], (enum lack)(n / 2));
        fail_again(w);
        for (size_t i = 0; i < 2; i++) {
            octets[i] = w->sides[i]->alloc.octets_held;
            keys[i] = (uint64_t)w->sides[i]->fake.keys_alive;
        }
        fail_again(w);
        for (size_t i = 0; i < 2; i++) {
            assert_int_equal(w->sides[i]->alloc.octets_held, octets[i]);
            assert_int_equal(w->sides[i]->fake.keys_alive, keys[i]);
            expect_events(w->sides[i], IKE2_EVENT_SA_UP, 0);
        }
        world_free(w);
    }
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, attack_world, world_teardown)
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_right_name_with_the_right_key_comes_in),
        CASE(a_peer_with_a_key_of_its_own_is_not_another_one),
        cmocka_unit_test(without_a_credential_of_our_own_nothing_is_left),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
