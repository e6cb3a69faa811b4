/** @file ike2/x509.h
 * The certificate validator that ships with the provider: path, dates, key usage, identity and the
 * AUTH signature, in one call. RFC 5280, RFC 4945. No I/O, no clock, no global state; any thread.
 * The core never includes this. Library: libike2-mbedtls. */
#ifndef IKE2_X509_H
#define IKE2_X509_H

#include <ike2/job.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Why a proof was refused: ike2_verdict.reason. Appended only. */
enum {
    IKE2_X509_OK = 0,             /**< it was not */
    IKE2_X509_NO_CERTIFICATE = 1, /**< the peer sent none */
    IKE2_X509_MALFORMED = 2,      /**< one does not parse, or has an unknown critical extension */
    IKE2_X509_NO_PATH = 3,        /**< none leads to an anchor */
    IKE2_X509_NOT_YET_VALID = 4,  /**< notBefore of one on the path is to come */
    IKE2_X509_EXPIRED = 5,        /**< notAfter of one on the path is over */
    IKE2_X509_USAGE = 8,          /**< key usage, extended key usage or basic constraints */
    IKE2_X509_IDENTITY = 10,      /**< the peer's ID is not in the certificate */
    IKE2_X509_WEAK = 11,          /**< a key or a hash that is too weak */
    IKE2_X509_SIGNATURE = 12,     /**< the AUTH signature is wrong */
    IKE2_X509_LIMIT = 14          /**< too many or too large certificates */
};

/** What is trusted. Borrowed during the call. An anchor that does not parse is passed over;
 *  ike2_mbedtls_key_hash() tells beforehand. */
typedef struct ike2_x509_policy {
    size_t struct_size;
    const ike2_bytes *anchors; /**< DER certificates of CAs, or the peer's own; nothing else is
                                    trusted */
    size_t n_anchors;          /**< at least 1 */
    uint16_t max_depth;        /**< certificates between end entity and anchor; 0 = 8 */
    uint16_t min_rsa_bits;     /**< 0 = 2048, and less counts as 2048 */
    uint16_t max_certificates; /**< received from the peer; 0 = 16, 64 at most */
    uint16_t reserved;
    uint32_t max_octets;       /**< of one received certificate; 0 = 16384 */
    uint32_t reserved2;
} ike2_x509_policy;

/** Judges a proof at `utc_seconds` (since 1970): the clock is the caller's.
 *
 *  The end entity is the first certificate that was received, RFC 7296 3.6; others help to find a
 *  path to an anchor, in any order, and do no harm if they do not. All certificates of the path,
 *  the anchor too, must be valid at that time, have keys that are strong enough (RSA, or ECDSA on
 *  P-256, P-384 or P-521), and, but for the anchor, signatures made with SHA-2. CAs must be CAs.
 *  The end entity's key must be for signatures, and, if purposes are named, for IKE, TLS or any,
 *  RFC 4945 5.1.3. Its subjectAltName must have the identity, or its subject if that is a
 *  Distinguished Name; other types than FQDN, RFC822_ADDR, addresses and DER_ASN1_DN are refused,
 *  and nothing is a pattern. At last the signature is checked.
 *
 *  Not judged yet: revocation and certificate policies. Name constraints and critical extensions
 *  unknown to us refuse the path that needs them. doc/x509.md has it all.
 *
 *  Fills `*out` entirely, for ike2_job_set_verdict(); its text names the certificate and what is
 *  wrong with it, or who it is. The result is OK if a verdict was reached, whatever it says;
 *  IKE2_ERR_ARGUMENT (nothing to judge, or no anchor that can be used) and IKE2_ERR_MEMORY leave a
 *  refusal in `*out`. */
IKE2_API ike2_err ike2_x509_verify(const ike2_proof *proof, const ike2_x509_policy *policy,
                                   int64_t utc_seconds, ike2_verdict *out);
/** Constant text for an IKE2_X509_*, or NULL. */
IKE2_API const char *ike2_x509_text(uint32_t reason);

#ifdef __cplusplus
}
#endif
#endif
