/* x509/search.c - paths from an end entity to an anchor. RFC 5280 6.1, RFC 4158 3. */
#include "x509/search.h"

#include "base/bytes.h"
#include "x509/check.h"
#include "x509/name.h"
#include "x509/usage.h"

/* Issuers that are tried, in all. */
enum { STEPS_MAX = 512 };

/* How near to a path an attempt has come. */
enum rank {
    RANK_NONE,
    RANK_NO_ISSUER,
    RANK_NO_CA,
    RANK_TOO_LONG,
    RANK_SIGNATURE,
    RANK_EFFORT,
    RANK_CHECKED
};

/* RFC 4158 3.5.12, 3.5.13: key identifiers are hints, so those that differ come last. */
enum likelihood { LIKELY_ANCHOR, LIKELY, POSSIBLE, UNLIKELY, N_LIKELIHOODS };

struct walk {
    const struct search *s;
    struct path path;
    size_t next[PATH_MAX]; /* candidates that have been tried, for each of the path */
    bool has_issuer[PATH_MAX];
    size_t steps;
    enum rank rank;
    struct refusal *refusal;
};

static enum likelihood likelihood_of(const struct certificate *issuer,
                                     const struct certificate *child)
{
    bool both = issuer->ext.key_id.len != 0 && child->ext.issuer_key_id.len != 0;
    bool same = bytes_equal(issuer->ext.key_id, child->ext.issuer_key_id);

    if (both && !same)
        return UNLIKELY;
    if (issuer->is_anchor)
        return LIKELY_ANCHOR;
    return both ? LIKELY : POSSIBLE;
}

/* Of equals: the issuer that is missing farthest from the end entity, the signature that is wrong
 * nearest to it, or else the first. */
static bool tells_more(const struct walk *w, enum rank rank, size_t depth)
{
    if (rank != w->rank)
        return rank > w->rank;
    return (rank == RANK_NO_ISSUER && depth > w->refusal->depth) ||
           (rank == RANK_SIGNATURE && depth < w->refusal->depth);
}

static void note(struct walk *w, enum rank rank, struct refusal refusal)
{
    if (!tells_more(w, rank, refusal.depth))
        return;
    w->rank = rank;
    *w->refusal = refusal;
}

static const struct certificate *top_of(const struct walk *w)
{
    return w->path.certificates[w->path.len - 1];
}

static void note_top(struct walk *w, enum rank rank, uint32_t reason, const char *words)
{
    struct refusal r;

    (void)ike2_x509_refuse(&r, reason, words, top_of(w), w->path.len - 1);
    note(w, rank, r);
}

/* The same one, or another certificate for the same name and key: RFC 4158 2.4.2. */
static bool is_on_path(const struct walk *w, const struct certificate *c)
{
    for (size_t i = 0; i < w->path.len; i++) {
        const struct certificate *other = w->path.certificates[i];

        if (other == c ||
            (bytes_equal(other->spki, c->spki) && ike2_x509_name_equal(other->subject, c->subject)))
            return true;
    }
    return false;
}

/* May `c` be the next one of the path? If it is the issuer by name, but may not, that is noted. */
static bool fits(struct walk *w, const struct certificate *c)
{
    const struct certificate *child = top_of(w);
    const char *fault;
    struct refusal r;

    if (!ike2_x509_name_equal(c->subject, child->issuer) || is_on_path(w, c) ||
        ike2_x509_has_not_signed(w->s->signatures, c->spki, &child->seal))
        return false;
    fault = ike2_x509_issuer_fault(c, w->s->rules);
    if (fault == NULL)
        return true;
    (void)ike2_x509_refuse(&r, IKE2_X509_USAGE, fault, c, w->path.len);
    note(w, RANK_NO_CA, r);
    return false;
}

/* The next issuer to try for the last one of the path, or NULL. */
static const struct certificate *next_issuer(struct walk *w)
{
    const struct pool *pool = w->s->pool;
    size_t *next = &w->next[w->path.len - 1];

    while (*next < pool->n * N_LIKELIHOODS) {
        const struct certificate *c = &pool->certificates[*next % pool->n];
        enum likelihood wanted = (enum likelihood)(*next / pool->n);

        (*next)++;
        if (likelihood_of(c, top_of(w)) == wanted && fits(w, c))
            return c;
    }
    return NULL;
}

static void push(struct walk *w, const struct certificate *c)
{
    w->next[w->path.len] = 0;
    w->has_issuer[w->path.len] = false;
    w->path.certificates[w->path.len++] = c;
}

/* The path has its anchor. */
static bool is_good(struct walk *w)
{
    const struct search *s = w->s;
    struct refusal r = { 0 };

    if (!ike2_x509_path_is_signed(s->signatures, &w->path, s->rules, &r)) {
        note(w,
             s->signatures->exhausted        ? RANK_EFFORT
             : r.reason == IKE2_X509_NO_PATH ? RANK_SIGNATURE
                                             : RANK_CHECKED,
             r);
        return false;
    }
    if (ike2_x509_path_is_good(&w->path, s->rules, &r) &&
        (s->judge == NULL || s->judge(s->user, &w->path, &r)))
        return true;
    note(w, RANK_CHECKED, r);
    return false;
}

/* Does the path with `c` have too many between its ends? Those that are self-issued are not
 * counted, RFC 5280 6.1.4 (l), but the room for them is. */
static bool is_too_deep(const struct walk *w, const struct certificate *c)
{
    size_t n = !ike2_x509_is_self_issued(c);

    for (size_t i = 1; i < w->path.len; i++)
        n += !ike2_x509_is_self_issued(w->path.certificates[i]);
    return n > w->s->rules->max_depth || w->path.len > PATH_DEPTH_MAX;
}

/* One step: up, or back. True if that was the end of a good path. */
static bool step(struct walk *w)
{
    const struct certificate *c = next_issuer(w);
    size_t at = w->path.len - 1;
    bool found;

    if (c == NULL) {
        if (!w->has_issuer[at])
            note_top(w, RANK_NO_ISSUER, IKE2_X509_NO_PATH,
                     ike2_x509_is_self_issued(top_of(w)) ? "no path: self-signed, but not trusted: "
                                                         : "no path: nobody is the issuer of ");
        w->path.len--;
        return false;
    }
    w->has_issuer[at] = true;
    w->steps++;
    if (!c->is_anchor) {
        if (is_too_deep(w, c))
            note_top(w, RANK_TOO_LONG, IKE2_X509_NO_PATH, "no path, or too long a one: ");
        else
            push(w, c);
        return false;
    }
    push(w, c);
    found = is_good(w);
    if (!found)
        w->path.len--;
    return found;
}

bool ike2_x509_find_path(const struct search *s, const struct certificate *end_entity,
                         struct path *out, struct refusal *refusal)
{
    struct walk w = { .s = s, .refusal = refusal };
    bool found = false;

    *refusal =
        (struct refusal){ .reason = IKE2_X509_NO_PATH, .words = "no path: ", .who = end_entity };
    push(&w, end_entity);
    if (end_entity->is_anchor) {
        found = is_good(&w);
        w.path.len = found ? 1 : 0;
    }
    while (!found && w.path.len > 0 && w.steps < STEPS_MAX && !s->signatures->exhausted)
        found = step(&w);
    if (found)
        *out = w.path;
    else if (w.path.len > 0)
        note_top(&w, RANK_EFFORT, IKE2_X509_LIMIT, "too many certificates of the same names: ");
    return found;
}
