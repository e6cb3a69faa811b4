/* lib/x509/check.c: dates. */
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

enum { PEER, CA, ROOT };

/* The usual chain, where one certificate has these dates. */
static void dated(struct pki *pki, unsigned which, const char *from, const char *until,
                  struct proof *p)
{
    struct pki_certificate peer = pki_peer(pki), ca = pki_ca(), root = pki_root();
    struct pki_certificate *c = which == PEER ? &peer : which == CA ? &ca : &root;

    c->from = from;
    c->until = until;
    proof_init(p, pki);
    proof_trust(p, pki_make(pki, root));
    proof_send(p, pki_make(pki, peer));
    proof_send(p, pki_make(pki, ca));
}

static void every_certificate_of_the_path_must_be_valid(void **state)
{
    static const char *const names[] = {
        [PEER] = "CN=peer.test until 2024-01-31 (depth 0)",
        [CA] = "CN=ca.test until 2024-01-31 (depth 1)",
        [ROOT] = "CN=root.test until 2024-01-31 (depth 2)",
    };

    for (unsigned i = PEER; i <= ROOT; i++) {
        struct proof p;

        dated(*state, i, NULL, "20240131235959", &p);
        proof_expect(&p, IKE2_X509_EXPIRED, names[i]);
        dated(*state, i, "20300101000000", NULL, &p);
        proof_expect(&p, IKE2_X509_NOT_YET_VALID, " from 2030-01-01 (depth ");
    }
}

static void pinned_certificate_must_be_valid(void **state)
{
    struct proof p;

    dated(*state, PEER, NULL, "20240131235959", &p);
    p.anchors[0] = p.certs[0].data;
    proof_expect(&p, IKE2_X509_EXPIRED, "expired: CN=peer.test until 2024-01-31 (depth 0)");
}

/* Both ends belong to the period; neither our clock nor mbedTLS's is asked. */
static void expect_period(struct pki *pki, const char *from, int64_t first, const char *until,
                          int64_t last)
{
    struct proof p;

    dated(pki, ROOT, "19500101000000", "99991231235959", &p);
    p.certs[1].data = p.anchors[0];
    for (unsigned i = PEER; i <= CA; i++) {
        struct pki_certificate c = i == PEER ? pki_peer(pki) : pki_ca();

        c.from = from;
        c.until = until;
        p.certs[i].data = pki_make(pki, c);
    }
    p.utc_seconds = first;
    proof_expect(&p, IKE2_X509_OK, "");
    p.utc_seconds = first - 1;
    proof_expect(&p, IKE2_X509_NOT_YET_VALID, "not yet valid: CN=peer.test from ");
    p.utc_seconds = last;
    proof_expect(&p, IKE2_X509_OK, "");
    p.utc_seconds = last + 1;
    proof_expect(&p, IKE2_X509_EXPIRED, "expired: CN=peer.test until ");
}

static void period_is_counted_to_the_second(void **state)
{
    expect_period(*state, "20240101000000", 1704067200, "20240131235959", 1706745599);
    expect_period(*state, "19700101000000", 0, "19700101000001", 1);
    /* Before 1970, and beyond what 32 bits and UTCTime can say. */
    expect_period(*state, "19500101000001", -631151999, "19691231235959", -1);
    expect_period(*state, "20380119031408", 2147483648, "20500101000000", 2524608000);
    expect_period(*state, "20491231235959", 2524607999, "99991231235959", 253402300799);
}

static void leap_days_are_counted(void **state)
{
    expect_period(*state, "20240229000000", 1709164800, "20240301000000", 1709251200);
    expect_period(*state, "20000229235959", 951868799, "20000301000000", 951868800);
    expect_period(*state, "21000228235959", 4107542399, "21000301000000", 4107542400);
}

static void extreme_clocks_do_no_harm(void **state)
{
    struct proof p;

    proof_usual(&p, *state);
    p.utc_seconds = INT64_MAX;
    proof_expect(&p, IKE2_X509_EXPIRED, "");
    p.utc_seconds = INT64_MIN;
    proof_expect(&p, IKE2_X509_NOT_YET_VALID, "");
}

static void renewed_anchor_replaces_the_expired_one(void **state)
{
    struct proof p;

    dated(*state, ROOT, NULL, "20240131235959", &p);
    proof_trust(&p, pki_make(*state, pki_root()));
    proof_expect(&p, IKE2_X509_OK, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_certificate_of_the_path_must_be_valid),
        cmocka_unit_test(pinned_certificate_must_be_valid),
        cmocka_unit_test(period_is_counted_to_the_second),
        cmocka_unit_test(leap_days_are_counted),
        cmocka_unit_test(extreme_clocks_do_no_harm),
        cmocka_unit_test(renewed_anchor_replaces_the_expired_one),
    };

    return cmocka_run_group_tests(tests, proof_setup, proof_teardown);
}
