/* mbedtls/release.h - what differs between mbedTLS 2.28 and 3.6, and nothing else knows of it. */
#ifndef MBEDTLS_RELEASE_H
#define MBEDTLS_RELEASE_H

#include <stdlib.h>

#include <mbedtls/ecp.h>
#include <mbedtls/entropy.h>
#include <mbedtls/pk.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/rsa.h>
#include <mbedtls/version.h>

#include "mbedtls/internal.h"

#if MBEDTLS_VERSION_NUMBER < 0x021c0000 || MBEDTLS_VERSION_NUMBER >= 0x04000000 || \
    (MBEDTLS_VERSION_NUMBER >= 0x03000000 && MBEDTLS_VERSION_NUMBER < 0x03060000)
#error "mbedTLS 2.28 or 3.6 is needed"
#endif

/* A digest and the room for its signature. */
struct pk_signing {
    mbedtls_md_type_t md;
    ike2_bytes digest;
    uint8_t *sig;
    size_t cap, len;
};

/* The seed of a DRBG, in the form that mbedTLS wants its f_entropy. */
#if defined(MBEDTLS_HAVEGE_C) && !defined(MBEDTLS_NO_PLATFORM_ENTROPY)

#include <mbedtls/entropy_poll.h>

/* Builds of 2.28 with HAVEGE, as Debian's, would add what they measure of the processor: 0.3 ms and
 * 38 kB for each seed. The platform's own source, getrandom(2) or the like, is all it takes. */
static inline int release_entropy(void *none, unsigned char *out, size_t len)
{
    size_t got = 0;
    int ret = mbedtls_platform_entropy_poll(none, out, len, &got);

    return ret == 0 && got != len ? MBEDTLS_ERR_ENTROPY_SOURCE_FAILED : ret;
}

#else

static inline int release_entropy(void *none, unsigned char *out, size_t len)
{
    mbedtls_entropy_context *entropy = calloc(1, sizeof *entropy);
    int ret;

    (void)none;
    if (entropy == NULL)
        return MBEDTLS_ERR_MD_ALLOC_FAILED;
    mbedtls_entropy_init(entropy);
    ret = mbedtls_entropy_func(entropy, out, len);
    mbedtls_entropy_free(entropy);
    free(entropy);
    return ret;
}

#endif

#if MBEDTLS_VERSION_NUMBER < 0x03000000

static inline mbedtls_ecp_group_id release_ec_group(const mbedtls_pk_context *pk)
{
    return mbedtls_pk_ec(*pk)->grp.id;
}

/* A hash that mbedTLS does not have shows itself when it signs. */
static inline void release_rsa_use_pss(mbedtls_rsa_context *rsa, mbedtls_md_type_t md)
{
    mbedtls_rsa_set_padding(rsa, MBEDTLS_RSA_PKCS_V21, (int)md);
}

/* `rng` is for 3.x, which blinds the computation of a missing public key. */
static inline int release_pk_parse_key(mbedtls_pk_context *pk, ike2_bytes text, ike2_bytes password,
                                       struct rng *rng)
{
    (void)rng;
    return mbedtls_pk_parse_key(pk, text.ptr, text.len, password.ptr, password.len);
}

static inline int release_pk_sign(mbedtls_pk_context *pk, struct pk_signing *s, struct rng *rng)
{
    if (s->cap < MBEDTLS_PK_SIGNATURE_MAX_SIZE)
        return MBEDTLS_ERR_PK_BAD_INPUT_DATA;
    return mbedtls_pk_sign(pk, s->md, s->digest.ptr, s->digest.len, s->sig, &s->len,
                           ike2_mbed_rng_fill, rng);
}

#else

static inline mbedtls_ecp_group_id release_ec_group(const mbedtls_pk_context *pk)
{
    return mbedtls_ecp_keypair_get_group_id(mbedtls_pk_ec(*pk));
}

static inline void release_rsa_use_pss(mbedtls_rsa_context *rsa, mbedtls_md_type_t md)
{
    (void)mbedtls_rsa_set_padding(rsa, MBEDTLS_RSA_PKCS_V21, md);
}

static inline int release_pk_parse_key(mbedtls_pk_context *pk, ike2_bytes text, ike2_bytes password,
                                       struct rng *rng)
{
    return mbedtls_pk_parse_key(pk, text.ptr, text.len, password.ptr, password.len,
                                ike2_mbed_rng_fill, rng);
}

static inline int release_pk_sign(mbedtls_pk_context *pk, struct pk_signing *s, struct rng *rng)
{
    return mbedtls_pk_sign(pk, s->md, s->digest.ptr, s->digest.len, s->sig, s->cap, &s->len,
                           ike2_mbed_rng_fill, rng);
}

#endif
#endif
