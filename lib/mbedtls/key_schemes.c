/* mbedtls/key_schemes.c - which schemes a private key can make. RFC 8247 3.2. */
#include "mbedtls/key_schemes.h"

#include "mbedtls/release.h"
#include "mbedtls/sign.h"

enum { SCHEMES_MAX = 6 };

/* What a kind of key makes, best first; 0 ends the list. The longer hashes come after the one that
 * fits the key. */
struct key_kind {
    mbedtls_ecp_group_id group; /* MBEDTLS_ECP_DP_NONE: RSA */
    uint16_t schemes[SCHEMES_MAX + 1];
};

static const struct key_kind kinds[] = {
    { MBEDTLS_ECP_DP_NONE,
      { IKE2_SIG_RSA_PSS_SHA256, IKE2_SIG_RSA_PSS_SHA384, IKE2_SIG_RSA_PSS_SHA512,
        IKE2_SIG_RSA_PKCS1_SHA256, IKE2_SIG_RSA_PKCS1_SHA384, IKE2_SIG_RSA_PKCS1_SHA512 } },
    { MBEDTLS_ECP_DP_SECP256R1,
      { IKE2_SIG_ECDSA_SHA256_DER, IKE2_SIG_ECDSA_SHA384_DER, IKE2_SIG_ECDSA_SHA512_DER,
        IKE2_SIG_ECDSA_P256_SHA256_RAW } },
    { MBEDTLS_ECP_DP_SECP384R1,
      { IKE2_SIG_ECDSA_SHA384_DER, IKE2_SIG_ECDSA_SHA512_DER, IKE2_SIG_ECDSA_SHA256_DER,
        IKE2_SIG_ECDSA_P384_SHA384_RAW } },
    { MBEDTLS_ECP_DP_SECP521R1,
      { IKE2_SIG_ECDSA_SHA512_DER, IKE2_SIG_ECDSA_SHA384_DER, IKE2_SIG_ECDSA_SHA256_DER,
        IKE2_SIG_ECDSA_P521_SHA512_RAW } },
};

ike2_err ike2_mbed_private_key_read(const ike2_key *key, mbedtls_pk_context *pk)
{
    /* Handles have the public key in them: nothing is drawn. */
    const struct ike2_mbedtls without_random = { .random = NULL };
    struct rng rng = { .m = &without_random };
    ike2_bytes der = { .ptr = key->octets, .len = key->len };
    int ret;

    if (key->use != IKE2_USE_SIGN)
        return IKE2_ERR_ARGUMENT;
    ret = release_pk_parse_key(pk, der, (ike2_bytes){ 0 }, &rng);
    ike2_mbed_rng_end(&rng);
    return ike2_mbed_err(ret);
}

static const struct key_kind *kind_of(const mbedtls_pk_context *pk)
{
    mbedtls_ecp_group_id group = MBEDTLS_ECP_DP_NONE;

    if (!mbedtls_pk_can_do(pk, MBEDTLS_PK_RSA))
        group = release_ec_group(pk);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (kinds[i].group == group)
            return &kinds[i];
    }
    return NULL;
}

static ike2_err put(const struct key_kind *kind, uint16_t *out, size_t *n)
{
    size_t cap = *n;

    *n = 0;
    while (kind->schemes[*n] != 0)
        ++*n;
    if (*n > cap)
        return IKE2_ERR_SPACE;
    for (size_t i = 0; i < *n; i++)
        out[i] = kind->schemes[i];
    return IKE2_OK;
}

ike2_err ike2_mbedtls_key_schemes(const ike2_key *key, uint16_t *out, size_t *n)
{
    const struct key_kind *kind;
    mbedtls_pk_context pk;
    ike2_err err;

    if (key == NULL || n == NULL || (out == NULL && *n != 0))
        return IKE2_ERR_ARGUMENT;
    mbedtls_pk_init(&pk);
    err = ike2_mbed_private_key_read(key, &pk);
    if (err == IKE2_OK) {
        kind = kind_of(&pk);
        err = kind != NULL ? put(kind, out, n) : IKE2_ERR_UNSUPPORTED;
    }
    mbedtls_pk_free(&pk);
    return err;
}
