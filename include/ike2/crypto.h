/** @file ike2/crypto.h
 *  What libike2 asks of a cryptographic library: a table of leaf functions over key handles.
 *
 *  ike2/mbedtls.h has one over mbedTLS. Whoever writes another, for a hardware module say, fills in
 *  an ike2_crypto and shows with ike2_crypto_selftest() that it is right. */
#ifndef IKE2_CRYPTO_H
#define IKE2_CRYPTO_H

#include <ike2/message.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A secret or private key inside the provider: octets in RAM, a PSA id or an HSM slot. The
 *  library moves handles; only `key_export` sees octets. Counted: key_ref, key_free. */
typedef struct ike2_key ike2_key;
/** One side's half of a key exchange between its two steps. */
typedef struct ike2_ke_state ike2_ke_state;

/** One piece of an input: a key's octets (`key` set) or `octets`. Lists of them are taken as if
 *  concatenated, so secrets can be chained without leaving the provider (RFC 9370). */
typedef struct ike2_input {
    const ike2_key *key; /**< NULL: `octets` count */
    ike2_bytes octets;   /**< not looked at if there is a `key` */
} ike2_input;

/** The negotiated algorithms of one SA; `type` 0 where there is none. */
typedef struct ike2_suite {
    ike2_transform encr;     /**< encryption */
    ike2_transform integ;    /**< integrity; none with an AEAD */
    ike2_transform prf;      /**< pseudorandom function; none in a Child SA */
    ike2_transform ke;       /**< key exchange; in a Child SA possibly none */
    ike2_transform addke[7]; /**< additional key exchanges, RFC 9370 */
    ike2_transform esn;      /**< sequence numbers; Child SA only */
} ike2_suite;

/** What a transform is like. Lengths are octets; what does not apply is 0. */
typedef struct ike2_transform_info {
    size_t struct_size;
    uint16_t key_len;   /**< of the cipher or MAC, without the salt; a PRF's preferred one */
    uint16_t salt_len;  /**< RFC 5282: taken from KEYMAT behind the key */
    uint16_t iv_len;    /**< of the IV that a message carries, without the salt */
    uint16_t icv_len;   /**< checksum: of an integrity transform, and of an AEAD */
    uint16_t block_len; /**< what is encrypted is padded to a multiple of it; 1 = no padding */
    uint16_t out_len;   /**< PRF and hash output */
    bool aead;          /**< encryption that needs no integrity transform */
    bool iv_random;     /**< CBC: every IV is fresh random octets; else epoch | counter */
    bool kem;           /**< responder answers with ke_respond instead of start + finish */
    uint8_t reserved;
    uint32_t pub_i; /**< key exchange: the initiator's public value */
    uint32_t pub_r; /**< key exchange: the responder's public value */
} ike2_transform_info;

/** What a key will do: lets an HSM set attributes. */
enum {
    IKE2_USE_PRF = 1,    /**< SK_d, SK_p*, SKEYSEED, PSK, PPK, EAP MSK */
    IKE2_USE_CIPHER = 2, /**< SK_e* (with the salt), IKE only */
    IKE2_USE_MAC = 3,    /**< SK_a*, IKE only */
    IKE2_USE_SHARED = 4, /**< result of a key exchange */
    IKE2_USE_CHILD = 5,  /**< KEYMAT: for the data plane */
    IKE2_USE_SIGN = 6    /**< private key; made by a function of the provider's own */
};

/** One slice of a prf+ stream, section 2.13: where SK_* and KEYMAT come from. */
typedef struct ike2_key_slice {
    size_t len;   /**< octets to take; 0 yields a NULL key */
    uint16_t use; /**< IKE2_USE_* */
    uint16_t reserved[3];
    ike2_key *key; /**< out: owned by the caller; NULL after a failure */
} ike2_key_slice;

/** prf(key, data); both are lists, since SKEYSEED = prf(Ni | Nr, g^ir). */
typedef struct ike2_prf_args {
    ike2_transform prf;     /**< of type IKE2_TRANSFORM_PRF */
    const ike2_input *key;  /**< of any length in all, also 0 and more than a block */
    size_t n_key;
    const ike2_input *data; /**< of any length in all */
    size_t n_data;
} ike2_prf_args;

/** One message to seal or to open. One call serves AEAD (RFC 5282; `integ_key` NULL) and
 *  encrypt-then-MAC suites, whose checksum covers aad | iv | ciphertext (section 3.14), alike.
 *  IKE2_ENCR_NULL_AUTH_AES_GMAC (RFC 4543) is described and called like an AEAD, leaves `data` as
 *  they are, and its checksum covers aad | iv | data; the library never uses it for an IKE SA. */
typedef struct ike2_seal_args {
    ike2_transform encr;       /**< of type IKE2_TRANSFORM_ENCR */
    ike2_transform integ;      /**< of type IKE2_TRANSFORM_INTEG; not looked at with an AEAD */
    const ike2_key *encr_key;  /**< key | salt: key_len + salt_len octets */
    const ike2_key *integ_key; /**< NULL with an AEAD */
    ike2_bytes iv;             /**< iv_len octets; the caller's duty that none repeats */
    ike2_bytes aad;            /**< authenticated, not encrypted */
    uint8_t *data;             /**< in place */
    size_t len;                /**< of `data`; a multiple of block_len */
    uint8_t *icv;              /**< seal writes it, open compares it in constant time */
    size_t icv_len;            /**< exactly that of the transform */
} ike2_seal_args;

/** Signature schemes: key type, hash, padding and encoding as one name. */
enum {
    /** Method 1; only where a peer's definition names it. */
    IKE2_SIG_RSA_PKCS1_SHA1 = 1,
    /** Method 9: raw r | s, RFC 4754. */
    IKE2_SIG_ECDSA_P256_SHA256_RAW = 9,
    /** Method 10: raw r | s, RFC 4754. */
    IKE2_SIG_ECDSA_P384_SHA384_RAW = 10,
    /** Method 11: raw r | s, RFC 4754. */
    IKE2_SIG_ECDSA_P521_SHA512_RAW = 11,
    /* Method 14, RFC 7427: DER where the algorithm has a choice. */
    IKE2_SIG_RSA_PKCS1_SHA256 = 0x100, /**< RFC 7427 A.1.2 */
    IKE2_SIG_RSA_PKCS1_SHA384 = 0x101, /**< RFC 7427 A.1.3 */
    IKE2_SIG_RSA_PKCS1_SHA512 = 0x102, /**< RFC 7427 A.1.4 */
    IKE2_SIG_RSA_PSS_SHA256 = 0x110,   /**< RFC 7427 A.4.3; mask by the same hash, salt as long */
    IKE2_SIG_RSA_PSS_SHA384 = 0x111,   /**< likewise with SHA-384 */
    IKE2_SIG_RSA_PSS_SHA512 = 0x112,   /**< likewise with SHA-512 */
    IKE2_SIG_ECDSA_SHA256_DER = 0x120, /**< RFC 7427 A.3.2; the curve is the key's */
    IKE2_SIG_ECDSA_SHA384_DER = 0x121, /**< RFC 7427 A.3.3 */
    IKE2_SIG_ECDSA_SHA512_DER = 0x122, /**< RFC 7427 A.3.4 */
    IKE2_SIG_ED25519 = 0x130,          /**< RFC 8420 */
    IKE2_SIG_ED448 = 0x131             /**< RFC 8420 */
};

/** Provider table: leaf functions. All are synchronous, re-entrant (jobs call them from
 *  any thread; key counts are atomic) and never call back. Results by `ike2_buffer` or `**out`
 *  are written on success only. `parts` are taken as if concatenated.
 *
 *  Every function that can fail may say IKE2_ERR_UNSUPPORTED (an algorithm that `describe` does
 *  not know either), IKE2_ERR_ARGUMENT (a length or a key that does not fit it), IKE2_ERR_MEMORY,
 *  IKE2_ERR_CRYPTO, and, where there is an `ike2_buffer`, IKE2_ERR_SPACE. */
typedef struct ike2_crypto {
    size_t struct_size; /**< IKE2_INIT, or sizeof the table that the provider was compiled with */
    void *user;         /**< first argument of every function */

    /** Fill `out` from a CSPRNG. */
    ike2_err (*random)(void *user, uint8_t *out, size_t len);
    /** Is this transform usable (else IKE2_ERR_UNSUPPORTED), and what is it like? `out` begins
     *  with its struct_size. Nobody asks about ESN transforms, or about IKE2_INTEG_NONE and
     *  IKE2_KE_NONE: they need no provider. ADDKE types are asked like IKE2_TRANSFORM_KE. */
    ike2_err (*describe)(void *user, const ike2_transform *t, ike2_transform_info *out);

    /** A handle of these octets, owned by the caller. `use` is any but IKE2_USE_SIGN. */
    ike2_err (*key_import)(void *user, uint16_t use, ike2_bytes octets, ike2_key **out);
    /** IKE2_ERR_UNSUPPORTED for a key that may not leave. */
    ike2_err (*key_export)(void *user, const ike2_key *key, ike2_buffer *out);
    /** One owner more; every owner calls key_free once. */
    void (*key_ref)(void *user, ike2_key *key);
    /** One owner less; the last one zeroizes. NULL is allowed. */
    void (*key_free)(void *user, ike2_key *key);

    /** `alg` is IKE2_HASH_*. */
    ike2_err (*hash)(void *user, uint16_t alg, const ike2_bytes *parts, size_t n,
                     ike2_buffer *out);
    /** prf whose result is octets: AUTH, cookies. */
    ike2_err (*prf)(void *user, const ike2_prf_args *args, ike2_buffer *out);
    /** prf whose result is itself a secret, a key of IKE2_USE_PRF: SKEYSEED and friends. */
    ike2_err (*prf_key)(void *user, const ike2_prf_args *args, ike2_key **out);
    /** prf+(key, data), cut into `slices` in order: all of them or none. IKE2_ERR_ARGUMENT beyond
     *  255 times the PRF's output, where prf+ ends (section 2.13). */
    ike2_err (*prf_plus)(void *user, const ike2_prf_args *args, ike2_key_slice *slices,
                         size_t n);

    /** Encrypts `data` in place and writes the checksum. After a failure `data` is undefined. */
    ike2_err (*seal)(void *user, const ike2_seal_args *args);
    /** Checks the checksum, then decrypts `data` in place. IKE2_ERR_AUTH, and `data` zeroed, if
     *  the ICV is wrong. */
    ike2_err (*open)(void *user, const ike2_seal_args *args);

    /** Own public value. Initiator always; responder of a DH, which may then put off the
     *  expensive second step. */
    ike2_err (*ke_start)(void *user, uint16_t method, ike2_buffer *pub, ike2_ke_state **out);
    /** Responder of a KEM: peer's public value in, own value and secret out. */
    ike2_err (*ke_respond)(void *user, uint16_t method, ike2_bytes peer_pub, ike2_buffer *pub,
                           ike2_key **secret);
    /** Second step after ke_start; checks the peer's value (RFC 6989) and says IKE2_ERR_MALFORMED
     *  if its length or the value itself is not to be used. `state` stays owned. */
    ike2_err (*ke_finish)(void *user, ike2_ke_state *state, ike2_bytes peer_pub,
                          ike2_key **secret);
    /** Zeroizes. NULL is allowed. */
    void (*ke_free)(void *user, ike2_ke_state *state);

    /** `scheme` is IKE2_SIG_*; the result is what follows the AlgorithmIdentifier.
     *  IKE2_ERR_ARGUMENT if the key is none for the scheme. */
    ike2_err (*sign)(void *user, const ike2_key *key, uint16_t scheme, const ike2_bytes *parts,
                     size_t n, ike2_buffer *sig);
} ike2_crypto;

/** Tests a provider, for bring-up and FIPS: known answers of every algorithm that it claims and the
 *  library knows, refusal of forged messages, and agreement of both sides of each key exchange.
 *  Takes about as long as two exchanges by each method. `mem` NULL is malloc and free. Algorithms
 *  that it does not claim are passed over, but for those that ike2_endpoint_new() insists on.
 *  IKE2_ERR_CRYPTO: something came out wrong; IKE2_ERR_ARGUMENT: a function is missing;
 *  IKE2_ERR_UNSUPPORTED: no SHA-1 hash, or no PRF_HMAC_SHA2_256; or what the provider said. */
IKE2_API IKE2_MUST_CHECK ike2_err ike2_crypto_selftest(const ike2_crypto *c, const ike2_mem *mem);

/** @name Algorithms
 *  All transforms that have a name, whether a provider has them or not: for checks of
 *  configurations, suggestions and documentation.
 *  @{ */

/** How an RFC wants implementations to treat an algorithm; a sign says where that is going. */
enum {
    IKE2_LEVEL_NONE = 0,        /**< it is not mentioned, which allows it */
    IKE2_LEVEL_MUST = 1,        /**< MUST */
    IKE2_LEVEL_MUST_MINUS = 2,  /**< MUST-: will be less one day */
    IKE2_LEVEL_SHOULD_PLUS = 3, /**< SHOULD+: will be more one day */
    IKE2_LEVEL_SHOULD = 4,      /**< SHOULD */
    IKE2_LEVEL_MAY = 5,         /**< MAY */
    IKE2_LEVEL_SHOULD_NOT = 6,  /**< SHOULD NOT */
    IKE2_LEVEL_MUST_NOT = 7     /**< MUST NOT */
};

/** What is known of one transform. Texts live as long as the library. */
typedef struct ike2_algorithm {
    size_t struct_size;
    ike2_transform transform; /**< `key_bits` is 0 where there is no choice */
    const char *word;         /**< for ike2_proposal_parse(); NULL if it has none */
    const char *also;         /**< another word for it, or NULL */
    const char *rfc;          /**< where it is specified; NULL if it never was */
    uint8_t ike_level;        /**< IKE2_LEVEL_* of RFC 8247, also for key exchanges of Child SAs */
    uint8_t esp_level;        /**< IKE2_LEVEL_* of RFC 8221 */
    bool ike;                 /**< may be negotiated for an IKE SA */
    bool esp;                 /**< may be negotiated for ESP */
    bool aead;                /**< encryption that needs no integrity transform */
    bool iot;                 /**< the levels are for devices of the IoT and those who meet them */
    bool legacy;              /**< too old: only in providers that were built to have it */
    bool deprecated;          /**< by IANA's registry, RFC 9395 */
} ike2_algorithm;

/** Fills `*out` with row `i`, from 0; false behind the last one. Rows of a transform type stand
 *  together, common ones first. */
IKE2_API bool ike2_algorithm_at(size_t i, ike2_algorithm *out);
/** Fills `*out` as far as its struct_size goes; false if the transform, with this key length, is
 *  not known. */
IKE2_API bool ike2_algorithm_find(const ike2_transform *t, ike2_algorithm *out);
/** "MUST-", "not mentioned" and the like; NULL if `level` is none. */
IKE2_API const char *ike2_level_text(uint8_t level);

/** @} */

#ifdef __cplusplus
}
#endif
#endif
