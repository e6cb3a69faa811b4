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
    IKE2_X509_REVOKED = 6,        /**< a CRL lists one on the path */
    IKE2_X509_NO_CRL = 7,         /**< it is not known whether one on the path is revoked */
    IKE2_X509_USAGE = 8,          /**< key usage, extended key usage or basic constraints */
    IKE2_X509_NAME_CONSTRAINTS = 9, /**< a CA on the path may not vouch for a name below it */
    IKE2_X509_IDENTITY = 10,      /**< the peer's ID is not in the certificate */
    IKE2_X509_WEAK = 11,          /**< a key or a hash that is too weak, or a key on a curve that
                                       `max_ec_bits` leaves out */
    IKE2_X509_SIGNATURE = 12,     /**< the AUTH signature is wrong */
    IKE2_X509_POLICY = 13,        /**< no certificate policy that is accepted */
    IKE2_X509_LIMIT = 14,         /**< too many or too large certificates, or too much work */
    IKE2_X509_PIN = 15,           /**< no key of the path is one of the pins */
    IKE2_X509_REFUSED = 16        /**< by a callback */
};

/** What keys are for, as sets: extended key usage, RFC 5280 4.2.1.12, RFC 4945 5.1.3.12. */
enum {
    IKE2_X509_FOR_ANY = 1 << 0,              /**< anyExtendedKeyUsage */
    IKE2_X509_FOR_SERVER_AUTH = 1 << 1,      /**< id-kp-serverAuth */
    IKE2_X509_FOR_CLIENT_AUTH = 1 << 2,      /**< id-kp-clientAuth */
    IKE2_X509_FOR_IPSEC_IKE = 1 << 3,        /**< id-kp-ipsecIKE, RFC 4809 */
    IKE2_X509_FOR_IKE_INTERMEDIATE = 1 << 4, /**< iKEIntermediate, 1.3.6.1.5.5.8.2.2 */
    IKE2_X509_FOR_ABSENT = 1 << 5            /**< certificates without the extension */
};

/** What is done about revocation, RFC 5280 6.3. */
enum {
    IKE2_X509_REVOCATION_SOFT = 0, /**< what is known to be revoked is refused */
    IKE2_X509_REVOCATION_HARD = 1, /**< and what is not known not to be */
    IKE2_X509_REVOCATION_OFF = 2   /**< CRLs are not looked at */
};

/** Flags of ike2_x509_policy. */
enum {
    IKE2_X509_WILDCARDS = 1 << 0,       /**< "*.example.com" has the identity vpn.example.com */
    IKE2_X509_STRICT = 1 << 1,          /**< refuse what RFC 5280 forbids CAs, even if harmless */
    IKE2_X509_NO_CA = 1 << 2,           /**< refuse a peer whose certificate is a CA's */
    IKE2_X509_INDIRECT_CRLS = 1 << 3,   /**< CRLs by others than the issuer count */
    IKE2_X509_EXPLICIT_POLICY = 1 << 4, /**< a certificate policy is needed, RFC 5280 6.1.1 (f) */
    IKE2_X509_NO_MAPPING = 1 << 5,      /**< policies are not mapped, 6.1.1 (e) */
    IKE2_X509_NO_ANY_POLICY = 1 << 6,   /**< anyPolicy is none, 6.1.1 (g) */
    /** In a certificate without a dNSName, the last CN of the subject is one, and name constraints
     *  hold for it. RFC 4945 3.1.2 advises against it. */
    IKE2_X509_COMMON_NAME = 1 << 7
};

/** The cryptography that a validator needs: leaf functions, on any thread. */
typedef struct ike2_x509_crypto {
    size_t struct_size;
    void *user; /**< first argument of both */
    /** As ike2_mbedtls_verify(). */
    ike2_err (*verify)(void *user, ike2_bytes spki, uint16_t scheme, const ike2_bytes *parts,
                       size_t n, ike2_bytes signature);
    /** SHA-256. */
    ike2_err (*hash)(void *user, ike2_bytes octets, uint8_t out[32]);
} ike2_x509_crypto;

/** What a callback is told about. */
typedef struct ike2_x509_seen {
    size_t struct_size;
    ike2_bytes der;     /**< the certificate or CRL */
    uint32_t depth;     /**< of the certificate, from the end entity, 0 */
    uint32_t reason;    /**< IKE2_X509_OK, or what is wrong with it and may be overruled */
    const char *text;   /**< the same in words; of a CRL, what is wrong with it, or NULL */
} ike2_x509_seen;

/** What is trusted, and what is asked for. Borrowed during the call. An anchor that does not parse
 *  is passed over; ike2_mbedtls_key_hash() tells beforehand. */
typedef struct ike2_x509_policy {
    size_t struct_size;
    const ike2_bytes *anchors; /**< DER certificates of CAs, or the peer's own */
    size_t n_anchors;          /**< 0 only with `anchor_keys` */
    uint16_t max_depth;        /**< certificates between end entity and anchor, those not counted
                                    that are self-issued; 0 = 8, 16 at most */
    uint16_t min_rsa_bits;     /**< 0 = 2048, and less counts as 2048 */
    uint16_t max_certificates; /**< received from the peer; 0 = 16, 64 at most */
    uint16_t max_signatures;   /**< checked in all, but for the peer's own; 0 = 64, 128 at most */
    uint32_t max_octets;       /**< of one received certificate; 0 = 16384 */
    uint32_t flags;            /**< IKE2_X509_WILDCARDS and the like */
    /** SHA-256 of a SubjectPublicKeyInfo, or of a whole certificate. A certificate that the peer
     *  sends is an anchor if it is this one, or a CA's, self-signed, with this key. */
    const uint8_t (*anchor_keys)[32];
    size_t n_anchor_keys;
    const uint8_t (*pins)[32]; /**< likewise: the path, anchor included, has one of these */
    size_t n_pins;             /**< 0: any path will do */
    uint32_t purposes;         /**< a set of IKE2_X509_FOR_*; 0 = all of them */
    uint32_t revocation;       /**< IKE2_X509_REVOCATION_* */
    const ike2_bytes *own_purposes; /**< OIDs, contents octets: purposes that will do as well */
    size_t n_own_purposes;
    const ike2_bytes *crls;    /**< DER, besides those that the peer sent */
    size_t n_crls;
    uint32_t max_crls;         /**< received from the peer; 0 = 8, 64 at most */
    uint32_t max_crl_octets;   /**< of one of those; 0 = 1048576 */
    uint32_t max_crl_age;      /**< seconds since thisUpdate; 0 = as long as the CRL says */
    uint32_t overridable;      /**< bits 1 << IKE2_X509_*: NOT_YET_VALID, EXPIRED, NO_CRL */
    const ike2_bytes *policies; /**< OIDs, contents octets: certificate policies that will do */
    size_t n_policies;         /**< 0: any */
    void *user;                /**< first argument of the callbacks */
    /** Every certificate of the path that is going to be accepted, or NULL: false refuses the path.
     *  With a `reason`, one of those that are overridable: true passes it over. */
    bool (*on_certificate)(void *user, const ike2_x509_seen *seen);
    /** Every CRL, given or received, or NULL: false leaves it out. */
    bool (*on_crl)(void *user, const ike2_x509_seen *seen);
    const ike2_x509_crypto *crypto; /**< NULL = mbedTLS */
    const ike2_mem *mem;            /**< NULL = malloc and free */
    /** Of each certificate whose status no CRL has told, each URI of its cRLDistributionPoints, or
     *  NULL, RFC 5280 4.2.1.13. Only after the path, the identity and the AUTH signature have been
     *  found good, so that a stranger cannot make us visit addresses of his choice. `url` is any
     *  octets, and views the certificate `about->der`; `about->text` says what is missing. Who has
     *  fetched the CRLs asks for another verdict, with those in `crls`. */
    void (*wants_crl)(void *user, const ike2_x509_seen *about, ike2_bytes url);
    uint16_t min_ec_bits;           /**< of keys on an elliptic curve; 0 = 256 */
    uint16_t max_ec_bits;           /**< likewise; 0 = of any size. With the same in both, one
                                         curve is left */
    uint16_t reserved[2];
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
 *  Name constraints hold, critical or not, and so do certificate policies as RFC 5280 6.1 has them;
 *  what cannot be decided, and critical extensions unknown to us, refuse the path that needs them.
 *  CRLs that the peer sends (encoding 7) and those of the policy tell what is revoked. doc/x509.md
 *  has it all.
 *
 *  Fills `*out` entirely, for ike2_job_set_verdict(); its text names the certificate and what is
 *  wrong with it, or who it is. The result is OK if a verdict was reached, whatever it says;
 *  IKE2_ERR_ARGUMENT (nothing to judge, or no anchor that can be used) and IKE2_ERR_MEMORY leave a
 *  refusal in `*out`. */
IKE2_API ike2_err ike2_x509_verify(const ike2_proof *proof, const ike2_x509_policy *policy,
                                   int64_t utc_seconds, ike2_verdict *out);
/** Is this what a peer's Hash and URL meant, RFC 7296 3.6, which ike2_hash_url_read() has read?
 *  `octets` are what was fetched from there; `*n` is the room in `out`, at least 1, and becomes the
 *  number of certificates and CRLs, in order, which are views of `octets`. They are then judged
 *  like received ones: put into ike2_proof.certs in the place of the URL. Any thread.
 *
 *  IKE2_ERR_AUTH: it has another hash. IKE2_ERR_MALFORMED: a bundle that is none, or of more than
 *  there is room for. Then `out` is of no use, and `*n` unchanged. IKE2_ERR_ARGUMENT: no room, or
 *  nothing was fetched. IKE2_ERR_UNSUPPORTED: there is no SHA-1. */
IKE2_API IKE2_MUST_CHECK ike2_err ike2_x509_fetched(const ike2_hash_url *from, ike2_bytes octets,
                                                    ike2_cert *out, size_t *n);
/** Constant text for an IKE2_X509_*, or NULL. */
IKE2_API const char *ike2_x509_text(uint32_t reason);

#ifdef __cplusplus
}
#endif
#endif
