/* x509/gather.c - everything that a verdict is made from. RFC 7296 3.6. */
#include "x509/gather.h"

#include <ike2/iana.h>

#include "base/bytes.h"
#include "x509/pin.h"

static struct certificate *find(const struct material *m, ike2_bytes der)
{
    for (size_t i = 0; i < m->n; i++) {
        if (bytes_equal(m->certificates[i].der, der))
            return &m->certificates[i];
    }
    return NULL;
}

/* NULL, or what is wrong with it; then it is not there. */
static const char *add(struct material *m, ike2_bytes der, bool is_anchor)
{
    struct certificate *known = find(m, der), *c = &m->certificates[m->n];
    const char *fault;

    if (known != NULL) {
        known->is_anchor = known->is_anchor || is_anchor;
        return NULL;
    }
    fault = ike2_x509_certificate(der, c);
    if (fault == NULL) {
        c->is_anchor = is_anchor;
        m->n++;
    }
    return fault;
}

static bool refuse(struct refusal *r, uint32_t reason, const char *words)
{
    return ike2_x509_refuse(r, reason, words, NULL, 0);
}

static bool refuse_number(struct refusal *r, const char *words, size_t number, const char *unit)
{
    (void)refuse(r, IKE2_X509_LIMIT, words);
    r->number = number;
    r->unit = unit;
    return false;
}

static struct refusal malformed(size_t nth, const char *fault)
{
    return (struct refusal){ .reason = IKE2_X509_MALFORMED,
                             .words = "malformed: certificate ",
                             .number = nth,
                             .unit = ": ",
                             .after = fault };
}

/* `nth` from 1. */
static bool take_certificate(const ike2_x509_policy *policy, ike2_bytes der, size_t nth,
                             struct material *m, struct refusal *refusal)
{
    const char *fault;

    if (der.len > policy->max_octets)
        return refuse_number(refusal, "too large: a certificate has ", der.len, " octets");
    fault = add(m, der, false);
    if (fault != NULL && m->malformed.reason == IKE2_X509_OK)
        m->malformed = malformed(nth, fault);
    if (fault != NULL && nth == 1)
        *refusal = m->malformed;
    return refusal->reason == IKE2_X509_OK;
}

/* RFC 7296 3.6: the first one is the end entity's. Others help, or do no harm. */
static bool take_certificates(const ike2_proof *proof, const ike2_x509_policy *policy,
                              struct material *m, struct refusal *refusal)
{
    size_t n = 0;

    for (size_t i = 0; i < proof->n_certs; i++)
        n += proof->certs[i].encoding == IKE2_CERT_X509_SIGNATURE;
    if (n > policy->max_certificates)
        return refuse_number(refusal, "too many certificates: ", n, "");
    if (n == 0)
        return refuse(refusal, IKE2_X509_NO_CERTIFICATE, "the peer sent no X.509 certificate");
    n = 0;
    for (size_t i = 0; i < proof->n_certs; i++) {
        const ike2_cert *c = &proof->certs[i];

        if (c->encoding == IKE2_CERT_X509_SIGNATURE &&
            !take_certificate(policy, c->data, ++n, m, refusal))
            return false;
    }
    m->end_entity = &m->certificates[0];
    return true;
}

static bool seen(const ike2_x509_policy *policy, ike2_bytes der, const char *fault)
{
    ike2_x509_seen s = IKE2_INIT(ike2_x509_seen);

    s.der = der;
    s.reason = fault == NULL ? IKE2_X509_OK : IKE2_X509_MALFORMED;
    s.text = fault;
    return policy->on_crl == NULL || policy->on_crl(policy->user, &s);
}

static void take_crl(const ike2_x509_policy *policy, ike2_bytes der, struct material *m)
{
    const char *fault = ike2_x509_crl(der, &m->crls[m->n_crls]);

    m->n_crls += seen(policy, der, fault) && fault == NULL;
}

static bool take_crls(const ike2_proof *proof, const ike2_x509_policy *policy, struct material *m,
                      struct refusal *refusal)
{
    size_t n = 0;

    for (size_t i = 0; i < policy->n_crls; i++)
        take_crl(policy, policy->crls[i], m);
    for (size_t i = 0; i < proof->n_certs; i++) {
        const ike2_cert *c = &proof->certs[i];

        if (c->encoding != IKE2_CERT_CRL)
            continue;
        if (n++ == policy->max_crls || c->data.len > policy->max_crl_octets)
            return refuse(refusal, IKE2_X509_LIMIT, "too many or too large CRLs");
        take_crl(policy, c->data, m);
    }
    return true;
}

/* Is it what the owner of its key says of himself? Anybody can write a certificate for a key. */
static bool is_self_signed_ca(const ike2_x509_crypto *crypto, const struct certificate *c)
{
    return c->ext.is_ca && ike2_x509_is_self_issued(c) &&
           crypto->verify(crypto->user, c->spki, c->seal.scheme, &c->seal.covered, 1,
                          c->seal.signature) == IKE2_OK;
}

/* Anchors by hash. A key alone names CAs only, because of others it does not tell the name. */
static void take_anchor_keys(const ike2_x509_policy *policy, struct material *m)
{
    for (size_t i = 0; i < m->n; i++) {
        struct certificate *c = &m->certificates[i];
        struct pins named = { policy->anchor_keys, policy->n_anchor_keys };

        if (ike2_x509_is_pinned(policy->crypto, named, c->der) ||
            (ike2_x509_is_pinned(policy->crypto, named, c->spki) &&
             is_self_signed_ca(policy->crypto, c)))
            c->is_anchor = true;
    }
}

static bool acquire(const ike2_proof *proof, const ike2_x509_policy *policy, struct material *m)
{
    const ike2_mem *mem = policy->mem;
    size_t n_received = 0;

    for (size_t i = 0; i < proof->n_certs; i++)
        n_received += proof->certs[i].encoding == IKE2_CERT_X509_SIGNATURE;
    if (n_received > policy->max_certificates)
        n_received = policy->max_certificates;
    /* One more of each, to be parsed into and left. */
    m->room = n_received + policy->n_anchors + 1;
    m->crl_room = policy->n_crls + policy->max_crls + 1;
    if (m->room > SIZE_MAX / sizeof *m->certificates || m->crl_room > SIZE_MAX / sizeof *m->crls)
        return false;
    m->certificates = mem->acquire(mem->user, m->room * sizeof *m->certificates);
    m->crls = mem->acquire(mem->user, m->crl_room * sizeof *m->crls);
    return m->certificates != NULL && m->crls != NULL;
}

ike2_err ike2_x509_gather(const ike2_proof *proof, const ike2_x509_policy *policy,
                          struct material *out, struct refusal *refusal)
{
    size_t n_anchors = policy->n_anchor_keys;

    *out = (struct material){ 0 };
    *refusal = (struct refusal){ .reason = IKE2_X509_OK };
    if (!acquire(proof, policy, out)) {
        (void)refuse(refusal, IKE2_X509_LIMIT, "out of memory");
        return IKE2_ERR_MEMORY;
    }
    if (!take_certificates(proof, policy, out, refusal) ||
        (policy->revocation != IKE2_X509_REVOCATION_OFF && !take_crls(proof, policy, out, refusal)))
        return IKE2_OK;
    for (size_t i = 0; i < policy->n_anchors; i++)
        n_anchors += add(out, policy->anchors[i], true) == NULL;
    if (n_anchors == 0) {
        (void)refuse(refusal, IKE2_X509_NO_PATH, "no anchor can be used");
        return IKE2_ERR_ARGUMENT;
    }
    take_anchor_keys(policy, out);
    return IKE2_OK;
}

void ike2_x509_gather_release(struct material *m, const ike2_mem *mem)
{
    if (m->certificates != NULL)
        mem->release(mem->user, m->certificates, m->room * sizeof *m->certificates);
    if (m->crls != NULL)
        mem->release(mem->user, m->crls, m->crl_room * sizeof *m->crls);
    *m = (struct material){ 0 };
}
