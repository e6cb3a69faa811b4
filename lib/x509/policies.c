/* x509/policies.c - certificate policies along a path. RFC 5280 6.1.2 to 6.1.5, RFC 9618.
 *
 * The tree of RFC 5280 can grow exponentially (RFC 9618 1). All that is ever asked of it is which
 * policies hold at its deepest level, and under which names the topmost domain knows them. So only
 * one level is kept: each policy that is expected next, with the set of its roots, the policies
 * below anyPolicy that it comes from. Work and room are bounded by POLICIES_MAX. */
#include "x509/policies.h"

#include "base/bytes.h"
#include "x509/der.h"

enum { POLICIES_MAX = 64 };

struct node {
    ike2_bytes policy;
    uint64_t roots; /* a bit by its index in struct state */
};

/* The policies of one level that are not anyPolicy. */
struct level {
    struct node nodes[POLICIES_MAX];
    size_t n;
    bool has_any;
};

struct state {
    struct level now;
    ike2_bytes roots[POLICIES_MAX];
    size_t n_roots;
    bool overflow;
    /* RFC 5280 6.1.2 (d) to (f) */
    size_t explicit_policy, policy_mapping, inhibit_any;
};

static const struct node *find(const struct level *l, ike2_bytes policy)
{
    for (size_t i = 0; i < l->n; i++) {
        if (bytes_equal(l->nodes[i].policy, policy))
            return &l->nodes[i];
    }
    return NULL;
}

static void add(struct state *s, struct level *l, ike2_bytes policy, uint64_t roots)
{
    for (size_t i = 0; i < l->n; i++) {
        if (bytes_equal(l->nodes[i].policy, policy)) {
            l->nodes[i].roots |= roots;
            return;
        }
    }
    if (l->n == POLICIES_MAX)
        s->overflow = true;
    else
        l->nodes[l->n++] = (struct node){ .policy = policy, .roots = roots };
}

/* The bit of a root of that name. */
static uint64_t root_of(struct state *s, ike2_bytes policy)
{
    for (size_t i = 0; i < s->n_roots; i++) {
        if (bytes_equal(s->roots[i], policy))
            return (uint64_t)1 << i;
    }
    if (s->n_roots == POLICIES_MAX) {
        s->overflow = true;
        return 0;
    }
    s->roots[s->n_roots] = policy;
    return (uint64_t)1 << s->n_roots++;
}

static bool is_any(ike2_bytes policy)
{
    return bytes_equal(policy, ike2_x509_oid_value(OID_ANY_POLICY));
}

/* RFC 5280 6.1.3 (d) (1) */
static bool take_policies(struct state *s, const struct certificate *c, struct level *next)
{
    struct reader r = reader_of(c->ext.policies);
    bool has_any = false;

    while (r.left != 0) {
        struct reader info = ike2_der_enter(&r, DER_SEQUENCE);
        ike2_bytes policy = ike2_der_oid(&info, DER_OID);
        const struct node *parent = find(&s->now, policy);

        if (is_any(policy))
            has_any = true;
        else if (parent != NULL)
            add(s, next, policy, parent->roots);
        else if (s->now.has_any)
            add(s, next, policy, root_of(s, policy));
    }
    return has_any;
}

/* RFC 5280 6.1.3 (d) (2): anyPolicy carries on what is expected and not yet there. */
static void carry_on(const struct level *before, struct level *next, struct state *s)
{
    for (size_t i = 0; i < before->n; i++) {
        if (find(next, before->nodes[i].policy) == NULL)
            add(s, next, before->nodes[i].policy, before->nodes[i].roots);
    }
    next->has_any = before->has_any;
}

struct mapping {
    ike2_bytes issuer, subject;
};

static struct mapping mapping_next(struct reader *r)
{
    struct reader pair = ike2_der_enter(r, DER_SEQUENCE);
    struct mapping out;

    out.issuer = ike2_der_oid(&pair, DER_OID);
    out.subject = ike2_der_oid(&pair, DER_OID);
    return out;
}

static bool is_mapped(const struct certificate *c, ike2_bytes policy)
{
    struct reader r = reader_of(c->ext.mappings);

    while (r.left != 0) {
        if (bytes_equal(mapping_next(&r).issuer, policy))
            return true;
    }
    return false;
}

/* RFC 5280 6.1.4 (a), (b). False if anyPolicy is mapped. */
static bool map_policies(struct state *s, const struct certificate *c)
{
    struct reader r = reader_of(c->ext.mappings);
    struct level out = { .has_any = s->now.has_any };

    for (size_t i = 0; i < s->now.n; i++) {
        if (!is_mapped(c, s->now.nodes[i].policy))
            add(s, &out, s->now.nodes[i].policy, s->now.nodes[i].roots);
    }
    while (r.left != 0) {
        struct mapping m = mapping_next(&r);
        const struct node *known = find(&s->now, m.issuer);

        if (is_any(m.issuer) || is_any(m.subject))
            return false;
        if (s->policy_mapping == 0)
            continue; /* (b) (2): it is gone */
        if (known != NULL)
            add(s, &out, m.subject, known->roots);
        else if (s->now.has_any)
            add(s, &out, m.subject, root_of(s, m.issuer));
    }
    s->now = out;
    return true;
}

static void tighten(size_t *counter, struct limit limit)
{
    if (limit.is_set && limit.value < *counter)
        *counter = limit.value;
}

static void count_down(size_t *counter)
{
    *counter -= *counter != 0;
}

static bool is_empty(const struct level *l)
{
    return l->n == 0 && !l->has_any;
}

/* RFC 5280 6.1.3 (d) to (f) */
static bool enter_certificate(struct state *s, const struct certificate *c, bool is_last)
{
    struct level next = { 0 };
    bool has_any = take_policies(s, c, &next);

    if (has_any && (s->inhibit_any > 0 || (!is_last && ike2_x509_is_self_issued(c))))
        carry_on(&s->now, &next, s);
    s->now = next;
    return s->explicit_policy > 0 || !is_empty(&s->now);
}

/* RFC 5280 6.1.4 (a), (b), (h) to (j) */
static bool leave_certificate(struct state *s, const struct certificate *c)
{
    if (ike2_x509_has(c, OID_POLICY_MAPPINGS) && !map_policies(s, c))
        return false;
    if (!ike2_x509_is_self_issued(c)) {
        count_down(&s->explicit_policy);
        count_down(&s->policy_mapping);
        count_down(&s->inhibit_any);
    }
    tighten(&s->explicit_policy, c->ext.limits.explicit_policy);
    tighten(&s->policy_mapping, c->ext.limits.inhibit_mapping);
    tighten(&s->inhibit_any, c->ext.limits.inhibit_any);
    return true;
}

static bool is_accepted(const struct state *s, const struct policy_rules *rules)
{
    uint64_t roots = 0;

    if (rules->n_accepted == 0 || s->now.has_any)
        return !is_empty(&s->now);
    for (size_t i = 0; i < s->now.n; i++)
        roots |= s->now.nodes[i].roots;
    for (size_t i = 0; i < s->n_roots; i++) {
        for (size_t j = 0; j < rules->n_accepted; j++) {
            if ((roots >> i & 1) != 0 && bytes_equal(s->roots[i], rules->accepted[j]))
                return true;
        }
    }
    return false;
}

static void begin(struct state *s, const struct path *p, const struct rules *rules)
{
    const struct certificate *anchor = p->certificates[p->len - 1];

    /* Counters start beyond the path, 6.1.2 (d) to (f). */
    s->explicit_policy = rules->policy.is_explicit ? 0 : p->len + 1;
    s->policy_mapping = rules->policy.inhibit_mapping ? 0 : p->len + 1;
    s->inhibit_any = rules->policy.inhibit_any ? 0 : p->len + 1;
    s->now.has_any = true;
    if (rules->free_anchor_limits || anchor->version < 3 || p->len == 1)
        return;
    /* An anchor's own policies and limits, as if it were a certificate of the path, RFC 5937 3.2;
     * one that names no policies allows all. */
    if (ike2_x509_has(anchor, OID_POLICIES))
        (void)enter_certificate(s, anchor, false);
    if (!leave_certificate(s, anchor))
        s->now = (struct level){ 0 };
}

bool ike2_x509_policies_are_good(const struct path *p, const struct rules *rules,
                                 struct refusal *refusal)
{
    struct state s = { 0 };

    begin(&s, p, rules);
    for (size_t i = p->len - 1; i-- > 0;) {
        const struct certificate *c = p->certificates[i];

        if (!enter_certificate(&s, c, i == 0) || (i != 0 && !leave_certificate(&s, c)))
            return ike2_x509_refuse(refusal, IKE2_X509_POLICY, "policy: none is valid: ", c, i);
        if (s.overflow)
            return ike2_x509_refuse(refusal, IKE2_X509_LIMIT, "too many certificate policies: ", c,
                                    i);
    }
    /* RFC 5280 6.1.5 (a), (b), (g) */
    count_down(&s.explicit_policy);
    tighten(&s.explicit_policy, p->certificates[0]->ext.limits.explicit_policy.value == 0
                                    ? p->certificates[0]->ext.limits.explicit_policy
                                    : (struct limit){ 0 });
    if (s.explicit_policy > 0 || is_accepted(&s, &rules->policy))
        return true;
    return ike2_x509_refuse(refusal, IKE2_X509_POLICY,
                            "policy: none is accepted: ", p->certificates[0], 0);
}
