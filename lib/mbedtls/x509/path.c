/* mbedtls/x509/path.c - paths from the end entity to an anchor. RFC 5280 6.1, RFC 4158.
 *
 * Several certificates may have the issuer's name: of CAs that were renewed or certified by each
 * other, or sent to mislead us. So the search goes twice. Up from the end entity by names alone,
 * which tells who may be of use; then, in depth, down from each anchor by signatures. That way no
 * signature is checked with a key that no anchor vouches for: a stranger cannot choose the keys
 * that we compute with. The number of signatures is limited all the same.
 *
 * mbedTLS's own search takes the first name that fits, and its own clock. */
#include "mbedtls/x509/path.h"

#include "base/bytes.h"
#include "mbedtls/x509/der.h"
#include "mbedtls/x509/name.h"
#include "mbedtls/x509/refusal.h"
#include "mbedtls/x509/signature.h"
#include "mbedtls/x509/usage.h"

enum { SIGNATURES_MAX = 64, END_ENTITY = 0 };

static const size_t not_above = SIZE_MAX; /* in `depth` */

static bool is_named_by(const struct certificate *child, const struct certificate *issuer)
{
    return ike2_mbed_name_equal(der_view(&child->crt.issuer_raw),
                                der_view(&issuer->crt.subject_raw));
}

/* Remembers the best obstacle; of one kind that nearest to the end entity, or, where the issuer is
 * missing, the farthest. True if it is this one. */
static bool note(struct path_search *s, enum path_obstacle obstacle, size_t child)
{
    bool is_nearer = s->depth[child] < s->depth[s->child];

    if (obstacle < s->obstacle ||
        (obstacle == s->obstacle && is_nearer == (obstacle == OBSTACLE_NO_ISSUER)))
        return false;
    s->obstacle = obstacle;
    s->child = child;
    return true;
}

/* Has the name of the child's issuer. May it be its issuer? */
static bool is_fit(struct path_search *s, const struct certificate *issuer, size_t child)
{
    const char *fault = ike2_mbed_issuer_fault(issuer);

    if (fault == NULL)
        return true;
    if (note(s, OBSTACLE_NO_CA, child)) {
        s->fault = fault;
        s->issuer = issuer;
    }
    return false;
}

/* Notes everybody received who may be the issuer, and was not reached before. */
static void look_above(struct path_search *s, size_t child, size_t *reached, size_t *n_reached)
{
    const struct collection *c = s->collection;
    bool is_known = false;

    for (size_t i = 0; i < c->n_anchors; i++) {
        if (c->anchors[i].is_usable && is_named_by(&c->received[child], &c->anchors[i])) {
            is_known = true;
            (void)is_fit(s, &c->anchors[i], child);
        }
    }
    for (size_t i = 0; i < c->n_received; i++) {
        if (i == child || !c->received[i].is_usable ||
            !is_named_by(&c->received[child], &c->received[i]))
            continue;
        is_known = true;
        if (s->depth[i] != not_above || !is_fit(s, &c->received[i], child))
            continue;
        s->depth[i] = s->depth[child] + 1;
        reached[(*n_reached)++] = i;
    }
    if (!is_known)
        (void)note(s, OBSTACLE_NO_ISSUER, child);
}

struct path_search ike2_mbed_path_search(const struct collection *c, size_t max_depth)
{
    struct path_search s = { .collection = c, .max_depth = max_depth };
    size_t reached[RECEIVED_MAX] = { END_ENTITY }, n_reached = 1;

    for (size_t i = 1; i < c->n_received; i++)
        s.depth[i] = not_above;
    for (size_t i = 0; i < n_reached; i++)
        look_above(&s, reached[i], reached, &n_reached);
    return s;
}

static bool is_on_path(const struct path *p, const struct certificate *c)
{
    for (size_t i = 0; i < p->len; i++) {
        if (p->certificates[i] == c)
            return true;
    }
    return false;
}

/* Adds this one below the last of `s->down`, if that one has signed it. */
static bool add_below(struct path_search *s, size_t child)
{
    const struct certificate *c = &s->collection->received[child];
    struct path *down = &s->down;
    enum path_obstacle obstacle = OBSTACLE_SIGNATURE;

    if (s->depth[child] == not_above || is_on_path(down, c) ||
        !is_named_by(c, down->certificates[down->len - 1]))
        return false;
    /* With the anchor in `down`, its length is the number of those between, with `c`. */
    if (child != END_ENTITY && down->len > s->max_depth) {
        obstacle = OBSTACLE_TOO_LONG;
    } else if (s->n_signatures == SIGNATURES_MAX) {
        obstacle = OBSTACLE_EFFORT;
    } else {
        s->n_signatures++;
        if (ike2_mbed_has_signed(down->certificates[down->len - 1], c)) {
            s->next[down->len] = 0;
            down->certificates[down->len++] = c;
            return true;
        }
    }
    (void)note(s, obstacle, child);
    return false;
}

/* Goes one step down; false if there is none left from here. */
static bool step_down(struct path_search *s)
{
    size_t *next = &s->next[s->down.len - 1];

    while (*next < s->collection->n_received) {
        if (add_below(s, (*next)++))
            return true;
    }
    return false;
}

static bool begin_at_next_anchor(struct path_search *s)
{
    const struct collection *c = s->collection;

    while (s->next_anchor < c->n_anchors) {
        const struct certificate *anchor = &c->anchors[s->next_anchor++];

        if (!anchor->is_usable || ike2_mbed_issuer_fault(anchor) != NULL)
            continue;
        s->down.certificates[0] = anchor;
        s->down.len = 1;
        s->next[0] = 0;
        return true;
    }
    return false;
}

/* The result is `down` the other way round. */
static void turn(const struct path *down, struct path *up)
{
    up->len = down->len;
    for (size_t i = 0; i < down->len; i++)
        up->certificates[i] = down->certificates[down->len - 1 - i];
}

bool ike2_mbed_path_next(struct path_search *s)
{
    const struct certificate *end_entity = &s->collection->received[END_ENTITY];
    bool is_first = !s->has_begun;

    s->has_begun = true;
    if (end_entity->is_anchor) {
        s->path = (struct path){ .len = 1, .certificates = { end_entity } };
        return is_first;
    }
    if (s->down.len > 0)
        s->down.len--; /* the end entity of the path before */
    while (s->down.len > 0 || begin_at_next_anchor(s)) {
        if (!step_down(s)) {
            s->down.len--;
        } else if (s->down.certificates[s->down.len - 1] == end_entity) {
            turn(&s->down, &s->path);
            return true;
        }
    }
    return false;
}

static const char *const words[] = {
    [OBSTACLE_NO_ANCHOR] = "no path: none of the issuers is trusted: ",
    [OBSTACLE_NO_ISSUER] = "no path: nobody is the issuer of ",
    [OBSTACLE_TOO_LONG] = "no path, or too long a one: ",
    [OBSTACLE_SIGNATURE] = "no path: not signed by who is said to be the issuer: ",
    [OBSTACLE_EFFORT] = "too many certificates of the same names: ",
};

ike2_verdict ike2_mbed_path_refusal(const struct path_search *s)
{
    const struct certificate *child = &s->collection->received[s->child];
    uint32_t reason = s->obstacle == OBSTACLE_EFFORT ? IKE2_X509_LIMIT : IKE2_X509_NO_PATH;
    const char *text = words[s->obstacle];

    if (s->obstacle == OBSTACLE_NO_CA)
        return ike2_mbed_refusal_of(IKE2_X509_USAGE, s->fault, s->issuer, s->depth[s->child] + 1);
    if (s->obstacle == OBSTACLE_NO_ISSUER && is_named_by(child, child))
        text = "no path: self-signed, but not trusted: ";
    return ike2_mbed_refusal_of(reason, text, child, s->depth[s->child]);
}
