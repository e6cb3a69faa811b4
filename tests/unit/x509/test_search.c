/* lib/x509/search.c: which certificates lead to an anchor. */
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

/* A CA below another one. */
static ike2_bytes make_ca(struct pki *pki, const char *subject, enum pki_key key,
                          const char *issuer, enum pki_key issuer_key)
{
    struct pki_certificate c = pki_ca();

    c.subject = subject;
    c.key = key;
    c.issuer = issuer;
    c.issuer_key = issuer_key;
    return pki_make(pki, c);
}

static void order_of_helpers_does_not_matter(void **state)
{
    struct pki *pki = *state;
    struct pki_certificate peer = pki_peer(pki);
    const ike2_bytes helpers[] = {
        make_ca(pki, "CN=a.test", PKI_OTHER, "CN=b.test", PKI_P384),
        make_ca(pki, "CN=b.test", PKI_P384, "CN=ca.test", PKI_CA),
        pki_make(pki, pki_ca()),
    };

    peer.issuer = "CN=a.test";
    peer.issuer_key = PKI_OTHER;
    for (size_t i = 0; i < 6; i++) {
        const size_t first = i % 3, second = (i + 1 + i / 3) % 3;
        struct proof p;

        proof_init(&p, pki);
        proof_trust(&p, pki_make(pki, pki_root()));
        proof_send(&p, pki_make(pki, peer));
        proof_send(&p, helpers[first]);
        proof_send(&p, helpers[second]);
        proof_send(&p, helpers[3 - first - second]);
        proof_expect(&p, IKE2_X509_OK, "");
    }
}

static void anchor_and_duplicates_are_harmless(void **state)
{
    struct proof p;

    proof_usual(&p, *state);
    proof_send(&p, p.anchors[0]);
    proof_send(&p, p.certs[0].data);
    proof_send(&p, p.certs[1].data);
    proof_send(&p, p.anchors[0]);
    proof_expect(&p, IKE2_X509_OK, "");
}

/* RFC 7296 3.6: the first certificate has the key that signed AUTH. */
static void end_entity_is_the_first(void **state)
{
    struct proof p;
    ike2_cert peer;

    proof_usual(&p, *state);
    peer = p.certs[0];
    p.certs[0] = p.certs[1];
    p.certs[1] = peer;
    proof_expect(&p, IKE2_X509_USAGE, "CN=ca.test (depth 0)");
}

static void missing_issuer_is_told(void **state)
{
    struct proof p;

    proof_usual(&p, *state);
    p.given.n_certs = 1;
    proof_expect(&p, IKE2_X509_NO_PATH, "nobody is the issuer of CN=peer.test (depth 0)");
}

static void missing_root_is_told(void **state)
{
    struct pki *pki = *state;
    struct proof p;

    proof_usual(&p, pki);
    p.anchors[0] = make_ca(pki, "CN=elsewhere.test", PKI_OTHER, "CN=elsewhere.test", PKI_OTHER);
    proof_expect(&p, IKE2_X509_NO_PATH, "nobody is the issuer of CN=ca.test (depth 1)");
}

static void farthest_missing_issuer_is_told(void **state)
{
    struct pki *pki = *state;
    struct proof p;

    proof_usual(&p, pki);
    p.certs[1].data = make_ca(pki, "CN=ca.test", PKI_CA, "CN=a.test", PKI_OTHER);
    proof_send(&p, make_ca(pki, "CN=ca.test", PKI_CA, "CN=b.test", PKI_OTHER));
    proof_send(&p, make_ca(pki, "CN=b.test", PKI_OTHER, "CN=c.test", PKI_P384));
    proof_expect(&p, IKE2_X509_NO_PATH, "nobody is the issuer of CN=b.test (depth 2)");
}

static void wrong_signature_nearest_to_the_peer_is_told(void **state)
{
    struct pki *pki = *state;
    struct pki_certificate peer = pki_peer(pki);
    struct proof p;

    peer.issuer_key = PKI_P384;
    proof_usual(&p, pki);
    p.certs[0].data = pki_make(pki, peer);
    proof_send(&p, p.certs[1].data);
    p.certs[1].data = make_ca(pki, "CN=ca.test", PKI_OTHER, "CN=root.test", PKI_OTHER);
    proof_expect(&p, IKE2_X509_NO_PATH, "issuer: CN=peer.test (depth 0)");
    p.certs[1].data = p.certs[2].data;
    p.certs[2].data = make_ca(pki, "CN=ca.test", PKI_OTHER, "CN=root.test", PKI_OTHER);
    proof_expect(&p, IKE2_X509_NO_PATH, "issuer: CN=peer.test (depth 0)");
}

static void strange_root_is_told(void **state)
{
    struct pki *pki = *state;
    struct proof p;

    proof_usual(&p, pki);
    proof_send(&p, p.anchors[0]);
    p.anchors[0] = make_ca(pki, "CN=elsewhere.test", PKI_OTHER, "CN=elsewhere.test", PKI_OTHER);
    proof_expect(&p, IKE2_X509_NO_PATH,
                 "self-signed, but not trusted: CN=root.test (depth 2)");
}

static void issuer_of_the_name_without_the_key_is_refused(void **state)
{
    struct pki *pki = *state;
    struct pki_certificate peer = pki_peer(pki);
    struct proof p;

    peer.issuer_key = PKI_OTHER;
    proof_usual(&p, pki);
    p.certs[0].data = pki_make(pki, peer);
    proof_expect(&p, IKE2_X509_NO_PATH, "not signed by who is said to be the issuer: CN=peer.test");
}

static void every_changed_octet_of_the_path_is_noticed(void **state)
{
    struct pki *pki = *state;
    struct proof p;

    proof_usual(&p, pki);
    for (size_t i = 0; i < 2; i++) {
        ike2_bytes good = p.certs[i].data;

        for (size_t at = 0; at < good.len; at += 3) {
            uint8_t octets[2048];

            memcpy(octets, good.ptr, good.len);
            octets[at] ^= 0x10;
            p.certs[i].data = bytes_of(octets, good.len);
            (void)ike2_x509_verify(&p.given, &p.policy, p.utc_seconds, &p.verdict);
            assert_false(p.verdict.ok);
        }
        p.certs[i].data = good;
    }
    proof_expect(&p, IKE2_X509_OK, "");
}

static void anchor_may_be_an_intermediate(void **state)
{
    struct proof p;

    proof_usual(&p, *state);
    p.anchors[0] = p.certs[1].data;
    proof_expect(&p, IKE2_X509_OK, "");
    p.given.n_certs = 1;
    proof_expect(&p, IKE2_X509_OK, "");
}

static void pinned_end_entity_needs_no_issuer(void **state)
{
    struct pki *pki = *state;
    struct pki_certificate peer = pki_peer(pki);
    struct proof p;

    proof_usual(&p, pki);
    p.given.n_certs = 1;
    p.anchors[0] = p.certs[0].data;
    proof_expect(&p, IKE2_X509_OK, "");
    /* Another certificate of the same name and key is another one. */
    p.certs[0].data = pki_make(pki, peer);
    proof_expect(&p, IKE2_X509_NO_PATH, "");
}

static void self_signed_end_entity_must_be_pinned(void **state)
{
    struct pki *pki = *state;
    struct pki_certificate peer = pki_peer(pki);
    struct proof p;

    peer.issuer = peer.subject;
    peer.issuer_key = peer.key;
    proof_usual(&p, pki);
    p.certs[0].data = pki_make(pki, peer);
    proof_expect(&p, IKE2_X509_NO_PATH, "CN=peer.test");
    p.anchors[0] = p.certs[0].data;
    proof_expect(&p, IKE2_X509_OK, "");
}

/* The peer, and two CAs of its issuer's name, in either order: the second one is the wrong one. */
static void expect_either_order(struct pki *pki, ike2_bytes right, ike2_bytes wrong)
{
    struct proof p;

    proof_usual(&p, pki);
    p.certs[1].data = right;
    proof_send(&p, wrong);
    proof_expect(&p, IKE2_X509_OK, "");
    p.certs[1].data = wrong;
    p.certs[2].data = right;
    proof_expect(&p, IKE2_X509_OK, "");
    p.given.n_certs = 2;
    (void)ike2_x509_verify(&p.given, &p.policy, p.utc_seconds, &p.verdict);
    assert_false(p.verdict.ok);
}

static void decoys_are_passed_over(void **state)
{
    struct pki *pki = *state;
    ike2_bytes right = pki_make(pki, pki_ca());
    struct pki_certificate expired = pki_ca(), no_ca = pki_ca(), weak = pki_ca();

    /* Another key, another root, and what only a whole path shows. */
    expect_either_order(pki, right,
                        make_ca(pki, "CN=ca.test", PKI_OTHER, "CN=root.test", PKI_ROOT));
    expect_either_order(pki, right,
                        make_ca(pki, "CN=ca.test", PKI_CA, "CN=unknown.test", PKI_OTHER));
    expect_either_order(pki, right,
                        make_ca(pki, "CN=ca.test", PKI_CA, "CN=root.test", PKI_OTHER));
    expired.until = "20210101000000";
    expect_either_order(pki, right, pki_make(pki, expired));
    no_ca.is_ca = false;
    expect_either_order(pki, right, pki_make(pki, no_ca));
    weak.md = MBEDTLS_MD_SHA1;
    expect_either_order(pki, right, pki_make(pki, weak));
}

static void cross_certificate_leads_to_the_other_root(void **state)
{
    struct pki *pki = *state;
    struct proof p;

    proof_usual(&p, pki);
    p.anchors[0] = make_ca(pki, "CN=new.test", PKI_P384, "CN=new.test", PKI_P384);
    proof_send(&p, make_ca(pki, "CN=root.test", PKI_ROOT, "CN=new.test", PKI_P384));
    proof_expect(&p, IKE2_X509_OK, "");
}

static void cycle_of_issuers_ends(void **state)
{
    struct pki *pki = *state;
    struct pki_certificate peer = pki_peer(pki);
    struct proof p;

    peer.issuer = "CN=a.test";
    peer.issuer_key = PKI_CA;
    proof_init(&p, pki);
    proof_trust(&p, pki_make(pki, pki_root()));
    proof_send(&p, pki_make(pki, peer));
    proof_send(&p, make_ca(pki, "CN=a.test", PKI_CA, "CN=b.test", PKI_OTHER));
    proof_send(&p, make_ca(pki, "CN=b.test", PKI_OTHER, "CN=a.test", PKI_CA));
    proof_expect(&p, IKE2_X509_NO_PATH, "");
}

/* A chain with so many CAs between end entity and root, of names 0.test, 1.test ... from the root.
 * */
static void send_long_chain(struct proof *p, struct pki *pki, unsigned n_between)
{
    struct pki_certificate peer = pki_peer(pki), ca = pki_ca();
    char name[] = "CN=0.test", above[] = "CN=0.test";

    proof_init(p, pki);
    proof_trust(p, pki_make(pki, pki_root()));
    name[3] = (char)('0' + n_between - 1);
    peer.issuer = name;
    peer.issuer_key = n_between == 1 ? PKI_OTHER : PKI_CA;
    proof_send(p, pki_make(pki, peer));
    for (unsigned i = 0; i < n_between; i++) {
        name[3] = (char)('0' + i);
        above[3] = (char)('0' + i - 1);
        ca.subject = name;
        ca.key = i == 0 ? PKI_OTHER : PKI_CA;
        ca.issuer = i == 0 ? "CN=root.test" : above;
        ca.issuer_key = i == 0 ? PKI_ROOT : i == 1 ? PKI_OTHER : PKI_CA;
        proof_send(p, pki_make(pki, ca));
    }
}

static void depth_is_limited(void **state)
{
    struct proof p;

    send_long_chain(&p, *state, 8);
    proof_expect(&p, IKE2_X509_OK, "");
    send_long_chain(&p, *state, 9);
    proof_expect(&p, IKE2_X509_NO_PATH, "too long");
    p.policy.max_depth = 9;
    proof_expect(&p, IKE2_X509_OK, "");
    send_long_chain(&p, *state, 2);
    p.policy.max_depth = 1;
    proof_expect(&p, IKE2_X509_NO_PATH, "too long");
}

static size_t n_verified;

static ike2_err counting_verify(void *user, ike2_bytes spki, uint16_t scheme,
                                const ike2_bytes *parts, size_t n, ike2_bytes signature)
{
    n_verified += parts != user; /* the peer's own does not count */
    return ike2_mbedtls_verify(spki, scheme, parts, n, signature);
}

/* Signatures that one verdict checks. */
static size_t effort_of(struct proof *p)
{
    const ike2_x509_crypto counting = { .struct_size = sizeof counting,
                                        .user = &p->signed_octets,
                                        .verify = counting_verify };

    n_verified = 0;
    p->policy.crypto = &counting;
    assert_int_equal(ike2_x509_verify(&p->given, &p->policy, p->utc_seconds, &p->verdict), IKE2_OK);
    p->policy.crypto = NULL;
    return n_verified;
}

/* Each seems to be signed by each, and one of them by `issuer_key` in the name of the root. */
static void send_maze(struct proof *p, struct pki *pki, enum pki_key issuer_key)
{
    proof_usual(p, pki);
    p->certs[1].data = make_ca(pki, "CN=ca.test", PKI_CA, "CN=root.test", issuer_key);
    while (p->given.n_certs < 16)
        proof_send(p, make_ca(pki, "CN=ca.test", PKI_CA, "CN=ca.test", PKI_CA));
}

/* Or else the keys of strangers would be computed with, of any size and number. */
static void only_keys_that_an_anchor_vouches_for_are_used(void **state)
{
    struct proof p;

    send_maze(&p, *state, PKI_OTHER);
    assert_int_equal(effort_of(&p), 1);
    proof_expect(&p, IKE2_X509_NO_PATH, "");
    p.certs[1].encoding = IKE2_CERT_CRL;
    assert_int_equal(effort_of(&p), 0);
    proof_usual(&p, *state);
    assert_int_equal(effort_of(&p), 2);
}

static void what_is_not_needed_costs_nothing(void **state)
{
    struct pki *pki = *state;
    struct proof p;

    proof_usual(&p, pki);
    proof_send(&p, make_ca(pki, "CN=a.test", PKI_OTHER, "CN=root.test", PKI_ROOT));
    proof_send(&p, make_ca(pki, "CN=b.test", PKI_OTHER, "CN=ca.test", PKI_CA));
    proof_send(&p, p.anchors[0]);
    proof_send(&p, p.certs[0].data);
    proof_send(&p, p.certs[1].data);
    assert_int_equal(effort_of(&p), 2);
}

/* Root to CA to peer, and from the root's other certificate likewise. */
static void no_certificate_is_twice_on_a_path(void **state)
{
    struct proof p;

    proof_usual(&p, *state);
    proof_send(&p, pki_make(*state, pki_root()));
    assert_int_equal(effort_of(&p), 2);
}

static void maze_of_one_name_and_key_ends_at_once(void **state)
{
    struct pki *pki = *state;
    struct pki_certificate peer = pki_peer(pki);
    struct proof p;

    send_maze(&p, pki, PKI_ROOT);
    assert_int_equal(effort_of(&p), 2);
    proof_expect(&p, IKE2_X509_OK, "");
    peer.issuer_key = PKI_OTHER;
    p.certs[0].data = pki_make(pki, peer);
    proof_expect(&p, IKE2_X509_NO_PATH, "not signed by");
    assert_true(effort_of(&p) <= 3);
}

static void signatures_are_counted(void **state)
{
    struct proof p;

    proof_usual(&p, *state);
    p.policy.max_signatures = 2;
    proof_expect(&p, IKE2_X509_OK, "");
    p.policy.max_signatures = 1;
    proof_expect(&p, IKE2_X509_LIMIT, "too many signatures to check: CN=peer.test (depth 0)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_of_helpers_does_not_matter),
        cmocka_unit_test(anchor_and_duplicates_are_harmless),
        cmocka_unit_test(end_entity_is_the_first),
        cmocka_unit_test(missing_issuer_is_told),
        cmocka_unit_test(missing_root_is_told),
        cmocka_unit_test(farthest_missing_issuer_is_told),
        cmocka_unit_test(wrong_signature_nearest_to_the_peer_is_told),
        cmocka_unit_test(strange_root_is_told),
        cmocka_unit_test(issuer_of_the_name_without_the_key_is_refused),
        cmocka_unit_test(every_changed_octet_of_the_path_is_noticed),
        cmocka_unit_test(anchor_may_be_an_intermediate),
        cmocka_unit_test(pinned_end_entity_needs_no_issuer),
        cmocka_unit_test(self_signed_end_entity_must_be_pinned),
        cmocka_unit_test(decoys_are_passed_over),
        cmocka_unit_test(cross_certificate_leads_to_the_other_root),
        cmocka_unit_test(cycle_of_issuers_ends),
        cmocka_unit_test(depth_is_limited),
        cmocka_unit_test(only_keys_that_an_anchor_vouches_for_are_used),
        cmocka_unit_test(what_is_not_needed_costs_nothing),
        cmocka_unit_test(no_certificate_is_twice_on_a_path),
        cmocka_unit_test(signatures_are_counted),
        cmocka_unit_test(maze_of_one_name_and_key_ends_at_once),
    };

    return cmocka_run_group_tests(tests, proof_setup, proof_teardown);
}
