/* x509/scope.c - which CRL is about which certificate. RFC 5280 4.2.1.13, 5.2.5, 6.3.3. */
#include "x509/scope.h"

#include "base/bytes.h"
#include "x509/name.h"

enum { FULL_NAME = DER_CONSTRUCTED | 0, RELATIVE_NAME = DER_CONSTRUCTED | 1 };

struct crl_points ike2_x509_crl_points(const struct certificate *c)
{
    return (struct crl_points){ .rest = reader_of(c->ext.crl_points),
                                .is_implied = !ike2_x509_has(c, OID_CRL_POINTS) };
}

static bool read_point_name(struct reader *r, struct crl_point *out)
{
    struct reader field = ike2_der_enter(r, DER_CONSTRUCTED | 0);
    struct der choice = ike2_der_next(&field);

    out->name_tag = choice.tag;
    out->name = choice.value;
    return reader_end(&field) && (choice.tag == FULL_NAME || choice.tag == RELATIVE_NAME);
}

/* GeneralNames; RFC 5280 4.2.1.13: a directoryName, as in the CRL. */
static bool read_crl_issuer(struct reader *r, struct crl_point *out)
{
    struct reader names = ike2_der_enter(r, DER_CONSTRUCTED | 2);

    while (names.left != 0) {
        struct general_name name = ike2_x509_general_name(&names, false);

        if (name.tag == NAME_DIRECTORY && out->crl_issuer.len == 0)
            out->crl_issuer = name.value;
    }
    return reader_end(&names) && out->crl_issuer.len != 0;
}

bool ike2_x509_crl_point_next(struct crl_points *points, struct crl_point *out)
{
    struct reader r;
    bool good = true;

    *out = (struct crl_point){ .reasons = REASONS_ALL };
    if (points->is_implied) {
        points->is_implied = false;
        return true;
    }
    if (points->rest.failed || points->rest.left == 0)
        return false;
    r = ike2_der_enter(&points->rest, DER_SEQUENCE);
    if (ike2_der_peek(&r) == (DER_CONSTRUCTED | 0))
        good = read_point_name(&r, out);
    if (ike2_der_peek(&r) == (DER_CONTEXT | 1))
        out->reasons = ike2_der_named_bits(&r, DER_CONTEXT | 1) & REASONS_ALL;
    if (ike2_der_peek(&r) == (DER_CONSTRUCTED | 2))
        good = read_crl_issuer(&r, out) && good;
    out->is_malformed = !good || !reader_end(&r);
    return true;
}

/* Is `name` that of `issuer` with one RDN more, whose contents are `rdn`? */
static bool is_relative(ike2_bytes name, ike2_bytes issuer, ike2_bytes rdn)
{
    struct reader names = ike2_der_only(name, DER_SEQUENCE);
    struct reader base = ike2_der_only(issuer, DER_SEQUENCE);
    ike2_bytes last = { 0 };
    size_t n = 0, n_base = 0;

    for (; base.left != 0; n_base++)
        (void)ike2_der_read(&base, DER_SET);
    for (; names.left != 0; n++)
        last = ike2_der_read(&names, DER_SET);
    return n == n_base + 1 && reader_end(&names) && ike2_x509_name_is_below(name, issuer) &&
           ike2_x509_rdn_equal(last, rdn);
}

static bool general_name_equal(const struct general_name *a, const struct general_name *b)
{
    if (a->tag != b->tag)
        return false;
    return a->tag == NAME_DIRECTORY ? ike2_x509_name_equal(a->value, b->value)
                                    : bytes_equal(a->value, b->value);
}

/* One side of the comparison: GeneralNames, or an RDN below the issuer of the CRL. */
struct point_name {
    uint8_t tag;
    ike2_bytes octets;
};

static bool has_name(struct point_name list, const struct general_name *wanted, ike2_bytes issuer)
{
    struct reader r = reader_of(list.octets);

    if (list.tag == RELATIVE_NAME)
        return wanted->tag == NAME_DIRECTORY && is_relative(wanted->value, issuer, list.octets);
    while (r.left != 0 && list.tag == FULL_NAME) {
        struct general_name one = ike2_x509_general_name(&r, false);

        if (general_name_equal(&one, wanted))
            return true;
    }
    return false;
}

/* Have both a name in common? */
static bool have_common_name(struct point_name a, struct point_name b, ike2_bytes issuer)
{
    struct point_name full = a.tag == FULL_NAME ? a : b, other = a.tag == FULL_NAME ? b : a;
    struct reader r = reader_of(full.octets);

    if (full.tag == RELATIVE_NAME && other.tag == RELATIVE_NAME)
        return ike2_x509_rdn_equal(full.octets, other.octets);
    while (r.left != 0 && full.tag == FULL_NAME) {
        struct general_name one = ike2_x509_general_name(&r, false);

        if (!r.failed && has_name(other, &one, issuer))
            return true;
    }
    return false;
}

/* RFC 5280 6.3.3 (b) (2) (i) */
static bool names_fit(const struct crl *crl, const struct crl_point *point, ike2_bytes issuer)
{
    struct point_name theirs = { crl->point.point_tag, crl->point.point };
    struct point_name ours = { point->name_tag, point->name };
    struct general_name whole = { .tag = NAME_DIRECTORY, .value = issuer };

    if (theirs.tag == DER_NO_TAG)
        return true;
    if (ours.tag == DER_NO_TAG)
        return has_name(theirs, &whole, crl->issuer);
    return have_common_name(theirs, ours, crl->issuer);
}

bool ike2_x509_crl_covers(const struct crl *crl, const struct certificate *c,
                          const struct crl_point *point)
{
    bool is_foreign = point->crl_issuer.len != 0;
    ike2_bytes issuer = is_foreign ? point->crl_issuer : c->issuer;
    const struct issuing_point *p = &crl->point;

    if (point->is_malformed || !ike2_x509_name_equal(crl->issuer, issuer))
        return false;
    /* 6.3.3 (b) (1): somebody else's CRL has to say that it is about others. */
    if (is_foreign && !p->is_indirect)
        return false;
    if (!p->is_there)
        return true;
    /* Of a certificate without extensions nobody can say whether it is a CA's. */
    if ((p->only_users && (c->ext.is_ca || c->version < 3)) || (p->only_cas && !c->ext.is_ca) ||
        p->only_attributes)
        return false;
    return names_fit(crl, point, issuer);
}
