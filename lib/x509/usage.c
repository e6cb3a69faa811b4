/* x509/usage.c - basic constraints, key usage, extended key usage. RFC 5280 4.2.1.3, 4.2.1.9,
 * 4.2.1.12; RFC 4945 5.1.3. */
#include "x509/usage.h"

#include "base/bytes.h"
#include "x509/der.h"

const char *ike2_x509_issuer_fault(const struct certificate *c, const struct rules *rules)
{
    /* What was trusted before there were extensions is trusted without. */
    if (c->is_anchor && (rules->free_anchor_limits || c->version < 3))
        return NULL;
    /* RFC 5280 6.1.4 (k), (n) */
    if (!c->ext.is_ca)
        return "usage: it is no CA: ";
    if (c->ext.has_usage && (c->ext.usage & USAGE_CERT_SIGN) == 0)
        return "usage: it may not sign certificates: ";
    return NULL;
}

/* RFC 5280 6.1.4 (l), (m): those that are self-issued do not count. */
static bool lengths_are_good(const struct path *p, const struct rules *rules,
                             struct refusal *refusal)
{
    size_t n_below = 0;

    for (size_t i = 1; i < p->len; i++) {
        const struct certificate *c = p->certificates[i];

        if (c->is_anchor && rules->free_anchor_limits)
            continue;
        if (c->ext.path_len.is_set && n_below > c->ext.path_len.value)
            return ike2_x509_refuse(refusal, IKE2_X509_USAGE, "usage: path too long for ", c, i);
        n_below += !ike2_x509_is_self_issued(c);
    }
    return true;
}

/* PURPOSE_OWN if one of the rules' own OIDs is among the purposes. */
static uint32_t own_purpose(const struct certificate *c, const struct usage_rules *rules)
{
    struct reader r = reader_of(c->ext.purpose_list);

    while (r.left != 0) {
        ike2_bytes oid = ike2_der_oid(&r, DER_OID);

        for (size_t i = 0; i < rules->n_own; i++) {
            if (bytes_equal(rules->own[i], oid))
                return PURPOSE_OWN;
        }
    }
    return 0;
}

/* Whatever one certificate's purposes leave of what was allowed before. A CA that names purposes
 * vouches for no others below it. */
static uint32_t purposes_left(const struct certificate *c, bool is_end_entity,
                              const struct rules *rules, uint32_t before)
{
    uint32_t own = c->ext.purposes | own_purpose(c, &rules->usage);
    bool takes_any =
        is_end_entity ? (rules->usage.purposes & PURPOSE_ANY) != 0 : rules->usage.ca_any_purpose;

    if ((own & PURPOSE_ABSENT) != 0)
        return is_end_entity && (rules->usage.purposes & PURPOSE_ABSENT) == 0 ? 0 : before;
    return (own & PURPOSE_ANY) != 0 && takes_any ? before : before & own;
}

static bool purposes_are_good(const struct path *p, const struct rules *rules,
                              struct refusal *refusal)
{
    enum {
        REAL = PURPOSE_SERVER_AUTH | PURPOSE_CLIENT_AUTH | PURPOSE_IPSEC_IKE |
               PURPOSE_IKE_INTERMEDIATE | PURPOSE_OWN
    };
    uint32_t left = rules->usage.purposes & REAL;

    if ((p->certificates[0]->ext.purposes & rules->usage.refused) != 0)
        return ike2_x509_refuse(refusal, IKE2_X509_USAGE,
                                "usage: key for purposes that are refused: ", p->certificates[0],
                                0);
    for (size_t i = p->len; i-- > 0 && rules->usage.purposes != 0;) {
        const struct certificate *c = p->certificates[i];

        if (c->is_anchor && rules->free_anchor_limits && p->len > 1)
            continue;
        left = purposes_left(c, i == 0, rules, left);
        if (left == 0)
            return ike2_x509_refuse(
                refusal, IKE2_X509_USAGE,
                i == 0 ? "usage: key for other purposes: " : "usage: CA for other purposes: ", c,
                i);
    }
    return true;
}

bool ike2_x509_usage_is_good(const struct path *p, const struct rules *rules,
                             struct refusal *refusal)
{
    const struct certificate *end_entity = p->certificates[0];

    /* RFC 4945 5.1.3.2: digitalSignature or nonRepudiation, if there is the extension at all. */
    if (rules->usage.key_usage != 0 && end_entity->ext.has_usage &&
        (end_entity->ext.usage & rules->usage.key_usage) == 0)
        return ike2_x509_refuse(refusal, IKE2_X509_USAGE,
                                "usage: key not for signatures: ", end_entity, 0);
    if (rules->usage.end_entity_is_no_ca && end_entity->ext.is_ca)
        return ike2_x509_refuse(refusal, IKE2_X509_USAGE, "usage: it is a CA: ", end_entity, 0);
    for (size_t i = 1; i < p->len; i++) {
        const char *fault = ike2_x509_issuer_fault(p->certificates[i], rules);

        if (fault != NULL)
            return ike2_x509_refuse(refusal, IKE2_X509_USAGE, fault, p->certificates[i], i);
    }
    return lengths_are_good(p, rules, refusal) && purposes_are_good(p, rules, refusal);
}
