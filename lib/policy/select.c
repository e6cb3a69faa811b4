/* policy/select.c - choose a proposal, and check a choice. RFC 7296 2.7, 3.3.6. */
#include "policy/select.h"

#include <ike2/iana.h>

#include "policy/search.h"

ike2_err ike2_select(const struct select_args *args, ike2_bytes sa_body, struct selection *out)
{
    struct search s = { .args = args };
    struct offers offers;

    if (!ike2_search_parses(sa_body))
        return IKE2_ERR_MALFORMED;
    ike2_offers_read(args, &offers);
    if (!ike2_search_run(&s, &offers, sa_body))
        return IKE2_ERR_UNSUPPORTED;

    *out = s.found;
    return IKE2_OK;
}

/* May this transform stand in the answer to `o`? */
static bool answer_has_place(const struct select_args *args, const struct offer *o,
                             const ike2_transform *t)
{
    if (t->strange)
        return false;
    /* RFC 7296 3.3: some peers answer NONE where nothing was offered; it changes nothing. */
    if (t->type == IKE2_TRANSFORM_INTEG && t->id == IKE2_INTEG_NONE)
        return o->is_aead;
    if (t->type == IKE2_TRANSFORM_KE && t->id == IKE2_KE_NONE && args->without_ke)
        return true;
    return ike2_offer_find(o, t) != 0;
}

/* RFC 7296 2.7: one transform of each type, and each of them from the proposal. */
static bool answer_is_choice(const struct select_args *args, const struct offer *o,
                             ike2_bytes transforms)
{
    uint32_t seen = 0;
    ike2_walk walk;
    ike2_transform t;

    ike2_transform_walk(&walk, transforms);
    while (ike2_transform_next(&walk, &t, NULL)) {
        if (!answer_has_place(args, o, &t) || (seen >> t.type & 1) != 0)
            return false;
        seen |= UINT32_C(1) << t.type;
    }
    return true;
}

ike2_err ike2_select_check(const struct select_args *args, ike2_bytes sa_body,
                           struct selection *out)
{
    struct search s = { .args = args };
    struct offers offers;
    const struct offer *o;
    ike2_walk walk;
    ike2_proposal p, extra;
    ike2_bytes transforms, ignored;

    if (!ike2_search_parses(sa_body))
        return IKE2_ERR_MALFORMED;
    ike2_offers_read(args, &offers);
    ike2_proposal_walk(&walk, sa_body);
    /* RFC 7296 3.3.6: a single proposal. */
    if (!ike2_proposal_next(&walk, &p, &transforms) || ike2_proposal_next(&walk, &extra, &ignored))
        return IKE2_ERR_UNSUPPORTED;
    /* RFC 7296 3.3.1: its number is that of the proposal it accepts. */
    if (p.number == 0 || p.number > offers.n)
        return IKE2_ERR_UNSUPPORTED;
    o = &offers.list[p.number - 1];
    if (!answer_is_choice(args, o, transforms))
        return IKE2_ERR_UNSUPPORTED;
    ike2_search_begin(&s, sa_body);
    if (!ike2_search_body(&s, o, sa_body))
        return IKE2_ERR_UNSUPPORTED;

    *out = s.found;
    return IKE2_OK;
}
