/* x509/usage.h - basic constraints, key usage, extended key usage. RFC 5280 4.2.1.3, 4.2.1.9,
 * 4.2.1.12; RFC 4945 5.1.3. */
#ifndef X509_USAGE_H
#define X509_USAGE_H

#include "x509/path.h"
#include "x509/refusal.h"

/* Why it may not sign certificates, in constant words; NULL if it may. */
const char *ike2_x509_issuer_fault(const struct certificate *c, const struct rules *rules);
/* Are the rights of all certificates of the path enough for it? */
bool ike2_x509_usage_is_good(const struct path *p, const struct rules *rules,
                             struct refusal *refusal);

#endif
