/* x509/verify.c - the verdict on a proof. RFC 7296 2.15, 3.6; RFC 4945; RFC 5280 6.
 *
 * Every check of a path may be failed by one path and passed by another: the first path that passes
 * all decides, or else the failure that came nearest is told. What follows, identity and signature,
 * is about the end entity alone. */
#include "x509/verify.h"

#include "base/bytes.h"
#include "x509/gather.h"
#include "x509/identity.h"
#include "x509/pin.h"
#include "x509/revocation.h"
#include "x509/search.h"
#include "x509/wanted.h"

enum {
    DEFAULT_DEPTH = 8,
    LEAST_RSA_BITS = 2048,
    DEFAULT_CERTIFICATES = 16,
    DEFAULT_SIGNATURES = 64,
    DEFAULT_OCTETS = 16384,
    DEFAULT_CRLS = 8,
    DEFAULT_CRL_OCTETS = 1 << 20,
    RECEIVED_MAX = 64,
    OVERRIDABLE = 1 << IKE2_X509_NOT_YET_VALID | 1 << IKE2_X509_EXPIRED | 1 << IKE2_X509_NO_CRL
};

static uint32_t limit(uint32_t value, uint32_t by_default, uint32_t most)
{
    uint32_t wanted = value == 0 ? by_default : value;

    return wanted < most ? wanted : most;
}

/* A copy with defaults in place. */
static bool policy_read(const ike2_x509_policy *from, ike2_x509_policy *out)
{
    *out = (ike2_x509_policy){ 0 };
    if (from == NULL || from->struct_size < sizeof from->struct_size)
        return false;
    memcpy(out, from, from->struct_size < sizeof *out ? from->struct_size : sizeof *out);
    out->max_depth = (uint16_t)limit(out->max_depth, DEFAULT_DEPTH, PATH_DEPTH_MAX);
    out->max_certificates =
        (uint16_t)limit(out->max_certificates, DEFAULT_CERTIFICATES, RECEIVED_MAX);
    out->max_signatures = (uint16_t)limit(out->max_signatures, DEFAULT_SIGNATURES, SIGNATURES_MAX);
    out->max_octets = limit(out->max_octets, DEFAULT_OCTETS, UINT32_MAX);
    out->max_crls = limit(out->max_crls, DEFAULT_CRLS, RECEIVED_MAX);
    out->max_crl_octets = limit(out->max_crl_octets, DEFAULT_CRL_OCTETS, UINT32_MAX);
    if (out->min_rsa_bits < LEAST_RSA_BITS)
        out->min_rsa_bits = LEAST_RSA_BITS;
    out->overridable &= OVERRIDABLE;
    return out->crypto != NULL && out->mem != NULL &&
           out->revocation <= IKE2_X509_REVOCATION_OFF &&
           (out->anchors != NULL || out->n_anchors == 0) &&
           (out->n_anchors != 0 || out->n_anchor_keys != 0);
}

struct judgement {
    const ike2_x509_policy *policy; /* with defaults in place */
    const ike2_proof *proof;
    const struct certificate *end_entity;
    struct revocation revocation;
    bool is_looked_at, is_theirs; /* identity and signature, as far as asked before the end */
};

static bool told(const ike2_x509_policy *policy, const struct certificate *c, size_t depth,
                 const struct refusal *refusal)
{
    ike2_x509_seen s = IKE2_INIT(ike2_x509_seen);
    ike2_verdict words = { .reason = IKE2_X509_OK };

    if (refusal != NULL)
        ike2_x509_tell(refusal, &words);
    s.der = c->der;
    s.depth = (uint32_t)depth;
    s.reason = words.reason;
    s.text = refusal != NULL ? words.text : NULL;
    return policy->on_certificate(policy->user, &s);
}

static bool overrule(void *user, const struct refusal *refusal)
{
    const ike2_x509_policy *policy = ((const struct judgement *)user)->policy;

    return policy->on_certificate != NULL && (policy->overridable >> refusal->reason & 1) != 0 &&
           told(policy, refusal->who, refusal->depth, refusal);
}

static bool has_flag(const ike2_x509_policy *policy, uint32_t flag)
{
    return (policy->flags & flag) != 0;
}

static struct usage_rules usage_of(const ike2_x509_policy *policy)
{
    enum {
        ALL = PURPOSE_ANY | PURPOSE_SERVER_AUTH | PURPOSE_CLIENT_AUTH | PURPOSE_IPSEC_IKE |
              PURPOSE_IKE_INTERMEDIATE | PURPOSE_ABSENT
    };
    uint32_t purposes = policy->purposes == 0 ? ALL : policy->purposes & ALL;

    return (struct usage_rules){ .key_usage = USAGE_DIGITAL_SIGNATURE | USAGE_NON_REPUDIATION,
                                 .purposes = purposes | PURPOSE_OWN,
                                 .ca_any_purpose = true,
                                 .end_entity_is_no_ca = has_flag(policy, IKE2_X509_NO_CA),
                                 .own = policy->own_purposes,
                                 .n_own = policy->n_own_purposes };
}

/* RFC 7296 2.15 */
static bool has_signed_proof(const struct judgement *j, struct refusal *refusal)
{
    const ike2_x509_crypto *crypto = j->policy->crypto;
    const struct certificate *c = j->end_entity;
    const ike2_proof *proof = j->proof;

    if (crypto->verify(crypto->user, c->spki, proof->scheme, proof->signed_parts,
                       proof->n_signed_parts, proof->signature) == IKE2_OK)
        return true;
    return ike2_x509_refuse(refusal, IKE2_X509_SIGNATURE, "signature: AUTH is not by the key of ",
                            c, 0);
}

/* What is about the end entity alone. A path vouches for its key. */
static bool end_entity_is_good(const struct judgement *j, struct refusal *refusal)
{
    const struct identity_rules rules = {
        .wildcards = has_flag(j->policy, IKE2_X509_WILDCARDS),
        .common_names = has_flag(j->policy, IKE2_X509_COMMON_NAME),
    };

    return ike2_x509_identity_is_proven(j->end_entity, &j->proof->remote_id, &rules, refusal) &&
           has_signed_proof(j, refusal);
}

static void unknown(void *user, const struct refusal *refusal)
{
    struct judgement *j = user;
    struct refusal unused;

    if (!j->is_looked_at) {
        j->is_looked_at = true;
        j->is_theirs = end_entity_is_good(j, &unused);
    }
    if (j->is_theirs)
        ike2_x509_want_crls(j->policy, refusal);
}

static struct rules rules_of(struct judgement *j, int64_t now)
{
    const ike2_x509_policy *policy = j->policy;

    return (struct rules){
        .now = now,
        .max_depth = policy->max_depth,
        .max_signatures = policy->max_signatures,
        .keys = { .min_rsa_bits = policy->min_rsa_bits,
                  .min_ec_bits = policy->min_ec_bits,
                  .max_ec_bits = policy->max_ec_bits },
        .strict = has_flag(policy, IKE2_X509_STRICT),
        .indirect_crls = has_flag(policy, IKE2_X509_INDIRECT_CRLS),
        .common_names = has_flag(policy, IKE2_X509_COMMON_NAME),
        .usage = usage_of(policy),
        .policy = { .accepted = policy->policies,
                    .n_accepted = policy->n_policies,
                    .is_explicit = has_flag(policy, IKE2_X509_EXPLICIT_POLICY),
                    .inhibit_mapping = has_flag(policy, IKE2_X509_NO_MAPPING),
                    .inhibit_any = has_flag(policy, IKE2_X509_NO_ANY_POLICY) },
        .revocation = policy->revocation == IKE2_X509_REVOCATION_HARD   ? REVOCATION_HARD
                      : policy->revocation == IKE2_X509_REVOCATION_SOFT ? REVOCATION_SOFT
                                                                        : REVOCATION_OFF,
        .max_crl_age = policy->max_crl_age,
        .crypto = policy->crypto,
        .overrule = overrule,
        .unknown = policy->wants_crl != NULL ? unknown : NULL,
        .user = j,
    };
}

static bool has_pin(const ike2_x509_policy *policy, const struct path *p, struct refusal *refusal)
{
    const struct pins pins = { policy->pins, policy->n_pins };

    for (size_t i = 0; i < p->len && pins.n != 0; i++) {
        if (ike2_x509_is_pinned(policy->crypto, pins, p->certificates[i]->spki) ||
            ike2_x509_is_pinned(policy->crypto, pins, p->certificates[i]->der))
            return true;
    }
    return pins.n == 0 ||
           ike2_x509_refuse(refusal, IKE2_X509_PIN,
                            "pin: neither key nor certificate of the path is pinned: ",
                            p->certificates[0], 0);
}

/* A path_judge: what the policy wants beyond RFC 5280 6.1. */
static bool is_wanted(void *user, const struct path *p, struct refusal *refusal)
{
    struct judgement *j = user;

    if (!has_pin(j->policy, p, refusal) ||
        !ike2_x509_path_is_not_revoked(&j->revocation, p, refusal))
        return false;
    for (size_t i = 0; i < p->len && j->policy->on_certificate != NULL; i++) {
        if (!told(j->policy, p->certificates[i], i, NULL))
            return ike2_x509_refuse(refusal, IKE2_X509_REFUSED,
                                    "refused by the application: ", p->certificates[i], i);
    }
    return true;
}

static bool is_proven(const ike2_proof *proof, const ike2_x509_policy *policy, int64_t now,
                      const struct material *m, struct refusal *refusal)
{
    struct judgement j = { .policy = policy, .proof = proof, .end_entity = m->end_entity };
    const struct rules rules = rules_of(&j, now);
    const struct pool pool = { m->certificates, m->n };
    struct signatures signatures = { .n = 0 };
    const struct search s = { &pool, &rules, &signatures, is_wanted, &j };
    struct path path;

    j.revocation = (struct revocation){ &pool, &rules, &signatures, m->crls, m->n_crls };
    return ike2_x509_find_path(&s, m->end_entity, &path, refusal) &&
           end_entity_is_good(&j, refusal);
}

ike2_err ike2_x509_judge(const ike2_proof *proof, const ike2_x509_policy *policy,
                         int64_t utc_seconds, ike2_verdict *out)
{
    struct refusal refusal;
    ike2_x509_policy p;
    struct material m;
    ike2_err err;

    (void)ike2_x509_refuse(&refusal, IKE2_X509_NO_PATH, "nothing to judge, or nothing trusted",
                           NULL, 0);
    ike2_x509_tell(&refusal, out);
    if (proof == NULL || !policy_read(policy, &p))
        return IKE2_ERR_ARGUMENT;
    err = ike2_x509_gather(proof, &p, &m, &refusal);
    if (err == IKE2_OK && refusal.reason == IKE2_X509_OK &&
        is_proven(proof, &p, utc_seconds, &m, &refusal)) {
        ike2_x509_tell_good(m.end_entity, out);
    } else if (refusal.reason != IKE2_X509_OK) {
        /* What does not parse may be what is missing. */
        if (refusal.reason == IKE2_X509_NO_PATH && m.malformed.reason != IKE2_X509_OK)
            refusal = m.malformed;
        ike2_x509_tell(&refusal, out);
    }
    ike2_x509_gather_release(&m, p.mem);
    return err;
}
