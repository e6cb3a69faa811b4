/* crypto/provider.c - is a provider table complete enough to begin with? */
#include "crypto/provider.h"

#include <ike2/iana.h>

#include "crypto/natd.h"

static bool has_keys(const ike2_crypto *c)
{
    return c->key_import != NULL && c->key_export != NULL && c->key_ref != NULL &&
           c->key_free != NULL;
}

static bool has_digests(const ike2_crypto *c)
{
    return c->random != NULL && c->describe != NULL && c->hash != NULL && c->prf != NULL &&
           c->prf_key != NULL && c->prf_plus != NULL;
}

static bool has_the_rest(const ike2_crypto *c)
{
    return c->seal != NULL && c->open != NULL && c->ke_start != NULL && c->ke_respond != NULL &&
           c->ke_finish != NULL && c->ke_free != NULL && c->sign != NULL;
}

ike2_err ike2_provider_check(const ike2_crypto *c)
{
    /* What cookies are made with, crypto/cookie.c. */
    const ike2_transform prf = { .type = IKE2_TRANSFORM_PRF, .id = IKE2_PRF_HMAC_SHA2_256 };
    ike2_transform_info info = IKE2_INIT(ike2_transform_info);
    uint8_t digest[NATD_OCTETS];
    ike2_buffer out = { .ptr = digest, .cap = sizeof digest };

    if (c == NULL || c->struct_size < sizeof *c)
        return IKE2_ERR_ARGUMENT;
    if (!has_keys(c) || !has_digests(c) || !has_the_rest(c))
        return IKE2_ERR_ARGUMENT;
    /* RFC 7296 2.23: NAT detection knows no other hash. */
    if (c->hash(c->user, IKE2_HASH_SHA1, NULL, 0, &out) != IKE2_OK || out.len != NATD_OCTETS)
        return IKE2_ERR_UNSUPPORTED;
    return c->describe(c->user, &prf, &info) == IKE2_OK ? IKE2_OK : IKE2_ERR_UNSUPPORTED;
}
