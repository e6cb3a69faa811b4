/* x509/check.c - one path, judged. RFC 5280 6.1. */
#include "x509/check.h"

#include "base/bytes.h"
#include "x509/constraints.h"
#include "x509/name.h"
#include "x509/policies.h"
#include "x509/usage.h"

static bool is_critical(const struct certificate *c, enum oid extension)
{
    return (c->ext.critical >> extension & 1) != 0;
}

static bool has_unknown_critical(const struct certificate *c)
{
    return c->ext.unknown_critical.len != 0 ||
           /* 4.2.1.4: qualifiers of critical policies are to be understood. */
           (c->ext.has_unknown_qualifier && is_critical(c, OID_POLICIES)) ||
           (is_critical(c, OID_APPLICATION_POLICIES) && !ike2_x509_has(c, OID_EXTENDED_KEY_USAGE));
}

/* RFC 5280 6.1.4 (o), 6.1.5 (f) */
static bool extensions_are_known(const struct path *p, const struct rules *rules,
                                 struct refusal *refusal)
{
    for (size_t i = p->len; i-- > 0;) {
        const struct certificate *c = p->certificates[i];

        if (i != 0 && c->is_anchor && rules->free_anchor_limits)
            continue;
        if (has_unknown_critical(c))
            return ike2_x509_refuse(refusal, IKE2_X509_MALFORMED,
                                    "malformed: unknown critical extension: ", c, i);
    }
    return true;
}

/* RFC 5280 6.1.3 (a) (2) */
static bool date_is_good(const struct certificate *c, size_t depth, const struct rules *rules,
                         struct refusal *refusal)
{
    if (rules->now < c->not_before) {
        (void)ike2_x509_refuse(refusal, IKE2_X509_NOT_YET_VALID, "not yet valid: ", c, depth);
        refusal->after = " from ";
        refusal->date = c->not_before;
        return ike2_x509_overruled(rules, refusal);
    }
    if (rules->now > c->not_after) {
        (void)ike2_x509_refuse(refusal, IKE2_X509_EXPIRED, "expired: ", c, depth);
        refusal->after = " until ";
        refusal->date = c->not_after;
        return ike2_x509_overruled(rules, refusal);
    }
    return true;
}

static bool dates_are_good(const struct path *p, const struct rules *rules, struct refusal *refusal)
{
    for (size_t i = 0; i < p->len; i++) {
        const struct certificate *c = p->certificates[i];

        if (!(c->is_anchor && rules->free_anchor_dates) && !date_is_good(c, i, rules, refusal))
            return false;
    }
    return true;
}

static bool serial_is_good(ike2_bytes serial)
{
    enum { SERIAL_MAX = 20 };
    bool is_zero = serial.len == 1 && serial.ptr[0] == 0;

    return serial.len <= SERIAL_MAX && serial.ptr[0] < 0x80 && !is_zero;
}

static const char *ca_fault(const struct certificate *c)
{
    if (c->ext.key_id.len == 0)
        return ": no subject key identifier"; /* 4.2.1.2 */
    if (!is_critical(c, OID_BASIC_CONSTRAINTS))
        return ": basic constraints are not critical"; /* 4.2.1.9 */
    return NULL;
}

static const char *end_entity_fault(const struct certificate *c)
{
    if (!c->ext.is_ca && c->ext.path_len.is_set)
        return ": a path length without a CA"; /* 4.2.1.9 */
    if (!c->ext.is_ca && (c->ext.usage & USAGE_CERT_SIGN) != 0)
        return ": it signs certificates without being a CA"; /* 4.2.1.3 */
    if (ike2_x509_name_is_empty(c->subject) && !is_critical(c, OID_SUBJECT_ALT_NAME))
        return ": no name at all is critical"; /* 4.1.2.6 */
    return NULL;
}

/* What RFC 5280 wants of a CA, or of a certificate, that is not wanted of who validates. */
static const char *profile_fault(const struct certificate *c, bool is_end_entity)
{
    if (!serial_is_good(c->serial))
        return ": serial number is not positive, or too long"; /* 4.1.2.2 */
    if (c->version < 3)
        return ": not of version 3"; /* 4.1.2.1 */
    if (c->ext.issuer_key_id.len == 0 && !ike2_x509_is_self_issued(c))
        return ": no authority key identifier"; /* 4.2.1.1 */
    if (is_critical(c, OID_AUTHORITY_KEY_ID) || is_critical(c, OID_SUBJECT_KEY_ID))
        return ": a key identifier is critical"; /* 4.2.1.1, 4.2.1.2 */
    if (ike2_x509_has(c, OID_POLICY_CONSTRAINTS) && !is_critical(c, OID_POLICY_CONSTRAINTS))
        return ": policy constraints are not critical"; /* 4.2.1.11 */
    return is_end_entity ? end_entity_fault(c) : ca_fault(c);
}

/* The baseline requirements of the web, 7.1; most of it is of no consequence here. */
static const char *web_fault(const struct certificate *c, bool is_end_entity)
{
    if (c->key.kind == KEY_RSA && c->key.bits % 8 != 0)
        return ": RSA key of an odd length";
    if (is_end_entity)
        return is_critical(c, OID_EXTENDED_KEY_USAGE) ? ": extended key usage is critical" : NULL;
    if (!c->is_anchor)
        return NULL;
    if (ike2_x509_has(c, OID_EXTENDED_KEY_USAGE))
        return ": extended key usage of an anchor";
    if (ike2_x509_has(c, OID_AUTHORITY_KEY_ID) &&
        (c->ext.names_issuer || !bytes_equal(c->ext.issuer_key_id, c->ext.key_id)))
        return ": authority key identifier of an anchor";
    return NULL;
}

/* What is never harmless. */
static const char *structure_fault(const struct certificate *c, bool is_end_entity)
{
    /* 4.2.1.10: only in a CA. */
    if (is_end_entity && !c->ext.is_ca && ike2_x509_has(c, OID_NAME_CONSTRAINTS))
        return ": name constraints in an end entity";
    /* 4.2.2.1: never critical. */
    if (is_critical(c, OID_AUTHORITY_ACCESS))
        return ": authority information access is critical";
    /* 4.1.2.6: who signs has a name. */
    if (!is_end_entity && ike2_x509_name_is_empty(c->subject))
        return ": a CA without a name";
    return NULL;
}

static bool profile_is_kept(const struct path *p, const struct rules *rules,
                            struct refusal *refusal)
{
    for (size_t i = p->len; i-- > 0;) {
        const struct certificate *c = p->certificates[i];
        const char *fault = structure_fault(c, i == 0);

        if (fault == NULL && rules->strict)
            fault = profile_fault(c, i == 0);
        if (fault == NULL && rules->web)
            fault = web_fault(c, i == 0);
        if (fault != NULL) {
            (void)ike2_x509_refuse(refusal, IKE2_X509_MALFORMED, "malformed: ", c, i);
            refusal->after = fault;
            return false;
        }
    }
    return true;
}

bool ike2_x509_path_is_good(const struct path *p, const struct rules *rules,
                            struct refusal *refusal)
{
    return extensions_are_known(p, rules, refusal) && dates_are_good(p, rules, refusal) &&
           ike2_x509_usage_is_good(p, rules, refusal) &&
           ike2_x509_names_are_permitted(p, rules, refusal) &&
           ike2_x509_policies_are_good(p, rules, refusal) && profile_is_kept(p, rules, refusal);
}
