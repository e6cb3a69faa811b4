/* x509/algorithm.h - AlgorithmIdentifier of signatures and keys. RFC 3279, RFC 4055, RFC 5480,
 * RFC 5758, RFC 8410. */
#ifndef X509_ALGORITHM_H
#define X509_ALGORITHM_H

#include <ike2/types.h>

enum key_kind { KEY_UNKNOWN, KEY_RSA, KEY_EC, KEY_EDWARDS };

struct key {
    enum key_kind kind;
    uint32_t bits;
};

/* IKE2_SIG_* of an AlgorithmIdentifier, or 0: one that is not known here, or whose parameters are
 * not those of its RFC. */
uint16_t ike2_x509_signature_scheme(ike2_bytes algorithm);
/* Of a SubjectPublicKeyInfo. KEY_UNKNOWN also for numbers that are no RSA key. */
struct key ike2_x509_key(ike2_bytes spki);

#endif
