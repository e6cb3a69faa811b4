/* vectors/x509.c - proofs made from certificates of the vectors. */
#include "vectors/x509.h"

#include <stdlib.h>
#include <string.h>

#include <mbedtls/x509_crt.h>

#include <ike2/error.h>
#include <ike2/iana.h>

#include "base/bytes.h"

enum { OCTETS_MAX = 1 << 20 };

static void send_as(struct chain *c, uint8_t encoding, ike2_bytes data)
{
    if (c->n_certs == X509_CERTS_MAX)
        abort();
    c->certs[c->n_certs++] = (ike2_cert){ .encoding = encoding, .data = data };
}

void chain_send(struct chain *c, ike2_bytes certificate)
{
    send_as(c, IKE2_CERT_X509_SIGNATURE, certificate);
}

void chain_send_crl(struct chain *c, ike2_bytes crl)
{
    send_as(c, IKE2_CERT_CRL, crl);
}

void chain_trust(struct chain *c, ike2_bytes certificate)
{
    if (c->n_anchors == X509_CERTS_MAX)
        abort();
    c->anchors[c->n_anchors++] = certificate;
}

void chain_give_crl(struct chain *c, ike2_bytes crl)
{
    if (c->n_crls == X509_CERTS_MAX)
        abort();
    c->crls[c->n_crls++] = crl;
}

bool chain_claim_subject(struct chain *c)
{
    ike2_bytes der = c->certs[0].data;
    mbedtls_x509_crt crt;
    bool parses;

    mbedtls_x509_crt_init(&crt);
    parses = mbedtls_x509_crt_parse_der_nocopy(&crt, der.ptr, der.len) == 0;
    if (parses)
        c->id = (ike2_id){ .type = IKE2_ID_DER_ASN1_DN,
                           .data = bytes_of(crt.subject_raw.p, crt.subject_raw.len) };
    mbedtls_x509_crt_free(&crt);
    return parses;
}

uint32_t chain_verdict(const struct chain *c, char text[96])
{
    const ike2_bytes part = bytes_of("signed", 6);
    const ike2_proof proof = { .remote_id = c->id, .certs = c->certs, .n_certs = c->n_certs,
                               .signed_parts = &part, .n_signed_parts = 1,
                               .scheme = IKE2_SIG_ECDSA_SHA256_DER };
    ike2_x509_policy policy = IKE2_INIT(ike2_x509_policy);
    ike2_verdict v = IKE2_INIT(ike2_verdict);
    ike2_err err;

    policy.anchors = c->anchors;
    policy.n_anchors = c->n_anchors;
    policy.max_octets = OCTETS_MAX;
    policy.crls = c->crls;
    policy.n_crls = c->n_crls;
    policy.revocation = c->revocation;
    err = ike2_x509_verify(&proof, &policy, c->utc_seconds, &v);
    /* Nothing of it was signed, and an anchor that does not parse is no anchor. */
    if (v.ok || v.reason == IKE2_X509_OK || memchr(v.text, 0, sizeof v.text) == NULL ||
        (err != IKE2_OK && (err != IKE2_ERR_ARGUMENT || v.reason != IKE2_X509_NO_PATH)))
        abort();
    if (text != NULL)
        memcpy(text, v.text, sizeof v.text);
    return v.reason;
}

bool chain_is_good(const struct chain *c)
{
    return chain_verdict(c, NULL) == IKE2_X509_SIGNATURE;
}
