/* lib/x509/verify.c: what a policy asks beyond RFC 5280. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <mbedtls/md.h>

#include <ike2/iana.h>

#include "base/bytes.h"
#include "support/proof.h"
#include "x509/certificate.h"

static void hash(ike2_bytes octets, uint8_t out[32])
{
    assert_int_equal(
        mbedtls_md(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), octets.ptr, octets.len, out), 0);
}

static void hash_key(ike2_bytes der, uint8_t out[32])
{
    struct certificate c;

    assert_null(ike2_x509_certificate(der, &c));
    hash(c.spki, out);
}

static void any_key_of_the_path_may_be_pinned(void **state)
{
    struct proof p;
    uint8_t pins[2][32] = { { 0 } };

    proof_usual(&p, *state);
    p.policy.pins = (const uint8_t(*)[32])pins;
    p.policy.n_pins = 2;
    proof_expect(&p, IKE2_X509_PIN, "of the path is pinned: CN=peer.test");
    for (int i = 0; i < 3; i++) {
        hash_key(i < 2 ? p.certs[i].data : p.anchors[0], pins[1]);
        proof_expect(&p, IKE2_X509_OK, "");
    }
}

static void any_certificate_of_the_path_may_be_pinned(void **state)
{
    struct proof p;
    uint8_t pins[1][32];

    proof_usual(&p, *state);
    p.policy.pins = (const uint8_t(*)[32])pins;
    p.policy.n_pins = 1;
    for (int i = 0; i < 3; i++) {
        hash(i < 2 ? p.certs[i].data : p.anchors[0], pins[0]);
        proof_expect(&p, IKE2_X509_OK, "");
        pins[0][0] ^= 1;
        proof_expect(&p, IKE2_X509_PIN, "");
    }
}

static void certificate_that_is_sent_but_not_of_the_path_is_no_pin(void **state)
{
    struct pki_certificate other = pki_ca();
    struct proof p;
    uint8_t pins[1][32];

    proof_usual(&p, *state);
    other.key = PKI_OTHER;
    proof_send(&p, pki_make(*state, other));
    hash(p.certs[2].data, pins[0]);
    p.policy.pins = (const uint8_t(*)[32])pins;
    p.policy.n_pins = 1;
    proof_expect(&p, IKE2_X509_PIN, "");
}

/* Who names a certificate need not have it, and it need not be a CA's: the peer sends it. */
static void anchor_may_be_named_by_its_hash(void **state)
{
    struct pki_certificate peer = pki_peer(*state);
    struct proof p;
    uint8_t keys[1][32];

    proof_usual(&p, *state);
    p.policy.n_anchors = 0;
    p.policy.anchors = NULL;
    p.policy.anchor_keys = (const uint8_t(*)[32])keys;
    p.policy.n_anchor_keys = 1;
    hash(p.certs[1].data, keys[0]); /* a CA's, but not self-signed */
    proof_expect(&p, IKE2_X509_OK, "");
    peer.issuer = peer.subject;
    peer.issuer_key = peer.key;
    p.certs[0].data = pki_make(*state, peer);
    proof_expect(&p, IKE2_X509_NO_PATH, "");
    hash(p.certs[0].data, keys[0]);
    proof_expect(&p, IKE2_X509_OK, "");
}

static void anchor_may_be_named_by_its_key(void **state)
{
    struct proof p;
    uint8_t keys[2][32] = { { 0 } };
    ike2_bytes root;

    proof_usual(&p, *state);
    root = p.anchors[0];
    p.policy.n_anchors = 0;
    p.policy.anchors = NULL;
    p.policy.anchor_keys = (const uint8_t(*)[32])keys;
    p.policy.n_anchor_keys = 2;
    hash_key(root, keys[1]);
    proof_expect(&p, IKE2_X509_NO_PATH, "");
    proof_send(&p, root);
    proof_expect(&p, IKE2_X509_OK, "");
    keys[1][31] ^= 1;
    proof_expect(&p, IKE2_X509_NO_PATH, "");
}

/* Anybody can write a certificate for a known key. */
static void certificate_that_only_has_the_key_is_no_anchor(void **state)
{
    struct pki_certificate forged = pki_root();
    struct proof p;
    uint8_t keys[1][32];

    proof_usual(&p, *state);
    hash_key(p.anchors[0], keys[0]);
    forged.issuer_key = PKI_OTHER;
    p.policy.n_anchors = 0;
    p.policy.anchor_keys = (const uint8_t(*)[32])keys;
    p.policy.n_anchor_keys = 1;
    proof_send(&p, pki_make(*state, forged));
    proof_expect(&p, IKE2_X509_NO_PATH, "");
    /* Nor is one that is no CA, though it is signed by its own key. */
    forged = pki_peer(*state);
    forged.issuer = forged.subject;
    forged.issuer_key = forged.key;
    p.certs[0].data = pki_make(*state, forged);
    hash_key(p.certs[0].data, keys[0]);
    proof_expect(&p, IKE2_X509_NO_PATH, "");
}

static void wildcards_are_for_one_label_and_if_wanted(void **state)
{
    static const struct {
        const char *pattern, *name;
        uint32_t reason;
    } rows[] = {
        { "*.a.test", "x.a.test", IKE2_X509_OK },
        { "*.A.test", "x.a.TEST", IKE2_X509_OK },
        { "*.a.test", "y.x.a.test", IKE2_X509_IDENTITY },
        { "*.a.test", "a.test", IKE2_X509_IDENTITY },
        { "*.test", "a.test", IKE2_X509_IDENTITY },
        { "*", "test", IKE2_X509_IDENTITY },
        { "x*.a.test", "xy.a.test", IKE2_X509_IDENTITY },
        { "x.*.test", "x.a.test", IKE2_X509_IDENTITY },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct pki_certificate peer = pki_peer(*state);
        struct proof p;

        peer.extensions[0] = pki_host(*state, rows[i].pattern);
        proof_usual(&p, *state);
        p.certs[0].data = pki_make(*state, peer);
        proof_claim(&p, IKE2_ID_FQDN, bytes_of(rows[i].name, strlen(rows[i].name)));
        proof_expect(&p, IKE2_X509_IDENTITY, "");
        p.policy.flags = IKE2_X509_WILDCARDS;
        proof_expect(&p, rows[i].reason, "");
    }
}

static void explicit_policy_is_asked_for(void **state)
{
    static const uint8_t oid[] = { 0x55, 0x1d, 0x20 }, two[] = { 0x2a, 9 }, other[] = { 0x2a, 8 };
    static const uint8_t value[] = { 0x30, 6, 0x30, 4, 6, 2, 0x2a, 9 };
    const struct pki_extension policies = { .oid = bytes_of(oid, 3),
                                            .value = bytes_of(value, sizeof value) };
    struct pki_certificate peer = pki_peer(*state), ca = pki_ca();
    ike2_bytes accepted = bytes_of(two, 2);
    struct proof p;

    proof_usual(&p, *state);
    p.policy.flags = IKE2_X509_EXPLICIT_POLICY;
    proof_expect(&p, IKE2_X509_POLICY, "");
    peer.extensions[1] = policies;
    p.certs[0].data = pki_make(*state, peer);
    proof_expect(&p, IKE2_X509_POLICY, "");
    ca.extensions[0] = policies;
    p.certs[1].data = pki_make(*state, ca);
    proof_expect(&p, IKE2_X509_OK, "");
    p.policy.policies = &accepted;
    p.policy.n_policies = 1;
    proof_expect(&p, IKE2_X509_OK, "");
    accepted = bytes_of(other, 2);
    proof_expect(&p, IKE2_X509_POLICY, "");
    /* Not asked for, it does not matter. */
    p.policy.flags = 0;
    proof_expect(&p, IKE2_X509_OK, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_key_of_the_path_may_be_pinned),
        cmocka_unit_test(any_certificate_of_the_path_may_be_pinned),
        cmocka_unit_test(certificate_that_is_sent_but_not_of_the_path_is_no_pin),
        cmocka_unit_test(anchor_may_be_named_by_its_hash),
        cmocka_unit_test(anchor_may_be_named_by_its_key),
        cmocka_unit_test(certificate_that_only_has_the_key_is_no_anchor),
        cmocka_unit_test(wildcards_are_for_one_label_and_if_wanted),
        cmocka_unit_test(explicit_policy_is_asked_for),
    };

    return cmocka_run_group_tests(tests, proof_setup, proof_teardown);
}
