/* fuzz_x509.c - certificates and CRLs over hostile octets, and the whole verdict on them.
 *
 * An input is a chain: each certificate or CRL stands behind its kind, one octet, and its length,
 * two octets. The first certificate is the peer's; kind 1 is an anchor, 2 a CRL. No signature is
 * checked: all are good but those that end in 0xff, so that paths are found. */
#include <stdlib.h>

#include <ike2/iana.h>
#include <ike2/x509.h>

#include "base/bytes.h"
#include "base/reader.h"
#include "check.h"
#include "tally.h"
#include "x509/certificate.h"
#include "x509/crl.h"
#include "x509/verify.h"

enum { PARTS_MAX = 32, ANCHOR = 1, CRL = 2, NOW = 1893456000 };

static struct tally tallies[] = {
    { "certificates", 0 }, { "CRLs", 0 }, { "paths", 0 }, { "refusals", 0 }
};
enum { CERTIFICATES, CRLS, PATHS, REFUSALS, N_TALLIES };

static ike2_err verify(void *user, ike2_bytes spki, uint16_t scheme, const ike2_bytes *parts,
                       size_t n, ike2_bytes signature)
{
    (void)user;
    (void)spki;
    (void)scheme;
    (void)parts;
    (void)n;
    return signature.len == 0 || signature.ptr[signature.len - 1] != 0xff ? IKE2_OK : IKE2_ERR_AUTH;
}

static ike2_err hash(void *user, ike2_bytes octets, uint8_t out[32])
{
    (void)user;
    for (size_t i = 0; i < 32; i++)
        out[i] = octets.len != 0 ? octets.ptr[i % octets.len] : 0;
    return IKE2_OK;
}

struct chain {
    ike2_cert certs[PARTS_MAX];
    size_t n;
    ike2_bytes anchors[PARTS_MAX];
    size_t n_anchors;
};

static void take(struct chain *c, uint8_t kind, ike2_bytes der)
{
    struct certificate parsed;
    struct crl crl;

    if (kind == ANCHOR)
        c->anchors[c->n_anchors++] = der;
    else
        c->certs[c->n++] =
            (ike2_cert){ .encoding = kind == CRL ? IKE2_CERT_CRL : IKE2_CERT_X509_SIGNATURE,
                         .data = der };
    tallies[CERTIFICATES].n += ike2_x509_certificate(der, &parsed) == NULL;
    tallies[CRLS].n += ike2_x509_crl(der, &crl) == NULL;
}

static void *acquire(void *user, size_t size)
{
    (void)user;
    return malloc(size);
}

static void release(void *user, void *ptr, size_t size)
{
    (void)user;
    (void)size;
    free(ptr);
}

static void judge(const struct chain *c)
{
    const ike2_x509_crypto crypto = { .struct_size = sizeof crypto,
                                      .verify = verify,
                                      .hash = hash };
    const ike2_proof proof = { .remote_id = { .type = IKE2_ID_FQDN,
                                              .data = bytes_of("peer.test", 9) },
                               .certs = c->certs,
                               .n_certs = c->n,
                               .scheme = IKE2_SIG_ECDSA_SHA256_DER };
    const ike2_mem mem = { .acquire = acquire, .release = release };
    ike2_x509_policy policy = IKE2_INIT(ike2_x509_policy);
    ike2_verdict v;

    policy.anchors = c->anchors;
    policy.n_anchors = c->n_anchors;
    policy.max_octets = UINT32_MAX;
    policy.crypto = &crypto;
    policy.mem = &mem;
    policy.flags = IKE2_X509_INDIRECT_CRLS | IKE2_X509_WILDCARDS;
    for (policy.revocation = 0; policy.revocation <= IKE2_X509_REVOCATION_HARD;
         policy.revocation++) {
        (void)ike2_x509_judge(&proof, &policy, NOW, &v);
        if (memchr(v.text, 0, sizeof v.text) == NULL || v.ok != (v.reason == IKE2_X509_OK))
            abort();
        tallies[v.ok || v.reason == IKE2_X509_IDENTITY ? PATHS : REFUSALS].n++;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct reader r = reader_of(bytes_of(data, size));
    struct chain c = { .n = 0 };

    while (r.left != 0 && c.n + c.n_anchors < PARTS_MAX) {
        uint8_t kind = read_u8(&r);
        ike2_bytes der = read_bytes(&r, read_u16(&r));

        if (!r.failed)
            take(&c, kind, der);
    }
    judge(&c);
    return 0;
}

void fuzz_report(void)
{
    tally_report(tallies, N_TALLIES);
}
