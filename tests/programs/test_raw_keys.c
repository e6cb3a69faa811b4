/* programs/test_raw_keys.c - who is believed by a key without a certificate. RFC 7670. */
#include "common/raw_keys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <ike2/iana.h>
#include <ike2/x509.h>

static const uint8_t octets[] = "the signed octets";
static const ike2_bytes parts = { .ptr = octets, .len = sizeof octets };

/* A key, the proof that its owner shows, and the name that it is known by. */
struct owner {
    EVP_PKEY *key;
    uint8_t *spki;
    uint8_t signature[128];
    ike2_cert cert;
    ike2_proof proof;
    char name[sizeof "sha256:" + 2 * RAW_KEY_HASH];
};

static void name_key(struct owner *o)
{
    uint8_t hash[RAW_KEY_HASH];
    int len = snprintf(o->name, sizeof o->name, "sha256:");

    assert_int_equal(EVP_Digest(o->spki, o->cert.data.len, hash, NULL, EVP_sha256(), NULL), 1);
    for (size_t i = 0; i < sizeof hash; i++)
        len += snprintf(o->name + len, 3, "%02x", hash[i]);
}

static void sign(struct owner *o)
{
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    size_t len = sizeof o->signature;

    assert_int_equal(EVP_DigestSignInit(c, NULL, EVP_sha256(), NULL, o->key), 1);
    assert_int_equal(EVP_DigestSign(c, o->signature, &len, octets, sizeof octets), 1);
    EVP_MD_CTX_free(c);
    o->proof.signature = (ike2_bytes){ .ptr = o->signature, .len = len };
}

static void make(struct owner *o)
{
    int len;

    *o = (struct owner){ .key = EVP_EC_gen("P-256") };
    assert_non_null(o->key);
    len = i2d_PUBKEY(o->key, &o->spki);
    assert_true(len > 0);
    o->cert.encoding = IKE2_CERT_RAW_PUBLIC_KEY;
    o->cert.data = (ike2_bytes){ .ptr = o->spki, .len = (size_t)len };
    o->proof.certs = &o->cert;
    o->proof.n_certs = 1;
    o->proof.signed_parts = &parts;
    o->proof.n_signed_parts = 1;
    o->proof.scheme = IKE2_SIG_ECDSA_SHA256_DER;
    name_key(o);
    sign(o);
}

static void drop(struct owner *o)
{
    OPENSSL_free(o->spki);
    EVP_PKEY_free(o->key);
}

/* What becomes of `shown` where `known` is the only key. */
static ike2_verdict judge(const struct owner *known, const struct owner *shown)
{
    struct raw_keys keys = { 0 };
    ike2_verdict verdict;
    struct problem why;

    assert_true(raw_keys_add(&keys, known->name, &why));
    assert_true(raw_keys_concern(&shown->proof));
    raw_keys_judge(&keys, &shown->proof, &verdict);
    return verdict;
}

static void owner_of_a_known_key_is_believed(void **state)
{
    struct owner alice;

    (void)state;
    make(&alice);
    assert_true(judge(&alice, &alice).ok);
    drop(&alice);
}

static void known_key_is_worth_nothing_without_its_signature(void **state)
{
    struct owner alice, mallory;
    ike2_verdict verdict;

    (void)state;
    make(&alice);
    make(&mallory);
    mallory.cert = alice.cert;
    verdict = judge(&alice, &mallory);
    assert_false(verdict.ok);
    assert_int_equal(verdict.reason, IKE2_X509_SIGNATURE);
    drop(&alice);
    drop(&mallory);
}

static void unknown_key_is_refused_and_named(void **state)
{
    struct owner alice, mallory;
    ike2_verdict verdict;

    (void)state;
    make(&alice);
    make(&mallory);
    verdict = judge(&alice, &mallory);
    assert_false(verdict.ok);
    assert_int_equal(verdict.reason, RAW_KEY_UNKNOWN);
    assert_non_null(strstr(verdict.text, mallory.name)); /* all of it: it can be copied */
    drop(&alice);
    drop(&mallory);
}

static void key_that_is_cut_off_is_not_known(void **state)
{
    struct owner alice, cut;

    (void)state;
    make(&alice);
    cut = alice;
    cut.proof.certs = &cut.cert;
    for (cut.cert.data.len = 0; cut.cert.data.len < alice.cert.data.len; cut.cert.data.len++)
        assert_false(judge(&alice, &cut).ok);
    drop(&alice);
}

/* RFC 7296 3.6: the first one is that of AUTH; whoever may send it along has no use of it. */
static void known_key_behind_another_one_is_not_known(void **state)
{
    struct owner alice, mallory;
    ike2_cert both[2];

    (void)state;
    make(&alice);
    make(&mallory);
    both[0] = mallory.cert;
    both[1] = alice.cert;
    mallory.proof.certs = both;
    mallory.proof.n_certs = 2;
    assert_int_equal(judge(&alice, &mallory).reason, RAW_KEY_UNKNOWN);
    drop(&alice);
    drop(&mallory);
}

/* The same octets under another encoding are for whoever judges certificates. */
static void certificates_are_no_raw_keys(void **state)
{
    struct owner alice;

    (void)state;
    make(&alice);
    alice.cert.encoding = IKE2_CERT_X509_SIGNATURE;
    assert_false(raw_keys_concern(&alice.proof));
    alice.proof.n_certs = 0;
    assert_false(raw_keys_concern(&alice.proof));
    drop(&alice);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(owner_of_a_known_key_is_believed),
        cmocka_unit_test(known_key_is_worth_nothing_without_its_signature),
        cmocka_unit_test(unknown_key_is_refused_and_named),
        cmocka_unit_test(key_that_is_cut_off_is_not_known),
        cmocka_unit_test(known_key_behind_another_one_is_not_known),
        cmocka_unit_test(certificates_are_no_raw_keys),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
