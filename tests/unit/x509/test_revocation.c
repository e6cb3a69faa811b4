/* lib/x509/crl.c, revocation.c: what is revoked, and what is not known. RFC 5280 5, 6.3. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "base/bytes.h"
#include "support/proof.h"
#include "x509/crl.h"
#include "x509/der.h"

enum { ROOM = 1024, CRLS = 4 };

/* A CRL to be made; of the CA, and good in 2025, unless it says otherwise. */
struct list {
    const char *this_update, *next_update; /* UTCTime; NULL: none */
    ike2_bytes serial;                     /* of the one entry; nothing: no entry */
    uint8_t reason;
    enum pki_key key;
    ike2_bytes issuer; /* whole Name */
    bool unknown_critical;
};

struct out {
    uint8_t room[ROOM];
    size_t len;
};

static void put(struct out *o, ike2_bytes octets)
{
    assert_true(octets.len <= ROOM - o->len);
    memcpy(o->room + o->len, octets.ptr, octets.len);
    o->len += octets.len;
}

/* All that came from `begin` on goes under a tag, with two octets of length where needed. */
static void wrap(struct out *o, size_t begin, uint8_t tag)
{
    size_t len = o->len - begin;
    uint8_t head[4] = { tag, 0x82, (uint8_t)(len >> 8), (uint8_t)len };
    size_t n = len < 128 ? 2 : len < 256 ? 3 : 4;

    if (n == 2)
        head[1] = (uint8_t)len;
    if (n == 3) {
        head[1] = 0x81;
        head[2] = (uint8_t)len;
    }
    assert_true(n <= ROOM - o->len);
    memmove(o->room + begin + n, o->room + begin, len);
    memcpy(o->room + begin, head, n);
    o->len += n;
}

static void put_tagged(struct out *o, uint8_t tag, ike2_bytes octets)
{
    size_t begin = o->len;

    put(o, octets);
    wrap(o, begin, tag);
}

static ike2_bytes text(const char *s)
{
    return bytes_of(s, strlen(s));
}

static void put_entry(struct out *o, const struct list *l)
{
    const uint8_t reason[] = { 0x30, 0x0c, 0x30, 0x0a, 0x06, 3, 0x55,
                               0x1d, 0x15, 4,    3,    0x0a, 1, l->reason };
    size_t begin = o->len;

    put_tagged(o, DER_INTEGER, l->serial);
    put_tagged(o, DER_UTC_TIME, text("240131000000Z"));
    put(o, bytes_of(reason, sizeof reason));
    wrap(o, begin, DER_SEQUENCE);
    wrap(o, begin, DER_SEQUENCE);
}

static const uint8_t ecdsa_sha256[] = { 0x30, 10,   0x06, 8,    0x2a, 0x86,
                                        0x48, 0xce, 0x3d, 0x04, 0x03, 0x02 };

static void put_tbs(struct out *o, const struct list *l)
{
    static const uint8_t unknown[] = { 0xa0, 14, 0x30, 12, 0x30, 10, 0x06, 2,
                                       0x2a, 3,  0x01, 1,  0xff, 4,  1,    0 };

    put(o, bytes_of("\x02\x01\x01", 3));
    put(o, bytes_of(ecdsa_sha256, sizeof ecdsa_sha256));
    put(o, l->issuer);
    put_tagged(o, DER_UTC_TIME, text(l->this_update));
    if (l->next_update != NULL)
        put_tagged(o, DER_UTC_TIME, text(l->next_update));
    if (l->serial.len != 0)
        put_entry(o, l);
    if (l->unknown_critical)
        put(o, bytes_of(unknown, sizeof unknown));
    wrap(o, 0, DER_SEQUENCE);
}

static ike2_bytes make(struct pki *pki, const struct list *l, struct out *o)
{
    ike2_bytes signature;
    size_t begin;

    o->len = 0;
    put_tbs(o, l);
    signature = pki_sign(pki, l->key, IKE2_SIG_ECDSA_SHA256_DER, bytes_of(o->room, o->len));
    put(o, bytes_of(ecdsa_sha256, sizeof ecdsa_sha256));
    begin = o->len;
    put(o, bytes_of("", 1));
    put(o, signature);
    wrap(o, begin, DER_BIT_STRING);
    wrap(o, 0, DER_SEQUENCE);
    return bytes_of(o->room, o->len);
}

/* The usual chain, whose CAs may sign CRLs, with a CRL of the root and one of the CA. */
struct scene {
    struct proof p;
    struct list root, ca;
    struct certificate peer;
    struct out rooms[2];
    ike2_bytes crls[2];
};

static void scene_init(struct scene *s, struct pki *pki)
{
    struct pki_certificate ca = pki_ca(), root = pki_root();
    struct certificate parsed;

    ca.usage |= MBEDTLS_X509_KU_CRL_SIGN | MBEDTLS_X509_KU_KEY_CERT_SIGN;
    root.usage |= MBEDTLS_X509_KU_CRL_SIGN | MBEDTLS_X509_KU_KEY_CERT_SIGN;
    proof_usual(&s->p, pki);
    s->p.certs[1].data = pki_make(pki, ca);
    s->p.anchors[0] = pki_make(pki, root);
    assert_null(ike2_x509_certificate(s->p.certs[0].data, &s->peer));
    assert_null(ike2_x509_certificate(s->p.certs[1].data, &parsed));
    s->ca = (struct list){ .this_update = "250101000000Z",
                           .next_update = "260101000000Z",
                           .key = PKI_CA,
                           .issuer = s->peer.issuer };
    s->root = s->ca;
    s->root.key = PKI_ROOT;
    s->root.issuer = parsed.issuer;
    s->p.policy.crls = s->crls;
    s->p.policy.n_crls = 2;
    s->p.policy.revocation = IKE2_X509_REVOCATION_HARD;
}

static void expect(struct scene *s, struct pki *pki, uint32_t reason, const char *words)
{
    s->crls[0] = make(pki, &s->root, &s->rooms[0]);
    s->crls[1] = make(pki, &s->ca, &s->rooms[1]);
    proof_expect(&s->p, reason, words);
}

static void path_with_good_crls_is_accepted(void **state)
{
    struct scene s;

    scene_init(&s, *state);
    expect(&s, *state, IKE2_X509_OK, "");
    s.p.policy.n_crls = 1;
    expect(&s, *state, IKE2_X509_NO_CRL, "no CRL about CN=peer.test (depth 0)");
    s.p.policy.n_crls = 0;
    expect(&s, *state, IKE2_X509_NO_CRL, "no CRL about CN=ca.test (depth 1)");
    s.p.policy.revocation = IKE2_X509_REVOCATION_SOFT;
    expect(&s, *state, IKE2_X509_OK, "");
}

/* RFC 7296 3.6: encoding 7. */
static void crls_may_come_from_the_peer(void **state)
{
    struct scene s;

    scene_init(&s, *state);
    expect(&s, *state, IKE2_X509_OK, "");
    s.p.policy.n_crls = 1;
    proof_send(&s.p, s.crls[1]);
    s.p.certs[2].encoding = IKE2_CERT_CRL;
    proof_expect(&s.p, IKE2_X509_OK, "");
    s.p.policy.max_crl_octets = 1;
    proof_expect(&s.p, IKE2_X509_LIMIT, "");
}

static void revoked_is_refused_soft_and_hard(void **state)
{
    struct scene s;

    scene_init(&s, *state);
    s.ca.serial = s.peer.serial;
    s.ca.reason = 1;
    expect(&s, *state, IKE2_X509_REVOKED,
           "revoked (key compromise): CN=peer.test since 2024-01-31 (depth 0)");
    s.p.policy.revocation = IKE2_X509_REVOCATION_SOFT;
    expect(&s, *state, IKE2_X509_REVOKED, "");
    /* However old the list is. */
    s.ca.next_update = "250102000000Z";
    expect(&s, *state, IKE2_X509_REVOKED, "");
    s.p.policy.revocation = IKE2_X509_REVOCATION_OFF;
    expect(&s, *state, IKE2_X509_OK, "");
    s.p.policy.revocation = IKE2_X509_REVOCATION_HARD;
    s.ca.next_update = "260101000000Z";
    s.ca.serial = bytes_of("\x7f\x01\x02\x03\x04", 5);
    expect(&s, *state, IKE2_X509_OK, "");
}

static void stale_and_early_crls_do_not_count(void **state)
{
    struct scene s;

    scene_init(&s, *state);
    s.ca.next_update = "250102000000Z";
    expect(&s, *state, IKE2_X509_NO_CRL, "CRL is stale: CN=peer.test since 2025-01-02 (depth 0)");
    s.p.policy.revocation = IKE2_X509_REVOCATION_SOFT;
    expect(&s, *state, IKE2_X509_OK, "");
    s.p.policy.revocation = IKE2_X509_REVOCATION_HARD;
    s.ca.this_update = "290101000000Z";
    s.ca.next_update = "300101000000Z";
    expect(&s, *state, IKE2_X509_NO_CRL, "CRL is not yet valid: CN=peer.test (depth 0)");
    s.ca.this_update = "250101000000Z";
    s.ca.next_update = NULL;
    expect(&s, *state, IKE2_X509_NO_CRL, "stale");
    s.ca.next_update = "300101000000Z";
    expect(&s, *state, IKE2_X509_OK, "");
    s.p.policy.max_crl_age = 7 * 86400;
    expect(&s, *state, IKE2_X509_NO_CRL, "CRL is stale: CN=ca.test since 2025-01-08 (depth 1)");
    s.ca.next_update = NULL;
    s.p.policy.max_crl_age = UINT32_MAX;
    expect(&s, *state, IKE2_X509_OK, "");
}

static void crl_must_be_the_issuers(void **state)
{
    struct scene s;

    scene_init(&s, *state);
    s.ca.key = PKI_OTHER;
    expect(&s, *state, IKE2_X509_NO_CRL, "CRL not signed by who is said to be its issuer: CN=peer");
    s.ca.key = PKI_CA;
    s.ca.issuer = s.root.issuer;
    expect(&s, *state, IKE2_X509_NO_CRL, "no CRL about CN=peer.test");
    s.ca.issuer = s.peer.issuer;
    s.ca.unknown_critical = true;
    expect(&s, *state, IKE2_X509_NO_CRL, "CRL with an unknown critical extension");
}

/* RFC 5280 4.2.1.3: key usage without cRLSign. */
static void ca_must_be_allowed_to_sign_crls(void **state)
{
    struct pki_certificate ca = pki_ca();
    struct scene s;

    scene_init(&s, *state);
    ca.usage = MBEDTLS_X509_KU_KEY_CERT_SIGN;
    s.p.certs[1].data = pki_make(*state, ca);
    expect(&s, *state, IKE2_X509_NO_CRL, "CRL not signed by");
}

static bool overrule(void *user, const ike2_x509_seen *seen)
{
    return seen->reason == IKE2_X509_OK || seen->reason == *(uint32_t *)user;
}

static void callback_may_overrule_what_the_policy_says(void **state)
{
    uint32_t reason = IKE2_X509_NO_CRL;
    struct scene s;

    scene_init(&s, *state);
    s.p.policy.n_crls = 0;
    s.p.policy.user = &reason;
    s.p.policy.on_certificate = overrule;
    expect(&s, *state, IKE2_X509_NO_CRL, "");
    s.p.policy.overridable = 1 << IKE2_X509_NO_CRL;
    expect(&s, *state, IKE2_X509_OK, "");
    /* Never what is known. */
    s.p.policy.n_crls = 2;
    s.ca.serial = s.peer.serial;
    reason = IKE2_X509_REVOKED;
    s.p.policy.overridable = UINT32_MAX;
    expect(&s, *state, IKE2_X509_REVOKED, "");
}

static bool refuse_all(void *user, const ike2_x509_seen *seen)
{
    (void)user;
    return seen->depth != 1;
}

static void callback_may_refuse(void **state)
{
    struct scene s;

    scene_init(&s, *state);
    s.p.policy.on_certificate = refuse_all;
    expect(&s, *state, IKE2_X509_REFUSED, "CN=ca.test (depth 1)");
}

static void cut_and_changed_crls_do_not_harm(void **state)
{
    struct scene s;
    struct crl crl;
    ike2_bytes good;

    scene_init(&s, *state);
    s.ca.serial = s.peer.serial;
    expect(&s, *state, IKE2_X509_REVOKED, "");
    good = s.crls[1];
    assert_null(ike2_x509_crl(good, &crl));
    for (size_t len = 0; len < good.len; len++) {
        uint8_t *exact = test_malloc(len + 1);

        memcpy(exact, good.ptr, len);
        assert_non_null(ike2_x509_crl(bytes_of(exact, len), &crl));
        test_free(exact);
    }
    for (size_t at = 0; at < good.len; at++) {
        s.crls[1] = pki_spoil(*state, good, at);
        assert_int_equal(ike2_x509_verify(&s.p.given, &s.p.policy, s.p.utc_seconds, &s.p.verdict),
                         0);
        assert_false(s.p.verdict.ok);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(path_with_good_crls_is_accepted),
        cmocka_unit_test(crls_may_come_from_the_peer),
        cmocka_unit_test(revoked_is_refused_soft_and_hard),
        cmocka_unit_test(stale_and_early_crls_do_not_count),
        cmocka_unit_test(crl_must_be_the_issuers),
        cmocka_unit_test(ca_must_be_allowed_to_sign_crls),
        cmocka_unit_test(callback_may_overrule_what_the_policy_says),
        cmocka_unit_test(callback_may_refuse),
        cmocka_unit_test(cut_and_changed_crls_do_not_harm),
    };

    return cmocka_run_group_tests(tests, proof_setup, proof_teardown);
}
