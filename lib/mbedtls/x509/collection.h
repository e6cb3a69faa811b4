/* mbedtls/x509/collection.h - all certificates of one call: the peer's and the anchors. */
#ifndef MBEDTLS_X509_COLLECTION_H
#define MBEDTLS_X509_COLLECTION_H

#include <ike2/x509.h>

#include "mbedtls/x509/certificate.h"

/* What a proof can hold, ike2/job.h. */
enum { RECEIVED_MAX = 64 };

/* The end entity is the first one received. Those that are not usable stay in their places. */
struct collection {
    struct certificate *all;
    struct certificate *received, *anchors;
    size_t n_received, n_anchors;
};

/* Applies the limits and parses. `*refusal` is written if the result is a refusal: IKE2_ERR_AUTH,
 * IKE2_ERR_ARGUMENT or IKE2_ERR_MEMORY. `out` is released by _clear in any case. */
ike2_err ike2_mbed_collection_init(struct collection *out, const ike2_proof *proof,
                                   const ike2_x509_policy *policy, ike2_verdict *refusal);
/* What is said of a received certificate that does not parse; `nth` from 0. */
ike2_verdict ike2_mbed_malformed(const struct collection *c, size_t nth);
void ike2_mbed_collection_clear(struct collection *c);

#endif
