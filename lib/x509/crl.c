/* x509/crl.c - one certificate revocation list, parsed once. RFC 5280 5. */
#include "x509/crl.h"

#include "base/bytes.h"
#include "x509/der.h"
#include "x509/extension.h"
#include "x509/name.h"
#include "x509/time.h"

/* --- Entries -------------------------------------------------------------------------- */

static bool is_reason(uint32_t reason)
{
    enum { UNUSED = 7, LAST = 10 };

    return reason <= LAST && reason != UNUSED;
}

static bool read_reason(ike2_bytes value, struct crl_entry *out)
{
    struct reader r = reader_of(value);
    uint32_t reason = ike2_der_uint(&r, DER_ENUMERATED);

    out->reason = (uint8_t)reason;
    return reader_end(&r) && is_reason(reason);
}

/* GeneralNames with one directoryName: RFC 5280 5.3.3 wants it to be the issuer's name. */
static bool read_issuer(ike2_bytes value, struct crl_entry *out)
{
    struct reader r = ike2_der_only(value, DER_SEQUENCE);

    while (r.left != 0) {
        struct general_name name = ike2_x509_general_name(&r, false);

        if (name.tag == NAME_DIRECTORY && out->issuer.len == 0)
            out->issuer = name.value;
    }
    return reader_end(&r) && out->issuer.len != 0;
}

static bool read_entry_extensions(struct reader *entry, struct crl_entry *out)
{
    struct reader r = ike2_der_enter(entry, DER_SEQUENCE);
    bool good = r.left != 0;

    while (r.left != 0 && good) {
        struct extension e = ike2_x509_extension(&r);

        if (e.oid == OID_CRL_REASON)
            good = read_reason(e.value, out);
        else if (e.oid == OID_CERTIFICATE_ISSUER)
            good = read_issuer(e.value, out);
        else
            out->has_unknown_critical = out->has_unknown_critical || e.is_critical;
    }
    return good && reader_end(&r);
}

static bool entry_next(struct reader *entries, uint8_t version, struct crl_entry *out)
{
    struct reader entry;

    if (entries->failed || entries->left == 0)
        return false;
    *out = (struct crl_entry){ .reason = REASON_UNSPECIFIED };
    entry = ike2_der_enter(entries, DER_SEQUENCE);
    out->serial = ike2_der_integer(&entry, DER_INTEGER);
    out->date = ike2_x509_time(&entry);
    if (entry.left != 0 && (version < 2 || !read_entry_extensions(&entry, out)))
        entry.failed = true;
    entries->failed = entries->failed || !reader_end(&entry);
    return !entries->failed;
}

bool ike2_x509_crl_find(const struct crl *crl, ike2_bytes issuer, ike2_bytes serial,
                        struct crl_entry *out)
{
    struct reader entries = reader_of(crl->entries);
    ike2_bytes current = crl->issuer; /* RFC 5280 5.3.3: of the entry before, if not said */
    struct crl_entry e;
    bool found = false;

    while (entry_next(&entries, crl->version, &e)) {
        if (e.issuer.len != 0)
            current = e.issuer;
        if (bytes_equal(e.serial, serial) && ike2_x509_name_equal(current, issuer)) {
            *out = e;
            found = true;
        }
    }
    return found;
}

static bool entries_are_well_formed(struct crl *crl)
{
    struct reader entries = reader_of(crl->entries);
    struct crl_entry e;

    while (entry_next(&entries, crl->version, &e)) {
        crl->has_unknown_critical = crl->has_unknown_critical || e.has_unknown_critical;
        /* RFC 5280 5.3.3: certificates of others only where the CRL says so. */
        if (e.issuer.len != 0 && !crl->point.is_indirect)
            return false;
    }
    return reader_end(&entries);
}

/* --- Extensions ----------------------------------------------------------------------- */

/* A flag, FALSE by default, which DER leaves out. */
static bool read_flag(struct reader *r, uint8_t tag)
{
    return ike2_der_peek(r) == tag && ike2_der_bool(r, tag);
}

static bool read_point(ike2_bytes value, struct crl *crl)
{
    struct issuing_point *p = &crl->point;
    struct reader r = ike2_der_only(value, DER_SEQUENCE);
    bool any = r.left != 0;

    *p = (struct issuing_point){ .is_there = true, .whole = value, .reasons = REASONS_ALL };
    if (ike2_der_peek(&r) == (DER_CONSTRUCTED | 0)) {
        struct reader name = ike2_der_enter(&r, DER_CONSTRUCTED | 0);
        struct der choice = ike2_der_next(&name);

        p->point = choice.value;
        p->point_tag = choice.tag;
        if (!reader_end(&name))
            return false;
    }
    p->only_users = read_flag(&r, DER_CONTEXT | 1);
    p->only_cas = read_flag(&r, DER_CONTEXT | 2);
    if (ike2_der_peek(&r) == (DER_CONTEXT | 3))
        p->reasons = ike2_der_named_bits(&r, DER_CONTEXT | 3) & REASONS_ALL;
    p->is_indirect = read_flag(&r, DER_CONTEXT | 4);
    p->only_attributes = read_flag(&r, DER_CONTEXT | 5);
    /* RFC 5280 5.2.5: not empty, and at most one of the three. */
    return any && reader_end(&r) &&
           (int)p->only_users + (int)p->only_cas + (int)p->only_attributes <= 1;
}

static ike2_bytes read_number(ike2_bytes value, bool *good)
{
    struct reader r = reader_of(value);
    ike2_bytes number = ike2_der_integer(&r, DER_INTEGER);

    *good = reader_end(&r) && number.ptr[0] < 0x80;
    return number;
}

static bool take(const struct extension *e, struct crl *out)
{
    struct extensions key_id = { 0 };
    bool good = true;

    switch (e->oid) {
    case OID_CRL_NUMBER: out->number = read_number(e->value, &good); return good;
    case OID_DELTA_CRL:
        out->base_number = read_number(e->value, &good);
        out->is_delta = true;
        return good;
    case OID_ISSUING_POINT: return read_point(e->value, out);
    case OID_AUTHORITY_KEY_ID:
        good = ike2_x509_authority_key_id(e->value, &key_id);
        out->issuer_key_id = key_id.issuer_key_id;
        return good;
    default: /* of many more identifiers than have a meaning in a CRL */
        out->has_unknown_critical = out->has_unknown_critical || e->is_critical;
        return true;
    }
}

static bool read_extensions(struct reader *tbs, struct crl *out)
{
    struct reader outer = ike2_der_enter(tbs, DER_CONSTRUCTED | 0);
    struct reader r = ike2_der_enter(&outer, DER_SEQUENCE);
    uint64_t seen = 0;
    bool good = reader_end(&outer) && r.left != 0 && out->version == 2;

    while (r.left != 0 && good) {
        struct extension e = ike2_x509_extension(&r);
        uint64_t bit = e.oid == OID_UNKNOWN ? 0 : (uint64_t)1 << e.oid;

        good = (seen & bit) == 0 && take(&e, out); /* 4.2: none twice */
        seen |= bit;
    }
    return good && reader_end(&r);
}

/* --- The list ------------------------------------------------------------------------- */

static bool is_time(uint8_t tag)
{
    return tag == DER_UTC_TIME || tag == DER_GENERALIZED_TIME;
}

/* INTEGER v2(1), or none for version 1. */
static uint8_t read_version(struct reader *tbs)
{
    if (ike2_der_peek(tbs) != DER_INTEGER)
        return 1;
    if (ike2_der_uint(tbs, DER_INTEGER) != 1)
        tbs->failed = true;
    return 2;
}

static bool read_updates(struct reader *tbs, struct crl *out)
{
    out->this_update = ike2_x509_time(tbs);
    out->has_next_update = is_time(ike2_der_peek(tbs));
    if (out->has_next_update)
        out->next_update = ike2_x509_time(tbs);
    return !tbs->failed;
}

/* RFC 5280 5.1.2.6: absent rather than empty. */
static bool read_entries(struct reader *tbs, struct crl *out)
{
    if (ike2_der_peek(tbs) != DER_SEQUENCE)
        return true;
    out->entries = ike2_der_read(tbs, DER_SEQUENCE);
    return out->entries.len != 0;
}

static const char *read_list(struct crl *out, ike2_bytes algorithm)
{
    struct reader tbs = ike2_der_only(out->seal.covered, DER_SEQUENCE);
    struct der inner, issuer;

    out->version = read_version(&tbs);
    inner = ike2_der_next(&tbs);
    /* RFC 5280 5.1.1.2 */
    if (!bytes_equal(algorithm, inner.whole))
        return "signature algorithms differ";
    issuer = ike2_der_next(&tbs);
    out->issuer = issuer.whole;
    if (!ike2_x509_name_is_well_formed(out->issuer) || ike2_x509_name_is_empty(out->issuer))
        return "issuer";
    if (!read_updates(&tbs, out))
        return "dates";
    if (!read_entries(&tbs, out))
        return "entries";
    if (tbs.left != 0 && !read_extensions(&tbs, out))
        return "extensions";
    if (!reader_end(&tbs))
        return "structure";
    return entries_are_well_formed(out) ? NULL : "entries";
}

const char *ike2_x509_crl(ike2_bytes der, struct crl *out)
{
    ike2_bytes algorithm;

    *out = (struct crl){ .der = der, .point = { .reasons = REASONS_ALL } };
    if (!ike2_x509_signed(der, &out->seal, &algorithm))
        return "outer structure";
    return read_list(out, algorithm);
}
