/* sim/test_eddsa.c - EdDSA, for providers that have it: here the toy one, which signs by whatever
 * scheme it is told. RFC 8420. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "sim/announced.h"
#include "sim/scenario.h"

#define CASE(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

static const uint16_t ed25519[] = { IKE2_SIG_ED25519 };
static const uint16_t ed448[] = { IKE2_SIG_ED448 };
static const uint16_t ed25519_or_ecdsa[] = { IKE2_SIG_ED25519, IKE2_SIG_ECDSA_SHA256_DER };

/* What VERIFY jobs of a side were about. */
static struct {
    uint16_t scheme;
    uint8_t method;
    unsigned n;
} judged[2];

static void judge(struct side *s, ike2_job *job)
{
    static const uint8_t forged[64] = { 1 };
    const ike2_proof *proof = ike2_job_proof(job);
    ike2_verdict v = IKE2_INIT(ike2_verdict);
    size_t side = s->setup.peer.tag - 1;

    if (proof == NULL) { /* to be signed elsewhere */
        assert_int_equal(ike2_job_set_signature(job, (ike2_bytes){ forged, sizeof forged }),
                         IKE2_OK);
        return;
    }
    judged[side].scheme = proof->scheme;
    judged[side].method = proof->method;
    judged[side].n++;
    v.ok = proof->n_certs == 1 &&
           fake_verify(proof->certs[0].data, proof->scheme, proof->signed_parts,
                       proof->n_signed_parts, proof->signature);
    ike2_job_set_verdict(job, &v);
}

static void sign_with(struct side *s, uint16_t scheme, const uint16_t *accepted, size_t n)
{
    memset(judged, 0, sizeof judged);
    s->setup.cert = s->setup.peer.tag == 1 ? "first" : "second";
    s->setup.scheme = scheme;
    s->prove = judge;
    s->setup.peer.remote_auth = IKE2_AUTH_SIGNATURE;
    s->setup.peer.remote_schemes = accepted;
    s->setup.peer.n_remote_schemes = n;
}

static void expect_refusal(struct side *s, const char *section, const char *difference)
{
    const struct explained *x =
        expect_explained(s, record_last(&s->record, IKE2_EVENT_SA_DOWN), "policy.auth");

    assert_string_equal(x->section, section);
    assert_non_null(strstr(x->difference, difference));
}

static void meet(void *const *state)
{
    initiate(side_a(state), side_b(state));
    world_run(*state, 5000);
    expect_nothing(side_a(state));
    expect_nothing(side_b(state));
}

static void ed25519_proves_both_sides(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    sign_with(a, IKE2_SIG_ED25519, ed25519, 1);
    sign_with(b, IKE2_SIG_ED25519, ed25519, 1);
    bring_up(a, b);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(judged[i].n, 1);
        assert_int_equal(judged[i].scheme, IKE2_SIG_ED25519);
        assert_int_equal(judged[i].method, IKE2_AUTH_METHOD_SIGNATURE);
    }
}

static void ed448_and_ecdsa_may_meet(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    sign_with(a, IKE2_SIG_ED448, NULL, 0);
    sign_with(b, IKE2_SIG_ECDSA_SHA256_DER, ed448, 1);
    bring_up(a, b);
    assert_int_equal(judged[1].scheme, IKE2_SIG_ED448);
    assert_int_equal(judged[0].scheme, IKE2_SIG_ECDSA_SHA256_DER);
}

/* RFC 8420 3: the value must be there if EdDSA is configured, and only then; others should not be
 * there if nothing else is. */
static void identity_is_announced_where_eddsa_is_configured(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    struct announced h;

    announced_listen(&h, *state);
    sign_with(a, IKE2_SIG_ED25519, ed25519_or_ecdsa, 2);
    sign_with(b, IKE2_SIG_ED25519, ed25519, 1);
    bring_up(a, b);
    assert_int_equal(h.n[0], 2);
    assert_int_equal(h.hashes[0][0], IKE2_HASH_SHA2_256);
    assert_int_equal(h.hashes[0][1], IKE2_HASH_IDENTITY);
    assert_int_equal(h.n[1], 1);
    assert_int_equal(h.hashes[1][0], IKE2_HASH_IDENTITY);
}

static void identity_is_not_announced_by_default(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    struct announced h;

    announced_listen(&h, *state);
    sign_with(a, IKE2_SIG_ECDSA_SHA256_DER, NULL, 0);
    sign_with(b, IKE2_SIG_ECDSA_SHA256_DER, NULL, 0);
    bring_up(a, b);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(h.n[i], 3);
        for (size_t j = 0; j < 3; j++)
            assert_int_not_equal(h.hashes[i][j], IKE2_HASH_IDENTITY);
    }
}

/* RFC 8420 2: EdDSA MUST NOT be sent to a receiver that has not announced Identity. */
static void eddsa_is_not_used_with_a_peer_that_does_not_announce_identity(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    sign_with(a, IKE2_SIG_ECDSA_SHA256_DER, NULL, 0);
    sign_with(b, IKE2_SIG_ED25519, NULL, 0);
    meet(state);
    expect_sa_down(a, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    expect_refusal(b, "RFC 7427 4", "no credential can sign with a hash that the peer has");
}

/* A peer that uses it all the same is refused before anybody judges the signature. */
static void eddsa_that_is_not_named_is_refused_without_a_job(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    sign_with(a, IKE2_SIG_ED25519, NULL, 0);
    sign_with(b, IKE2_SIG_ECDSA_SHA256_DER, (const uint16_t[]){ IKE2_SIG_ED448 }, 1);
    meet(state);
    expect_sa_down(a, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    expect_refusal(b, "RFC 7296 2.15", "signature algorithm: not one that the policy names");
    assert_int_equal(judged[1].n, 0);
}

static void forged_eddsa_signature_is_refused(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    sign_with(a, IKE2_SIG_ED25519, ed25519, 1);
    sign_with(b, IKE2_SIG_ED25519, ed25519, 1);
    a->setup.signs_elsewhere = true;
    meet(state);
    expect_sa_down(a, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    expect_events(b, IKE2_EVENT_SA_UP, 0);
    assert_int_equal(judged[1].n, 1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CASE(ed25519_proves_both_sides),
        CASE(ed448_and_ecdsa_may_meet),
        CASE(identity_is_announced_where_eddsa_is_configured),
        CASE(identity_is_not_announced_by_default),
        CASE(eddsa_is_not_used_with_a_peer_that_does_not_announce_identity),
        CASE(eddsa_that_is_not_named_is_refused_without_a_job),
        CASE(forged_eddsa_signature_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
