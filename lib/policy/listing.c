/* policy/listing.c - lists of transforms and proposals in words, cut where an entry ends. */
#include "policy/listing.h"

#include <string.h>

#include "policy/keyword.h"

/* "and 65535 more", and what joins it. */
enum { TAIL = 20 };

/* --- Transforms ------------------------------------------------------------------------- */

struct listing ike2_listing_offered(ike2_bytes transforms, unsigned type)
{
    struct listing l = { .type = type };

    ike2_transform_walk(&l.walk, transforms);
    return l;
}

struct listing ike2_listing_accepted(const struct offer *o, unsigned type)
{
    return (struct listing){
        /* That nothing is needed is no word of ours. */
        .offer = o, .mask = o->usable & ~(UINT64_C(1) << OFFER_KE_NONE), .type = type,
    };
}

static bool next_of_all(struct listing *l, ike2_transform *out)
{
    unsigned bit;

    if (l->offer == NULL)
        return ike2_transform_next(&l->walk, out, NULL);
    bit = ike2_offer_next(l->mask, 0);
    if (bit == 64)
        return false;
    l->mask &= ~(UINT64_C(1) << bit);
    *out = *ike2_offer_at(l->offer, bit);
    return true;
}

bool ike2_listing_next(struct listing *l, ike2_transform *out)
{
    while (next_of_all(l, out)) {
        if (l->type == LISTING_ALL_TYPES || out->type == l->type)
            return true;
    }
    return false;
}

static size_t listing_count(struct listing l)
{
    ike2_transform t;
    size_t n = 0;

    while (ike2_listing_next(&l, &t))
        n++;
    return n;
}

static void add_rest(struct text *t, const char *joint, size_t n)
{
    ike2_text_add(t, joint);
    ike2_text_add(t, "and ");
    ike2_text_uint(t, n);
    ike2_text_add(t, " more");
}

void ike2_listing_add(struct text *t, size_t limit, struct listing list, const char *joint)
{
    bool is_first = true;
    ike2_transform transform;

    for (struct listing here = list; ike2_listing_next(&list, &transform); here = list) {
        struct text word = text_of(NULL, 0);

        ike2_keyword_add(&word, &transform);
        if (t->len + strlen(joint) + word.len + TAIL >= limit) {
            add_rest(t, is_first ? "" : joint, listing_count(here));
            return;
        }
        ike2_text_add(t, is_first ? "" : joint);
        ike2_keyword_add(t, &transform);
        is_first = false;
    }
    if (is_first)
        ike2_text_add(t, "none");
}

/* --- Proposals -------------------------------------------------------------------------- */

/* False once something has been left out: nothing may follow. The first one is shown in part
 * rather than not at all. */
static bool add_proposal(struct text *t, struct listing list, size_t i)
{
    struct text whole = text_of(NULL, 0);

    ike2_listing_add(&whole, SIZE_MAX, list, "-");
    if (i != 0 && t->len + 2 + whole.len + TAIL >= t->cap)
        return false;
    ike2_text_add(t, i == 0 ? "" : ", ");
    ike2_listing_add(t, i == 0 ? t->cap - TAIL : SIZE_MAX, list, "-");
    return true;
}

size_t ike2_listing_offers(struct text *t, const struct offers *offers)
{
    size_t shown = 0;

    while (shown < offers->n &&
           add_proposal(t, ike2_listing_accepted(&offers->list[shown], LISTING_ALL_TYPES), shown))
        shown++;
    if (shown < offers->n)
        add_rest(t, ", ", offers->n - shown);
    return offers->n;
}

size_t ike2_listing_body(struct text *t, ike2_bytes sa_body)
{
    size_t shown = 0, n = 0;
    bool is_full = false;
    ike2_walk walk;
    ike2_proposal p;
    ike2_bytes transforms;

    ike2_proposal_walk(&walk, sa_body);
    for (; ike2_proposal_next(&walk, &p, &transforms); n++) {
        is_full = is_full ||
                  !add_proposal(t, ike2_listing_offered(transforms, LISTING_ALL_TYPES), shown);
        shown += is_full ? 0 : 1;
    }
    if (is_full)
        add_rest(t, ", ", n - shown);
    return n;
}
