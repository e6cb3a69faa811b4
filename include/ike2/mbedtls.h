/** @file ike2/mbedtls.h
 *  The crypto provider on mbedTLS 2.28 and 3.6, by their re-entrant legacy API: contexts are built
 *  from raw keys in zeroizing handles and belong to one call each, so any number of threads may use
 *  one provider, and one key. Library: libike2-mbedtls.
 *
 *  It provides, as far as the build of mbedTLS has them:
 *
 *  - encryption: AES-CBC, AES-CTR, AES-GCM and AES-CCM with ICVs of 8, 12 and 16 octets, and
 *    AES-GMAC, which does not encrypt, each with keys of 128, 192 and 256 bits; ChaCha20-Poly1305
 *  - PRF and integrity: HMAC with SHA-256, SHA-384 and SHA-512, AES-CMAC, AES-XCBC
 *  - key exchange: MODP 2048 to 8192, ECP 256, 384 and 521, Brainpool 256, 384 and 512, Curve25519
 *  - signatures: RSA (PKCS #1 v1.5, PSS) of 2048 bits or more, ECDSA on P-256, P-384 and P-521
 *  - hashes: SHA-1, for what knows no other, SHA-256, SHA-384, SHA-512
 *
 *  Built with the CMake option IKE2_ENABLE_LEGACY, also 3DES, HMAC-SHA1 as PRF and for integrity,
 *  and MODP 1024 and 1536, for peers that cannot be replaced. It is OFF by default. Whether such an
 *  algorithm is used is still decided by the proposals, and the library's own have none.
 *
 *  X448, EdDSA and ML-KEM are not there: mbedTLS 2.28 and 3.6 do not have them as a whole.
 *
 *  A key of the data plane (IKE2_USE_CHILD) that seals or opens keeps what mbedTLS has made of it,
 *  about a kilobyte for each of cipher and integrity, until the handle is freed.
 *
 *  Software keys can be exported, whatever their use; that of a private key yields DER. */
#ifndef IKE2_MBEDTLS_H
#define IKE2_MBEDTLS_H

#include <ike2/crypto.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A provider. It holds no secrets and no state that changes. */
typedef struct ike2_mbedtls ike2_mbedtls;

/** How a provider is made. */
typedef struct ike2_mbedtls_config {
    size_t struct_size;
    void *user; /**< first argument of `random` */
    /** Fill `out` from a CSPRNG, on any thread. Everything random comes from here: what
     *  ike2_crypto.random gives, private values of key exchanges, salts of signatures, blinding; so
     *  that the same octets give the same results. (The k of ECDSA is derived from key and message,
     *  RFC 6979, if mbedTLS was built for that.) A failure fails the call that needed them.
     *
     *  NULL: each call that draws seeds a DRBG of its own, from mbedTLS's entropy sources or, where
     *  those would measure the processor (2.28 with HAVEGE), from the platform's. That needs no
     *  lock and survives a fork, and takes some microseconds: a server does better with its
     *  system's generator, getrandom(2) or the like. */
    ike2_err (*random)(void *user, uint8_t *out, size_t len);
} ike2_mbedtls_config;

/** Makes a provider. `cfg` may be NULL. `*out` is freed by ike2_mbedtls_free(), after all
 *  endpoints, jobs and keys. Make the first one of a program before its threads: builds of mbedTLS
 *  without tables in ROM compute those of AES then. IKE2_ERR_ARGUMENT, IKE2_ERR_MEMORY. */
IKE2_API IKE2_MUST_CHECK ike2_err ike2_mbedtls_new(const ike2_mbedtls_config *cfg,
                                                   ike2_mbedtls **out);
/** Frees a provider, once nothing uses its table any more. NULL is allowed. */
IKE2_API void ike2_mbedtls_free(ike2_mbedtls *m);
/** The provider table, for ike2_endpoint_config.crypto; lives as long as `m`. */
IKE2_API const ike2_crypto *ike2_mbedtls_crypto(const ike2_mbedtls *m);

/** Reads a private key from PEM or DER: PKCS #1, SEC 1, or PKCS #8, also encrypted. `password` may
 *  be empty, and is not looked at if the key is not encrypted. `*out` is freed by key_free of the
 *  table.
 *
 *  IKE2_ERR_MALFORMED: no private key. IKE2_ERR_AUTH: the password is missing or wrong.
 *  IKE2_ERR_UNSUPPORTED: a key of another algorithm or curve, an RSA key of less than 2048 bits
 *  (RFC 8247), or an encryption that mbedTLS does not have; for 2.28 that is PBES2 with AES, which
 *  OpenSSL uses unless told otherwise. */
IKE2_API IKE2_MUST_CHECK ike2_err ike2_mbedtls_private_key(const ike2_mbedtls *m, ike2_bytes text,
                                                           ike2_bytes password, ike2_key **out);
/** Checks one signature with a SubjectPublicKeyInfo: for raw public keys and validators of one's
 *  own. `scheme` is IKE2_SIG_*; `parts` are the signed octets, as if concatenated.
 *
 *  IKE2_ERR_AUTH: the signature is wrong, or the key is none for the scheme. IKE2_ERR_MALFORMED: no
 *  SubjectPublicKeyInfo. IKE2_ERR_UNSUPPORTED: another scheme, algorithm or curve, or an RSA key of
 *  less than 2048 bits. */
IKE2_API IKE2_MUST_CHECK ike2_err ike2_mbedtls_verify(ike2_bytes spki, uint16_t scheme,
                                                      const ike2_bytes *parts, size_t n,
                                                      ike2_bytes signature);
/** The schemes that a private key can make, IKE2_SIG_*, best first; without SHA-1. `*n` is the room
 *  in `out` on entry and what was written on return. IKE2_ERR_ARGUMENT if it is not a private key,
 *  IKE2_ERR_SPACE. */
IKE2_API IKE2_MUST_CHECK ike2_err ike2_mbedtls_key_schemes(const ike2_key *key, uint16_t *out,
                                                           size_t *n);
/** Is `key` the private key of this DER certificate? IKE2_ERR_AUTH if not; IKE2_ERR_MALFORMED. */
IKE2_API IKE2_MUST_CHECK ike2_err ike2_mbedtls_key_matches(const ike2_key *key,
                                                           ike2_bytes certificate);
/** SHA-1 of the SubjectPublicKeyInfo of a DER certificate, as CERTREQ carries it (RFC 7296 3.7):
 *  for `trusted` and `issuers` of ike2/config.h. IKE2_ERR_MALFORMED. */
IKE2_API IKE2_MUST_CHECK ike2_err ike2_mbedtls_key_hash(ike2_bytes certificate, uint8_t hash[20]);
/** Cuts PEM text (or takes one DER certificate) into DER certificates, in order: `*n` is the room
 *  in `out` on entry, what was written on return; their octets go into `room`. IKE2_ERR_MALFORMED,
 *  IKE2_ERR_SPACE. */
IKE2_API IKE2_MUST_CHECK ike2_err ike2_mbedtls_certificates(ike2_bytes text, ike2_buffer *room,
                                                            ike2_bytes *out, size_t *n);
/** As ike2_mbedtls_certificates(), for CRLs: PEM "X509 CRL" (RFC 7468 6), or one in DER. For `crls`
 *  of ike2/x509.h, which looks into them. */
IKE2_API IKE2_MUST_CHECK ike2_err ike2_mbedtls_crls(ike2_bytes text, ike2_buffer *room,
                                                    ike2_bytes *out, size_t *n);

#ifdef __cplusplus
}
#endif
#endif
