/* The certificates that a proof has behind URLs. RFC 7296 3.6. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <ike2/iana.h>
#include <openssl/evp.h>

#include "common/lookup.h"

enum { CERTS_MAX = 12, BODY_ROOM = 2100, HASH_OCTETS = 20 };

/* Certificates and a CRL, as far as anybody looks into them here. */
static const uint8_t first[] = { 0x30, 0x03, 0x02, 0x01, 0x01 };
static const uint8_t second[] = { 0x30, 0x03, 0x02, 0x01, 0x02 };
static const uint8_t bundle[] = { 0x30, 0x0e, 0xa0, 0x05, 0x30, 0x03, 0x02, 0x01,
                                  0x01, 0xa1, 0x05, 0x30, 0x03, 0x02, 0x01, 0x03 };

struct made {
    ike2_proof proof;
    ike2_cert certs[CERTS_MAX];
    uint8_t bodies[CERTS_MAX][BODY_ROOM];
};

static void add_sent(struct made *m, const uint8_t *octets, size_t len)
{
    m->certs[m->proof.n_certs++] =
        (ike2_cert){ .encoding = IKE2_CERT_X509_SIGNATURE, .data = { octets, len } };
    m->proof.certs = m->certs;
}

static void add_url(struct made *m, uint8_t encoding, const uint8_t *octets, size_t len,
                    const char *url)
{
    size_t i = m->proof.n_certs, url_len = strlen(url);
    uint8_t *body = m->bodies[i];

    assert_true(HASH_OCTETS + url_len <= BODY_ROOM);
    assert_int_equal(EVP_Digest(octets, len, body, NULL, EVP_sha1(), NULL), 1);
    memcpy(body + HASH_OCTETS, url, url_len);
    add_sent(m, body, HASH_OCTETS + url_len);
    m->certs[i].encoding = encoding;
}

#define ADD_URL(m, what, url) add_url((m), IKE2_CERT_HASH_AND_URL, (what), sizeof(what), (url))

/* What was fetched is the callee's. */
static const char *put(struct lookup *l, size_t i, const uint8_t *octets, size_t len)
{
    uint8_t *copy = malloc(len);

    assert_non_null(copy);
    memcpy(copy, octets, len);
    return lookup_put(lookup_place(l, i), copy, len);
}

static void expect_cert(const ike2_proof *proof, size_t i, uint8_t encoding, const uint8_t *octets,
                        size_t len)
{
    assert_true(i < proof->n_certs);
    assert_int_equal(proof->certs[i].encoding, encoding);
    assert_int_equal(proof->certs[i].data.len, len);
    assert_memory_equal(proof->certs[i].data.ptr, octets, len);
}

static void a_proof_without_urls_needs_no_lookup(void **state)
{
    struct made m = { .proof = { .n_certs = 0 } };

    (void)state;
    assert_null(lookup_new(&m.proof));
    add_sent(&m, first, sizeof first);
    assert_null(lookup_new(&m.proof));
    lookup_free(NULL);
}

static void what_is_fetched_takes_the_place_of_its_url(void **state)
{
    struct made m = { .proof = { .peer_tag = 7 } };
    const ike2_proof *proof;
    ike2_verdict verdict;
    struct lookup *l;

    (void)state;
    ADD_URL(&m, first, "http://a/1");
    add_sent(&m, second, sizeof second);
    add_url(&m, IKE2_CERT_HASH_AND_URL_BUNDLE, bundle, sizeof bundle, "HTTP://a/2");
    l = lookup_new(&m.proof);
    assert_string_equal(lookup_url(lookup_place(l, 0)), "http://a/1");
    assert_null(lookup_wrong(lookup_place(l, 1)));
    assert_null(lookup_place(l, 2));
    assert_true(lookup_octets_max(lookup_place(l, 0)) < lookup_octets_max(lookup_place(l, 1)));
    assert_null(put(l, 1, bundle, sizeof bundle));
    assert_null(put(l, 0, first, sizeof first));
    proof = lookup_finish(l);
    assert_true(lookup_is_enough(l, &verdict));
    assert_int_equal(proof->peer_tag, 7);
    assert_int_equal(proof->n_certs, 4);
    expect_cert(proof, 0, IKE2_CERT_X509_SIGNATURE, first, sizeof first);
    expect_cert(proof, 1, IKE2_CERT_X509_SIGNATURE, second, sizeof second);
    expect_cert(proof, 2, IKE2_CERT_X509_SIGNATURE, first, sizeof first);
    expect_cert(proof, 3, IKE2_CERT_CRL, bundle + 11, 5);
    lookup_free(l);
}

static void another_hash_is_another_certificate(void **state)
{
    struct made m = { .proof = { .n_certs = 0 } };
    ike2_verdict verdict;
    struct lookup *l;

    (void)state;
    ADD_URL(&m, first, "http://a/1");
    add_sent(&m, second, sizeof second);
    l = lookup_new(&m.proof);
    assert_non_null(put(l, 0, second, sizeof second));
    assert_false(lookup_is_found(lookup_place(l, 0)));
    lookup_give_up(l, lookup_place(l, 0), "another hash");
    assert_int_equal(lookup_finish(l)->n_certs, 0);
    assert_false(lookup_is_enough(l, &verdict));
    assert_false(verdict.ok);
    assert_int_equal(verdict.reason, LOOKUP_FAILED);
    assert_string_equal(verdict.text, "hash and URL: another hash");
    lookup_free(l);
}

static void who_lacks_another_than_the_first_is_judged_without_it(void **state)
{
    struct made m = { .proof = { .n_certs = 0 } };
    const ike2_proof *proof;
    ike2_verdict verdict;
    struct lookup *l;

    (void)state;
    add_sent(&m, first, sizeof first);
    ADD_URL(&m, second, "http://a/2");
    ADD_URL(&m, first, "http://a/3");
    l = lookup_new(&m.proof);
    lookup_give_up(l, lookup_place(l, 0), "gone");
    assert_null(put(l, 1, first, sizeof first));
    proof = lookup_finish(l);
    assert_true(lookup_is_enough(l, &verdict));
    assert_int_equal(proof->n_certs, 2);
    expect_cert(proof, 1, IKE2_CERT_X509_SIGNATURE, first, sizeof first);
    lookup_free(l);
}

static void a_certificate_is_no_bundle(void **state)
{
    struct made m = { .proof = { .n_certs = 0 } };
    struct lookup *l;

    (void)state;
    add_url(&m, IKE2_CERT_HASH_AND_URL_BUNDLE, first, sizeof first, "http://a/1");
    l = lookup_new(&m.proof);
    assert_non_null(put(l, 0, first, sizeof first));
    lookup_free(l);
}

static void only_short_urls_of_http_are_fetched(void **state)
{
    static const char *const wrong[] = { "https://a/1", "file:///etc/passwd", "gopher://a/", "http",
                                         "http://", "//a/1", "http://a/\x7f", "http://a b" };
    char longest[URL_ROOM + 1];

    (void)state;
    memset(longest, 'a', sizeof longest);
    memcpy(longest, "http://", 7);
    longest[URL_ROOM] = '\0';
    for (size_t i = 0; i <= sizeof wrong / sizeof wrong[0]; i++) {
        struct made m = { .proof = { .n_certs = 0 } };
        bool is_long = i == sizeof wrong / sizeof wrong[0];
        struct lookup *l;

        ADD_URL(&m, first, is_long ? longest : wrong[i]);
        l = lookup_new(&m.proof);
        assert_non_null(lookup_wrong(lookup_place(l, 0)));
        assert_true(strlen(lookup_url(lookup_place(l, 0))) < URL_ROOM);
        lookup_free(l);
    }
}

static void no_more_urls_than_eight_are_looked_at(void **state)
{
    struct made m = { .proof = { .n_certs = 0 } };
    struct lookup *l;

    (void)state;
    for (size_t i = 0; i <= LOOKUPS_MAX; i++)
        ADD_URL(&m, first, "http://a/1");
    l = lookup_new(&m.proof);
    assert_null(lookup_place(l, LOOKUPS_MAX));
    for (size_t i = 0; i < LOOKUPS_MAX; i++)
        assert_null(put(l, i, first, sizeof first));
    assert_int_equal(lookup_finish(l)->n_certs, LOOKUPS_MAX);
    lookup_free(l);
}

static void a_body_that_is_too_short_is_nowhere(void **state)
{
    struct made m = { .proof = { .n_certs = 0 } };
    struct lookup *l;

    (void)state;
    ADD_URL(&m, first, "");
    l = lookup_new(&m.proof);
    assert_non_null(lookup_wrong(lookup_place(l, 0)));
    lookup_free(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_proof_without_urls_needs_no_lookup),
        cmocka_unit_test(what_is_fetched_takes_the_place_of_its_url),
        cmocka_unit_test(another_hash_is_another_certificate),
        cmocka_unit_test(who_lacks_another_than_the_first_is_judged_without_it),
        cmocka_unit_test(a_certificate_is_no_bundle),
        cmocka_unit_test(only_short_urls_of_http_are_fetched),
        cmocka_unit_test(no_more_urls_than_eight_are_looked_at),
        cmocka_unit_test(a_body_that_is_too_short_is_nowhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
