/* sim/test_raw_keys.c - raw public keys instead of certificates. RFC 7670. */
#include "sim/signer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define CASE(f) cmocka_unit_test_setup_teardown(f, signers_setup, signers_teardown)

static const uint16_t p256[] = { IKE2_SIG_ECDSA_SHA256_DER, 0 };
static const uint16_t p384[] = { IKE2_SIG_ECDSA_SHA384_DER, 0 };

static void add_raw(struct side *s, enum pair pair, const uint16_t *schemes)
{
    signer_add(signer_of(s), pair, schemes, NULL, "")->encoding = IKE2_CERT_RAW_PUBLIC_KEY;
}

/* What the side was shown, and that the signature fits it. */
static void expect_shown(const struct side *s, uint8_t encoding, uint16_t scheme)
{
    const struct judged *j = &signer_of(s)->judged;

    assert_int_equal(j->n, 1);
    assert_int_equal(j->result, IKE2_OK);
    assert_int_equal(j->n_certs, 1);
    assert_int_equal(j->certs[0].encoding, encoding);
    assert_int_equal(j->scheme, scheme);
}

static void raw_keys_prove_both_sides(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    add_raw(a, ECDSA_256, p256);
    add_raw(b, ECDSA_384, p384);
    a->setup.peer.raw_keys = b->setup.peer.raw_keys = IKE2_ON;
    bring_up(a, b);
    expect_shown(a, IKE2_CERT_RAW_PUBLIC_KEY, IKE2_SIG_ECDSA_SHA384_DER);
    expect_shown(b, IKE2_CERT_RAW_PUBLIC_KEY, IKE2_SIG_ECDSA_SHA256_DER);
}

/* RFC 7670 3: CERTREQ with encoding 15 asks for one. */
static void each_side_gets_what_it_asks_for(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    signer_add(signer_of(a), ECDSA_256, p256, NULL, "A");
    add_raw(a, ECDSA_384, p384);
    signer_add(signer_of(b), ECDSA_256, p256, NULL, "A");
    add_raw(b, ECDSA_384, p384);
    b->setup.peer.raw_keys = IKE2_ON;
    bring_up(a, b);
    expect_shown(a, IKE2_CERT_X509_SIGNATURE, IKE2_SIG_ECDSA_SHA256_DER);
    expect_shown(b, IKE2_CERT_RAW_PUBLIC_KEY, IKE2_SIG_ECDSA_SHA384_DER);
}

/* CERTREQ is a hint: who has nothing else shows what he has. */
static void certificate_is_shown_if_there_is_no_raw_key(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    signer_add(signer_of(a), ECDSA_256, p256, NULL, "A");
    signer_add(signer_of(b), ECDSA_256, p256, NULL, "A");
    a->setup.peer.raw_keys = IKE2_ON;
    bring_up(a, b);
    expect_shown(a, IKE2_CERT_X509_SIGNATURE, IKE2_SIG_ECDSA_SHA256_DER);
}

/* A key that nobody vouches for is refused by whoever does not know it. */
static void key_that_is_not_known_is_refused(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    add_raw(a, ECDSA_256, p256);
    add_raw(b, ECDSA_256, p256);
    b->setup.peer.raw_keys = IKE2_ON;
    signer_of(b)->verdict = (ike2_verdict)IKE2_INIT(ike2_verdict);
    signer_of(b)->verdict.reason = 1;
    initiate(a, b);
    world_run(*state, 5000);
    expect_sa_down(a, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    expect_sa_down(b, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    expect_events(b, IKE2_EVENT_SA_UP, 0);
    assert_int_equal(signer_of(b)->judged.result, IKE2_OK); /* it was not the signature */
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CASE(raw_keys_prove_both_sides),
        CASE(each_side_gets_what_it_asks_for),
        CASE(certificate_is_shown_if_there_is_no_raw_key),
        CASE(key_that_is_not_known_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
