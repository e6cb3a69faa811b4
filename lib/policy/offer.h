/* policy/offer.h - our proposals as they can be used, and how one of them meets a peer's proposal.
 * RFC 7296 2.7, 3.3.
 *
 * Implementation notes. The transforms of one of our proposals are named by bits, so that every
 * question is an intersection of masks. Two bits stand for what may be left unsaid: no extended
 * sequence numbers, and no key exchange of a Child SA. */
#ifndef POLICY_OFFER_H
#define POLICY_OFFER_H

#include "policy/select.h"

enum {
    OFFER_CONFIGURED_MAX = 32, /* proposals; what follows is passed over */
    OFFER_TRANSFORMS_MAX = 62, /* of one proposal; what follows is passed over */
    OFFER_KE_NONE = 62,        /* bits of what is implied */
    OFFER_ESN_NO = 63
};

/* One proposal of ours; never both combined mode ciphers and others, RFC 7296 3.3. */
struct offer {
    const ike2_transform *transforms;
    uint64_t usable; /* bit n: transforms[n] can be chosen */
    bool is_aead;    /* so there is no INTEG */
};

/* In our order; offer n has the proposal number n + 1. */
struct offers {
    struct offer list[2 * OFFER_CONFIGURED_MAX];
    size_t n;
};

/* What `args` leaves of our proposals: without what the provider lacks, what the protocol has no
 * place for, what is incomplete, and what repeats an earlier one. */
void ike2_offers_read(const struct select_args *args, struct offers *out);

const ike2_transform *ike2_offer_at(const struct offer *o, unsigned bit);
/* The usable transforms of `type`. */
uint64_t ike2_offer_of_type(const struct offer *o, uint8_t type);
/* The usable transforms that equal `t`. */
uint64_t ike2_offer_find(const struct offer *o, const ike2_transform *t);
/* The lowest bit of `mask` from `from` on, or 64. */
unsigned ike2_offer_next(uint64_t mask, unsigned from);
/* Same type, id and key length. */
bool ike2_transform_equal(const ike2_transform *a, const ike2_transform *b);

/* Transform types as negotiated, in the order of the explanation; ends with 0. */
extern const uint8_t ike2_offer_types[];
/* Does an SA of this protocol negotiate `type`? RFC 7296 3.3.3. */
bool ike2_offer_has_type(const struct select_args *args, uint8_t type);

/* How one of our proposals and one of the peer's meet. */
struct match {
    uint64_t both;        /* bits of the offer that the peer offers as well */
    bool is_foreign;      /* it has a transform type that the protocol does not: */
    uint8_t foreign_type;
};

/* Is the peer's proposal one for this negotiation: the right protocol and a fitting SPI? */
bool ike2_match_concerns(const struct select_args *args, const ike2_proposal *p);
void ike2_match_read(const struct select_args *args, const struct offer *o, ike2_bytes transforms,
                     struct match *out);
/* Is there a common transform of `type`, if the offer needs one? */
bool ike2_match_agrees(const struct select_args *args, const struct offer *o,
                       const struct match *m, uint8_t type);
/* No type parts the two. */
bool ike2_match_fits(const struct select_args *args, const struct offer *o, const struct match *m);

#endif
