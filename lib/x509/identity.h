/* x509/identity.h - is the peer's identity in its certificate? RFC 4945 3.1, 5.1.2. */
#ifndef X509_IDENTITY_H
#define X509_IDENTITY_H

#include "x509/refusal.h"

/* What the subject would be as a dNSName, if the certificate has none: its last CN, if that is a
 * host name, or a pattern of some. RFC 6125 6.4.4. Or nothing. */
ike2_bytes ike2_x509_host_of_subject(const struct certificate *c);

struct identity_rules {
    bool wildcards;    /* "*" as the whole first label of a host name stands for any one label */
    bool common_names; /* the last CN is a host name, if there is no dNSName: RFC 6125 6.4.4 */
};

bool ike2_x509_has_identity(const struct certificate *c, const ike2_id *id,
                            const struct identity_rules *rules);
bool ike2_x509_identity_is_proven(const struct certificate *c, const ike2_id *id,
                                  const struct identity_rules *rules, struct refusal *refusal);

#endif
