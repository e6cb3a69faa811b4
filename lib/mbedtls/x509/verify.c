/* mbedtls/x509/verify.c - the verdict on a proof. RFC 7296 2.15, 3.6; RFC 4945; RFC 5280 6.
 *
 * Every check of a path may be failed by one path and passed by another: the first path that passes
 * all decides, or else the failure of the first one is told. What follows, identity and signature,
 * is about the end entity alone. */
#include <ike2/mbedtls.h>
#include <ike2/x509.h>

#include "base/bytes.h"
#include "mbedtls/x509/collection.h"
#include "mbedtls/x509/der.h"
#include "mbedtls/x509/identity.h"
#include "mbedtls/x509/path.h"
#include "mbedtls/x509/refusal.h"
#include "mbedtls/x509/strength.h"
#include "mbedtls/x509/usage.h"
#include "mbedtls/x509/validity.h"

enum {
    DEFAULT_DEPTH = 8,
    DEFAULT_RSA_BITS = 2048,
    DEFAULT_CERTIFICATES = 16,
    DEFAULT_OCTETS = 16384
};

/* A copy with defaults in place. */
static bool policy_read(const ike2_x509_policy *from, ike2_x509_policy *out)
{
    *out = (ike2_x509_policy){ 0 };
    if (from == NULL || from->struct_size < sizeof from->struct_size)
        return false;
    memcpy(out, from, from->struct_size < sizeof *out ? from->struct_size : sizeof *out);
    if (out->max_depth == 0)
        out->max_depth = DEFAULT_DEPTH;
    if (out->min_rsa_bits == 0)
        out->min_rsa_bits = DEFAULT_RSA_BITS;
    if (out->max_certificates == 0)
        out->max_certificates = DEFAULT_CERTIFICATES;
    if (out->max_octets == 0)
        out->max_octets = DEFAULT_OCTETS;
    return out->anchors != NULL && out->n_anchors != 0;
}

static bool path_is_good(const struct path *p, const ike2_x509_policy *policy, int64_t utc_seconds,
                         ike2_verdict *refusal)
{
    return ike2_mbed_path_is_valid(p, utc_seconds, refusal) &&
           ike2_mbed_usage_is_good(p, refusal) &&
           ike2_mbed_path_is_strong(p, policy->min_rsa_bits, refusal);
}

/* What to say if there is no path at all: a certificate that does not parse may be what is missing,
 * unless it is known what is wrong. */
static ike2_verdict no_path(const struct path_search *s)
{
    const struct collection *c = s->collection;

    for (size_t i = 0; i < c->n_received && s->obstacle <= OBSTACLE_NO_ISSUER; i++) {
        if (c->received[i].fault != 0)
            return ike2_mbed_malformed(c, i);
    }
    return ike2_mbed_path_refusal(s);
}

static bool has_good_path(const struct collection *c, const ike2_x509_policy *policy,
                          int64_t utc_seconds, ike2_verdict *refusal)
{
    struct path_search s = ike2_mbed_path_search(c, policy->max_depth);
    ike2_verdict other;
    bool is_first = true;

    while (ike2_mbed_path_next(&s)) {
        if (path_is_good(&s.path, policy, utc_seconds, is_first ? refusal : &other))
            return true;
        is_first = false;
    }
    if (is_first)
        *refusal = no_path(&s);
    return false;
}

static ike2_err check_signature(const ike2_proof *proof, const struct certificate *c,
                                ike2_verdict *out)
{
    ike2_err err = ike2_mbedtls_verify(der_view(&c->crt.pk_raw), proof->scheme,
                                       proof->signed_parts, proof->n_signed_parts,
                                       proof->signature);

    if (err == IKE2_OK) {
        *out = ike2_mbed_refusal(IKE2_X509_OK, "");
        out->ok = true;
    } else if (err == IKE2_ERR_MEMORY) {
        *out = ike2_mbed_refusal(IKE2_X509_LIMIT, "out of memory");
        return err;
    } else {
        *out = ike2_mbed_refusal(IKE2_X509_SIGNATURE, "signature: AUTH is not by the key of ");
    }
    ike2_mbed_say_name(out, &c->crt.subject);
    return IKE2_OK;
}

/* IKE2_ERR_AUTH: a refusal is in `out`. */
static ike2_err judge(const ike2_proof *proof, const ike2_x509_policy *policy, int64_t utc_seconds,
                      ike2_verdict *out)
{
    struct collection c;
    ike2_err err = ike2_mbed_collection_init(&c, proof, policy, out);

    if (err == IKE2_OK && (!has_good_path(&c, policy, utc_seconds, out) ||
                           !ike2_mbed_identity_is_proven(c.received, &proof->remote_id, out)))
        err = IKE2_ERR_AUTH;
    if (err == IKE2_OK)
        err = check_signature(proof, c.received, out);
    ike2_mbed_collection_clear(&c);
    return err;
}

static bool proof_is_whole(const ike2_proof *proof)
{
    return proof != NULL && (proof->certs != NULL || proof->n_certs == 0) &&
           (proof->signed_parts != NULL || proof->n_signed_parts == 0);
}

ike2_err ike2_x509_verify(const ike2_proof *proof, const ike2_x509_policy *policy,
                          int64_t utc_seconds, ike2_verdict *out)
{
    ike2_x509_policy p;
    ike2_err err;

    if (out == NULL)
        return IKE2_ERR_ARGUMENT;
    if (!proof_is_whole(proof) || !policy_read(policy, &p)) {
        *out = ike2_mbed_refusal(IKE2_X509_NO_PATH, "no whole proof, or nothing trusted");
        return IKE2_ERR_ARGUMENT;
    }
    err = judge(proof, &p, utc_seconds, out);
    return err == IKE2_ERR_AUTH ? IKE2_OK : err;
}

const char *ike2_x509_text(uint32_t reason)
{
    switch (reason) {
    case IKE2_X509_OK: return "the proof holds";
    case IKE2_X509_NO_CERTIFICATE: return "no certificate was sent";
    case IKE2_X509_MALFORMED: return "a certificate does not parse";
    case IKE2_X509_NO_PATH: return "no path leads to an anchor";
    case IKE2_X509_NOT_YET_VALID: return "a certificate is not yet valid";
    case IKE2_X509_EXPIRED: return "a certificate is expired";
    case IKE2_X509_USAGE: return "a key is used for what it is not for";
    case IKE2_X509_IDENTITY: return "the identity is not in the certificate";
    case IKE2_X509_WEAK: return "a key or a hash is too weak";
    case IKE2_X509_SIGNATURE: return "the signature is wrong";
    case IKE2_X509_LIMIT: return "a limit was exceeded";
    default: return NULL;
    }
}
