/* x509/identity.h - is the peer's identity in its certificate? RFC 4945 3.1, 5.1.2. */
#ifndef X509_IDENTITY_H
#define X509_IDENTITY_H

#include "x509/refusal.h"

/* With `wildcards`, "*" as the whole first label of a dNSName stands for any one label. */
bool ike2_x509_has_identity(const struct certificate *c, const ike2_id *id, bool wildcards);
bool ike2_x509_identity_is_proven(const struct certificate *c, const ike2_id *id, bool wildcards,
                                  struct refusal *refusal);

#endif
