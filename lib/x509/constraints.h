/* x509/constraints.h - name constraints. RFC 5280 4.2.1.10, 6.1.3 (b), (c). */
#ifndef X509_CONSTRAINTS_H
#define X509_CONSTRAINTS_H

#include "x509/path.h"
#include "x509/refusal.h"

/* Are all names below each CA of the path such as it may vouch for? Critical or not; a name that
 * cannot be decided is refused. */
bool ike2_x509_names_are_permitted(const struct path *p, const struct rules *rules,
                                   struct refusal *refusal);

#endif
