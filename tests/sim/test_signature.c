/* sim/test_signature.c - IKE_AUTH with real signatures: every scheme, as either role; what may be
 * used, and what not. RFC 7296 2.15, 3.8, RFC 4754, RFC 7427. */
#include "sim/signer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "sim/announced.h"
#include "support/octets.h"

static const uint16_t p256_der[] = { IKE2_SIG_ECDSA_SHA256_DER, 0 };
static const uint16_t p256_raw[] = { IKE2_SIG_ECDSA_P256_SHA256_RAW, 0 };
static const uint16_t rsa_sha1[] = { IKE2_SIG_RSA_PKCS1_SHA1, 0 };

/* --- Schemes ------------------------------------------------------------------------- */

static const struct row {
    uint16_t scheme;
    uint8_t method;
    enum pair pair;
} rows[] = {
    { IKE2_SIG_RSA_PKCS1_SHA256, 14, RSA_2048 },
    { IKE2_SIG_RSA_PKCS1_SHA384, 14, RSA_2048 },
    { IKE2_SIG_RSA_PKCS1_SHA512, 14, RSA_3072 },
    { IKE2_SIG_RSA_PSS_SHA256, 14, RSA_2048 },
    { IKE2_SIG_RSA_PSS_SHA384, 14, RSA_3072 },
    { IKE2_SIG_RSA_PSS_SHA512, 14, RSA_3072 },
    { IKE2_SIG_ECDSA_SHA256_DER, 14, ECDSA_256 },
    { IKE2_SIG_ECDSA_SHA384_DER, 14, ECDSA_384 },
    { IKE2_SIG_ECDSA_SHA512_DER, 14, ECDSA_521 },
    { IKE2_SIG_ECDSA_SHA512_DER, 14, ECDSA_256 },
    { IKE2_SIG_ECDSA_P256_SHA256_RAW, 9, ECDSA_256 },
    { IKE2_SIG_ECDSA_P384_SHA384_RAW, 10, ECDSA_384 },
    { IKE2_SIG_ECDSA_P521_SHA512_RAW, 11, ECDSA_521 },
};

static void expect_judged(const struct side *s, uint16_t scheme, uint8_t method)
{
    const struct judged *j = &signer_of(s)->judged;

    assert_int_equal(j->n, 1);
    assert_int_equal(j->result, IKE2_OK);
    assert_int_equal(j->scheme, scheme);
    assert_int_equal(j->method, method);
    assert_int_equal(j->peer_tag, s->setup.peer.tag);
}

/* `signer` uses the row's scheme, the other one always the same. */
static void meet_with(const struct row *r, size_t signer)
{
    const uint16_t schemes[] = { r->scheme, 0 };
    struct side *s, *other;
    struct world *w;
    void *state;

    (void)signers_setup(&state);
    w = state;
    w->note = "scheme";
    w->number = r->scheme;
    s = w->sides[signer];
    other = w->sides[1 - signer];
    signer_add(signer_of(s), r->pair, schemes, NULL, "");
    signer_add(signer_of(other), ECDSA_256, p256_der, NULL, "");
    bring_up(side_a(&state), side_b(&state));
    expect_judged(other, r->scheme, r->method);
    expect_judged(s, IKE2_SIG_ECDSA_SHA256_DER, 14);
    (void)signers_teardown(&state);
}

static void every_scheme_proves_an_initiator(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        meet_with(&rows[i], 0);
}

static void every_scheme_proves_a_responder(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        meet_with(&rows[i], 1);
}

/* --- What may be used ---------------------------------------------------------------- */

static void expect_refused_by(struct side *s, struct side *other, const char *offered,
                              const char *difference)
{
    const struct explained *x;
    struct world *w = s->world;

    initiate(w->sides[0], w->sides[1]);
    world_run(w, 5000);
    expect_nothing(s);
    expect_nothing(other);
    expect_sa_down(s, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    expect_sa_down(other, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    expect_events(s, IKE2_EVENT_SA_UP, 0);
    x = expect_explained(s, record_last(&s->record, IKE2_EVENT_SA_DOWN), "policy.auth");
    assert_string_equal(x->offered, offered);
    assert_string_equal(x->difference, difference);
    assert_int_equal(side_stats(s).auth_failures, 1);
}

static const char not_named[] = "signature algorithm: not one that the policy names";

static void method_1_is_accepted_where_it_is_named(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    signer_add(signer_of(a), RSA_2048, rsa_sha1, NULL, "");
    signer_add(signer_of(b), RSA_2048, rsa_sha1, NULL, "");
    a->setup.peer.remote_schemes = b->setup.peer.remote_schemes = rsa_sha1;
    a->setup.peer.n_remote_schemes = b->setup.peer.n_remote_schemes = 1;
    bring_up(a, b);
    expect_judged(a, IKE2_SIG_RSA_PKCS1_SHA1, IKE2_AUTH_METHOD_RSA);
    expect_judged(b, IKE2_SIG_RSA_PKCS1_SHA1, IKE2_AUTH_METHOD_RSA);
}

static void method_1_of_an_initiator_is_refused_elsewhere(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    signer_add(signer_of(a), RSA_2048, rsa_sha1, NULL, "");
    signer_add(signer_of(b), ECDSA_256, p256_der, NULL, "");
    expect_refused_by(b, a, "rsa-pkcs1-sha1 (method 1)", not_named);
    assert_int_equal(signer_of(b)->judged.n, 0);
}

static void method_1_of_a_responder_is_refused_elsewhere(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    signer_add(signer_of(a), ECDSA_256, p256_der, NULL, "");
    signer_add(signer_of(b), RSA_2048, rsa_sha1, NULL, "");
    expect_refused_by(a, b, "rsa-pkcs1-sha1 (method 1)", not_named);
    assert_int_equal(signer_of(a)->judged.n, 0);
    expect_events(b, IKE2_EVENT_SA_UP, 1);
}

static void scheme_that_is_not_named_is_refused(void **state)
{
    static const uint16_t accepted[] = { IKE2_SIG_ECDSA_SHA384_DER, IKE2_SIG_RSA_PSS_SHA256 };
    struct side *a = side_a(state), *b = side_b(state);

    signer_add(signer_of(a), ECDSA_256, p256_der, NULL, "");
    signer_add(signer_of(b), ECDSA_256, p256_der, NULL, "");
    b->setup.peer.remote_schemes = accepted;
    b->setup.peer.n_remote_schemes = 2;
    expect_refused_by(b, a, "ecdsa-sha256", not_named);
}

/* --- Hashes -------------------------------------------------------------------------- */

static void hashes_are_announced_if_anybody_signs(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    struct announced h;

    announced_listen(&h, *state);
    signer_add(signer_of(a), ECDSA_256, p256_der, NULL, "");
    signer_add(signer_of(b), ECDSA_256, p256_der, NULL, "");
    a->setup.peer.remote_auth = b->setup.peer.local_auth = IKE2_AUTH_PSK;
    b->setup.peer.remote_auth = IKE2_AUTH_SIGNATURE;
    bring_up(a, b);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(h.n[i], 3);
        assert_int_equal(h.hashes[i][0], IKE2_HASH_SHA2_256);
        assert_int_equal(h.hashes[i][1], IKE2_HASH_SHA2_384);
        assert_int_equal(h.hashes[i][2], IKE2_HASH_SHA2_512);
    }
}

static void hashes_are_not_announced_for_pre_shared_keys(void **state)
{
    struct announced h;

    announced_listen(&h, *state);
    bring_up(side_a(state), side_b(state));
    assert_false(h.has[0]);
    assert_false(h.has[1]);
}

/* RFC 7427 4: what is announced can be used, so only what is accepted is announced. */
static void announced_hashes_are_those_of_the_accepted_schemes(void **state)
{
    static const uint16_t accepted[] = { IKE2_SIG_ECDSA_P521_SHA512_RAW,
                                         IKE2_SIG_RSA_PKCS1_SHA384, IKE2_SIG_RSA_PSS_SHA384 };
    static const uint16_t schemes[] = { IKE2_SIG_RSA_PKCS1_SHA512, IKE2_SIG_RSA_PKCS1_SHA384, 0 };
    struct side *a = side_a(state), *b = side_b(state);
    struct announced h;

    announced_listen(&h, *state);
    signer_add(signer_of(a), RSA_2048, schemes, NULL, "");
    signer_add(signer_of(b), RSA_2048, schemes, NULL, "");
    b->setup.peer.remote_schemes = accepted;
    b->setup.peer.n_remote_schemes = 3;
    bring_up(a, b);
    assert_int_equal(h.n[0], 3);
    assert_int_equal(h.n[1], 1);
    assert_int_equal(h.hashes[1][0], IKE2_HASH_SHA2_384);
    expect_judged(a, IKE2_SIG_RSA_PKCS1_SHA512, 14);
    expect_judged(b, IKE2_SIG_RSA_PKCS1_SHA384, 14);
}

/* RFC 7427 3: method 14 is allowed only if both have announced hashes; older methods are not. */
static void who_accepts_only_older_methods_announces_no_hashes(void **state)
{
    static const uint16_t both[] = { IKE2_SIG_ECDSA_SHA256_DER, IKE2_SIG_ECDSA_P256_SHA256_RAW,
                                     0 };
    struct side *a = side_a(state), *b = side_b(state);
    struct announced h;

    announced_listen(&h, *state);
    signer_add(signer_of(a), ECDSA_256, both, NULL, "");
    signer_add(signer_of(b), ECDSA_256, both, NULL, "");
    b->setup.peer.remote_schemes = p256_raw;
    b->setup.peer.n_remote_schemes = 1;
    bring_up(a, b);
    assert_true(h.has[0]);
    assert_false(h.has[1]);
    expect_judged(a, IKE2_SIG_ECDSA_P256_SHA256_RAW, 9);
    expect_judged(b, IKE2_SIG_ECDSA_P256_SHA256_RAW, 9);
}

static void method_14_is_used_if_both_have_announced_hashes(void **state)
{
    static const uint16_t both[] = { IKE2_SIG_ECDSA_P256_SHA256_RAW, IKE2_SIG_ECDSA_SHA256_DER,
                                     0 };
    struct side *a = side_a(state), *b = side_b(state);

    signer_add(signer_of(a), ECDSA_256, both, NULL, "");
    signer_add(signer_of(b), ECDSA_256, both, NULL, "");
    bring_up(a, b);
    expect_judged(a, IKE2_SIG_ECDSA_SHA256_DER, 14);
    expect_judged(b, IKE2_SIG_ECDSA_SHA256_DER, 14);
}

static void without_a_common_hash_a_responder_has_no_credential(void **state)
{
    static const uint16_t sha512[] = { IKE2_SIG_ECDSA_SHA512_DER, 0 };
    struct side *a = side_a(state), *b = side_b(state);
    const struct explained *x;

    signer_add(signer_of(a), ECDSA_256, p256_der, NULL, "");
    signer_add(signer_of(b), ECDSA_521, sha512, NULL, "");
    a->setup.peer.remote_schemes = p256_der;
    a->setup.peer.n_remote_schemes = 1;
    initiate(a, b);
    world_run(*state, 5000);
    expect_nothing(a);
    expect_nothing(b);
    expect_sa_down(a, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    expect_sa_down(b, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    x = expect_explained(b, record_last(&b->record, IKE2_EVENT_SA_DOWN), "policy.auth");
    assert_string_equal(x->section, "RFC 7427 4");
    assert_non_null(strstr(x->difference, "no credential can sign with a hash"));
}

/* Two sides as if nothing had been. */
static void begin_again(void **state)
{
    (void)signers_teardown(state);
    (void)signers_setup(state);
}

/* --- Both ways ----------------------------------------------------------------------- */

static void one_side_signs_and_the_other_has_a_key(void **state)
{
    static const uint16_t pss[] = { IKE2_SIG_RSA_PSS_SHA256, 0 };

    for (size_t signer = 0; signer < 2; signer++) {
        struct world *w = *state;
        struct side *s = w->sides[signer], *other = w->sides[1 - signer];

        signer_add(signer_of(s), RSA_2048, pss, NULL, "");
        s->setup.peer.remote_auth = IKE2_AUTH_PSK;
        other->setup.peer.remote_auth = IKE2_AUTH_SIGNATURE;
        bring_up(side_a(state), side_b(state));
        expect_judged(other, IKE2_SIG_RSA_PSS_SHA256, 14);
        assert_int_equal(signer_of(s)->judged.n, 0);
        begin_again(state);
    }
}

/* A responder that takes either lets the initiator choose. */
static void who_takes_both_is_proven_to_by_either(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    signer_add(signer_of(b), ECDSA_256, p256_der, NULL, "");
    a->setup.peer.remote_auth = IKE2_AUTH_SIGNATURE;
    b->setup.peer.remote_auth = IKE2_AUTH_SIGNATURE | IKE2_AUTH_PSK;
    bring_up(a, b);
    assert_int_equal(signer_of(b)->judged.n, 0);
    expect_judged(a, IKE2_SIG_ECDSA_SHA256_DER, 14);
    close_sa(a);
    world_run(a->world, 1000);
    signer_add(signer_of(a), ECDSA_384, (const uint16_t[]){ IKE2_SIG_ECDSA_SHA384_DER, 0 }, NULL,
               "");
    assert_int_equal(side_define(a, &a->peer), IKE2_OK);
    bring_up(a, b);
    expect_judged(b, IKE2_SIG_ECDSA_SHA384_DER, 14);
}

static void pre_shared_key_is_refused_where_a_signature_is_due(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    signer_add(signer_of(b), ECDSA_256, p256_der, NULL, "");
    a->setup.peer.remote_auth = IKE2_AUTH_SIGNATURE;
    expect_refused_by(b, a, "pre-shared key",
                      "method: the peer uses a pre-shared key, and has to sign");
}

static void signature_is_refused_where_a_pre_shared_key_is_due(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    signer_add(signer_of(a), ECDSA_256, p256_der, NULL, "");
    signer_add(signer_of(b), ECDSA_256, p256_der, NULL, "");
    a->setup.peer.remote_auth = IKE2_AUTH_PSK;
    expect_refused_by(a, b, "ecdsa-sha256",
                      "method: the peer signs, and has to use the pre-shared key");
}

static const struct {
    uint8_t method;
    const char *data; /* hex */
    uint16_t notify;
    uint8_t reason;
} strange[] = {
    { IKE2_AUTH_METHOD_DSS, "0102", IKE2_NOTIFY_AUTHENTICATION_FAILED, IKE2_REASON_AUTH },
    { 0, "0102", IKE2_NOTIFY_AUTHENTICATION_FAILED, IKE2_REASON_AUTH },
    { 255, "0102", IKE2_NOTIFY_AUTHENTICATION_FAILED, IKE2_REASON_AUTH },
    /* X25519; SHA-1 with RSA */
    { 14, "07300506032b656eaa", IKE2_NOTIFY_AUTHENTICATION_FAILED, IKE2_REASON_AUTH },
    { 14, "0f300d06092a864886f70d0101050500aa", IKE2_NOTIFY_AUTHENTICATION_FAILED,
      IKE2_REASON_AUTH },
    /* no algorithm; one that is longer than the payload; no signature; nothing */
    { 14, "00aa", IKE2_NOTIFY_AUTHENTICATION_FAILED, IKE2_REASON_AUTH },
    { 14, "0c300a06082a8648ce3d0403", IKE2_NOTIFY_INVALID_SYNTAX, IKE2_REASON_PROTOCOL },
    { 14, "0c300a06082a8648ce3d040302", IKE2_NOTIFY_INVALID_SYNTAX, IKE2_REASON_PROTOCOL },
    { 9, "", IKE2_NOTIFY_INVALID_SYNTAX, IKE2_REASON_PROTOCOL },
};

static void auth_that_is_not_understood_is_refused_without_a_job(void **state)
{
    for (size_t i = 0; i < sizeof strange / sizeof strange[0]; i++) {
        struct side *a = side_a(state), *b = side_b(state);
        uint8_t room[64];
        const ike2_auth_payload auth = {
            .method = strange[i].method,
            .data = { room, octets_from_hex(strange[i].data, room, sizeof room) },
        };

        signer_add(signer_of(a), ECDSA_256, p256_der, NULL, "");
        signer_add(signer_of(b), ECDSA_256, p256_der, NULL, "");
        signer_speak(a, b, &auth, NULL, 1);
        expect_nothing(b);
        expect_sa_down(b, strange[i].reason, strange[i].notify);
        assert_int_equal(b->counts.asked[ON_VERIFY], 0);
        if (strange[i].reason == IKE2_REASON_AUTH)
            assert_string_equal(expect_explained(b, record_last(&b->record, IKE2_EVENT_SA_DOWN),
                                                 "policy.auth")->offered,
                                "an unknown method or signature algorithm");
        passes(b, a, IKE2_EXCHANGE_IKE_AUTH, RESPONSE);
        expect_sa_down(a, strange[i].reason, strange[i].notify);
        begin_again(state);
    }
}

/* RFC 7296 2.6, 2.7: AUTH covers the request that was answered at last, with its cookie. */
static void signature_covers_the_last_of_several_first_requests(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    signer_add(signer_of(a), ECDSA_256, p256_der, NULL, "");
    signer_add(signer_of(b), ECDSA_256, p256_der, NULL, "");
    b->setup.endpoint.cookie = IKE2_ON;
    setup_ike(&a->setup, "aes256gcm16-prfsha384-x25519-ecp256");
    setup_ike(&b->setup, "aes256gcm16-prfsha384-ecp256");
    bring_up(a, b);
    assert_true(a->counts.sent > 3);
    expect_judged(a, IKE2_SIG_ECDSA_SHA256_DER, 14);
    expect_judged(b, IKE2_SIG_ECDSA_SHA256_DER, 14);
}

/* One key signs for the other's certificate: every octet is in order, but not the signature. */
static void signature_by_another_key_is_refused(void **state)
{
    for (size_t forger = 0; forger < 2; forger++) {
        struct world *w = *state;
        struct side *s = w->sides[forger], *other = w->sides[1 - forger];
        ike2_credential *c = signer_add(signer_of(s), RSA_3072,
                                        (const uint16_t[]){ IKE2_SIG_RSA_PKCS1_SHA256, 0 }, NULL,
                                        "");

        signer_add(signer_of(other), RSA_2048,
                   (const uint16_t[]){ IKE2_SIG_RSA_PKCS1_SHA256, 0 }, NULL, "");
        c->chain = signer_of(other)->rooms[0].chain;
        expect_refused_by(other, s, "rsa-pkcs1-sha256", "proof: refused without a reason");
        assert_int_equal(signer_of(other)->judged.result, IKE2_ERR_AUTH);
        begin_again(state);
    }
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, signers_setup, signers_teardown)
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_scheme_proves_an_initiator),
        cmocka_unit_test(every_scheme_proves_a_responder),
        CASE(method_1_is_accepted_where_it_is_named),
        CASE(method_1_of_an_initiator_is_refused_elsewhere),
        CASE(method_1_of_a_responder_is_refused_elsewhere),
        CASE(scheme_that_is_not_named_is_refused),
        CASE(hashes_are_announced_if_anybody_signs),
        CASE(hashes_are_not_announced_for_pre_shared_keys),
        CASE(announced_hashes_are_those_of_the_accepted_schemes),
        CASE(who_accepts_only_older_methods_announces_no_hashes),
        CASE(method_14_is_used_if_both_have_announced_hashes),
        CASE(without_a_common_hash_a_responder_has_no_credential),
        CASE(one_side_signs_and_the_other_has_a_key),
        CASE(who_takes_both_is_proven_to_by_either),
        CASE(pre_shared_key_is_refused_where_a_signature_is_due),
        CASE(signature_is_refused_where_a_pre_shared_key_is_due),
        CASE(auth_that_is_not_understood_is_refused_without_a_job),
        CASE(signature_covers_the_last_of_several_first_requests),
        CASE(signature_by_another_key_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
