/* support/proof.c - one proof and one policy, and the verdict on them. */
#include "support/proof.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/error.h>
#include <ike2/iana.h>

#include "base/bytes.h"

static const int64_t in_2025 = 1750000000;

void proof_init(struct proof *p, struct pki *pki)
{
    *p = (struct proof){ .pki = pki, .signed_octets = bytes_of("signed", 6) };
    p->policy.struct_size = sizeof p->policy;
    p->policy.anchors = p->anchors;
    p->given.certs = p->certs;
    p->given.signed_parts = &p->signed_octets;
    p->given.n_signed_parts = 1;
    p->utc_seconds = in_2025;
    proof_claim(p, IKE2_ID_FQDN, bytes_of("peer.test", 9));
    proof_sign(p, PKI_PEER, IKE2_SIG_ECDSA_SHA256_DER);
}

void proof_usual(struct proof *p, struct pki *pki)
{
    proof_init(p, pki);
    proof_trust(p, pki_make(pki, pki_root()));
    proof_send(p, pki_make(pki, pki_peer(pki)));
    proof_send(p, pki_make(pki, pki_ca()));
}

int proof_setup(void **pki)
{
    *pki = pki_new();
    return 0;
}

int proof_teardown(void **pki)
{
    pki_free(*pki);
    return 0;
}

void proof_send(struct proof *p, ike2_bytes certificate)
{
    assert_true(p->given.n_certs < PROOF_CERTS_MAX);
    p->certs[p->given.n_certs++] = (ike2_cert){ .encoding = IKE2_CERT_X509_SIGNATURE,
                                                .data = certificate };
}

void proof_trust(struct proof *p, ike2_bytes certificate)
{
    assert_true(p->policy.n_anchors < PROOF_ANCHORS_MAX);
    p->anchors[p->policy.n_anchors++] = certificate;
}

void proof_claim(struct proof *p, uint8_t type, ike2_bytes data)
{
    p->given.remote_id = (ike2_id){ .type = type, .data = data };
}

void proof_sign(struct proof *p, enum pki_key key, uint16_t scheme)
{
    p->given.scheme = scheme;
    p->given.signature = pki_sign(p->pki, key, scheme, p->signed_octets);
}

void proof_expect(struct proof *p, uint32_t reason, const char *words)
{
    ike2_verdict *v = &p->verdict;

    memset(v, 0x5a, sizeof *v);
    assert_int_equal(ike2_x509_verify(&p->given, &p->policy, p->utc_seconds, v), IKE2_OK);
    assert_non_null(memchr(v->text, '\0', sizeof v->text));
    if (v->reason != reason || strstr(v->text, words) == NULL)
        fail_msg("reason %u: %s", (unsigned)v->reason, v->text);
    assert_int_equal(v->ok, reason == IKE2_X509_OK);
    assert_int_equal(v->notify, 0);
    assert_int_equal(v->struct_size, sizeof *v);
}
