/* x509/gather.h - everything that a verdict is made from: certificates and CRLs, received and
 * given, parsed and each of them once. */
#ifndef X509_GATHER_H
#define X509_GATHER_H

#include "x509/crl.h"
#include "x509/path.h"
#include "x509/refusal.h"

struct material {
    struct certificate *certificates; /* received, then anchors */
    size_t n, room;
    struct crl *crls;
    size_t n_crls, crl_room;
    struct certificate *end_entity;
    struct refusal malformed; /* of the first one that does not parse; or IKE2_X509_OK */
};

/* IKE2_ERR_MEMORY; IKE2_ERR_ARGUMENT: there is no anchor. With IKE2_OK and a reason in `*refusal`
 * there is nothing to judge. Released by _release in any case. */
ike2_err ike2_x509_gather(const ike2_proof *proof, const ike2_x509_policy *policy,
                          struct material *out, struct refusal *refusal);
void ike2_x509_gather_release(struct material *m, const ike2_mem *mem);

#endif
