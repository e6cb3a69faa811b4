/* policy/change.h - the smallest change with which two sides would have agreed on a proposal: on
 * the peer's side, or on ours. RFC 7296 2.7, 3.3; RFC 8247, RFC 8221. Pure. */
#ifndef POLICY_CHANGE_H
#define POLICY_CHANGE_H

#include "base/text.h"
#include "policy/offer.h"

enum { CHANGE_TRANSFORMS = 5 };

/* Transforms that one side would have to add to a proposal of its own; none: it cannot be helped
 * by that, or must not be. */
struct change {
    ike2_transform list[CHANGE_TRANSFORMS];
    size_t n;
    unsigned weight; /* of several changes of the same size the lightest is told */
};

/* What the peer would have to offer in one of its proposals: our preferred transforms. */
void ike2_change_peers(const struct select_args *args, const struct offers *offers,
                       ike2_bytes sa_body, struct change *out);
/* What we would have to accept of anything that the peer offers. Nothing that must not be used, RFC
 * 8247 and RFC 8221, or hides nothing; of the rest what is recommended and provided comes first. */
void ike2_change_ours(const struct select_args *args, const struct offers *offers,
                      ike2_bytes sa_body, struct change *out);

/* "sha256-modp2048"; "" for no change. */
void ike2_change_text(struct text *t, const struct change *c);
/* The same of those that the provider lacks. */
void ike2_change_lacking(const struct select_args *args, struct text *t, const struct change *c);
/* The weakest of what the RFCs say of the change: "SHOULD NOT", "MUST-" or "". */
const char *ike2_change_level(const struct select_args *args, const struct change *c);

#endif
