/* lib/x509/gather.c: what is received, what is trusted, and how much of it. */
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

/* As many different certificates as this, the usual chain among them. */
static void send_many(struct proof *p, size_t n)
{
    while (p->given.n_certs < n)
        proof_send(p, pki_make(p->pki, pki_root()));
}

static void certificates_are_counted(void **state)
{
    struct proof p;

    proof_usual(&p, *state);
    send_many(&p, 16);
    proof_expect(&p, IKE2_X509_OK, "");
    send_many(&p, 17);
    proof_expect(&p, IKE2_X509_LIMIT, "too many certificates: 17");
    p.policy.max_certificates = 17;
    proof_expect(&p, IKE2_X509_OK, "");
}

static void a_proof_holds_64_at_most(void **state)
{
    struct proof p;

    proof_usual(&p, *state);
    p.policy.max_certificates = UINT16_MAX;
    send_many(&p, 64);
    proof_expect(&p, IKE2_X509_OK, "");
    send_many(&p, 65);
    proof_expect(&p, IKE2_X509_LIMIT, "too many certificates: 65");
}

static void size_of_each_certificate_is_limited(void **state)
{
    struct proof p;

    proof_usual(&p, *state);
    p.policy.max_octets = (uint32_t)p.certs[0].data.len;
    if (p.certs[1].data.len > p.policy.max_octets)
        p.policy.max_octets = (uint32_t)p.certs[1].data.len;
    proof_expect(&p, IKE2_X509_OK, "");
    p.policy.max_octets = (uint32_t)p.certs[0].data.len - 1;
    proof_expect(&p, IKE2_X509_LIMIT, "too large: a certificate has ");
    p.policy.max_octets = 0;
    p.certs[1].data = bytes_of(p.certs[1].data.ptr, 16385);
    proof_expect(&p, IKE2_X509_LIMIT, "a certificate has 16385 octets");
}

/* An anchor is the caller's own. */
static void size_of_anchors_is_not_limited(void **state)
{
    struct pki *pki = *state;
    struct pki_certificate root = pki_root();
    struct pki_name names[40];
    struct proof p;

    for (size_t i = 0; i < 40; i++)
        names[i] = (struct pki_name){ .number = 2, .value = bytes_of("a.rather.long.name", 18) };
    root.extensions[0] = pki_alt_names(pki, names, 40);
    proof_usual(&p, pki);
    p.anchors[0] = pki_make(pki, root);
    p.policy.max_octets = 600;
    assert_true(p.anchors[0].len > p.policy.max_octets);
    proof_expect(&p, IKE2_X509_OK, "");
}

static void other_encodings_are_not_certificates(void **state)
{
    struct proof p;

    proof_usual(&p, *state);
    for (size_t i = 0; i < 2; i++)
        p.certs[i].encoding = IKE2_CERT_CRL;
    proof_expect(&p, IKE2_X509_NO_CERTIFICATE, "no X.509 certificate");
    for (size_t i = 0; i < 2; i++) /* RFC 7670: nobody vouches for a bare key */
        p.certs[i].encoding = IKE2_CERT_RAW_PUBLIC_KEY;
    proof_expect(&p, IKE2_X509_NO_CERTIFICATE, "no X.509 certificate");
    p.given.n_certs = 0;
    proof_expect(&p, IKE2_X509_NO_CERTIFICATE, "no X.509 certificate");
}

static void other_encodings_are_passed_over(void **state)
{
    struct proof p;
    ike2_cert peer;

    proof_usual(&p, *state);
    peer = p.certs[0];
    proof_send(&p, peer.data);
    p.certs[0] = (ike2_cert){ .encoding = IKE2_CERT_CRL, .data = peer.data };
    /* Its size is not limited either. */
    p.certs[0].data.len = 16385;
    p.policy.max_certificates = 2;
    /* The first certificate is now the CA's, and a CA is not the peer. */
    proof_expect(&p, IKE2_X509_USAGE, "CN=ca.test (depth 0)");
    p.certs[2] = p.certs[1];
    p.certs[1] = peer;
    proof_expect(&p, IKE2_X509_OK, "");
}

/* RFC 4806: whatever a response holds, here a certificate, it is none and proves nothing. */
static void an_ocsp_response_is_no_certificate(void **state)
{
    struct proof p;

    proof_usual(&p, *state);
    p.certs[0].encoding = IKE2_CERT_OCSP;
    p.given.n_certs = 1;
    proof_expect(&p, IKE2_X509_NO_CERTIFICATE, "no X.509 certificate");

    proof_usual(&p, *state);
    proof_send(&p, p.certs[1].data);
    p.certs[1] = p.certs[0];
    p.certs[0] = (ike2_cert){ .encoding = IKE2_CERT_OCSP, .data = p.certs[2].data };
    proof_expect(&p, IKE2_X509_OK, "");
    p.policy.revocation = IKE2_X509_REVOCATION_HARD;
    proof_expect(&p, IKE2_X509_NO_CRL, "");
}

static void malformed_end_entity_is_refused(void **state)
{
    struct pki *pki = *state;
    uint8_t longer[2048] = { 0 };
    struct proof p;
    ike2_bytes good;

    proof_usual(&p, pki);
    good = p.certs[0].data;
    for (size_t len = 0; len < good.len; len++) {
        p.certs[0].data = bytes_of(good.ptr, len);
        proof_expect(&p, IKE2_X509_MALFORMED, "malformed: certificate 1: ");
    }
    memcpy(longer, good.ptr, good.len);
    p.certs[0].data = bytes_of(longer, good.len + 1);
    proof_expect(&p, IKE2_X509_MALFORMED, "certificate 1: ");
    p.certs[0].data = (ike2_bytes){ 0 };
    proof_expect(&p, IKE2_X509_MALFORMED, "certificate 1: ");
}

static void unknown_critical_extension_is_refused(void **state)
{
    static const uint8_t oid[] = { 0x2a, 3, 4 }, null[] = { 5, 0 };
    struct pki *pki = *state;
    struct pki_certificate peer = pki_peer(pki);
    struct proof p;

    peer.extensions[1] = (struct pki_extension){ .oid = bytes_of(oid, sizeof oid),
                                                 .value = bytes_of(null, sizeof null) };
    proof_usual(&p, pki);
    p.certs[0].data = pki_make(pki, peer);
    proof_expect(&p, IKE2_X509_OK, "");
    peer.extensions[1].is_critical = true;
    p.certs[0].data = pki_make(pki, peer);
    proof_expect(&p, IKE2_X509_MALFORMED, "unknown critical extension: CN=peer.test (depth 0)");
}

/* RFC 7296 3.6: a peer may send more than is needed. */
static void malformed_helper_matters_only_if_a_path_is_missing(void **state)
{
    struct proof p;

    proof_usual(&p, *state);
    proof_send(&p, bytes_of("no certificate", 14));
    proof_expect(&p, IKE2_X509_OK, "");
    p.certs[1].encoding = IKE2_CERT_CRL;
    proof_expect(&p, IKE2_X509_MALFORMED, "certificate 2: ");
}

static void anchor_that_cannot_be_used_is_passed_over(void **state)
{
    struct proof p;
    ike2_bytes root;

    proof_usual(&p, *state);
    root = p.anchors[0];
    p.anchors[0] = bytes_of("no certificate", 14);
    proof_trust(&p, root);
    proof_expect(&p, IKE2_X509_OK, "");
}

static void nothing_but_useless_anchors_is_an_argument_error(void **state)
{
    struct proof p;

    proof_usual(&p, *state);
    p.anchors[0].len--;
    assert_int_equal(ike2_x509_verify(&p.given, &p.policy, p.utc_seconds, &p.verdict),
                     IKE2_ERR_ARGUMENT);
    assert_false(p.verdict.ok);
    assert_string_equal(p.verdict.text, "no anchor can be used");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(certificates_are_counted),
        cmocka_unit_test(a_proof_holds_64_at_most),
        cmocka_unit_test(size_of_each_certificate_is_limited),
        cmocka_unit_test(size_of_anchors_is_not_limited),
        cmocka_unit_test(other_encodings_are_not_certificates),
        cmocka_unit_test(other_encodings_are_passed_over),
        cmocka_unit_test(an_ocsp_response_is_no_certificate),
        cmocka_unit_test(malformed_end_entity_is_refused),
        cmocka_unit_test(unknown_critical_extension_is_refused),
        cmocka_unit_test(malformed_helper_matters_only_if_a_path_is_missing),
        cmocka_unit_test(anchor_that_cannot_be_used_is_passed_over),
        cmocka_unit_test(nothing_but_useless_anchors_is_an_argument_error),
    };

    return cmocka_run_group_tests(tests, proof_setup, proof_teardown);
}
