/* lib/x509/usage.c: key usage, extended key usage, basic constraints. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <mbedtls/oid.h>

#include <ike2/error.h>
#include <ike2/iana.h>

#include "base/bytes.h"
#include "support/proof.h"

/* The usual chain with this end entity. */
static void peer_is(struct pki *pki, struct pki_certificate peer, struct proof *p)
{
    proof_usual(p, pki);
    p->certs[0].data = pki_make(pki, peer);
}

/* The usual chain with this CA. */
static void ca_is(struct pki *pki, struct pki_certificate ca, struct proof *p)
{
    proof_usual(p, pki);
    p->certs[1].data = pki_make(pki, ca);
}

static void expect_key_usage(struct pki *pki, unsigned usage, uint32_t reason)
{
    struct pki_certificate peer = pki_peer(pki);
    struct proof p;

    peer.usage = usage;
    peer_is(pki, peer, &p);
    proof_expect(&p, reason, reason == IKE2_X509_OK ? "" : "CN=peer.test (depth 0)");
}

/* RFC 4945 5.1.3.2 */
static void end_entity_must_be_allowed_to_sign(void **state)
{
    expect_key_usage(*state, 0, IKE2_X509_OK);
    expect_key_usage(*state, MBEDTLS_X509_KU_DIGITAL_SIGNATURE, IKE2_X509_OK);
    expect_key_usage(*state, MBEDTLS_X509_KU_NON_REPUDIATION, IKE2_X509_OK);
    expect_key_usage(*state,
                     MBEDTLS_X509_KU_DIGITAL_SIGNATURE | MBEDTLS_X509_KU_KEY_ENCIPHERMENT,
                     IKE2_X509_OK);
    expect_key_usage(*state, MBEDTLS_X509_KU_KEY_ENCIPHERMENT, IKE2_X509_USAGE);
    expect_key_usage(*state, MBEDTLS_X509_KU_KEY_AGREEMENT, IKE2_X509_USAGE);
    expect_key_usage(*state, MBEDTLS_X509_KU_KEY_CERT_SIGN, IKE2_X509_USAGE);
}

static void expect_purpose(struct pki *pki, const char *oid, size_t len, uint32_t reason)
{
    struct pki_certificate peer = pki_peer(pki);
    struct proof p;

    peer.extensions[1] = pki_purpose(pki, bytes_of(oid, len));
    peer_is(pki, peer, &p);
    proof_expect(&p, reason, "");
    peer.extensions[1].is_critical = true;
    peer_is(pki, peer, &p);
    proof_expect(&p, reason, reason == IKE2_X509_OK ? "" : "for other purposes: CN=peer.test");
}

#define EXPECT_PURPOSE(pki, oid, reason) expect_purpose(pki, oid, sizeof(oid) - 1, reason)

static void purposes_of_ike_and_tls_are_accepted(void **state)
{
    EXPECT_PURPOSE(*state, "\x55\x1d\x25\x00", IKE2_X509_OK);                 /* any */
    EXPECT_PURPOSE(*state, "\x2b\x06\x01\x05\x05\x08\x02\x02", IKE2_X509_OK); /* ikeIntermediate */
    EXPECT_PURPOSE(*state, "\x2b\x06\x01\x05\x05\x07\x03\x11", IKE2_X509_OK); /* ipsecIKE */
    EXPECT_PURPOSE(*state, MBEDTLS_OID_SERVER_AUTH, IKE2_X509_OK);
    EXPECT_PURPOSE(*state, MBEDTLS_OID_CLIENT_AUTH, IKE2_X509_OK);
}

static void other_purposes_are_refused(void **state)
{
    EXPECT_PURPOSE(*state, MBEDTLS_OID_CODE_SIGNING, IKE2_X509_USAGE);
    EXPECT_PURPOSE(*state, MBEDTLS_OID_EMAIL_PROTECTION, IKE2_X509_USAGE);
    EXPECT_PURPOSE(*state, MBEDTLS_OID_OCSP_SIGNING, IKE2_X509_USAGE);
    /* The first octets, or one more, of a good one. */
    EXPECT_PURPOSE(*state, "\x2b\x06\x01\x05\x05\x07\x03", IKE2_X509_USAGE);
    EXPECT_PURPOSE(*state, "\x2b\x06\x01\x05\x05\x07\x03\x11\x01", IKE2_X509_USAGE);
}

static void one_good_purpose_is_enough(void **state)
{
    static const uint8_t two[] = { 0x30, 20,   0x06, 8,    0x2b, 6, 1, 5, 5, 7, 3,
                                   3,    0x06, 8,    0x2b, 6,    1, 5, 5, 7, 3, 17 };
    struct pki *pki = *state;
    struct pki_certificate peer = pki_peer(pki);
    struct proof p;

    peer.extensions[1] = pki_purpose(pki, bytes_of("", 0));
    peer.extensions[1].value = bytes_of(two, sizeof two);
    peer_is(pki, peer, &p);
    proof_expect(&p, IKE2_X509_OK, "");
}

static void end_entity_may_be_a_ca(void **state)
{
    struct pki_certificate peer = pki_peer(*state);
    struct proof p;

    peer.is_ca = true;
    peer.usage = MBEDTLS_X509_KU_DIGITAL_SIGNATURE | MBEDTLS_X509_KU_KEY_CERT_SIGN;
    peer_is(*state, peer, &p);
    proof_expect(&p, IKE2_X509_OK, "");
}

static void issuer_must_be_a_ca(void **state)
{
    static const uint8_t cn[] = { 0x30, 0 };
    struct pki_certificate ca = pki_ca();
    struct proof p;

    ca.is_ca = false;
    ca_is(*state, ca, &p);
    proof_expect(&p, IKE2_X509_USAGE, "it is no CA: CN=ca.test (depth 1)");
    ca.extensions[0] = (struct pki_extension){
        .oid = bytes_of(MBEDTLS_OID_BASIC_CONSTRAINTS, sizeof MBEDTLS_OID_BASIC_CONSTRAINTS - 1),
        .value = bytes_of(cn, sizeof cn),
    };
    ca_is(*state, ca, &p);
    proof_expect(&p, IKE2_X509_USAGE, "it is no CA: CN=ca.test (depth 1)");
}

static void issuer_must_be_allowed_to_sign_certificates(void **state)
{
    struct pki_certificate ca = pki_ca();
    struct proof p;

    ca.usage = MBEDTLS_X509_KU_DIGITAL_SIGNATURE | MBEDTLS_X509_KU_CRL_SIGN;
    ca_is(*state, ca, &p);
    proof_expect(&p, IKE2_X509_USAGE, "it may not sign certificates: CN=ca.test (depth 1)");
    ca.usage = 0;
    ca_is(*state, ca, &p);
    proof_expect(&p, IKE2_X509_OK, "");
}

static void issuer_of_version_1_must_be_an_anchor(void **state)
{
    struct pki_certificate ca = pki_ca();
    struct proof p;

    ca.is_v1 = true;
    ca_is(*state, ca, &p);
    proof_expect(&p, IKE2_X509_USAGE, "it is no CA: CN=ca.test (depth 1)");
    p.anchors[0] = p.certs[1].data;
    proof_expect(&p, IKE2_X509_OK, "");
}

static void anchor_that_is_no_ca_issues_nothing(void **state)
{
    struct pki_certificate root = pki_root();
    struct proof p;

    proof_usual(&p, *state);
    root.is_ca = false;
    p.anchors[0] = pki_make(*state, root);
    proof_expect(&p, IKE2_X509_USAGE, "it is no CA: CN=root.test (depth 2)");
    root.is_ca = true;
    root.usage = MBEDTLS_X509_KU_DIGITAL_SIGNATURE;
    p.anchors[0] = pki_make(*state, root);
    proof_expect(&p, IKE2_X509_USAGE, "it may not sign certificates: CN=root.test (depth 2)");
}

/* Root, outer.test, ca.test, peer.test; the path length of the first two. */
static void expect_path_len(struct pki *pki, int of_root, int of_outer, bool is_self_issued,
                            uint32_t reason)
{
    struct pki_certificate root = pki_root(), outer = pki_ca(), ca = pki_ca();
    struct proof p;

    root.has_path_len = of_root >= 0;
    root.path_len = of_root;
    outer.has_path_len = of_outer >= 0;
    outer.path_len = of_outer;
    outer.subject = is_self_issued ? "CN=root.test" : "CN=outer.test";
    outer.key = PKI_OTHER;
    ca.issuer = outer.subject;
    ca.issuer_key = PKI_OTHER;
    ca_is(pki, ca, &p);
    proof_send(&p, pki_make(pki, outer));
    p.anchors[0] = pki_make(pki, root);
    proof_expect(&p, reason, reason == IKE2_X509_OK ? "" : "path too long for CN=");
}

static void path_length_is_limited_by_every_ca(void **state)
{
    expect_path_len(*state, -1, -1, false, IKE2_X509_OK);
    expect_path_len(*state, 2, 1, false, IKE2_X509_OK);
    expect_path_len(*state, -1, 0, false, IKE2_X509_USAGE);
    expect_path_len(*state, 1, -1, false, IKE2_X509_USAGE);
    expect_path_len(*state, 0, 1, false, IKE2_X509_USAGE);
    expect_path_len(*state, 127, 1, false, IKE2_X509_OK);
}

static void path_length_may_have_many_octets(void **state)
{
    /* cA, pathLenConstraint 128 and 256 */
    static const uint8_t values[][9] = { { 0x30, 7, 1, 1, 0xff, 2, 2, 0, 0x80 },
                                         { 0x30, 7, 1, 1, 0xff, 2, 2, 1, 0 } };
    struct pki_certificate root = pki_root(), ca = pki_ca();
    struct proof p;

    root.is_ca = false;
    ca_is(*state, ca, &p);
    for (size_t i = 0; i < 2; i++) {
        root.extensions[0] = (struct pki_extension){
            .oid = bytes_of(MBEDTLS_OID_BASIC_CONSTRAINTS,
                            sizeof MBEDTLS_OID_BASIC_CONSTRAINTS - 1),
            .value = bytes_of(values[i], sizeof values[i]),
        };
        p.anchors[0] = pki_make(*state, root);
        proof_expect(&p, IKE2_X509_OK, "");
    }
}

/* RFC 5280 4.2.1.9: the certificates of a CA's new keys are not counted. */
static void self_issued_certificates_do_not_count(void **state)
{
    expect_path_len(*state, 1, 1, true, IKE2_X509_OK);
    expect_path_len(*state, 0, 1, true, IKE2_X509_USAGE);
}

/* A limit that is not enforced must not be overlooked, RFC 5280 4.2.1.10. */
int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(end_entity_must_be_allowed_to_sign),
        cmocka_unit_test(purposes_of_ike_and_tls_are_accepted),
        cmocka_unit_test(other_purposes_are_refused),
        cmocka_unit_test(one_good_purpose_is_enough),
        cmocka_unit_test(end_entity_may_be_a_ca),
        cmocka_unit_test(issuer_must_be_a_ca),
        cmocka_unit_test(issuer_must_be_allowed_to_sign_certificates),
        cmocka_unit_test(issuer_of_version_1_must_be_an_anchor),
        cmocka_unit_test(anchor_that_is_no_ca_issues_nothing),
        cmocka_unit_test(path_length_is_limited_by_every_ca),
        cmocka_unit_test(path_length_may_have_many_octets),
        cmocka_unit_test(self_issued_certificates_do_not_count),
    };

    return cmocka_run_group_tests(tests, proof_setup, proof_teardown);
}
