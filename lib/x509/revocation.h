/* x509/revocation.h - is a certificate of a path revoked, by CRLs that were given? RFC 5280 6.3. */
#ifndef X509_REVOCATION_H
#define X509_REVOCATION_H

#include "x509/crl.h"
#include "x509/path.h"
#include "x509/refusal.h"
#include "x509/signature.h"

struct revocation {
    const struct pool *pool;
    const struct rules *rules;
    struct signatures *signatures;
    const struct crl *crls;
    size_t n_crls;
};

enum status { STATUS_UNKNOWN, STATUS_GOOD, STATUS_REVOKED };

/* A path_judge of search.h; `user` is a const struct revocation. All certificates but the anchor
 * are looked up. By `rules->revocation` it refuses what is revoked, and what is not known. */
bool ike2_x509_path_is_not_revoked(void *user, const struct path *p, struct refusal *refusal);
/* The status of the end entity of the path alone. */
enum status ike2_x509_status(const struct revocation *r, const struct path *p,
                             struct refusal *refusal);

#endif
