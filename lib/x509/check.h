/* x509/check.h - one path, judged. RFC 5280 6.1. */
#ifndef X509_CHECK_H
#define X509_CHECK_H

#include "x509/path.h"
#include "x509/refusal.h"

/* All that does not need a key: critical extensions, dates, rights, names, policies. */
bool ike2_x509_path_is_good(const struct path *p, const struct rules *rules,
                            struct refusal *refusal);

#endif
