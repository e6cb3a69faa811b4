/* sim/test_credential.c - which of several credentials is used, and how its certificates travel.
 * RFC 7296 1.2, 3.6, 3.7; RFC 7383. */
#include "sim/signer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/bytes.h"

static const uint16_t p256[] = { IKE2_SIG_ECDSA_SHA256_DER, 0 };
static const uint16_t p384[] = { IKE2_SIG_ECDSA_SHA384_DER, 0 };
static const uint16_t rsa[] = { IKE2_SIG_RSA_PSS_SHA256, 0 };

/* Two to choose from on one side, one on the other. */
static void add_two(struct side *s, struct side *other)
{
    signer_add(signer_of(s), ECDSA_256, p256, "red.example.org", "A");
    signer_add(signer_of(s), ECDSA_384, p384, "blue.example.org", "B");
    signer_add(signer_of(other), ECDSA_256, p256, NULL, "");
    setup_ids(&other->setup, "other.example.org", "%any");
    setup_ids(&s->setup, "nobody.example.org", "other.example.org");
}

static void expect_proven(const struct side *s, const char *remote, uint16_t scheme)
{
    const struct judged *j = &signer_of(s)->judged;

    assert_int_equal(j->n, 1);
    assert_int_equal(j->result, IKE2_OK);
    assert_string_equal(j->remote, remote);
    assert_int_equal(j->scheme, scheme);
}

/* --- Choice -------------------------------------------------------------------------- */

static void idr_chooses_the_responders_credential(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    add_two(b, a);
    setup_ids(&a->setup, "other.example.org", "blue.example.org");
    bring_up(a, b);
    expect_proven(a, "blue.example.org", IKE2_SIG_ECDSA_SHA384_DER);
    assert_string_equal(signer_of(b)->judged.local, "blue.example.org");
}

static void first_credential_is_used_if_the_initiator_names_nobody(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    add_two(b, a);
    bring_up(a, b);
    expect_proven(a, "red.example.org", IKE2_SIG_ECDSA_SHA256_DER);
}

/* The identity is that of the credential, from the first message to the last event. */
static void initiator_claims_the_identity_of_its_credential(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);
    char text[64];
    ike2_sa_info info;

    add_two(a, b);
    bring_up(a, b);
    expect_proven(b, "red.example.org", IKE2_SIG_ECDSA_SHA256_DER);
    assert_string_equal(signer_of(a)->judged.local, "red.example.org");
    info = info_of(a);
    (void)ike2_id_text(&info.local_id, text, sizeof text);
    assert_string_equal(text, "red.example.org");
}

static void expect_unknown_name_refused(struct side *a, struct side *b, const char *offered)
{
    const struct explained *x;

    initiate(a, b);
    world_run(a->world, 5000);
    expect_nothing(a);
    expect_nothing(b);
    expect_sa_down(a, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    x = expect_explained(b, record_last(&b->record, IKE2_EVENT_SA_DOWN), "policy.identity");
    assert_string_equal(x->offered, offered);
    assert_int_equal(signer_of(b)->judged.n, 0);
}

static void name_of_nobody_is_refused_before_any_work(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    add_two(b, a);
    setup_ids(&a->setup, "other.example.org", "green.example.org");
    expect_unknown_name_refused(a, b, "green.example.org");
}

/* RFC 7296 3.7: the responder asks in IKE_SA_INIT, the initiator in IKE_AUTH. */
static void certreq_of_the_responder_chooses_the_initiators_credential(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    add_two(a, b);
    signer_trust(signer_of(b), 0, "XB");
    bring_up(a, b);
    expect_proven(b, "blue.example.org", IKE2_SIG_ECDSA_SHA384_DER);
}

static void certreq_of_the_initiator_chooses_the_responders_credential(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    add_two(b, a);
    signer_trust(signer_of(a), 0, "XB");
    bring_up(a, b);
    expect_proven(a, "blue.example.org", IKE2_SIG_ECDSA_SHA384_DER);
}

static void one_ca_among_a_thousand_is_found(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    add_two(b, a);
    signer_trust(signer_of(a), 1023, "B");
    bring_up(a, b);
    expect_proven(a, "blue.example.org", IKE2_SIG_ECDSA_SHA384_DER);
    assert_true(a->counts.largest <= 1280); /* IKE_AUTH goes in fragments */
}

/* The sender of a first request has proven nothing: he is not sent what is much larger. */
static void responder_with_many_cas_does_not_amplify(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    add_two(a, b);
    signer_trust(signer_of(b), 1023, "B");
    bring_up(a, b);
    expect_proven(b, "red.example.org", IKE2_SIG_ECDSA_SHA256_DER); /* nobody asked for blue */
    assert_true(b->counts.largest <= 1280);
}

static void first_credential_is_tried_if_no_ca_is_known(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    add_two(a, b);
    signer_trust(signer_of(b), 300, "");
    bring_up(a, b);
    expect_proven(b, "red.example.org", IKE2_SIG_ECDSA_SHA256_DER);
}

static void certreq_is_only_for_peers_that_sign(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    signer_add(signer_of(a), ECDSA_256, p256, NULL, "");
    a->setup.peer.remote_auth = IKE2_AUTH_PSK;
    b->setup.peer.remote_auth = IKE2_AUTH_SIGNATURE;
    signer_trust(signer_of(a), 1000, "");
    bring_up(a, b);
    assert_true(a->counts.largest < 1500);
}

/* --- Certificates -------------------------------------------------------------------- */

/* `n` more certificates behind the credential's own, each of `len` octets. */
static void lengthen(struct side *s, size_t n, size_t len)
{
    static uint8_t octets[SIGNER_CHAIN][8192];
    struct signer *g = signer_of(s);

    for (size_t i = 1; i <= n; i++) {
        memset(octets[i], (int)i, len + i);
        g->rooms[0].chain[i] = bytes_of(octets[i], len + i);
    }
    g->credentials[0].n_chain = n + 1;
}

static void expect_chain(const struct side *s, const struct side *from, size_t n, size_t len)
{
    const struct judged *j = &signer_of(s)->judged;

    assert_int_equal(j->n_certs, n + 1);
    assert_int_equal(j->certs[0].len, signer_of(from)->rooms[0].chain[0].len);
    for (size_t i = 0; i <= n; i++)
        assert_int_equal(j->certs[i].encoding, IKE2_CERT_X509_SIGNATURE);
    for (size_t i = 1; i <= n; i++) {
        assert_int_equal(j->certs[i].len, len + i);
        assert_int_equal(j->certs[i].last_octet, i);
    }
}

static void chain_of_three_arrives_in_order(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    signer_add(signer_of(a), RSA_2048, rsa, NULL, "");
    signer_add(signer_of(b), RSA_3072, rsa, NULL, "");
    lengthen(a, 2, 700);
    lengthen(b, 2, 700);
    bring_up(a, b);
    expect_chain(a, b, 2, 700);
    expect_chain(b, a, 2, 700);
}

static void large_chains_travel_in_fragments(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    signer_add(signer_of(a), RSA_4096, rsa, NULL, "");
    signer_add(signer_of(b), RSA_4096, rsa, NULL, "");
    lengthen(a, 15, 1000);
    lengthen(b, 15, 1000);
    bring_up(a, b);
    expect_chain(a, b, 15, 1000);
    expect_chain(b, a, 15, 1000);
    assert_true(a->counts.largest <= 1280 - 28);
    assert_true(b->counts.largest <= 1280 - 28);
    assert_true(w->net.n_sent > 2 + 2 * 12);
}

/* Without RFC 7383 the datagram is large, and IP takes care of it. */
static void large_chains_travel_whole_if_they_must(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    signer_add(signer_of(a), RSA_4096, rsa, NULL, "");
    signer_add(signer_of(b), RSA_4096, rsa, NULL, "");
    lengthen(a, 5, 1000);
    lengthen(b, 5, 1000);
    b->setup.peer.fragmentation = IKE2_WANT_OFF;
    bring_up(a, b);
    expect_chain(b, a, 5, 1000);
    assert_true(a->counts.largest > 5 * 1024);
    assert_true(b->counts.largest > 5 * 1024);
}

static void fragments_may_be_lost_and_come_out_of_order(void **state)
{
    struct world *w = *state;
    struct side *a = side_a(state), *b = side_b(state);

    signer_add(signer_of(a), RSA_2048, rsa, NULL, "");
    signer_add(signer_of(b), RSA_2048, rsa, NULL, "");
    lengthen(a, 4, 1000);
    lengthen(b, 4, 1000);
    w->net.loss_percent = w->net.duplicate_percent = 20;
    w->net.jitter_ms = 200;
    initiate(a, b);
    world_run(w, 60 * 1000);
    expect_up(a, b);
    expect_chain(a, b, 4, 1000);
    expect_chain(b, a, 4, 1000);
}

static void chain_that_fits_no_message_ends_the_attempt(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    signer_add(signer_of(a), ECDSA_256, p256, NULL, "");
    signer_add(signer_of(b), ECDSA_256, p256, NULL, "");
    lengthen(a, 15, 8000);
    initiate(a, b);
    world_run(*state, 60 * 1000);
    expect_nothing(a);
    expect_nothing(b);
    expect_sa_down(a, IKE2_REASON_RESOURCE, 0);
}

static void at_most_64_certificates_are_judged(void **state)
{
    static const uint8_t signature[64] = { 1 };
    const ike2_auth_payload auth = { .method = IKE2_AUTH_METHOD_ECDSA_256,
                                     .data = bytes_of(signature, sizeof signature) };
    struct side *a = side_a(state), *b = side_b(state);

    signer_add(signer_of(a), ECDSA_256, p256, NULL, "");
    signer_add(signer_of(b), ECDSA_256, p256, NULL, "");
    signer_speak(a, b, &auth, NULL, 100);
    assert_int_equal(signer_of(b)->judged.n, 1);
    assert_int_equal(signer_of(b)->judged.n_certs, 64);
    for (size_t i = 0; i < 64; i++)
        assert_int_equal(signer_of(b)->judged.certs[i].len, 2);
    expect_nothing(b);
    passes(b, a, IKE2_EXCHANGE_IKE_AUTH, RESPONSE);
    expect_sa_down(a, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, signers_setup, signers_teardown)
    static const struct CMUnitTest tests[] = {
        CASE(idr_chooses_the_responders_credential),
        CASE(first_credential_is_used_if_the_initiator_names_nobody),
        CASE(initiator_claims_the_identity_of_its_credential),
        CASE(name_of_nobody_is_refused_before_any_work),
        CASE(certreq_of_the_responder_chooses_the_initiators_credential),
        CASE(certreq_of_the_initiator_chooses_the_responders_credential),
        CASE(one_ca_among_a_thousand_is_found),
        CASE(responder_with_many_cas_does_not_amplify),
        CASE(first_credential_is_tried_if_no_ca_is_known),
        CASE(certreq_is_only_for_peers_that_sign),
        CASE(chain_of_three_arrives_in_order),
        CASE(large_chains_travel_in_fragments),
        CASE(large_chains_travel_whole_if_they_must),
        CASE(fragments_may_be_lost_and_come_out_of_order),
        CASE(chain_that_fits_no_message_ends_the_attempt),
        CASE(at_most_64_certificates_are_judged),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
