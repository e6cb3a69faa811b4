/* tools/paths/crypto.c - the cryptography of old vectors. */
#include <mbedtls/md.h>
#include <mbedtls/pk.h>

#include <ike2/mbedtls.h>

#include "tools/paths/trial.h"

/* What the provider refuses and old vectors have: RSA keys of less than 2048 bits, and SHA-1. The
 * rules say whether either will do. */
static ike2_err verify_old_rsa(ike2_bytes spki, uint16_t scheme, ike2_bytes covered,
                               ike2_bytes signature)
{
    mbedtls_md_type_t md = scheme == IKE2_SIG_RSA_PKCS1_SHA256 ? MBEDTLS_MD_SHA256
                           : scheme == IKE2_SIG_RSA_PKCS1_SHA1 ? MBEDTLS_MD_SHA1
                                                               : MBEDTLS_MD_NONE;
    const mbedtls_md_info_t *hash = mbedtls_md_info_from_type(md);
    unsigned char *at = (unsigned char *)(uintptr_t)spki.ptr;
    uint8_t digest[MBEDTLS_MD_MAX_SIZE];
    ike2_err err = IKE2_ERR_UNSUPPORTED;
    mbedtls_pk_context pk;

    if (hash == NULL)
        return err;
    mbedtls_pk_init(&pk);
    if (mbedtls_pk_parse_subpubkey(&at, at + spki.len, &pk) == 0 &&
        mbedtls_pk_can_do(&pk, MBEDTLS_PK_RSA) && signature.len == mbedtls_pk_get_len(&pk) &&
        mbedtls_md(hash, covered.ptr, covered.len, digest) == 0)
        err = mbedtls_pk_verify(&pk, md, digest, mbedtls_md_get_size(hash), signature.ptr,
                                signature.len) == 0
                  ? IKE2_OK
                  : IKE2_ERR_AUTH;
    mbedtls_pk_free(&pk);
    return err;
}

static ike2_err verify(void *user, ike2_bytes spki, uint16_t scheme, const ike2_bytes *parts,
                       size_t n, ike2_bytes signature)
{
    ike2_err err = ike2_mbedtls_verify(spki, scheme, parts, n, signature);

    (void)user;
    return err == IKE2_ERR_UNSUPPORTED && n == 1 ? verify_old_rsa(spki, scheme, parts[0], signature)
                                                 : err;
}

const ike2_x509_crypto trial_crypto = { .struct_size = sizeof trial_crypto, .verify = verify };
