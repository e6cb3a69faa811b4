/* policy/propose.c - what an initiator sends. RFC 7296 2.7, 3.3.1. */
#include <ike2/iana.h>

#include "policy/offer.h"

/* Of all proposals of one SA payload. */
enum { PROPOSED_TRANSFORMS_MAX = 512 };

/* Appends the offer's transforms to `room`; false if they do not fit. RFC 7296 3.3.3: ESN is
 * mandatory and is written where it is implied; a KE of NONE may be left out. */
static bool offer_write(const struct offer *o, ike2_transform *room, size_t *n)
{
    uint64_t mask = o->usable & ~(UINT64_C(1) << OFFER_KE_NONE);

    for (unsigned i = ike2_offer_next(mask, 0); i < 64; i = ike2_offer_next(mask, i + 1)) {
        if (*n == PROPOSED_TRANSFORMS_MAX)
            return false;
        room[(*n)++] = *ike2_offer_at(o, i);
    }
    return true;
}

ike2_err ike2_proposals_write(const struct select_args *args, ike2_bytes spi, ike2_writer *w)
{
    ike2_transform room[PROPOSED_TRANSFORMS_MAX];
    ike2_proposal proposals[2 * OFFER_CONFIGURED_MAX] = { { 0 } };
    struct offers offers;
    size_t n = 0;

    ike2_offers_read(args, &offers);
    if (offers.n == 0)
        return IKE2_ERR_UNSUPPORTED;
    for (size_t i = 0; i < offers.n; i++) {
        size_t start = n;

        if (!offer_write(&offers.list[i], room, &n))
            return IKE2_ERR_LIMIT;
        proposals[i] = (ike2_proposal){
            .number = (uint8_t)(i + 1),
            .protocol = args->protocol,
            .spi = spi,
            .transforms = room + start,
            .n_transforms = n - start,
        };
    }
    ike2_sa_write(w, proposals, offers.n);
    return IKE2_OK;
}

uint16_t ike2_proposals_first_ke(const struct select_args *args)
{
    struct offers offers;
    unsigned first;

    ike2_offers_read(args, &offers);
    if (offers.n == 0)
        return IKE2_KE_NONE;
    first = ike2_offer_next(ike2_offer_of_type(&offers.list[0], IKE2_TRANSFORM_KE), 0);
    return first < 64 ? ike2_offer_at(&offers.list[0], first)->id : IKE2_KE_NONE;
}

bool ike2_proposals_have_ke(const struct select_args *args, uint16_t method)
{
    const ike2_transform t = { .type = IKE2_TRANSFORM_KE, .id = method };
    struct offers offers;

    if (method == IKE2_KE_NONE)
        return false;
    ike2_offers_read(args, &offers);
    for (size_t i = 0; i < offers.n; i++)
        if (ike2_offer_find(&offers.list[i], &t) != 0)
            return true;
    return false;
}
