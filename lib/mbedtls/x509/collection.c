/* mbedtls/x509/collection.c - all certificates of one call. RFC 7296 3.6. */
#include <stdlib.h>

#include <ike2/iana.h>

#include "base/bytes.h"
#include "mbedtls/x509/collection.h"
#include "mbedtls/x509/refusal.h"

static bool is_certificate(const ike2_cert *c)
{
    return c->encoding == IKE2_CERT_X509_SIGNATURE;
}

static size_t count(const ike2_proof *proof)
{
    size_t n = 0;

    for (size_t i = 0; i < proof->n_certs; i++)
        n += is_certificate(&proof->certs[i]);
    return n;
}

static ike2_err refuse_count(size_t n, size_t most, ike2_verdict *refusal)
{
    *refusal = ike2_mbed_refusal(IKE2_X509_LIMIT, "too many certificates: ");
    ike2_mbed_say_uint(refusal, n);
    ike2_mbed_say(refusal, " of at most ");
    ike2_mbed_say_uint(refusal, most);
    return IKE2_ERR_AUTH;
}

static ike2_err refuse_size(size_t nth, size_t len, size_t most, ike2_verdict *refusal)
{
    *refusal = ike2_mbed_refusal(IKE2_X509_LIMIT, "too large: certificate ");
    ike2_mbed_say_uint(refusal, nth + 1);
    ike2_mbed_say(refusal, " has ");
    ike2_mbed_say_uint(refusal, len);
    ike2_mbed_say(refusal, " octets of at most ");
    ike2_mbed_say_uint(refusal, most);
    return IKE2_ERR_AUTH;
}

/* Before anything is allocated or parsed. */
static ike2_err check_limits(const ike2_proof *proof, const ike2_x509_policy *policy,
                             ike2_verdict *refusal)
{
    size_t n = count(proof), nth = 0;
    size_t most = policy->max_certificates < RECEIVED_MAX ? policy->max_certificates : RECEIVED_MAX;

    if (n > most)
        return refuse_count(n, most, refusal);
    for (size_t i = 0; i < proof->n_certs; i++) {
        if (!is_certificate(&proof->certs[i]))
            continue;
        if (proof->certs[i].data.len > policy->max_octets)
            return refuse_size(nth, proof->certs[i].data.len, policy->max_octets, refusal);
        nth++;
    }
    if (n != 0)
        return IKE2_OK;
    *refusal = ike2_mbed_refusal(IKE2_X509_NO_CERTIFICATE, "the peer sent no X.509 certificate");
    return IKE2_ERR_AUTH;
}

static bool is_among(ike2_bytes der, const struct certificate *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (bytes_equal(list[i].der, der))
            return true;
    }
    return false;
}

static ike2_err add_anchors(struct collection *c, const ike2_x509_policy *policy)
{
    for (size_t i = 0; i < policy->n_anchors; i++) {
        struct certificate *anchor = &c->anchors[c->n_anchors++];

        if (ike2_mbed_certificate_init(anchor, policy->anchors[i]) != IKE2_OK)
            return IKE2_ERR_MEMORY;
        anchor->is_anchor = true;
    }
    return IKE2_OK;
}

/* A helper that is an anchor, or was there before, is no help. */
static ike2_err add_received(struct collection *c, const ike2_proof *proof)
{
    for (size_t i = 0; i < proof->n_certs; i++) {
        size_t n_before = c->n_received;
        ike2_bytes der = proof->certs[i].data;
        struct certificate *next;
        bool is_anchor;

        if (!is_certificate(&proof->certs[i]))
            continue;
        next = &c->received[c->n_received++];
        if (ike2_mbed_certificate_init(next, der) != IKE2_OK)
            return IKE2_ERR_MEMORY;
        is_anchor = is_among(der, c->anchors, c->n_anchors);
        if (n_before == 0)
            next->is_anchor = is_anchor;
        else if (is_anchor || is_among(der, c->received, n_before))
            next->is_usable = false;
    }
    return IKE2_OK;
}

static size_t n_usable(const struct certificate *list, size_t n)
{
    size_t found = 0;

    for (size_t i = 0; i < n; i++)
        found += list[i].is_usable;
    return found;
}

ike2_verdict ike2_mbed_malformed(const struct collection *c, size_t nth)
{
    ike2_verdict v = ike2_mbed_refusal(IKE2_X509_MALFORMED, "malformed: certificate ");

    ike2_mbed_say_uint(&v, nth + 1);
    ike2_mbed_say(&v, " of ");
    ike2_mbed_say_uint(&v, c->n_received);
    ike2_mbed_say(&v, " (mbedTLS error -");
    ike2_mbed_say_hex(&v, (uint64_t)-c->received[nth].fault);
    ike2_mbed_say(&v, ")");
    return v;
}

static ike2_err judge(const struct collection *c, ike2_verdict *refusal)
{
    if (n_usable(c->anchors, c->n_anchors) == 0) {
        *refusal = ike2_mbed_refusal(IKE2_X509_NO_PATH, "no anchor can be used");
        return IKE2_ERR_ARGUMENT;
    }
    if (!c->received[0].is_usable) {
        *refusal = ike2_mbed_malformed(c, 0);
        return IKE2_ERR_AUTH;
    }
    return IKE2_OK;
}

ike2_err ike2_mbed_collection_init(struct collection *out, const ike2_proof *proof,
                                   const ike2_x509_policy *policy, ike2_verdict *refusal)
{
    size_t n = count(proof);
    ike2_err err = check_limits(proof, policy, refusal);

    *out = (struct collection){ 0 };
    if (err != IKE2_OK)
        return err;
    err = IKE2_ERR_MEMORY;
    if (policy->n_anchors <= SIZE_MAX - n)
        out->all = calloc(policy->n_anchors + n, sizeof *out->all);
    if (out->all != NULL) {
        out->received = out->all;
        out->anchors = out->all + n;
        err = add_anchors(out, policy);
    }
    if (err == IKE2_OK)
        err = add_received(out, proof);
    if (err == IKE2_OK)
        return judge(out, refusal);
    *refusal = ike2_mbed_refusal(IKE2_X509_LIMIT, "out of memory");
    return err;
}

void ike2_mbed_collection_clear(struct collection *c)
{
    for (size_t i = 0; i < c->n_anchors; i++)
        ike2_mbed_certificate_clear(&c->anchors[i]);
    for (size_t i = 0; i < c->n_received; i++)
        ike2_mbed_certificate_clear(&c->received[i]);
    free(c->all);
    *c = (struct collection){ 0 };
}
