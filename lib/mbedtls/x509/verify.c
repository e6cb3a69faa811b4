/* mbedtls/x509/verify.c - the validator of lib/x509 with mbedTLS's cryptography. */
#include <stdlib.h>

#include <ike2/iana.h>
#include <ike2/mbedtls.h>
#include <ike2/x509.h>

#include "base/bytes.h"
#include "mbedtls/internal.h"
#include "x509/verify.h"

static ike2_err verify(void *user, ike2_bytes spki, uint16_t scheme, const ike2_bytes *parts,
                       size_t n, ike2_bytes signature)
{
    (void)user;
    return ike2_mbedtls_verify(spki, scheme, parts, n, signature);
}

static ike2_err hash(void *user, ike2_bytes octets, uint8_t out[32])
{
    const struct hash_kind *sha256 = ike2_mbed_hash_kind(IKE2_HASH_SHA2_256);
    uint8_t digest[HASH_OCTETS_MAX];
    ike2_err err;

    (void)user;
    if (sha256 == NULL)
        return IKE2_ERR_UNSUPPORTED;
    err = ike2_mbed_err(ike2_mbed_digest(sha256, &octets, 1, digest));
    if (err == IKE2_OK)
        memcpy(out, digest, sha256->len);
    return err;
}

static const ike2_x509_crypto crypto = {
    .struct_size = sizeof crypto,
    .verify = verify,
    .hash = hash,
};

static void *acquire(void *user, size_t size)
{
    (void)user;
    return malloc(size);
}

static void release(void *user, void *ptr, size_t size)
{
    (void)user;
    (void)size;
    free(ptr);
}

static const ike2_mem heap = { .acquire = acquire, .release = release };

static bool proof_is_whole(const ike2_proof *proof)
{
    return proof != NULL && (proof->certs != NULL || proof->n_certs == 0) &&
           (proof->signed_parts != NULL || proof->n_signed_parts == 0);
}

ike2_err ike2_x509_verify(const ike2_proof *proof, const ike2_x509_policy *policy,
                          int64_t utc_seconds, ike2_verdict *out)
{
    ike2_x509_policy p = { 0 };

    if (out == NULL)
        return IKE2_ERR_ARGUMENT;
    if (policy != NULL && policy->struct_size >= sizeof policy->struct_size)
        memcpy(&p, policy, policy->struct_size < sizeof p ? policy->struct_size : sizeof p);
    p.struct_size = policy == NULL ? 0 : sizeof p;
    if (p.crypto == NULL)
        p.crypto = &crypto;
    if (p.mem == NULL)
        p.mem = &heap;
    return ike2_x509_judge(proof_is_whole(proof) ? proof : NULL, &p, utc_seconds, out);
}

const char *ike2_x509_text(uint32_t reason)
{
    switch (reason) {
    case IKE2_X509_OK: return "the proof holds";
    case IKE2_X509_NO_CERTIFICATE: return "no certificate was sent";
    case IKE2_X509_MALFORMED: return "a certificate does not parse";
    case IKE2_X509_NO_PATH: return "no path leads to an anchor";
    case IKE2_X509_NOT_YET_VALID: return "a certificate is not yet valid";
    case IKE2_X509_EXPIRED: return "a certificate is expired";
    case IKE2_X509_REVOKED: return "a certificate is revoked";
    case IKE2_X509_NO_CRL: return "it is not known whether a certificate is revoked";
    case IKE2_X509_USAGE: return "a key is used for what it is not for";
    case IKE2_X509_NAME_CONSTRAINTS: return "a name is not permitted by its CA";
    case IKE2_X509_IDENTITY: return "the identity is not in the certificate";
    case IKE2_X509_WEAK: return "a key or a hash is too weak";
    case IKE2_X509_SIGNATURE: return "the signature is wrong";
    case IKE2_X509_POLICY: return "no certificate policy is accepted";
    case IKE2_X509_LIMIT: return "a limit was exceeded";
    case IKE2_X509_PIN: return "no key of the path is pinned";
    case IKE2_X509_REFUSED: return "the application refused";
    default: return NULL;
    }
}
