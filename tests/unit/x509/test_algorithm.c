/* lib/x509/algorithm.c, signature.c: keys and hashes that are too weak. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/error.h>
#include <ike2/iana.h>

#include "base/bytes.h"
#include "support/octets.h"
#include "support/proof.h"
#include "x509/algorithm.h"

enum { PEER, CA, ROOT };

/* The usual chain, where one certificate has this key and this hash in its signature. */
static void made_with(struct pki *pki, unsigned which, enum pki_key key, mbedtls_md_type_t md,
                      struct proof *p)
{
    struct pki_certificate peer = pki_peer(pki), ca = pki_ca(), root = pki_root();
    struct pki_certificate *c = which == PEER ? &peer : which == CA ? &ca : &root;

    c->key = key;
    c->md = md;
    if (which == CA)
        peer.issuer_key = key;
    if (which == ROOT)
        ca.issuer_key = root.issuer_key = key;
    proof_init(p, pki);
    proof_trust(p, pki_make(pki, root));
    proof_send(p, pki_make(pki, peer));
    proof_send(p, pki_make(pki, ca));
    if (which == PEER && key == PKI_RSA)
        proof_sign(p, key, IKE2_SIG_RSA_PSS_SHA256);
    else if (which == PEER && (key == PKI_P384 || key == PKI_P521))
        proof_sign(p, key, IKE2_SIG_ECDSA_SHA384_DER);
}

static void keys_of_2048_bits_and_our_curves_are_strong(void **state)
{
    static const enum pki_key keys[] = { PKI_OTHER, PKI_P384, PKI_P521, PKI_RSA };

    for (unsigned which = PEER; which <= ROOT; which++) {
        for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
            struct proof p;

            made_with(*state, which, keys[i], MBEDTLS_MD_SHA256, &p);
            if (which == PEER && keys[i] == PKI_OTHER)
                proof_sign(&p, PKI_OTHER, IKE2_SIG_ECDSA_SHA256_DER);
            proof_expect(&p, IKE2_X509_OK, "");
        }
    }
}

static void weak_key_is_refused_anywhere_on_the_path(void **state)
{
    static const char *const words[] = {
        [PEER] = "key of 1024 bits: CN=peer.test (depth 0)",
        [CA] = "key of 1024 bits: CN=ca.test (depth 1)",
        [ROOT] = "key of 1024 bits: CN=root.test (depth 2)",
    };

    for (unsigned which = PEER; which <= ROOT; which++) {
        struct proof p;

        made_with(*state, which, PKI_RSA_1024, MBEDTLS_MD_SHA256, &p);
        proof_expect(&p, IKE2_X509_WEAK, words[which]);
        made_with(*state, which, PKI_BRAINPOOL, MBEDTLS_MD_SHA256, &p);
        proof_expect(&p, IKE2_X509_WEAK, "key of an unknown kind: CN=");
    }
}

static void policy_may_ask_for_more_bits_but_not_for_less(void **state)
{
    struct proof p;

    made_with(*state, CA, PKI_RSA, MBEDTLS_MD_SHA256, &p);
    p.policy.min_rsa_bits = 2048;
    proof_expect(&p, IKE2_X509_OK, "");
    p.policy.min_rsa_bits = 2049;
    proof_expect(&p, IKE2_X509_WEAK, "key of 2048 bits: CN=ca.test (depth 1)");
    made_with(*state, CA, PKI_RSA_1024, MBEDTLS_MD_SHA256, &p);
    p.policy.min_rsa_bits = 1024;
    proof_expect(&p, IKE2_X509_WEAK, "key of 1024 bits: CN=ca.test (depth 1)");
    /* Curves have a measure of their own. */
    proof_usual(&p, *state);
    p.policy.min_rsa_bits = 4096;
    p.policy.min_ec_bits = 256;
    proof_expect(&p, IKE2_X509_OK, "");
    p.policy.min_ec_bits = 257;
    proof_expect(&p, IKE2_X509_WEAK, "key of 256 bits: CN=");
    p.policy.min_ec_bits = 0;
    p.policy.max_ec_bits = 256;
    proof_expect(&p, IKE2_X509_OK, "");
    p.policy.max_ec_bits = 255;
    proof_expect(&p, IKE2_X509_WEAK, "another curve: key of 256 bits: CN=");
    /* Which is of curves alone. */
    made_with(*state, CA, PKI_RSA, MBEDTLS_MD_SHA256, &p);
    p.policy.max_ec_bits = 256;
    proof_expect(&p, IKE2_X509_OK, "");
}

static void weak_hash_is_refused(void **state)
{
    static const mbedtls_md_type_t weak[] = { MBEDTLS_MD_SHA1, MBEDTLS_MD_SHA224 };
    struct proof p;

    for (size_t i = 0; i < sizeof weak / sizeof weak[0]; i++) {
        made_with(*state, PEER, PKI_PEER, weak[i], &p);
        proof_expect(&p, IKE2_X509_WEAK, "hash of the signature on CN=peer.test (depth 0)");
        made_with(*state, CA, PKI_CA, weak[i], &p);
        proof_expect(&p, IKE2_X509_WEAK, "hash of the signature on CN=ca.test (depth 1)");
    }
    made_with(*state, ROOT, PKI_RSA, MBEDTLS_MD_SHA256, &p);
    p.certs[1].data = pki_make(*state, (struct pki_certificate){
        .subject = "CN=ca.test", .key = PKI_CA, .issuer = "CN=root.test", .issuer_key = PKI_RSA,
        .is_ca = true, .md = MBEDTLS_MD_MD5 });
    proof_expect(&p, IKE2_X509_WEAK, "hash of the signature on CN=ca.test (depth 1)");
}

/* What is trusted is trusted for what it is, not for who signed it. */
static void hash_of_the_anchor_itself_does_not_matter(void **state)
{
    struct proof p;

    made_with(*state, ROOT, PKI_ROOT, MBEDTLS_MD_SHA1, &p);
    proof_expect(&p, IKE2_X509_OK, "");
    made_with(*state, CA, PKI_CA, MBEDTLS_MD_SHA1, &p);
    p.anchors[0] = p.certs[1].data;
    proof_expect(&p, IKE2_X509_OK, "");
    made_with(*state, PEER, PKI_PEER, MBEDTLS_MD_SHA1, &p);
    p.anchors[0] = p.certs[0].data;
    proof_expect(&p, IKE2_X509_OK, "");
}

static void longer_hashes_are_strong(void **state)
{
    struct proof p;

    made_with(*state, PEER, PKI_PEER, MBEDTLS_MD_SHA384, &p);
    proof_expect(&p, IKE2_X509_OK, "");
    made_with(*state, CA, PKI_CA, MBEDTLS_MD_SHA512, &p);
    proof_expect(&p, IKE2_X509_OK, "");
}

/* What ike2_x509_key makes of an RSA key whose INTEGERs are these, in hexadecimal. */
static struct key rsa_of(const char *numbers)
{
    static const char algorithm[] = "300d06092a864886f70d0101010500";
    char hex[1024];
    uint8_t spki[512];
    size_t len = strlen(numbers) / 2;

    assert_true(len < 0x60);
    (void)snprintf(hex, sizeof hex, "30%02x%s03%02x0030%02x%s", (unsigned)len + 20, algorithm,
                   (unsigned)len + 3, (unsigned)len, numbers);
    return ike2_x509_key(bytes_of(spki, octets_from_hex(hex, spki, sizeof spki)));
}

/* RFC 8017 3.1: no number is even, negative or zero, and the exponent is 3 at least. */
static void numbers_of_an_rsa_key_are_odd_and_large(void **state)
{
    static const char *const bad[] = {
        "02020081" "020100",   /* exponent 0 */
        "02020081" "020101",   /* 1, which makes the message its own signature */
        "02020081" "020102",   /* even */
        "02020081" "0201ff",   /* negative */
        "02020080" "020103",   /* an even modulus */
        "020100" "020103",     /* none */
        "020181" "020103",     /* a negative one */
        "02020081" "0200",     /* no octets */
        "02020081",            /* no exponent */
        "02020081" "0201030500", /* something behind it */
    };
    struct key tiny = rsa_of("02020081" "020103");

    (void)state;
    assert_int_equal(tiny.kind, KEY_RSA);
    assert_int_equal(tiny.bits, 8); /* too weak for any policy */
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(rsa_of(bad[i]).kind, KEY_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_of_an_rsa_key_are_odd_and_large),
        cmocka_unit_test(keys_of_2048_bits_and_our_curves_are_strong),
        cmocka_unit_test(weak_key_is_refused_anywhere_on_the_path),
        cmocka_unit_test(policy_may_ask_for_more_bits_but_not_for_less),
        cmocka_unit_test(weak_hash_is_refused),
        cmocka_unit_test(hash_of_the_anchor_itself_does_not_matter),
        cmocka_unit_test(longer_hashes_are_strong),
    };

    return cmocka_run_group_tests(tests, proof_setup, proof_teardown);
}
