/* lib/x509/wanted.c: which CRLs would help, and when that is told. RFC 5280 4.2.1.13. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "base/bytes.h"
#include "support/proof.h"

static const uint8_t oid[] = { 0x55, 0x1d, 0x1f };

/* Two points: http://a, ldap://b and one with a line feed in it; http://a again. */
static const uint8_t two_points[] = {
    0x30, 0x38,
    0x30, 0x26, 0xa0, 0x24, 0xa0, 0x22,
    0x86, 8, 'h', 't', 't', 'p', ':', '/', '/', 'a',
    0x86, 8, 'l', 'd', 'a', 'p', ':', '/', '/', 'b',
    0x86, 12, 'h', 't', 't', 'p', ':', '/', '/', 'a', '\n', '.', 'c', 'd',
    0x30, 0x0e, 0xa0, 0x0c, 0xa0, 0x0a,
    0x86, 8, 'h', 't', 't', 'p', ':', '/', '/', 'a',
};
/* A name relative to the issuer's has no address. */
static const uint8_t relative[] = { 0x30, 0x13, 0x30, 0x11, 0xa0, 0x0f, 0xa1, 0x0d, 0x30, 0x0b, 6,
                                    3,    0x55, 4,    3,    0x0c, 4,    'n',  'a',  'm',  'e' };

/* What was told, as "depth url;". */
struct wanted {
    char text[512];
};

static void want(void *user, const ike2_x509_seen *about, ike2_bytes url)
{
    struct wanted *w = user;
    size_t len = strlen(w->text);

    assert_int_equal(about->reason, IKE2_X509_NO_CRL);
    assert_non_null(strstr(about->text, "no CRL about CN="));
    assert_true(url.ptr > about->der.ptr && url.ptr + url.len <= about->der.ptr + about->der.len);
    (void)snprintf(w->text + len, sizeof w->text - len, "%u %.*s;", (unsigned)about->depth,
                   (int)url.len, (const char *)url.ptr);
}

struct scene {
    struct proof p;
    struct wanted wanted;
};

static void scene_init(struct scene *s, struct pki *pki)
{
    struct pki_certificate peer = pki_peer(pki), ca = pki_ca();

    *s = (struct scene){ .wanted = { "" } };
    peer.extensions[1] = (struct pki_extension){ .oid = bytes_of(oid, sizeof oid),
                                                 .value = bytes_of(two_points, sizeof two_points) };
    ca.extensions[0] = peer.extensions[1];
    proof_usual(&s->p, pki);
    s->p.certs[0].data = pki_make(pki, peer);
    s->p.certs[1].data = pki_make(pki, ca);
    s->p.policy.user = &s->wanted;
    s->p.policy.wants_crl = want;
    s->p.policy.revocation = IKE2_X509_REVOCATION_HARD;
}

static void expect(struct scene *s, uint32_t reason, const char *wanted)
{
    s->wanted = (struct wanted){ "" };
    proof_expect(&s->p, reason, "");
    assert_string_equal(s->wanted.text, wanted);
}

static const char all[] = "1 http://a;1 ldap://b;1 http://a\n.cd;"
                          "0 http://a;0 ldap://b;0 http://a\n.cd;";

static void all_addresses_are_told_at_once_and_each_once(void **state)
{
    struct scene s;

    scene_init(&s, *state);
    expect(&s, IKE2_X509_NO_CRL, all);
    s.p.policy.revocation = IKE2_X509_REVOCATION_SOFT;
    expect(&s, IKE2_X509_OK, all);
    s.p.policy.revocation = IKE2_X509_REVOCATION_OFF;
    expect(&s, IKE2_X509_OK, "");
}

/* Nobody makes us visit what a stranger has written. */
static void nothing_is_told_of_a_path_that_is_not_good(void **state)
{
    struct scene s;

    scene_init(&s, *state);
    s.p.utc_seconds = INT64_C(4000000000);
    expect(&s, IKE2_X509_EXPIRED, "");
    scene_init(&s, *state);
    s.p.certs[1].data = pki_spoil(*state, s.p.certs[1].data, s.p.certs[1].data.len - 1);
    expect(&s, IKE2_X509_NO_PATH, "");
}

static void nothing_is_told_of_who_has_not_proven_to_be_it(void **state)
{
    struct scene s;

    scene_init(&s, *state);
    proof_sign(&s.p, PKI_OTHER, IKE2_SIG_ECDSA_SHA256_DER);
    expect(&s, IKE2_X509_NO_CRL, "");
    s.p.policy.revocation = IKE2_X509_REVOCATION_SOFT;
    expect(&s, IKE2_X509_SIGNATURE, "");
    scene_init(&s, *state);
    proof_claim(&s.p, IKE2_ID_FQDN, bytes_of("other.test", 10));
    expect(&s, IKE2_X509_NO_CRL, "");
}

static void point_without_an_address_is_passed_over(void **state)
{
    struct pki_certificate peer = pki_peer(*state);
    struct scene s;

    scene_init(&s, *state);
    peer.extensions[1] = (struct pki_extension){ .oid = bytes_of(oid, sizeof oid),
                                                 .value = bytes_of(relative, sizeof relative) };
    s.p.certs[0].data = pki_make(*state, peer);
    expect(&s, IKE2_X509_NO_CRL, "1 http://a;1 ldap://b;1 http://a\n.cd;");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_addresses_are_told_at_once_and_each_once),
        cmocka_unit_test(nothing_is_told_of_a_path_that_is_not_good),
        cmocka_unit_test(nothing_is_told_of_who_has_not_proven_to_be_it),
        cmocka_unit_test(point_without_an_address_is_passed_over),
    };

    return cmocka_run_group_tests(tests, proof_setup, proof_teardown);
}
