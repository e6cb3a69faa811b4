/* policy/registry.h - all transforms that have a name, whoever provides them: their words, what RFC
 * 8247 and RFC 8221 say of them, and where they may be negotiated. The one table of algorithms. */
#ifndef POLICY_REGISTRY_H
#define POLICY_REGISTRY_H

#include <ike2/crypto.h>

struct algorithm {
    ike2_algorithm info; /* `struct_size` is 0 */
    uint16_t prf;        /* INTEG: IKE2_PRF_* of the same algorithm */
    uint16_t strength;   /* KE: the larger, the stronger; 0: not known */
};

/* Row `i`, or NULL behind the last one. */
const struct algorithm *ike2_registry_at(size_t i);
/* NULL if there is none with this id and key length. */
const struct algorithm *ike2_registry_find(const ike2_transform *t);
/* May `protocol`, IKE2_PROTOCOL_IKE or _ESP, negotiate it? */
bool ike2_registry_allows(const struct algorithm *a, uint8_t protocol);

#endif
