/* x509/extension.c - extensions of certificates. RFC 5280 4.2.
 *
 * All that are known are read here, once, critical or not: one that is malformed makes the
 * certificate malformed, because what it limits would be unknown. */
#include "x509/extension.h"

#include "base/bytes.h"
#include "x509/name.h"

struct extension ike2_x509_extension(struct reader *r)
{
    struct reader fields = ike2_der_enter(r, DER_SEQUENCE);
    struct extension out = { .type = ike2_der_oid(&fields, DER_OID) };

    if (ike2_der_peek(&fields) == DER_BOOLEAN)
        out.is_critical = ike2_der_bool(&fields, DER_BOOLEAN);
    out.value = ike2_der_read(&fields, DER_OCTET_STRING);
    out.oid = ike2_x509_oid(out.type);
    r->failed = r->failed || !reader_end(&fields);
    return out;
}

/* SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER OPTIONAL }. A cA of FALSE that is
 * written is no DER, but common. */
static bool basic_constraints(ike2_bytes value, struct extensions *out)
{
    struct reader r = ike2_der_only(value, DER_SEQUENCE);

    if (ike2_der_peek(&r) == DER_BOOLEAN)
        out->is_ca = ike2_der_bool(&r, DER_BOOLEAN);
    if (r.left != 0)
        out->path_len = (struct limit){ .is_set = true, .value = ike2_der_uint(&r, DER_INTEGER) };
    return reader_end(&r);
}

static bool key_usage(ike2_bytes value, struct extensions *out)
{
    struct reader r = reader_of(value);

    out->has_usage = true;
    out->usage = ike2_der_named_bits(&r, DER_BIT_STRING);
    return reader_end(&r) && out->usage != 0; /* 4.2.1.3: one bit at least */
}

static uint32_t purpose_of(enum oid oid)
{
    static const struct {
        enum oid oid;
        uint32_t purpose;
    } rows[] = {
        { OID_ANY_PURPOSE, PURPOSE_ANY },
        { OID_SERVER_AUTH, PURPOSE_SERVER_AUTH },
        { OID_CLIENT_AUTH, PURPOSE_CLIENT_AUTH },
        { OID_IPSEC_IKE, PURPOSE_IPSEC_IKE },
        { OID_IKE_INTERMEDIATE, PURPOSE_IKE_INTERMEDIATE },
        { OID_CODE_SIGNING, PURPOSE_OBJECTS },
        { OID_TIME_STAMPING, PURPOSE_OBJECTS },
        { OID_OCSP_SIGNING, PURPOSE_OBJECTS },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].oid == oid)
            return rows[i].purpose;
    }
    return PURPOSE_OTHER;
}

static bool extended_key_usage(ike2_bytes value, struct extensions *out)
{
    struct reader r = ike2_der_only(value, DER_SEQUENCE);

    out->purpose_list = (ike2_bytes){ .ptr = r.at, .len = r.left };
    out->purposes = 0;
    while (r.left != 0)
        out->purposes |= purpose_of(ike2_x509_oid(ike2_der_oid(&r, DER_OID)));
    return reader_end(&r) && out->purposes != 0;
}

static bool subject_key_id(ike2_bytes value, struct extensions *out)
{
    struct reader r = reader_of(value);

    out->key_id = ike2_der_read(&r, DER_OCTET_STRING);
    return reader_end(&r);
}

bool ike2_x509_authority_key_id(ike2_bytes value, struct extensions *out)
{
    enum { KEY_ID = DER_CONTEXT | 0, ISSUER = DER_CONSTRUCTED | 1, SERIAL = DER_CONTEXT | 2 };
    struct reader r = ike2_der_only(value, DER_SEQUENCE);
    bool has_issuer, has_serial;

    if (ike2_der_peek(&r) == KEY_ID)
        out->issuer_key_id = ike2_der_read(&r, KEY_ID);
    has_issuer = ike2_der_peek(&r) == ISSUER;
    if (has_issuer && !ike2_x509_general_names_are_well_formed(ike2_der_enter(&r, ISSUER)))
        return false;
    has_serial = ike2_der_peek(&r) == SERIAL;
    if (has_serial)
        (void)ike2_der_integer(&r, SERIAL);
    out->names_issuer = has_issuer;
    return reader_end(&r) && has_issuer == has_serial;
}

static bool alt_names(ike2_bytes value, struct extensions *out)
{
    struct reader r = ike2_der_only(value, DER_SEQUENCE);

    out->alt_names = (ike2_bytes){ .ptr = r.at, .len = r.left };
    return !r.failed && ike2_x509_general_names_are_well_formed(r);
}

/* SEQUENCE OF SEQUENCE { base, [0] minimum DEFAULT 0, [1] maximum }; 4.2.1.10: neither occurs. */
static bool subtrees_are_well_formed(struct reader trees)
{
    bool any = trees.left != 0;

    while (trees.left != 0) {
        struct reader tree = ike2_der_enter(&trees, DER_SEQUENCE);

        (void)ike2_x509_general_name(&tree, true);
        if (!reader_end(&tree))
            return false;
    }
    return any && reader_end(&trees);
}

static bool name_constraints(ike2_bytes value, struct extensions *out)
{
    struct reader r = ike2_der_only(value, DER_SEQUENCE);

    out->name_constraints = (ike2_bytes){ .ptr = r.at, .len = r.left };
    if (r.left == 0)
        return false; /* 4.2.1.10: not empty */
    for (unsigned n = 0; n <= 1; n++) {
        uint8_t tag = (uint8_t)(DER_CONSTRUCTED | n);

        if (ike2_der_peek(&r) == tag && !subtrees_are_well_formed(ike2_der_enter(&r, tag)))
            return false;
    }
    return reader_end(&r);
}

/* SEQUENCE OF SEQUENCE { policyQualifierId, qualifier ANY }: for people, so only their kind
 * matters, 4.2.1.4. */
static bool qualifiers(struct reader list, struct extensions *out)
{
    bool any = list.left != 0;

    while (list.left != 0) {
        struct reader r = ike2_der_enter(&list, DER_SEQUENCE);
        enum oid kind = ike2_x509_oid(ike2_der_oid(&r, DER_OID));

        (void)ike2_der_next(&r);
        if (!reader_end(&r))
            return false;
        if (kind != OID_POLICY_CPS && kind != OID_POLICY_NOTICE)
            out->has_unknown_qualifier = true;
    }
    return any && reader_end(&list);
}

/* SEQUENCE OF SEQUENCE { policyIdentifier, policyQualifiers SEQUENCE OF ... OPTIONAL } */
static bool policies(ike2_bytes value, struct extensions *out)
{
    struct reader r = ike2_der_only(value, DER_SEQUENCE);
    bool any = r.left != 0;

    out->policies = (ike2_bytes){ .ptr = r.at, .len = r.left };
    while (r.left != 0) {
        struct reader policy = ike2_der_enter(&r, DER_SEQUENCE);

        (void)ike2_der_oid(&policy, DER_OID);
        if (policy.left != 0 && !qualifiers(ike2_der_enter(&policy, DER_SEQUENCE), out))
            return false;
        if (!reader_end(&policy))
            return false;
    }
    return any && reader_end(&r);
}

static bool mappings(ike2_bytes value, struct extensions *out)
{
    struct reader r = ike2_der_only(value, DER_SEQUENCE);
    bool any = r.left != 0;

    out->mappings = (ike2_bytes){ .ptr = r.at, .len = r.left };
    while (r.left != 0) {
        struct reader pair = ike2_der_enter(&r, DER_SEQUENCE);

        (void)ike2_der_oid(&pair, DER_OID);
        (void)ike2_der_oid(&pair, DER_OID);
        if (!reader_end(&pair))
            return false;
    }
    return any && reader_end(&r);
}

static struct limit read_limit(struct reader *r, uint8_t tag)
{
    if (ike2_der_peek(r) != tag)
        return (struct limit){ 0 };
    return (struct limit){ .is_set = true, .value = ike2_der_uint(r, tag) };
}

static bool policy_constraints(ike2_bytes value, struct extensions *out)
{
    struct reader r = ike2_der_only(value, DER_SEQUENCE);
    bool any = r.left != 0;

    out->limits.explicit_policy = read_limit(&r, DER_CONTEXT | 0);
    out->limits.inhibit_mapping = read_limit(&r, DER_CONTEXT | 1);
    return any && reader_end(&r);
}

static bool inhibit_any(ike2_bytes value, struct extensions *out)
{
    struct reader r = reader_of(value);

    out->limits.inhibit_any =
        (struct limit){ .is_set = true, .value = ike2_der_uint(&r, DER_INTEGER) };
    return reader_end(&r);
}

/* Points are read where revocation is looked up. */
static bool crl_points(ike2_bytes value, struct extensions *out)
{
    struct reader r = ike2_der_only(value, DER_SEQUENCE);
    bool any = r.left != 0;

    out->crl_points = (ike2_bytes){ .ptr = r.at, .len = r.left };
    while (r.left != 0)
        (void)ike2_der_read(&r, DER_SEQUENCE);
    return any && reader_end(&r);
}

static bool freshest_crl(ike2_bytes value, struct extensions *out)
{
    struct extensions unused;

    (void)out;
    return crl_points(value, &unused);
}

/* SEQUENCE OF SEQUENCE { accessMethod, accessLocation GeneralName }, 4.2.2.1; for others to use. */
static bool authority_access(ike2_bytes value, struct extensions *out)
{
    struct reader r = ike2_der_only(value, DER_SEQUENCE);
    bool any = r.left != 0;

    (void)out;
    while (r.left != 0) {
        struct reader one = ike2_der_enter(&r, DER_SEQUENCE);

        (void)ike2_der_oid(&one, DER_OID);
        (void)ike2_x509_general_name(&one, false);
        if (!reader_end(&one))
            return false;
    }
    return any && reader_end(&r);
}

/* What Windows has beside extended key usage. Where both are, the purposes decide, whatever is in
 * here; alone and critical it is not understood. */
static bool application_policies(ike2_bytes value, struct extensions *out)
{
    (void)value;
    (void)out;
    return true;
}

typedef bool extension_reader(ike2_bytes value, struct extensions *out);

/* What is not here is not known in a certificate. */
static const struct {
    extension_reader *read;
    const char *fault;
} readers[] = {
    [OID_SUBJECT_KEY_ID] = { subject_key_id, "subject key identifier" },
    [OID_KEY_USAGE] = { key_usage, "key usage" },
    [OID_SUBJECT_ALT_NAME] = { alt_names, "alternative names" },
    [OID_BASIC_CONSTRAINTS] = { basic_constraints, "basic constraints" },
    [OID_NAME_CONSTRAINTS] = { name_constraints, "name constraints" },
    [OID_CRL_POINTS] = { crl_points, "CRL distribution points" },
    [OID_POLICIES] = { policies, "policies" },
    [OID_POLICY_MAPPINGS] = { mappings, "policy mappings" },
    [OID_AUTHORITY_KEY_ID] = { ike2_x509_authority_key_id, "authority key identifier" },
    [OID_POLICY_CONSTRAINTS] = { policy_constraints, "policy constraints" },
    [OID_EXTENDED_KEY_USAGE] = { extended_key_usage, "extended key usage" },
    [OID_FRESHEST_CRL] = { freshest_crl, "freshest CRL" },
    [OID_AUTHORITY_ACCESS] = { authority_access, "authority information access" },
    [OID_APPLICATION_POLICIES] = { application_policies, "application policies" },
    [OID_INHIBIT_ANY_POLICY] = { inhibit_any, "inhibit anyPolicy" },
};
enum { N_READERS = sizeof readers / sizeof readers[0], EXTENSIONS_MAX = 64 };

/* RFC 5280 4.2: none twice; of those that nobody knows, too. */
static bool is_repeated(struct reader rest, ike2_bytes type)
{
    while (rest.left != 0) {
        ike2_bytes other = ike2_x509_extension(&rest).type;

        if (bytes_equal(other, type))
            return true;
    }
    return false;
}

static const char *take(const struct extension *e, struct extensions *out)
{
    uint32_t bit = e->oid < 32 ? (uint32_t)1 << e->oid : 0;

    if (e->oid == OID_UNKNOWN || (size_t)e->oid >= N_READERS || readers[e->oid].read == NULL) {
        if (e->is_critical)
            out->unknown_critical = e->type;
        return NULL;
    }
    out->present |= bit;
    out->critical |= e->is_critical ? bit : 0;
    return readers[e->oid].read(e->value, out) ? NULL : readers[e->oid].fault;
}

const char *ike2_x509_extensions(ike2_bytes octets, struct extensions *out)
{
    struct reader r = ike2_der_only(octets, DER_SEQUENCE);
    const char *fault = NULL; /* mbedTLS writes an empty list where there is none */

    for (unsigned n = 0; r.left != 0 && fault == NULL; n++) {
        struct extension e = ike2_x509_extension(&r);

        if (r.failed || n >= EXTENSIONS_MAX)
            return "extensions";
        fault = is_repeated(r, e.type) ? "an extension occurs twice" : take(&e, out);
    }
    return fault != NULL || reader_end(&r) ? fault : "extensions";
}
