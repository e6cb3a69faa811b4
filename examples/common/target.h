/* target.h - what an order on a control socket is for: one SA by its id, all of a name, or all. */
#ifndef COMMON_TARGET_H
#define COMMON_TARGET_H

#include <jansson.h>

#include "book.h"

struct targets {
    bool are_children; /* Child SAs; else IKE SAs */
    uint64_t *ids;
    size_t n, cap;
};

/* By the members of a request:
 *
 *   "id": N          this one
 *   "name": "..."    of IKE SAs: their connection, or the peer's identity; of Child SAs: "NAME" of
 *                    the configuration, "CONNECTION/NAME", or their connection
 *   "all": true      all of them
 *   "kind"           "ike" or "child"; without it an IKE SA is meant, if there is one
 *
 * At least one is found, or false and why not. Clear it in either case. */
bool targets_find(struct targets *t, const struct book *b, const json_t *request,
                  struct problem *why);
void targets_clear(struct targets *t);

#endif
