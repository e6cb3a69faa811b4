/* sim/test_auth.c - who may come in, and who not. RFC 7296 2.15, 2.21.2, 3.5; RFC 7427. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "sim/scenario.h"

static void meet(void *const *state)
{
    struct world *w = *state;

    initiate(side_a(state), side_b(state));
    world_run(w, 5000);
    expect_nothing(side_a(state));
    expect_nothing(side_b(state));
    expect_events(side_a(state), IKE2_EVENT_SA_DOWN, 1);
    expect_events(side_b(state), IKE2_EVENT_SA_DOWN, 1);
}

static const struct explained *why_down(struct side *s, const char *name)
{
    return expect_explained(s, record_last(&s->record, IKE2_EVENT_SA_DOWN), name);
}

/* --- Pre-shared keys ------------------------------------------------------------------ */

static void a_wrong_key_of_the_initiator_is_refused(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    const struct explained *x;

    a->setup.psk_ours = "something else";
    meet(state);
    expect_sa_down(a, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    expect_child_down(a, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    expect_sa_down(b, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    expect_events(b, IKE2_EVENT_SA_UP, 0);
    expect_events(b, IKE2_EVENT_CHILD_DOWN, 0);
    assert_int_equal(b->dataplane.n_installed, 0);
    x = why_down(b, "policy.auth");
    assert_string_equal(x->offered, "pre-shared key");
    assert_string_equal(x->accepted, "pre-shared key");
    assert_non_null(strstr(x->difference, "AUTH value"));
    assert_string_equal(x->section, "RFC 7296 2.15");
    assert_int_equal(side_stats(b).auth_failures, 1);
    assert_int_equal(side_stats(a).auth_failures, 1);
}

/* RFC 7296 2.21.2: the responder believes that all is well, and is told. */
static void a_wrong_key_of_the_responder_is_reported(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    b->setup.psk_ours = "something else";
    meet(state);
    expect_sa_down(a, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    expect_events(a, IKE2_EVENT_SA_UP, 0);
    assert_int_equal(a->dataplane.n_installed, 0);
    assert_non_null(strstr(why_down(a, "policy.auth")->difference, "AUTH value"));
    expect_events(b, IKE2_EVENT_SA_UP, 1);
    expect_sa_down(b, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    expect_child_down(b, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
}

static void keys_of_the_two_directions_may_differ(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    a->setup.psk_ours = b->setup.psk_peers = "of a";
    b->setup.psk_ours = a->setup.psk_peers = "of b";
    bring_up(a, b);
}

/* --- Identities ----------------------------------------------------------------------- */

static void a_stranger_is_refused(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    const struct explained *x;

    setup_ids(&a->setup, "stranger@example.org", "side2.example.org");
    meet(state);
    expect_sa_down(a, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    expect_sa_down(b, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    x = why_down(b, "policy.identity");
    assert_string_equal(x->offered, "stranger@example.org");
    assert_string_equal(x->accepted, "side1.example.org");
    assert_non_null(strstr(x->difference, "the peer's identity"));
    assert_string_equal(x->section, "RFC 7296 3.5");
}

static void a_call_for_somebody_else_is_refused(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    const struct explained *x;

    setup_ids(&a->setup, "side1.example.org", "192.0.2.77");
    meet(state);
    expect_sa_down(a, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    x = why_down(b, "policy.identity");
    assert_string_equal(x->offered, "192.0.2.77");
    assert_string_equal(x->accepted, "side2.example.org");
    assert_non_null(strstr(x->difference, "our identity"));
}

static void an_initiator_refuses_a_stranger_too(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    /* The responder answers to any name. */
    setup_ids(&a->setup, "side1.example.org", "%any");
    assert_int_equal(side_start(b, a->world->now), IKE2_OK);
    bring_up(a, b);
    assert_int_equal(info_of(a).remote_id.type, IKE2_ID_FQDN);
    close_sa(a);
    world_run(a->world, 1000);
    setup_ids(&a->setup, "side1.example.org", "side3.example.org");
    setup_ids(&b->setup, "side2.example.org", "%any");
    assert_int_equal(side_define(a, &a->peer), IKE2_OK);
    assert_int_equal(side_define(b, &b->peer), IKE2_OK);
    initiate(a, b);
    world_run(a->world, 5000);
    expect_nothing(a);
    expect_nothing(b);
    assert_string_equal(expect_explained(b, record_last(&b->record, IKE2_EVENT_SA_DOWN),
                                         "policy.identity")->offered, "side3.example.org");
}

static void an_identity_is_type_and_octets(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    setup_ids(&a->setup, "keyid:side1.example.org", "side2.example.org");
    meet(state);
    assert_string_equal(why_down(b, "policy.identity")->offered, "keyid:side1.example.org");
}

/* --- Signatures ----------------------------------------------------------------------- */

static void sign_both(struct side *a, struct side *b)
{
    a->setup.cert = "certificate of a";
    b->setup.cert = "certificate of b";
}

static void signatures_prove_identities(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    sign_both(a, b);
    bring_up(a, b);
    assert_int_equal(a->counts.asked[ON_VERIFY], 1);
    assert_int_equal(b->counts.asked[ON_VERIFY], 1);
    assert_int_equal(a->counts.asked[ON_SIGN] + b->counts.asked[ON_SIGN], 0);
}

static void signatures_may_be_made_elsewhere(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    sign_both(a, b);
    a->setup.signs_elsewhere = true;
    b->setup.endpoint.offload = IKE2_OFFLOAD_SIGN;
    a->plans[ON_SIGN] = b->plans[ON_SIGN] = (struct plan){ .manner = LATER, .ms = 1500 };
    a->plans[ON_VERIFY] = b->plans[ON_VERIFY] = (struct plan){ .manner = LATER, .ms = 1500 };
    initiate(a, b);
    world_run(a->world, 10 * 1000);
    expect_up(a, b);
    assert_int_equal(a->counts.asked[ON_SIGN], 1);
    assert_int_equal(b->counts.asked[ON_SIGN], 1);
}

static void a_refused_proof_is_an_authentication_failure(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    sign_both(a, b);
    b->plans[ON_VERIFY] = (struct plan){ .manner = REFUSE };
    meet(state);
    expect_sa_down(a, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    expect_sa_down(b, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    assert_string_equal(why_down(b, "policy.auth")->difference, "the certificate has been revoked");
}

static void a_proof_refused_by_the_initiator_is_reported(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    sign_both(a, b);
    a->plans[ON_VERIFY] = (struct plan){ .manner = REFUSE };
    meet(state);
    expect_sa_down(a, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    expect_sa_down(b, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    expect_events(b, IKE2_EVENT_SA_UP, 1);
}

/* RFC 7427 4: who does not say which hashes he knows gets no signature of method 14. */
static void a_signature_needs_a_peer_who_can_check_it(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    a->setup.cert = "certificate of a";
    initiate(a, b);
    world_run(a->world, 60 * 1000);
    expect_nothing(a);
    expect_nothing(b);
    expect_sa_down(a, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    expect_sa_down(b, IKE2_REASON_TIMEOUT, 0);
    assert_string_equal(why_down(a, "policy.auth")->section, "RFC 7427 4");
}

static void a_method_that_was_not_agreed_is_refused(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    sign_both(a, b);
    b->setup.peer.remote_auth = IKE2_AUTH_PSK;
    meet(state);
    expect_sa_down(a, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    expect_sa_down(b, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    assert_string_equal(why_down(b, "policy.auth")->accepted, "pre-shared key");
}

static void one_may_sign_and_the_other_have_a_key(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    /* The keys are asked for, so that the definitions can have a certificate as well. */
    a->setup.asks_psk = b->setup.asks_psk = true;
    a->setup.cert = "certificate of a";
    a->setup.peer.remote_auth = IKE2_AUTH_PSK;
    b->setup.peer.local_auth = IKE2_AUTH_PSK;
    b->setup.peer.remote_auth = IKE2_AUTH_SIGNATURE;
    bring_up(a, b);
    assert_int_equal(a->counts.asked[ON_PSK], 1);
    assert_int_equal(b->counts.asked[ON_PSK], 1);
    assert_int_equal(b->counts.asked[ON_VERIFY], 1);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)
    static const struct CMUnitTest tests[] = {
        CASE(a_wrong_key_of_the_initiator_is_refused),
        CASE(a_wrong_key_of_the_responder_is_reported),
        CASE(keys_of_the_two_directions_may_differ),
        CASE(a_stranger_is_refused),
        CASE(a_call_for_somebody_else_is_refused),
        CASE(an_initiator_refuses_a_stranger_too),
        CASE(an_identity_is_type_and_octets),
        CASE(signatures_prove_identities),
        CASE(signatures_may_be_made_elsewhere),
        CASE(a_refused_proof_is_an_authentication_failure),
        CASE(a_proof_refused_by_the_initiator_is_reported),
        CASE(a_signature_needs_a_peer_who_can_check_it),
        CASE(a_method_that_was_not_agreed_is_refused),
        CASE(one_may_sign_and_the_other_have_a_key),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
