/* x509/revocation.c - is a certificate of a path revoked? RFC 5280 6.3.3.
 *
 * A CRL counts if its signer is a certificate of the path above the one in question, or another
 * one that a certificate of the path vouches for. Those others are found first, and their own
 * status is then judged with signers of the path alone: so nothing here goes round in circles. */
#include "x509/revocation.h"

#include "base/bytes.h"
#include "x509/check.h"
#include "x509/name.h"
#include "x509/scope.h"
#include "x509/usage.h"

/* Others than those of the path; distribution points of one certificate that are looked at. */
enum { SIGNERS_MAX = 16, POINTS_MAX = 16 };

/* Who may sign CRLs for certificates of a path below `at`. */
struct signer {
    const struct certificate *certificate;
    size_t at;
};

struct lookup {
    const struct revocation *r;
    const struct path *path;
    struct signer signers[PATH_MAX + SIGNERS_MAX];
    size_t n_signers;
    /* Why the status of the certificate at hand is not known, in constant words. */
    const char *obstacle;
    int64_t obstacle_date;
};

/* What was learnt of one certificate. */
struct finding {
    uint32_t reasons; /* that it is known not to be revoked for */
    bool is_revoked;
    uint8_t reason;
    int64_t date;
};

static void obstacle(struct lookup *l, const char *words, int64_t date)
{
    l->obstacle = words;
    l->obstacle_date = date;
}

/* RFC 5280 6.3.3 (f): key usage is about CRLs. Without the extension, a CA may. */
static bool may_sign_crls(const struct certificate *c)
{
    if (c->ext.has_usage)
        return (c->ext.usage & USAGE_CRL_SIGN) != 0;
    return c->ext.is_ca || c->is_anchor;
}

/* RFC 5280 6.3.3 (f), (g) */
static const struct signer *signer_of(const struct lookup *l, const struct crl *crl, size_t below)
{
    for (size_t i = 0; i < l->n_signers; i++) {
        const struct signer *s = &l->signers[i];

        if (s->at > below && ike2_x509_name_equal(s->certificate->subject, crl->issuer) &&
            ike2_x509_has_signed(l->r->signatures, l->r->rules, s->certificate->spki, &crl->seal))
            return s;
    }
    return NULL;
}

/* The last second at which it counts, if it has an end. */
static int64_t end_of(const struct crl *crl, const struct rules *rules)
{
    int64_t end = crl->has_next_update ? crl->next_update : INT64_MAX;

    if (rules->max_crl_age != 0 && crl->this_update + rules->max_crl_age < end)
        end = crl->this_update + rules->max_crl_age;
    return end == INT64_MAX ? crl->this_update : end;
}

/* RFC 5280 6.3.3 (a), (c) */
static bool is_current(const struct crl *crl, const struct rules *rules)
{
    return (crl->has_next_update || rules->max_crl_age != 0) && rules->now >= crl->this_update &&
           rules->now <= end_of(crl, rules);
}

/* Numbers are not negative, and minimal. */
static int compare_numbers(ike2_bytes a, ike2_bytes b)
{
    if (a.len != b.len)
        return a.len < b.len ? -1 : 1;
    return a.len == 0 ? 0 : memcmp(a.ptr, b.ptr, a.len);
}

/* Does `delta` say what has happened since `base`? RFC 5280 5.2.4, 6.3.3 (c). */
static bool is_delta_of(const struct crl *delta, const struct crl *base)
{
    return delta->is_delta && !delta->has_unknown_critical && base->number.len != 0 &&
           delta->number.len != 0 && ike2_x509_name_equal(delta->issuer, base->issuer) &&
           bytes_equal(delta->point.whole, base->point.whole) &&
           bytes_equal(delta->issuer_key_id, base->issuer_key_id) &&
           compare_numbers(delta->base_number, base->number) <= 0 &&
           compare_numbers(delta->number, base->number) > 0;
}

/* The newest delta that goes with `base`, signed by the same one; or NULL. */
static const struct crl *delta_of(const struct lookup *l, const struct crl *base,
                                  const struct signer *signer)
{
    const struct crl *found = NULL;

    for (size_t i = 0; i < l->r->n_crls; i++) {
        const struct crl *d = &l->r->crls[i];

        if (!is_delta_of(d, base) || !is_current(d, l->r->rules) ||
            (found != NULL && compare_numbers(d->number, found->number) <= 0))
            continue;
        if (ike2_x509_has_signed(l->r->signatures, l->r->rules, signer->certificate->spki,
                                 &d->seal))
            found = d;
    }
    return found;
}

static void look_up(const struct crl *base, const struct crl *delta, const struct certificate *c,
                    struct finding *out)
{
    struct crl_entry e;
    bool listed = ike2_x509_crl_find(base, c->issuer, c->serial, &e) && e.reason != REASON_REMOVE;

    if (delta != NULL) {
        struct crl_entry newer;

        if (ike2_x509_crl_find(delta, c->issuer, c->serial, &newer)) {
            listed = newer.reason != REASON_REMOVE;
            e = newer;
        }
    }
    if (!listed || out->is_revoked)
        return;
    out->is_revoked = true;
    out->reason = e.reason;
    out->date = e.date;
}

/* What one CRL says about the certificate at `i`, as far as the point goes. */
static void consult(struct lookup *l, const struct crl *crl, size_t i,
                    const struct crl_point *point, struct finding *out)
{
    const struct certificate *c = l->path->certificates[i];
    uint32_t reasons = point->reasons & crl->point.reasons;
    const struct signer *signer;
    const struct crl *delta;

    if (crl->is_delta || !ike2_x509_crl_covers(crl, c, point))
        return;
    if (crl->point.is_indirect && !l->r->rules->indirect_crls) {
        obstacle(l, "indirect CRL: ", 0);
        return;
    }
    if (crl->has_unknown_critical) {
        obstacle(l, "CRL with an unknown critical extension: ", 0);
        return;
    }
    signer = signer_of(l, crl, i);
    if (signer == NULL) {
        obstacle(l, "CRL not signed by who is said to be its issuer: ", 0);
        return;
    }
    delta = delta_of(l, crl, signer);
    look_up(crl, delta, c, out);
    /* What is revoked stays so, however old the list is; who is not on it may be by now. */
    if (is_current(crl, l->r->rules))
        out->reasons |= reasons;
    else if (l->r->rules->now < crl->this_update)
        obstacle(l, "CRL is not yet valid: ", 0);
    else
        obstacle(l, "CRL is stale: ", end_of(crl, l->r->rules));
}

static enum status status_of(struct lookup *l, size_t i, struct finding *out)
{
    struct crl_points points = ike2_x509_crl_points(l->path->certificates[i]);
    struct crl_point point;

    *out = (struct finding){ 0 };
    obstacle(l, "no CRL about ", 0);
    for (size_t n = 0; n < POINTS_MAX && ike2_x509_crl_point_next(&points, &point); n++) {
        for (size_t k = 0; k < l->r->n_crls; k++)
            consult(l, &l->r->crls[k], i, &point, out);
    }
    if (out->is_revoked)
        return STATUS_REVOKED;
    if ((out->reasons & REASONS_ALL) == REASONS_ALL)
        return STATUS_GOOD;
    if (out->reasons != 0)
        obstacle(l, "no CRL for all reasons about ", 0);
    return STATUS_UNKNOWN;
}

static void add_signer(struct lookup *l, const struct certificate *c, size_t at)
{
    if (l->n_signers < sizeof l->signers / sizeof l->signers[0])
        l->signers[l->n_signers++] = (struct signer){ .certificate = c, .at = at };
}

static void add_signers_of_path(struct lookup *l)
{
    for (size_t i = 1; i < l->path->len; i++) {
        if (may_sign_crls(l->path->certificates[i]))
            add_signer(l, l->path->certificates[i], i);
    }
}

static bool is_issuer_of_a_crl(const struct revocation *r, const struct certificate *c)
{
    for (size_t i = 0; i < r->n_crls; i++) {
        if (ike2_x509_name_equal(r->crls[i].issuer, c->subject))
            return true;
    }
    return false;
}

static bool is_on_path(const struct path *p, const struct certificate *c)
{
    for (size_t i = 0; i < p->len; i++) {
        if (p->certificates[i] == c)
            return true;
    }
    return false;
}

/* `c` in front of the path from `at` on, which is 1 at least. */
static struct path branch(const struct path *p, const struct certificate *c, size_t at)
{
    struct path out = { .len = p->len - at + 1, .certificates = { c } };

    for (size_t i = at; i < p->len; i++)
        out.certificates[i - at + 1] = p->certificates[i];
    return out;
}

/* Does the path at `at` vouch for `c`, and is `c` not revoked, as far as has to be known? */
static bool is_vouched_for(const struct revocation *r, const struct path *p,
                           const struct certificate *c, size_t at)
{
    struct rules rules = *r->rules;
    struct revocation own = *r;
    struct lookup l = { .r = &own };
    struct refusal unused;
    struct finding f;
    const struct path q = branch(p, c, at);
    enum status status;

    rules.usage = (struct usage_rules){ .ca_any_purpose = true };
    own.rules = &rules;
    if (!ike2_x509_name_equal(p->certificates[at]->subject, c->issuer) ||
        !ike2_x509_path_is_signed(r->signatures, &q, &rules, &unused) ||
        !ike2_x509_path_is_good(&q, &rules, &unused))
        return false;
    l.path = &q;
    add_signers_of_path(&l);
    status = status_of(&l, 0, &f);
    return status == STATUS_GOOD ||
           (status == STATUS_UNKNOWN && rules.revocation != REVOCATION_HARD);
}

/* RFC 5280 5: CAs with keys of their own for CRLs, and issuers of CRLs that are no CAs. */
static void add_other_signers(struct lookup *l)
{
    const struct pool *pool = l->r->pool;
    const struct path *p = l->path;

    for (size_t i = 0; i < pool->n && l->n_signers < SIGNERS_MAX; i++) {
        const struct certificate *c = &pool->certificates[i];

        if (!may_sign_crls(c) || is_on_path(p, c) || !is_issuer_of_a_crl(l->r, c))
            continue;
        for (size_t at = 1; at < p->len; at++) {
            if (is_vouched_for(l->r, p, c, at)) {
                add_signer(l, c, at);
                break;
            }
        }
    }
}

static const char *reason_words(uint8_t reason)
{
    static const char *const words[] = {
        [0] = "revoked: ",
        [1] = "revoked (key compromise): ",
        [2] = "revoked (CA compromise): ",
        [3] = "revoked (affiliation changed): ",
        [4] = "revoked (superseded): ",
        [5] = "revoked (cessation of operation): ",
        [6] = "revoked (on hold): ",
        [9] = "revoked (privilege withdrawn): ",
        [10] = "revoked (AA compromise): ",
    };
    const char *found = reason < sizeof words / sizeof words[0] ? words[reason] : NULL;

    return found != NULL ? found : words[0];
}

static enum status judge(struct lookup *l, size_t i, struct refusal *refusal)
{
    const struct certificate *c = l->path->certificates[i];
    struct finding f;
    enum status status = status_of(l, i, &f);

    switch (status) {
    case STATUS_REVOKED:
        (void)ike2_x509_refuse(refusal, IKE2_X509_REVOKED, reason_words(f.reason), c, i);
        refusal->after = " since ";
        refusal->date = f.date;
        break;
    case STATUS_UNKNOWN:
        (void)ike2_x509_refuse(refusal, IKE2_X509_NO_CRL, l->obstacle, c, i);
        refusal->after = l->obstacle_date != 0 ? " since " : NULL;
        refusal->date = l->obstacle_date;
        break;
    case STATUS_GOOD: break;
    }
    return status;
}

static struct lookup lookup_of(const struct revocation *r, const struct path *p)
{
    struct lookup l = { .r = r, .path = p };

    add_signers_of_path(&l);
    add_other_signers(&l);
    return l;
}

/* A status that is not known. */
static bool is_passed_over(const struct rules *rules, const struct refusal *refusal)
{
    if (rules->unknown != NULL)
        rules->unknown(rules->user, refusal);
    return rules->revocation != REVOCATION_HARD || ike2_x509_overruled(rules, refusal);
}

bool ike2_x509_path_is_not_revoked(void *user, const struct path *p, struct refusal *refusal)
{
    const struct revocation *r = user;
    bool good = true;
    struct lookup l;

    if (r->rules->revocation == REVOCATION_OFF || p->len == 1)
        return true;
    l = lookup_of(r, p);
    for (size_t i = p->len - 1; i-- > 0;) {
        struct refusal found;
        enum status status = judge(&l, i, &found);

        if (status == STATUS_REVOKED) {
            *refusal = found;
            return false;
        }
        if (status == STATUS_UNKNOWN && !is_passed_over(r->rules, &found) && good) {
            *refusal = found;
            good = false;
        }
    }
    return good;
}

enum status ike2_x509_status(const struct revocation *r, const struct path *p,
                             struct refusal *refusal)
{
    struct lookup l = lookup_of(r, p);

    return judge(&l, 0, refusal);
}
