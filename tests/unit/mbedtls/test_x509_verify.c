/* lib/mbedtls/x509/verify.c: what decides, and in which order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/error.h>
#include <ike2/iana.h>

#include "base/bytes.h"
#include "support/proof.h"

static void usual_chain_is_good(void **state)
{
    struct proof p;

    proof_usual(&p, *state);
    proof_expect(&p, IKE2_X509_OK, "CN=peer.test");
}

/* The peer with that key instead of its usual one, and a signature by it. */
static void signed_with(struct pki *pki, enum pki_key key, uint16_t scheme, struct proof *p)
{
    struct pki_certificate peer = pki_peer(pki);

    peer.key = key;
    proof_usual(p, pki);
    p->certs[0].data = pki_make(pki, peer);
    proof_sign(p, key, scheme);
}

static void every_scheme_is_checked(void **state)
{
    static const struct {
        enum pki_key key;
        uint16_t scheme;
    } rows[] = {
        { PKI_RSA, IKE2_SIG_RSA_PKCS1_SHA1 },          { PKI_RSA, IKE2_SIG_RSA_PKCS1_SHA512 },
        { PKI_RSA, IKE2_SIG_RSA_PSS_SHA256 },          { PKI_PEER, IKE2_SIG_ECDSA_SHA512_DER },
        { PKI_PEER, IKE2_SIG_ECDSA_P256_SHA256_RAW },  { PKI_P384, IKE2_SIG_ECDSA_SHA384_DER },
        { PKI_P384, IKE2_SIG_ECDSA_P384_SHA384_RAW },  { PKI_P521, IKE2_SIG_ECDSA_SHA512_DER },
        { PKI_P521, IKE2_SIG_ECDSA_P521_SHA512_RAW },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct proof p;

        signed_with(*state, rows[i].key, rows[i].scheme, &p);
        proof_expect(&p, IKE2_X509_OK, "CN=peer.test");
        p.given.signature = pki_spoil(*state, p.given.signature, p.given.signature.len - 1);
        proof_expect(&p, IKE2_X509_SIGNATURE, "CN=peer.test");
    }
}

static void signature_by_another_key_is_refused(void **state)
{
    struct proof p;

    proof_usual(&p, *state);
    proof_sign(&p, PKI_OTHER, IKE2_SIG_ECDSA_SHA256_DER);
    proof_expect(&p, IKE2_X509_SIGNATURE, "CN=peer.test");
    /* Nor does the key of an issuer stand for the peer. */
    proof_sign(&p, PKI_CA, IKE2_SIG_ECDSA_SHA256_DER);
    proof_expect(&p, IKE2_X509_SIGNATURE, "CN=peer.test");
}

static void scheme_must_fit_the_key(void **state)
{
    struct proof p;

    proof_usual(&p, *state);
    proof_sign(&p, PKI_RSA, IKE2_SIG_RSA_PSS_SHA256);
    proof_expect(&p, IKE2_X509_SIGNATURE, "CN=peer.test");
    p.given.scheme = 0xffff;
    proof_expect(&p, IKE2_X509_SIGNATURE, "CN=peer.test");
    p.given.scheme = IKE2_SIG_ECDSA_SHA256_DER;
    p.given.signature.len = 0;
    proof_expect(&p, IKE2_X509_SIGNATURE, "CN=peer.test");
}

static void signed_octets_are_all_parts_in_order(void **state)
{
    const ike2_bytes parts[] = { bytes_of("sig", 3), bytes_of("", 0), bytes_of("ned", 3) };
    struct proof p;

    proof_usual(&p, *state);
    p.given.signed_parts = parts;
    p.given.n_signed_parts = 3;
    proof_expect(&p, IKE2_X509_OK, "");
    p.given.n_signed_parts = 2;
    proof_expect(&p, IKE2_X509_SIGNATURE, "");
}

/* Everything is wrong; then one thing after the other is put right. */
static void first_reason_is_told_in_a_fixed_order(void **state)
{
    struct pki *pki = *state;
    struct pki_certificate peer = pki_peer(pki);
    struct proof p;

    proof_usual(&p, pki);
    proof_claim(&p, IKE2_ID_FQDN, bytes_of("other.test", 10));
    proof_sign(&p, PKI_OTHER, IKE2_SIG_ECDSA_SHA256_DER);
    p.policy.max_octets = 1;
    p.given.n_certs = 0;
    proof_expect(&p, IKE2_X509_NO_CERTIFICATE, "");
    p.certs[0].data = bytes_of("no certificate", 14);
    p.given.n_certs = 1;
    proof_expect(&p, IKE2_X509_LIMIT, "");
    p.policy.max_octets = 0;
    proof_expect(&p, IKE2_X509_MALFORMED, "");
    peer.until = "20210101000000";
    peer.usage = MBEDTLS_X509_KU_KEY_ENCIPHERMENT;
    peer.md = MBEDTLS_MD_SHA1;
    p.certs[0].data = pki_make(pki, peer);
    proof_expect(&p, IKE2_X509_NO_PATH, "");
    p.given.n_certs = 2;
    proof_expect(&p, IKE2_X509_WEAK, "");
    peer.md = MBEDTLS_MD_SHA512;
    p.certs[0].data = pki_make(pki, peer);
    proof_expect(&p, IKE2_X509_EXPIRED, "");
    peer.until = NULL;
    p.certs[0].data = pki_make(pki, peer);
    proof_expect(&p, IKE2_X509_USAGE, "");
    peer.usage = MBEDTLS_X509_KU_DIGITAL_SIGNATURE;
    p.certs[0].data = pki_make(pki, peer);
    proof_expect(&p, IKE2_X509_IDENTITY, "");
    proof_claim(&p, IKE2_ID_FQDN, bytes_of("peer.test", 9));
    proof_expect(&p, IKE2_X509_SIGNATURE, "");
    proof_sign(&p, PKI_PEER, IKE2_SIG_ECDSA_SHA256_DER);
    proof_expect(&p, IKE2_X509_OK, "");
}

/* Two CAs of one name and key: the reason is that of the path tried first. */
static void failure_of_the_first_path_is_told(void **state)
{
    struct pki *pki = *state;
    struct pki_certificate expired = pki_ca(), weak = pki_ca();
    struct proof p;

    expired.until = "20210101000000";
    weak.md = MBEDTLS_MD_SHA1;
    proof_usual(&p, pki);
    p.certs[1].data = pki_make(pki, expired);
    proof_send(&p, pki_make(pki, weak));
    proof_expect(&p, IKE2_X509_EXPIRED, "CN=ca.test");
    p.certs[1].data = p.certs[2].data;
    p.certs[2].data = pki_make(pki, expired);
    proof_expect(&p, IKE2_X509_WEAK, "CN=ca.test");
}

static void expect_argument(const ike2_proof *proof, const ike2_x509_policy *policy)
{
    ike2_verdict v = { .ok = true };

    assert_int_equal(ike2_x509_verify(proof, policy, 0, &v), IKE2_ERR_ARGUMENT);
    assert_false(v.ok);
    assert_int_not_equal(v.reason, IKE2_X509_OK);
    assert_int_not_equal(strlen(v.text), 0);
}

static void misuse_leaves_a_refusal(void **state)
{
    struct proof p;

    proof_usual(&p, *state);
    assert_int_equal(ike2_x509_verify(&p.given, &p.policy, 0, NULL), IKE2_ERR_ARGUMENT);
    expect_argument(NULL, &p.policy);
    expect_argument(&p.given, NULL);
    p.policy.struct_size = 0;
    expect_argument(&p.given, &p.policy);
    p.policy.struct_size = sizeof p.policy;
    p.policy.n_anchors = 0;
    expect_argument(&p.given, &p.policy);
    p.policy.n_anchors = 1;
    p.policy.anchors = NULL;
    expect_argument(&p.given, &p.policy);
    p.policy.anchors = p.anchors;
    p.given.signed_parts = NULL;
    expect_argument(&p.given, &p.policy);
    p.given.signed_parts = &p.signed_octets;
    p.given.certs = NULL;
    expect_argument(&p.given, &p.policy);
}

static void policy_of_an_older_caller_has_defaults(void **state)
{
    struct proof p;

    proof_usual(&p, *state);
    p.policy.struct_size = offsetof(ike2_x509_policy, max_depth);
    p.policy.max_octets = 1;
    proof_expect(&p, IKE2_X509_OK, "");
}

static void every_reason_has_a_text(void **state)
{
    static const uint32_t reasons[] = {
        IKE2_X509_OK,      IKE2_X509_NO_CERTIFICATE, IKE2_X509_MALFORMED, IKE2_X509_NO_PATH,
        IKE2_X509_EXPIRED, IKE2_X509_NOT_YET_VALID,  IKE2_X509_USAGE,     IKE2_X509_IDENTITY,
        IKE2_X509_WEAK,    IKE2_X509_SIGNATURE,      IKE2_X509_LIMIT,     IKE2_X509_REVOKED,
        IKE2_X509_NO_CRL,  IKE2_X509_POLICY,         IKE2_X509_PIN,       IKE2_X509_REFUSED,
        IKE2_X509_NAME_CONSTRAINTS,
    };

    (void)state;
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        const char *text = ike2_x509_text(reasons[i]);

        assert_non_null(text);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(text, ike2_x509_text(reasons[k]));
    }
    assert_null(ike2_x509_text(0x10000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(usual_chain_is_good),
        cmocka_unit_test(every_scheme_is_checked),
        cmocka_unit_test(signature_by_another_key_is_refused),
        cmocka_unit_test(scheme_must_fit_the_key),
        cmocka_unit_test(signed_octets_are_all_parts_in_order),
        cmocka_unit_test(first_reason_is_told_in_a_fixed_order),
        cmocka_unit_test(failure_of_the_first_path_is_told),
        cmocka_unit_test(misuse_leaves_a_refusal),
        cmocka_unit_test(policy_of_an_older_caller_has_defaults),
        cmocka_unit_test(every_reason_has_a_text),
    };

    return cmocka_run_group_tests(tests, proof_setup, proof_teardown);
}
