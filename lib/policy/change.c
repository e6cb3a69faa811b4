/* policy/change.c - the smallest change with which two sides would have agreed on a proposal. */
#include "policy/change.h"

#include <ike2/iana.h>

#include "policy/keyword.h"
#include "policy/listing.h"
#include "policy/registry.h"

enum { WEIGHT_LEGACY = 4, WEIGHT_LACKING = 8 };

static void change_add(struct change *c, const ike2_transform *t, unsigned weight)
{
    c->list[c->n++] = *t;
    c->weight += weight;
}

static bool is_smaller(const struct change *a, const struct change *b)
{
    if (b->n == 0 || a->n != b->n)
        return b->n == 0 || a->n < b->n;
    return a->weight < b->weight;
}

/* One pair: false if no transform more would help. */
typedef bool change_of_pair(const struct select_args *args, const struct offer *o,
                            ike2_bytes transforms, struct change *out);

static void consider_body(const struct select_args *args, const struct offer *o,
                          ike2_bytes sa_body, change_of_pair *of_pair, struct change *smallest)
{
    ike2_walk walk;
    ike2_proposal p;
    ike2_bytes transforms;
    struct change c;

    ike2_proposal_walk(&walk, sa_body);
    while (ike2_proposal_next(&walk, &p, &transforms)) {
        if (ike2_match_concerns(args, &p) && of_pair(args, o, transforms, &c) &&
            is_smaller(&c, smallest))
            *smallest = c;
    }
}

static void find_smallest(const struct select_args *args, const struct offers *offers,
                          ike2_bytes sa_body, change_of_pair *of_pair, struct change *out)
{
    *out = (struct change){ 0 };
    for (size_t i = 0; i < offers->n; i++)
        consider_body(args, &offers->list[i], sa_body, of_pair, out);
}

/* --- The peer's ------------------------------------------------------------------------- */

static bool change_of_peers(const struct select_args *args, const struct offer *o,
                            ike2_bytes transforms, struct change *out)
{
    struct match m;

    *out = (struct change){ 0 };
    ike2_match_read(args, o, transforms, &m);
    for (const uint8_t *type = ike2_offer_types; *type != 0; type++) {
        if (!ike2_match_agrees(args, o, &m, *type))
            change_add(out, ike2_offer_at(o, ike2_offer_next(ike2_offer_of_type(o, *type), 0)), 0);
    }
    /* RFC 7296 3.3: a combined mode cipher would need a proposal of its own. */
    if (o->is_aead && !ike2_match_agrees(args, o, &m, IKE2_TRANSFORM_ENCR))
        out->weight++;
    return !m.is_foreign && out->n != 0;
}

void ike2_change_peers(const struct select_args *args, const struct offers *offers,
                       ike2_bytes sa_body, struct change *out)
{
    find_smallest(args, offers, sa_body, change_of_peers, out);
}

/* --- Ours ------------------------------------------------------------------------------- */

/* A key exchange is RFC 8247's matter whatever it is for. */
static uint8_t level_of(const struct select_args *args, const struct algorithm *a)
{
    bool is_esp = args->protocol == IKE2_PROTOCOL_ESP;

    return is_esp && a->info.transform.type != IKE2_TRANSFORM_KE ? a->info.esp_level
                                                                 : a->info.ike_level;
}

/* Nobody is told to accept what the RFCs forbid, IANA has deprecated (RFC 9395), or leaves traffic
 * unencrypted or without integrity. */
static bool is_acceptable(const struct select_args *args, const ike2_transform *t,
                          const struct algorithm *a)
{
    bool is_open = t->type == IKE2_TRANSFORM_ENCR &&
                   (t->id == IKE2_ENCR_NULL || t->id == IKE2_ENCR_NULL_AUTH_AES_GMAC);
    bool is_unchecked = t->type == IKE2_TRANSFORM_INTEG && t->id == IKE2_INTEG_NONE;

    return a != NULL && a->info.transform.type == t->type && !t->strange && !is_open &&
           !is_unchecked && !a->info.deprecated && level_of(args, a) != IKE2_LEVEL_MUST_NOT &&
           ike2_registry_allows(a, args->protocol);
}

static bool is_provided(const struct select_args *args, const ike2_transform *t)
{
    ike2_transform_info info = IKE2_INIT(ike2_transform_info);

    if (t->type == IKE2_TRANSFORM_ESN || (t->type == IKE2_TRANSFORM_KE && t->id == IKE2_KE_NONE))
        return true;
    return args->crypto->describe(args->crypto->user, t, &info) == IKE2_OK;
}

static unsigned weight_of(const struct select_args *args, const ike2_transform *t,
                          const struct algorithm *a)
{
    static const uint8_t weights[] = {
        [IKE2_LEVEL_NONE] = 1,        [IKE2_LEVEL_MUST] = 0,       [IKE2_LEVEL_MUST_MINUS] = 2,
        [IKE2_LEVEL_SHOULD_PLUS] = 0, [IKE2_LEVEL_SHOULD] = 0,     [IKE2_LEVEL_MAY] = 1,
        [IKE2_LEVEL_SHOULD_NOT] = 3,  [IKE2_LEVEL_MUST_NOT] = UINT8_MAX,
    };

    return weights[level_of(args, a)] + (a->info.legacy ? WEIGHT_LEGACY : 0u) +
           (is_provided(args, t) ? 0u : WEIGHT_LACKING);
}

struct best {
    ike2_transform transform;
    unsigned weight;
    bool is_found;
};

static void best_consider(const struct select_args *args, const ike2_transform *t,
                          struct best *best)
{
    const struct algorithm *a = ike2_registry_find(t);
    unsigned weight;

    if (!is_acceptable(args, t, a))
        return;
    weight = weight_of(args, t, a);
    if (!best->is_found || weight < best->weight)
        *best = (struct best){ .transform = *t, .weight = weight, .is_found = true };
}

/* The best that the peer offers of a type; what may be left unsaid is offered by saying nothing. */
static struct best best_of(const struct select_args *args, ike2_bytes transforms, uint8_t type)
{
    static const ike2_transform ke_none = { .type = IKE2_TRANSFORM_KE, .id = IKE2_KE_NONE };
    static const ike2_transform esn_no = { .type = IKE2_TRANSFORM_ESN, .id = IKE2_ESN_NO };
    struct listing list = ike2_listing_offered(transforms, type);
    struct best best = { .is_found = false };
    bool is_absent = true;
    ike2_transform t;

    for (; ike2_listing_next(&list, &t); is_absent = false)
        best_consider(args, &t, &best);
    if (is_absent && type == IKE2_TRANSFORM_KE)
        best_consider(args, &ke_none, &best);
    if (is_absent && type == IKE2_TRANSFORM_ESN)
        best_consider(args, &esn_no, &best);
    return best;
}

/* What we would have to add to `o` to take this proposal; false if nothing would help. */
static bool change_of_ours(const struct select_args *args, const struct offer *o,
                           ike2_bytes transforms, struct change *out)
{
    bool is_aead = o->is_aead;
    struct match m;

    *out = (struct change){ 0 };
    ike2_match_read(args, o, transforms, &m);
    for (const uint8_t *type = ike2_offer_types; *type != 0; type++) {
        struct best best;

        if (!ike2_offer_has_type(args, *type) || (*type == IKE2_TRANSFORM_INTEG && is_aead) ||
            (ike2_offer_of_type(o, *type) & m.both) != 0)
            continue;
        best = best_of(args, transforms, *type);
        if (!best.is_found)
            return false;
        if (*type == IKE2_TRANSFORM_ENCR)
            is_aead = ike2_registry_find(&best.transform)->info.aead;
        change_add(out, &best.transform, best.weight);
    }
    return !m.is_foreign && out->n != 0;
}

void ike2_change_ours(const struct select_args *args, const struct offers *offers,
                      ike2_bytes sa_body, struct change *out)
{
    find_smallest(args, offers, sa_body, change_of_ours, out);
}

/* --- In words --------------------------------------------------------------------------- */

void ike2_change_text(struct text *t, const struct change *c)
{
    for (size_t i = 0; i < c->n; i++) {
        ike2_text_add(t, i == 0 ? "" : "-");
        ike2_keyword_add(t, &c->list[i]);
    }
}

void ike2_change_lacking(const struct select_args *args, struct text *t, const struct change *c)
{
    for (size_t i = 0; i < c->n; i++) {
        if (is_provided(args, &c->list[i]))
            continue;
        ike2_text_add(t, t->len == 0 ? "" : "-");
        ike2_keyword_add(t, &c->list[i]);
    }
}

const char *ike2_change_level(const struct select_args *args, const struct change *c)
{
    uint8_t weakest = IKE2_LEVEL_NONE;

    for (size_t i = 0; i < c->n; i++) {
        const struct algorithm *a = ike2_registry_find(&c->list[i]);
        uint8_t level = a == NULL ? IKE2_LEVEL_NONE : level_of(args, a);

        if (level == IKE2_LEVEL_SHOULD_NOT ||
            (level == IKE2_LEVEL_MUST_MINUS && weakest != IKE2_LEVEL_SHOULD_NOT))
            weakest = level;
    }
    return weakest == IKE2_LEVEL_NONE ? "" : ike2_level_text(weakest);
}
