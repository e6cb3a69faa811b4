/* lookup.h - the certificates that a peer has at URLs and not in its messages, Hash and URL of RFC
 * 7296 3.6: where they are, what was fetched, and the proof with them in it. The calls are of one
 * thread; the proof that is made is for any. */
#ifndef COMMON_LOOKUP_H
#define COMMON_LOOKUP_H

#include <stdbool.h>

#include <ike2/job.h>

#include "url.h"

enum {
    LOOKUPS_MAX = 8, /* of one proof; more are passed over */
    LOOKUP_FAILED = 0x10001 /* ike2_verdict.reason */
};

struct lookup_place;
struct lookup;

/* What the proof, which is viewed, has behind URLs. NULL: nothing, or there is no memory. */
struct lookup *lookup_new(const ike2_proof *proof);
void lookup_free(struct lookup *l); /* NULL is allowed */

/* By number; NULL: there are no more. */
struct lookup_place *lookup_place(struct lookup *l, size_t i);
/* Printable ASCII. */
const char *lookup_url(const struct lookup_place *place);
/* Why nothing is to be fetched from there, in words that follow the URL; NULL: go on. */
const char *lookup_wrong(const struct lookup_place *place);
/* How large it may be. */
size_t lookup_octets_max(const struct lookup_place *place);
/* Has what was put there served? */
bool lookup_is_found(const struct lookup_place *place);

/* Takes `octets`. NULL: this is what the peer meant; or why not, in words that follow the URL. */
const char *lookup_put(struct lookup_place *place, uint8_t *octets, size_t len);
/* It will not come. Nobody can be judged without the certificate that comes first. */
void lookup_give_up(struct lookup *l, const struct lookup_place *place, const char *why);

/* No more will come: the proof with what has; it lives as long as `l`. */
const ike2_proof *lookup_finish(struct lookup *l);
/* False: `*out` says why the proof cannot be judged. Any thread, after lookup_finish. */
bool lookup_is_enough(const struct lookup *l, ike2_verdict *out);

#endif
