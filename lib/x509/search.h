/* x509/search.h - paths from an end entity to an anchor. RFC 5280 6.1, RFC 4158.
 *
 * Issuers are found by name, tried in an order that key identifiers suggest, and left again when
 * they lead nowhere: the first path that fulfils everything decides. */
#ifndef X509_SEARCH_H
#define X509_SEARCH_H

#include "x509/path.h"
#include "x509/refusal.h"
#include "x509/signature.h"

/* Is this path, which has passed all other checks, good enough? */
typedef bool path_judge(void *user, const struct path *p, struct refusal *refusal);

struct search {
    const struct pool *pool;
    const struct rules *rules;
    struct signatures *signatures;
    path_judge *judge; /* or NULL */
    void *user;
};

/* False with the reason that comes nearest to a path. */
bool ike2_x509_find_path(const struct search *s, const struct certificate *end_entity,
                         struct path *out, struct refusal *refusal);

#endif
