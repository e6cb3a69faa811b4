/* sim/test_certificates.c - IKE_AUTH with certificates that ike2_x509_verify judges: as they come
 * on the wire, in any order and with anything beside, of other names, of roots of the same name.
 * RFC 7296 2.21.2, 3.6; RFC 4945 3.1, 5.1; RFC 5280 6. */
#include "sim/scenario.h"

#include <ike2/x509.h>

#include "base/bytes.h"
#include "support/pki.h"

#define CASE(f) cmocka_unit_test_setup_teardown(f, certified_setup, certified_teardown)

enum { CHAIN_MAX = 16 };

static const int64_t in_2025 = 1750000000;
static const uint16_t p256[] = { IKE2_SIG_ECDSA_SHA256_DER };
static const uint16_t p384[] = { IKE2_SIG_ECDSA_SHA384_DER };

/* What a side proves itself with, and judges its peer by. */
struct certified {
    ike2_credential own;
    ike2_bytes chain[CHAIN_MAX], anchor;
    ike2_x509_policy policy;
    ike2_verdict verdict; /* the last one that it came to */
    size_t n_shown;       /* certificates that it has judged then */
};

static struct certified ends[2];
static struct pki *pki;

static struct certified *certified_of(const struct side *s)
{
    return &ends[s->number - 1];
}

/* --- Certificates ----------------------------------------------------------------------- */

/* Root, upper CA, lower CA, and a side below that. */
static struct pki_certificate upper_ca(void)
{
    return pki_ca();
}

static struct pki_certificate lower_ca(void)
{
    struct pki_certificate c = pki_ca();

    c.subject = "CN=lower.test";
    c.key = PKI_OTHER;
    c.issuer = "CN=ca.test";
    c.issuer_key = PKI_CA;
    return c;
}

static ike2_bytes leaf_of(enum pki_key key, const char *name)
{
    return pki_make(pki, (struct pki_certificate){ .subject = "CN=leaf.test",
                                                   .key = key,
                                                   .issuer = "CN=lower.test",
                                                   .issuer_key = PKI_OTHER,
                                                   .extensions = { pki_host(pki, name) } });
}

static ike2_bytes leaf(const struct side *s, const char *name)
{
    return leaf_of(s->number == 1 ? PKI_PEER : PKI_P384, name);
}

static void show(struct side *s, ike2_bytes certificate)
{
    ike2_credential *own = &certified_of(s)->own;

    assert_in_range(own->n_chain, 0, CHAIN_MAX - 1);
    certified_of(s)->chain[own->n_chain++] = certificate;
}

/* The right chain, in the right order, for this name. */
static void show_usual(struct side *s, const char *name)
{
    show(s, leaf(s, name));
    show(s, pki_make(pki, lower_ca()));
    show(s, pki_make(pki, upper_ca()));
}

/* --- Life ------------------------------------------------------------------------------- */

static void prove(struct side *s, ike2_job *job)
{
    struct certified *c = certified_of(s);

    if (ike2_job_kind(job) != IKE2_JOB_VERIFY) {
        assert_int_equal(ike2_job_run(job), IKE2_OK);
        return;
    }
    c->n_shown = ike2_job_proof(job)->n_certs;
    assert_int_equal(ike2_x509_verify(ike2_job_proof(job), &c->policy, in_2025, &c->verdict),
                     IKE2_OK);
    ike2_job_set_verdict(job, &c->verdict);
}

static void certify(struct side *s, enum pki_key key, const uint16_t *scheme)
{
    struct certified *c = certified_of(s);

    *c = (struct certified){ .own = IKE2_INIT(ike2_credential),
                             .policy = IKE2_INIT(ike2_x509_policy) };
    c->anchor = pki_make(pki, pki_root());
    c->policy.anchors = &c->anchor;
    c->policy.n_anchors = 1;
    c->own.key = pki_private_key(pki, key);
    assert_non_null(c->own.key);
    c->own.chain = c->chain;
    c->own.schemes = scheme;
    c->own.n_schemes = 1;
    s->crypto = pki_crypto(pki);
    s->prove = prove;
    s->setup.asks_psk = true; /* there is none */
    s->setup.peer.remote_auth = IKE2_AUTH_SIGNATURE;
    s->setup.peer.credentials = &c->own;
    s->setup.peer.n_credentials = 1;
}

static int certified_setup(void **state)
{
    (void)world_setup(state);
    pki = pki_new();
    certify(side_a(state), PKI_PEER, p256);
    certify(side_b(state), PKI_P384, p384);
    setup_ids(&side_a(state)->setup, "a.test", "b.test");
    setup_ids(&side_b(state)->setup, "b.test", "a.test");
    return 0;
}

static int certified_teardown(void **state)
{
    const ike2_crypto *c = pki_crypto(pki);

    (void)world_teardown(state);
    for (size_t i = 0; i < 2; i++)
        c->key_free(c->user, ends[i].own.key);
    pki_free(pki);
    return 0;
}

/* --- Outcomes --------------------------------------------------------------------------- */

static void expect_refused(struct side *judge, uint32_t reason, const char *difference)
{
    const struct explained *x;

    assert_false(certified_of(judge)->verdict.ok);
    assert_int_equal(certified_of(judge)->verdict.reason, reason);
    x = expect_explained(judge, record_last(&judge->record, IKE2_EVENT_SA_DOWN), "policy.auth");
    assert_string_equal(x->difference, difference);
    expect_events(judge, IKE2_EVENT_SA_UP, 0);
    for (size_t i = 0; i < 2; i++) {
        struct side *s = judge->world->sides[i];

        expect_sa_down(s, IKE2_REASON_AUTH, IKE2_NOTIFY_AUTHENTICATION_FAILED);
        expect_nothing(s);
    }
}

/* The responder says so in its IKE_AUTH response, and is not up for a moment. */
static void responder_refuses(void *const *state, uint32_t reason, const char *difference)
{
    struct side *a = side_a(state), *b = side_b(state);

    initiate(a, b);
    world_run(*state, 5000);
    expect_refused(b, reason, difference);
    expect_events(a, IKE2_EVENT_SA_UP, 0);
}

/* RFC 7296 2.21.2: the initiator says so in an INFORMATIONAL request: to the responder the SA was
 * up. */
static void initiator_refuses(void *const *state, uint32_t reason, const char *difference)
{
    struct side *a = side_a(state), *b = side_b(state);

    initiate(a, b);
    world_run(*state, 5000);
    expect_refused(a, reason, difference);
    expect_events(b, IKE2_EVENT_SA_UP, 1);
}

static void expect_judged_good(const struct side *s, size_t n_shown)
{
    assert_true(certified_of(s)->verdict.ok);
    assert_string_equal(certified_of(s)->verdict.text, "CN=leaf.test");
    assert_int_equal(certified_of(s)->n_shown, n_shown);
}

/* --- Names ------------------------------------------------------------------------------ */

static void certificates_of_the_right_names_prove_both(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    show_usual(a, "a.test");
    show_usual(b, "b.test");
    bring_up(a, b);
    expect_judged_good(a, 3);
    expect_judged_good(b, 3);
}

static void initiator_with_a_certificate_of_another_name_is_refused(void **state)
{
    show_usual(side_a(state), "mallory.test");
    show_usual(side_b(state), "b.test");
    responder_refuses(state, IKE2_X509_IDENTITY,
                      "identity: FQDN a.test is not in CN=leaf.test (depth 0)");
}

static void responder_with_a_certificate_of_another_name_is_refused(void **state)
{
    show_usual(side_a(state), "a.test");
    show_usual(side_b(state), "mallory.test");
    initiator_refuses(state, IKE2_X509_IDENTITY,
                      "identity: FQDN b.test is not in CN=leaf.test (depth 0)");
}

/* --- Chains ----------------------------------------------------------------------------- */

/* A certificate of somebody else, from another root. */
static ike2_bytes strangers(void)
{
    return pki_make(pki, (struct pki_certificate){ .subject = "CN=stranger.test",
                                                   .key = PKI_BRAINPOOL,
                                                   .issuer = "CN=elsewhere.test",
                                                   .issuer_key = PKI_BRAINPOOL });
}

/* RFC 7296 3.6: the first one is the sender's own; of the others no order is promised. */
static void show_jumble(struct side *s, const char *name)
{
    const ike2_bytes own = leaf(s, name), lower = pki_make(pki, lower_ca()),
                     upper = pki_make(pki, upper_ca());

    show(s, own);
    show(s, strangers());
    show(s, pki_make(pki, pki_root()));
    show(s, upper);
    show(s, own);
    show(s, strangers());
    show(s, lower);
    show(s, upper);
    show(s, lower);
}

static void chains_out_of_order_with_copies_and_strangers_prove_both(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    show_jumble(a, "a.test");
    show_jumble(b, "b.test");
    bring_up(a, b);
    expect_judged_good(a, 9);
    expect_judged_good(b, 9);
}

static void names_count_as_well_behind_a_chain_out_of_order(void **state)
{
    show_jumble(side_a(state), "mallory.test");
    show_usual(side_b(state), "b.test");
    responder_refuses(state, IKE2_X509_IDENTITY,
                      "identity: FQDN a.test is not in CN=leaf.test (depth 0)");
}

/* RFC 7296 3.6: AUTH is checked with the key of the first one, and of no other. */
static void signature_is_that_of_the_first_certificate(void **state)
{
    struct side *a = side_a(state);

    show(a, leaf_of(PKI_P521, "a.test"));
    show_usual(a, "a.test");
    show_usual(side_b(state), "b.test");
    responder_refuses(state, IKE2_X509_SIGNATURE,
                      "signature: AUTH is not by the key of CN=leaf.test (depth 0)");
}

static void chain_with_a_gap_is_refused(void **state)
{
    struct side *a = side_a(state);

    show(a, leaf(a, "a.test"));
    show(a, pki_make(pki, upper_ca()));
    show_usual(side_b(state), "b.test");
    responder_refuses(state, IKE2_X509_NO_PATH,
                      "no path: nobody is the issuer of CN=leaf.test (depth 0)");
}

/* --- Roots ------------------------------------------------------------------------------ */

static const char not_by_it[] =
    "no path: not signed by who is said to be the issuer: CN=ca.test (depth 2)";

/* The root that a side trusts has the name of the one that the chain leads to, and another key. */
static void trust_a_namesake(struct side *s)
{
    struct pki_certificate namesake = pki_root();

    namesake.key = namesake.issuer_key = PKI_P521;
    certified_of(s)->anchor = pki_make(pki, namesake);
}

static void initiator_of_another_root_of_the_same_name_is_refused(void **state)
{
    trust_a_namesake(side_b(state));
    show_usual(side_a(state), "a.test");
    show_usual(side_b(state), "b.test");
    responder_refuses(state, IKE2_X509_NO_PATH, not_by_it);
}

static void responder_of_another_root_of_the_same_name_is_refused(void **state)
{
    trust_a_namesake(side_a(state));
    show_usual(side_a(state), "a.test");
    show_usual(side_b(state), "b.test");
    initiator_refuses(state, IKE2_X509_NO_PATH, not_by_it);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CASE(certificates_of_the_right_names_prove_both),
        CASE(initiator_with_a_certificate_of_another_name_is_refused),
        CASE(responder_with_a_certificate_of_another_name_is_refused),
        CASE(chains_out_of_order_with_copies_and_strangers_prove_both),
        CASE(names_count_as_well_behind_a_chain_out_of_order),
        CASE(signature_is_that_of_the_first_certificate),
        CASE(chain_with_a_gap_is_refused),
        CASE(initiator_of_another_root_of_the_same_name_is_refused),
        CASE(responder_of_another_root_of_the_same_name_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
