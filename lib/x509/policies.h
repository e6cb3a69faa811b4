/* x509/policies.h - certificate policies along a path. RFC 5280 6.1.2 to 6.1.5, RFC 9618. */
#ifndef X509_POLICIES_H
#define X509_POLICIES_H

#include "x509/path.h"
#include "x509/refusal.h"

bool ike2_x509_policies_are_good(const struct path *p, const struct rules *rules,
                                 struct refusal *refusal);

#endif
