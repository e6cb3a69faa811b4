/* x509/signature.h - signatures on certificates and CRLs: each is checked once, and not too many.
 */
#ifndef X509_SIGNATURE_H
#define X509_SIGNATURE_H

#include "x509/path.h"
#include "x509/refusal.h"

enum { SIGNATURES_MAX = 128 };

struct checked {
    const uint8_t *covered; /* where the signed octets are: they do not move */
    const uint8_t *key;
    bool is_good;
};

struct signatures {
    struct checked checked[SIGNATURES_MAX];
    size_t n;
    bool exhausted; /* one was refused because there had been too many */
};

/* Is the key strong enough, and of a kind that is known? */
bool ike2_x509_key_is_strong(const struct key *key, const struct rules *rules);
/* Is the hash of this scheme strong enough, and the scheme known? */
bool ike2_x509_scheme_is_strong(uint16_t scheme, const struct rules *rules);
/* Did the owner of `spki` sign? Names and rights are not looked at. */
bool ike2_x509_has_signed(struct signatures *s, const struct rules *rules, ike2_bytes spki,
                          const struct signed_octets *seal);
/* Is it known already that this key did not? */
bool ike2_x509_has_not_signed(const struct signatures *s, ike2_bytes spki,
                              const struct signed_octets *seal);
/* Keys and hashes of the path, and then its signatures from the anchor down: so that no key is used
 * that nobody vouches for. */
bool ike2_x509_path_is_signed(struct signatures *s, const struct path *p, const struct rules *rules,
                              struct refusal *refusal);

#endif
