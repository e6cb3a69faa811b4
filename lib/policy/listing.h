/* policy/listing.h - lists of transforms and proposals in words, cut where an entry ends: what a
 * peer sends never makes a text longer than its room, and what is left out is counted. */
#ifndef POLICY_LISTING_H
#define POLICY_LISTING_H

#include "base/text.h"
#include "policy/offer.h"

/* No transform type: those are octets. */
enum { LISTING_ALL_TYPES = 256 };

/* Transforms, one after the other: a peer's, or those of a proposal of ours that can be used. */
struct listing {
    ike2_walk walk;
    const struct offer *offer; /* NULL: a peer's */
    uint64_t mask;             /* of the offer, what is still to come */
    unsigned type;             /* only these, or LISTING_ALL_TYPES */
};

struct listing ike2_listing_offered(ike2_bytes transforms, unsigned type);
struct listing ike2_listing_accepted(const struct offer *o, unsigned type);
bool ike2_listing_next(struct listing *l, ike2_transform *out);

/* Adds words, joined by `joint`, "none" for an empty list; the text stays shorter than `limit`, and
 * what would not fit becomes "and N more". */
void ike2_listing_add(struct text *t, size_t limit, struct listing list, const char *joint);
/* Proposals, joined by ", "; as much as the room takes, then "and N more". Each returns how many
 * there are, those left out included. */
size_t ike2_listing_offers(struct text *t, const struct offers *offers);
size_t ike2_listing_body(struct text *t, ike2_bytes sa_body);

#endif
