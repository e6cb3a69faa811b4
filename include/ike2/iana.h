/** @file ike2/iana.h
 *  Code points of the IANA registry "Internet Key Exchange Version 2 (IKEv2) Parameters", written
 *  by hand. One prefix per registry. Fields of structures that hold them are integers, since a peer
 *  may send any value; whether the library implements one is another matter.
 *
 *  Section numbers without an RFC are RFC 7296. */
#ifndef IKE2_IANA_H
#define IKE2_IANA_H

/** Exchange types, section 3.1. */
enum {
    IKE2_EXCHANGE_IKE_SA_INIT = 34,        /**< the first exchange, section 1.2 */
    IKE2_EXCHANGE_IKE_AUTH = 35,           /**< authentication and the first Child SA, 1.2 */
    IKE2_EXCHANGE_CREATE_CHILD_SA = 36,    /**< Child SAs and every rekeying, section 1.3 */
    IKE2_EXCHANGE_INFORMATIONAL = 37,      /**< deletion, errors, liveness, section 1.4 */
    IKE2_EXCHANGE_IKE_SESSION_RESUME = 38, /**< RFC 5723 */
    IKE2_EXCHANGE_GSA_AUTH = 39,           /**< group key management */
    IKE2_EXCHANGE_GSA_REGISTRATION = 40,   /**< group key management */
    IKE2_EXCHANGE_GSA_REKEY = 41,          /**< group key management */
    IKE2_EXCHANGE_IKE_INTERMEDIATE = 43,   /**< RFC 9242 */
    IKE2_EXCHANGE_IKE_FOLLOWUP_KE = 44     /**< RFC 9370 */
};

/** Payload types, section 3.2. */
enum {
    IKE2_PAYLOAD_NONE = 0,             /**< no next payload */
    IKE2_PAYLOAD_SA = 33,              /**< Security Association, section 3.3 */
    IKE2_PAYLOAD_KE = 34,              /**< Key Exchange, section 3.4 */
    IKE2_PAYLOAD_IDI = 35,             /**< Identification of the initiator, section 3.5 */
    IKE2_PAYLOAD_IDR = 36,             /**< Identification of the responder, section 3.5 */
    IKE2_PAYLOAD_CERT = 37,            /**< Certificate, section 3.6 */
    IKE2_PAYLOAD_CERTREQ = 38,         /**< Certificate Request, section 3.7 */
    IKE2_PAYLOAD_AUTH = 39,            /**< Authentication, section 3.8 */
    IKE2_PAYLOAD_NONCE = 40,           /**< Nonce, section 3.9 */
    IKE2_PAYLOAD_NOTIFY = 41,          /**< Notify, section 3.10 */
    IKE2_PAYLOAD_DELETE = 42,          /**< Delete, section 3.11 */
    IKE2_PAYLOAD_VENDOR = 43,          /**< Vendor ID, section 3.12 */
    IKE2_PAYLOAD_TSI = 44,             /**< Traffic Selector of the initiator, section 3.13 */
    IKE2_PAYLOAD_TSR = 45,             /**< Traffic Selector of the responder, section 3.13 */
    IKE2_PAYLOAD_SK = 46,              /**< Encrypted and Authenticated, section 3.14 */
    IKE2_PAYLOAD_CP = 47,              /**< Configuration, section 3.15 */
    IKE2_PAYLOAD_EAP = 48,             /**< Extensible Authentication, section 3.16 */
    IKE2_PAYLOAD_GSPM = 49,            /**< Generic Secure Password Method, RFC 6467 */
    IKE2_PAYLOAD_IDG = 50,             /**< Group Identification */
    IKE2_PAYLOAD_GSA = 51,             /**< Group Security Association */
    IKE2_PAYLOAD_KD = 52,              /**< Key Download */
    IKE2_PAYLOAD_SKF = 53,             /**< Encrypted and Authenticated Fragment, RFC 7383 */
    IKE2_PAYLOAD_PS = 54               /**< Puzzle Solution, RFC 8019 */
};

/** Flags of the header, section 3.1. */
enum {
    IKE2_FLAG_INITIATOR = 0x08, /**< sent by the original initiator of the IKE SA */
    IKE2_FLAG_VERSION = 0x10,   /**< the sender can speak a higher major version; ignored */
    IKE2_FLAG_RESPONSE = 0x20   /**< a response, not a request */
};

/** Versions as in the header: major version in the upper four bits, section 3.1. */
enum {
    IKE2_VERSION_2_0 = 0x20 /**< the version of RFC 7296 */
};

/** Security protocols, section 3.3.1. */
enum {
    IKE2_PROTOCOL_IKE = 1,                  /**< the IKE SA itself */
    IKE2_PROTOCOL_AH = 2,                   /**< RFC 4302 */
    IKE2_PROTOCOL_ESP = 3,                  /**< RFC 4303 */
    IKE2_PROTOCOL_FC_ESP_HEADER = 4,        /**< RFC 4595 */
    IKE2_PROTOCOL_FC_CT_AUTHENTICATION = 5  /**< RFC 4595 */
};

/** Transform types, section 3.3.2. */
enum {
    IKE2_TRANSFORM_ENCR = 1,    /**< encryption algorithm, IKE2_ENCR_* */
    IKE2_TRANSFORM_PRF = 2,     /**< pseudorandom function, IKE2_PRF_* */
    IKE2_TRANSFORM_INTEG = 3,   /**< integrity algorithm, IKE2_INTEG_* */
    IKE2_TRANSFORM_KE = 4,      /**< key exchange method, IKE2_KE_* */
    IKE2_TRANSFORM_ESN = 5,     /**< extended sequence numbers, IKE2_ESN_* */
    IKE2_TRANSFORM_ADDKE1 = 6,  /**< additional key exchange 1, IKE2_KE_*; RFC 9370 */
    IKE2_TRANSFORM_ADDKE2 = 7,  /**< additional key exchange 2; RFC 9370 */
    IKE2_TRANSFORM_ADDKE3 = 8,  /**< additional key exchange 3; RFC 9370 */
    IKE2_TRANSFORM_ADDKE4 = 9,  /**< additional key exchange 4; RFC 9370 */
    IKE2_TRANSFORM_ADDKE5 = 10, /**< additional key exchange 5; RFC 9370 */
    IKE2_TRANSFORM_ADDKE6 = 11, /**< additional key exchange 6; RFC 9370 */
    IKE2_TRANSFORM_ADDKE7 = 12  /**< additional key exchange 7; RFC 9370 */
};

/** Transform attribute types, section 3.3.5. */
enum {
    IKE2_ATTRIBUTE_KEY_LENGTH = 14 /**< in bits, as type and value */
};

/** Encryption algorithms, transform type 1. */
enum {
    IKE2_ENCR_DES_IV64 = 1,                /**< RFC 1827 */
    IKE2_ENCR_DES = 2,                     /**< RFC 2405; broken */
    IKE2_ENCR_3DES = 3,                    /**< RFC 2451; CBC, 192-bit keys */
    IKE2_ENCR_RC5 = 4,                     /**< RFC 2451 */
    IKE2_ENCR_IDEA = 5,                    /**< RFC 2451 */
    IKE2_ENCR_CAST = 6,                    /**< RFC 2451 */
    IKE2_ENCR_BLOWFISH = 7,                /**< RFC 2451 */
    IKE2_ENCR_3IDEA = 8,                   /**< never specified */
    IKE2_ENCR_DES_IV32 = 9,                /**< never specified */
    IKE2_ENCR_NULL = 11,                   /**< RFC 2410; not for IKE SAs */
    IKE2_ENCR_AES_CBC = 12,                /**< RFC 3602 */
    IKE2_ENCR_AES_CTR = 13,                /**< RFC 3686; in IKE, RFC 5930 */
    IKE2_ENCR_AES_CCM_8 = 14,              /**< AEAD, 8-octet ICV; RFC 4309, RFC 5282 */
    IKE2_ENCR_AES_CCM_12 = 15,             /**< AEAD, 12-octet ICV; RFC 4309, RFC 5282 */
    IKE2_ENCR_AES_CCM_16 = 16,             /**< AEAD, 16-octet ICV; RFC 4309, RFC 5282 */
    IKE2_ENCR_AES_GCM_8 = 18,              /**< AEAD, 8-octet ICV; RFC 4106, RFC 5282 */
    IKE2_ENCR_AES_GCM_12 = 19,             /**< AEAD, 12-octet ICV; RFC 4106, RFC 5282 */
    IKE2_ENCR_AES_GCM_16 = 20,             /**< AEAD, 16-octet ICV; RFC 4106, RFC 5282 */
    IKE2_ENCR_NULL_AUTH_AES_GMAC = 21,     /**< RFC 4543; authentication only, not for IKE SAs */
    IKE2_ENCR_CAMELLIA_CBC = 23,           /**< RFC 5529 */
    IKE2_ENCR_CAMELLIA_CTR = 24,           /**< RFC 5529 */
    IKE2_ENCR_CAMELLIA_CCM_8 = 25,         /**< AEAD, 8-octet ICV; RFC 5529 */
    IKE2_ENCR_CAMELLIA_CCM_12 = 26,        /**< AEAD, 12-octet ICV; RFC 5529 */
    IKE2_ENCR_CAMELLIA_CCM_16 = 27,        /**< AEAD, 16-octet ICV; RFC 5529 */
    IKE2_ENCR_CHACHA20_POLY1305 = 28,      /**< AEAD, RFC 7634 */
    IKE2_ENCR_AES_CCM_8_IIV = 29,          /**< implicit IV, ESP only; RFC 8750 */
    IKE2_ENCR_AES_GCM_16_IIV = 30,         /**< implicit IV, ESP only; RFC 8750 */
    IKE2_ENCR_CHACHA20_POLY1305_IIV = 31,  /**< implicit IV, ESP only; RFC 8750 */
    IKE2_ENCR_KUZNYECHIK_MGM_KTREE = 32,   /**< AEAD, RFC 9227 */
    IKE2_ENCR_MAGMA_MGM_KTREE = 33,        /**< AEAD, RFC 9227 */
    IKE2_ENCR_KUZNYECHIK_MGM_MAC_KTREE = 34, /**< ESP authentication only, RFC 9227 */
    IKE2_ENCR_MAGMA_MGM_MAC_KTREE = 35     /**< ESP authentication only, RFC 9227 */
};

/** Pseudorandom functions, transform type 2. */
enum {
    IKE2_PRF_HMAC_MD5 = 1,          /**< RFC 2104 */
    IKE2_PRF_HMAC_SHA1 = 2,         /**< RFC 2104 */
    IKE2_PRF_HMAC_TIGER = 3,        /**< never specified */
    IKE2_PRF_AES128_XCBC = 4,       /**< RFC 4434 */
    IKE2_PRF_HMAC_SHA2_256 = 5,     /**< RFC 4868 */
    IKE2_PRF_HMAC_SHA2_384 = 6,     /**< RFC 4868 */
    IKE2_PRF_HMAC_SHA2_512 = 7,     /**< RFC 4868 */
    IKE2_PRF_AES128_CMAC = 8,       /**< RFC 4615 */
    IKE2_PRF_HMAC_STREEBOG_512 = 9  /**< RFC 9385 */
};

/** Integrity algorithms, transform type 3. */
enum {
    IKE2_INTEG_NONE = 0,                /**< with an AEAD, section 3.3.3 */
    IKE2_INTEG_HMAC_MD5_96 = 1,         /**< RFC 2403 */
    IKE2_INTEG_HMAC_SHA1_96 = 2,        /**< RFC 2404 */
    IKE2_INTEG_DES_MAC = 3,             /**< never specified */
    IKE2_INTEG_KPDK_MD5 = 4,            /**< never specified */
    IKE2_INTEG_AES_XCBC_96 = 5,         /**< RFC 3566 */
    IKE2_INTEG_HMAC_MD5_128 = 6,        /**< RFC 4595 */
    IKE2_INTEG_HMAC_SHA1_160 = 7,       /**< RFC 4595 */
    IKE2_INTEG_AES_CMAC_96 = 8,         /**< RFC 4494 */
    IKE2_INTEG_AES_128_GMAC = 9,        /**< AH only, RFC 4543 */
    IKE2_INTEG_AES_192_GMAC = 10,       /**< AH only, RFC 4543 */
    IKE2_INTEG_AES_256_GMAC = 11,       /**< AH only, RFC 4543 */
    IKE2_INTEG_HMAC_SHA2_256_128 = 12,  /**< RFC 4868 */
    IKE2_INTEG_HMAC_SHA2_384_192 = 13,  /**< RFC 4868 */
    IKE2_INTEG_HMAC_SHA2_512_256 = 14   /**< RFC 4868 */
};

/** Key exchange methods, transform types 4 and 6 to 12; formerly Diffie-Hellman groups. */
enum {
    IKE2_KE_NONE = 0,                  /**< no key exchange */
    IKE2_KE_MODP_768 = 1,              /**< appendix B.1; broken */
    IKE2_KE_MODP_1024 = 2,             /**< appendix B.2; too short */
    IKE2_KE_MODP_1536 = 5,             /**< RFC 3526 */
    IKE2_KE_MODP_2048 = 14,            /**< RFC 3526 */
    IKE2_KE_MODP_3072 = 15,            /**< RFC 3526 */
    IKE2_KE_MODP_4096 = 16,            /**< RFC 3526 */
    IKE2_KE_MODP_6144 = 17,            /**< RFC 3526 */
    IKE2_KE_MODP_8192 = 18,            /**< RFC 3526 */
    IKE2_KE_ECP_256 = 19,              /**< NIST P-256, RFC 5903 */
    IKE2_KE_ECP_384 = 20,              /**< NIST P-384, RFC 5903 */
    IKE2_KE_ECP_521 = 21,              /**< NIST P-521, RFC 5903 */
    IKE2_KE_MODP_1024_160 = 22,        /**< with a 160-bit subgroup, RFC 5114; too short */
    IKE2_KE_MODP_2048_224 = 23,        /**< with a 224-bit subgroup, RFC 5114 */
    IKE2_KE_MODP_2048_256 = 24,        /**< with a 256-bit subgroup, RFC 5114 */
    IKE2_KE_ECP_192 = 25,              /**< NIST P-192, RFC 5114 */
    IKE2_KE_ECP_224 = 26,              /**< NIST P-224, RFC 5114 */
    IKE2_KE_BRAINPOOL_P224R1 = 27,     /**< RFC 6954 */
    IKE2_KE_BRAINPOOL_P256R1 = 28,     /**< RFC 6954 */
    IKE2_KE_BRAINPOOL_P384R1 = 29,     /**< RFC 6954 */
    IKE2_KE_BRAINPOOL_P512R1 = 30,     /**< RFC 6954 */
    IKE2_KE_CURVE25519 = 31,           /**< RFC 8031 */
    IKE2_KE_CURVE448 = 32,             /**< RFC 8031 */
    IKE2_KE_GOST3410_2012_256 = 33,    /**< RFC 9385 */
    IKE2_KE_GOST3410_2012_512 = 34,    /**< RFC 9385 */
    IKE2_KE_ML_KEM_512 = 35,           /**< draft-ietf-ipsecme-ikev2-mlkem */
    IKE2_KE_ML_KEM_768 = 36,           /**< draft-ietf-ipsecme-ikev2-mlkem */
    IKE2_KE_ML_KEM_1024 = 37           /**< draft-ietf-ipsecme-ikev2-mlkem */
};

/** Extended sequence numbers, transform type 5. */
enum {
    IKE2_ESN_NO = 0, /**< 32-bit sequence numbers */
    IKE2_ESN_YES = 1 /**< 64-bit sequence numbers, RFC 4304 */
};

/** Hash algorithms of SIGNATURE_HASH_ALGORITHMS, RFC 7427. */
enum {
    IKE2_HASH_SHA1 = 1,         /**< RFC 7427 */
    IKE2_HASH_SHA2_256 = 2,     /**< RFC 7427 */
    IKE2_HASH_SHA2_384 = 3,     /**< RFC 7427 */
    IKE2_HASH_SHA2_512 = 4,     /**< RFC 7427 */
    IKE2_HASH_IDENTITY = 5,     /**< the algorithm hashes by itself: EdDSA, RFC 8420 */
    IKE2_HASH_STREEBOG_256 = 6, /**< RFC 9385 */
    IKE2_HASH_STREEBOG_512 = 7  /**< RFC 9385 */
};

/** Identification types, section 3.5. */
enum {
    IKE2_ID_IPV4_ADDR = 1,   /**< four octets */
    IKE2_ID_FQDN = 2,        /**< a host name, unterminated */
    IKE2_ID_RFC822_ADDR = 3, /**< an email address, unterminated */
    IKE2_ID_IPV6_ADDR = 5,   /**< sixteen octets */
    IKE2_ID_DER_ASN1_DN = 9, /**< an X.500 Distinguished Name in DER */
    IKE2_ID_DER_ASN1_GN = 10, /**< an X.509 GeneralName in DER */
    IKE2_ID_KEY_ID = 11,     /**< opaque octets */
    IKE2_ID_FC_NAME = 12,    /**< Fibre Channel, RFC 4595 */
    IKE2_ID_NULL = 13        /**< no identity, no data; RFC 7619 */
};

/** Certificate encodings, sections 3.6 and 3.7. */
enum {
    IKE2_CERT_PKCS7 = 1,                /**< PKCS #7 wrapped X.509 certificate; undefined */
    IKE2_CERT_PGP = 2,                  /**< PGP certificate; undefined */
    IKE2_CERT_DNS_SIGNED_KEY = 3,       /**< undefined */
    IKE2_CERT_X509_SIGNATURE = 4,       /**< one X.509 certificate in DER */
    IKE2_CERT_KERBEROS_TOKEN = 6,       /**< undefined */
    IKE2_CERT_CRL = 7,                  /**< an X.509 certificate revocation list in DER */
    IKE2_CERT_ARL = 8,                  /**< authority revocation list; undefined */
    IKE2_CERT_SPKI = 9,                 /**< SPKI certificate; undefined */
    IKE2_CERT_X509_ATTRIBUTE = 10,      /**< X.509 attribute certificate; undefined */
    IKE2_CERT_RAW_RSA_KEY = 11,         /**< deprecated by RFC 7670 */
    IKE2_CERT_HASH_AND_URL = 12,        /**< SHA-1 of a certificate, and where it is */
    IKE2_CERT_HASH_AND_URL_BUNDLE = 13, /**< SHA-1 of a bundle, and where it is */
    IKE2_CERT_OCSP = 14,                /**< OCSP response, RFC 4806 */
    IKE2_CERT_RAW_PUBLIC_KEY = 15       /**< SubjectPublicKeyInfo in DER, RFC 7670 */
};

/** Authentication methods on the wire, section 3.8. */
enum {
    IKE2_AUTH_METHOD_RSA = 1,              /**< RSASSA-PKCS1-v1_5, as a rule with SHA-1 */
    IKE2_AUTH_METHOD_SHARED_KEY = 2,       /**< a pre-shared or EAP key, section 2.15 */
    IKE2_AUTH_METHOD_DSS = 3,              /**< DSA with SHA-1 */
    IKE2_AUTH_METHOD_ECDSA_256 = 9,        /**< P-256 with SHA-256, RFC 4754 */
    IKE2_AUTH_METHOD_ECDSA_384 = 10,       /**< P-384 with SHA-384, RFC 4754 */
    IKE2_AUTH_METHOD_ECDSA_521 = 11,       /**< P-521 with SHA-512, RFC 4754 */
    IKE2_AUTH_METHOD_SECURE_PASSWORD = 12, /**< RFC 6467 */
    IKE2_AUTH_METHOD_NULL = 13,            /**< RFC 7619 */
    IKE2_AUTH_METHOD_SIGNATURE = 14        /**< with an AlgorithmIdentifier in front, RFC 7427 */
};

/** IPComp transforms, section 2.22. */
enum {
    IKE2_IPCOMP_OUI = 1,     /**< vendor specific */
    IKE2_IPCOMP_DEFLATE = 2, /**< RFC 2394 */
    IKE2_IPCOMP_LZS = 3,     /**< RFC 2395 */
    IKE2_IPCOMP_LZJH = 4     /**< RFC 3051 */
};

/** Traffic selector types, section 3.13.1. */
enum {
    IKE2_TS_IPV4_ADDR_RANGE = 7, /**< two IPv4 addresses */
    IKE2_TS_IPV6_ADDR_RANGE = 8, /**< two IPv6 addresses */
    IKE2_TS_FC_ADDR_RANGE = 9,   /**< Fibre Channel, RFC 4595 */
    IKE2_TS_SECLABEL = 10        /**< a security label, RFC 9478 */
};

/** Types of a Configuration payload, section 3.15. */
enum {
    IKE2_CP_REQUEST = 1, /**< CFG_REQUEST */
    IKE2_CP_REPLY = 2,   /**< CFG_REPLY */
    IKE2_CP_SET = 3,     /**< CFG_SET */
    IKE2_CP_ACK = 4      /**< CFG_ACK */
};

/** Configuration attributes, section 3.15.1. */
enum {
    IKE2_CFG_INTERNAL_IP4_ADDRESS = 1,         /**< 0 or 4 octets */
    IKE2_CFG_INTERNAL_IP4_NETMASK = 2,         /**< 0 or 4 octets */
    IKE2_CFG_INTERNAL_IP4_DNS = 3,             /**< 0 or 4 octets */
    IKE2_CFG_INTERNAL_IP4_NBNS = 4,            /**< 0 or 4 octets */
    IKE2_CFG_INTERNAL_IP4_DHCP = 6,            /**< 0 or 4 octets */
    IKE2_CFG_APPLICATION_VERSION = 7,          /**< text, unterminated */
    IKE2_CFG_INTERNAL_IP6_ADDRESS = 8,         /**< 0 or 17 octets: address, prefix length */
    IKE2_CFG_INTERNAL_IP6_DNS = 10,            /**< 0 or 16 octets */
    IKE2_CFG_INTERNAL_IP6_DHCP = 12,           /**< 0 or 16 octets */
    IKE2_CFG_INTERNAL_IP4_SUBNET = 13,         /**< 0 or 8 octets: address, netmask */
    IKE2_CFG_SUPPORTED_ATTRIBUTES = 14,        /**< types of two octets each */
    IKE2_CFG_INTERNAL_IP6_SUBNET = 15,         /**< 17 octets: prefix, prefix length */
    IKE2_CFG_MIP6_HOME_PREFIX = 16,            /**< RFC 5026 */
    IKE2_CFG_INTERNAL_IP6_LINK = 17,           /**< RFC 5739 */
    IKE2_CFG_INTERNAL_IP6_PREFIX = 18,         /**< RFC 5739 */
    IKE2_CFG_HOME_AGENT_ADDRESS = 19,          /**< 3GPP TS 24.302 */
    IKE2_CFG_P_CSCF_IP4_ADDRESS = 20,          /**< RFC 7651 */
    IKE2_CFG_P_CSCF_IP6_ADDRESS = 21,          /**< RFC 7651 */
    IKE2_CFG_FTT_KAT = 22,                     /**< 3GPP TS 24.302 */
    IKE2_CFG_EXTERNAL_SOURCE_IP4_NAT_INFO = 23, /**< 3GPP TS 29.139 */
    IKE2_CFG_TIMEOUT_PERIOD_FOR_LIVENESS_CHECK = 24, /**< 3GPP TS 24.302 */
    IKE2_CFG_INTERNAL_DNS_DOMAIN = 25,         /**< RFC 8598 */
    IKE2_CFG_INTERNAL_DNSSEC_TA = 26,          /**< RFC 8598 */
    IKE2_CFG_ENCDNS_IP4 = 27,                  /**< RFC 9464 */
    IKE2_CFG_ENCDNS_IP6 = 28,                  /**< RFC 9464 */
    IKE2_CFG_ENCDNS_DIGEST_INFO = 29           /**< RFC 9464 */
};

/** EAP codes, RFC 3748 4: what an EAP payload begins with. */
enum {
    IKE2_EAP_REQUEST = 1,  /**< from the responder, with a type */
    IKE2_EAP_RESPONSE = 2, /**< from the initiator, with a type */
    IKE2_EAP_SUCCESS = 3,  /**< four octets in all */
    IKE2_EAP_FAILURE = 4   /**< four octets in all */
};

/** The first status type; notify types below are errors, section 3.10.1. */
enum {
    IKE2_NOTIFY_STATUS_FIRST = 16384 /**< also IKE2_NOTIFY_INITIAL_CONTACT */
};

/** Notify types that report errors, section 3.10.1. */
enum {
    IKE2_NOTIFY_UNSUPPORTED_CRITICAL_PAYLOAD = 1, /**< section 2.5 */
    IKE2_NOTIFY_INVALID_IKE_SPI = 4,              /**< section 2.21 */
    IKE2_NOTIFY_INVALID_MAJOR_VERSION = 5,        /**< section 2.5 */
    IKE2_NOTIFY_INVALID_SYNTAX = 7,               /**< section 3.10.1 */
    IKE2_NOTIFY_INVALID_MESSAGE_ID = 9,           /**< section 2.3 */
    IKE2_NOTIFY_INVALID_SPI = 11,                 /**< section 1.5 */
    IKE2_NOTIFY_NO_PROPOSAL_CHOSEN = 14,          /**< section 2.7 */
    IKE2_NOTIFY_INVALID_KE_PAYLOAD = 17,          /**< sections 1.2 and 1.3 */
    IKE2_NOTIFY_AUTHENTICATION_FAILED = 24,       /**< section 2.21.2 */
    IKE2_NOTIFY_SINGLE_PAIR_REQUIRED = 34,        /**< section 2.9 */
    IKE2_NOTIFY_NO_ADDITIONAL_SAS = 35,           /**< section 1.3 */
    IKE2_NOTIFY_INTERNAL_ADDRESS_FAILURE = 36,    /**< section 3.15.4 */
    IKE2_NOTIFY_FAILED_CP_REQUIRED = 37,          /**< section 2.19 */
    IKE2_NOTIFY_TS_UNACCEPTABLE = 38,             /**< section 2.9 */
    IKE2_NOTIFY_INVALID_SELECTORS = 39,           /**< section 3.10.1 */
    IKE2_NOTIFY_UNACCEPTABLE_ADDRESSES = 40,      /**< RFC 4555 */
    IKE2_NOTIFY_UNEXPECTED_NAT_DETECTED = 41,     /**< RFC 4555 */
    IKE2_NOTIFY_USE_ASSIGNED_HOA = 42,            /**< RFC 5026 */
    IKE2_NOTIFY_TEMPORARY_FAILURE = 43,           /**< section 2.25 */
    IKE2_NOTIFY_CHILD_SA_NOT_FOUND = 44,          /**< section 2.25 */
    IKE2_NOTIFY_INVALID_GROUP_ID = 45,            /**< group key management */
    IKE2_NOTIFY_AUTHORIZATION_FAILED = 46,        /**< group key management */
    IKE2_NOTIFY_STATE_NOT_FOUND = 47,             /**< RFC 9370 */
    IKE2_NOTIFY_TS_MAX_QUEUE = 48                 /**< RFC 9611 */
};

/** Notify types that report status, section 3.10.1. */
enum {
    IKE2_NOTIFY_INITIAL_CONTACT = 16384,               /**< section 2.4 */
    IKE2_NOTIFY_SET_WINDOW_SIZE = 16385,               /**< section 2.3 */
    IKE2_NOTIFY_ADDITIONAL_TS_POSSIBLE = 16386,        /**< section 2.9 */
    IKE2_NOTIFY_IPCOMP_SUPPORTED = 16387,              /**< section 2.22 */
    IKE2_NOTIFY_NAT_DETECTION_SOURCE_IP = 16388,       /**< section 2.23 */
    IKE2_NOTIFY_NAT_DETECTION_DESTINATION_IP = 16389,  /**< section 2.23 */
    IKE2_NOTIFY_COOKIE = 16390,                        /**< section 2.6 */
    IKE2_NOTIFY_USE_TRANSPORT_MODE = 16391,            /**< section 1.3.1 */
    IKE2_NOTIFY_HTTP_CERT_LOOKUP_SUPPORTED = 16392,    /**< section 3.6 */
    IKE2_NOTIFY_REKEY_SA = 16393,                      /**< section 1.3.3 */
    IKE2_NOTIFY_ESP_TFC_PADDING_NOT_SUPPORTED = 16394, /**< section 1.3.1 */
    IKE2_NOTIFY_NON_FIRST_FRAGMENTS_ALSO = 16395,      /**< section 1.3.1 */
    IKE2_NOTIFY_MOBIKE_SUPPORTED = 16396,              /**< RFC 4555 */
    IKE2_NOTIFY_ADDITIONAL_IP4_ADDRESS = 16397,        /**< RFC 4555 */
    IKE2_NOTIFY_ADDITIONAL_IP6_ADDRESS = 16398,        /**< RFC 4555 */
    IKE2_NOTIFY_NO_ADDITIONAL_ADDRESSES = 16399,       /**< RFC 4555 */
    IKE2_NOTIFY_UPDATE_SA_ADDRESSES = 16400,           /**< RFC 4555 */
    IKE2_NOTIFY_COOKIE2 = 16401,                       /**< RFC 4555 */
    IKE2_NOTIFY_NO_NATS_ALLOWED = 16402,               /**< RFC 4555 */
    IKE2_NOTIFY_AUTH_LIFETIME = 16403,                 /**< RFC 4478 */
    IKE2_NOTIFY_MULTIPLE_AUTH_SUPPORTED = 16404,       /**< RFC 4739 */
    IKE2_NOTIFY_ANOTHER_AUTH_FOLLOWS = 16405,          /**< RFC 4739 */
    IKE2_NOTIFY_REDIRECT_SUPPORTED = 16406,            /**< RFC 5685 */
    IKE2_NOTIFY_REDIRECT = 16407,                      /**< RFC 5685 */
    IKE2_NOTIFY_REDIRECTED_FROM = 16408,               /**< RFC 5685 */
    IKE2_NOTIFY_TICKET_LT_OPAQUE = 16409,              /**< RFC 5723 */
    IKE2_NOTIFY_TICKET_REQUEST = 16410,                /**< RFC 5723 */
    IKE2_NOTIFY_TICKET_ACK = 16411,                    /**< RFC 5723 */
    IKE2_NOTIFY_TICKET_NACK = 16412,                   /**< RFC 5723 */
    IKE2_NOTIFY_TICKET_OPAQUE = 16413,                 /**< RFC 5723 */
    IKE2_NOTIFY_LINK_ID = 16414,                       /**< RFC 5739 */
    IKE2_NOTIFY_USE_WESP_MODE = 16415,                 /**< RFC 5840 */
    IKE2_NOTIFY_ROHC_SUPPORTED = 16416,                /**< RFC 5857 */
    IKE2_NOTIFY_EAP_ONLY_AUTHENTICATION = 16417,       /**< RFC 5998 */
    IKE2_NOTIFY_CHILDLESS_IKEV2_SUPPORTED = 16418,     /**< RFC 6023 */
    IKE2_NOTIFY_QUICK_CRASH_DETECTION = 16419,         /**< RFC 6290 */
    IKE2_NOTIFY_MESSAGE_ID_SYNC_SUPPORTED = 16420,     /**< RFC 6311 */
    IKE2_NOTIFY_REPLAY_COUNTER_SYNC_SUPPORTED = 16421, /**< RFC 6311 */
    IKE2_NOTIFY_MESSAGE_ID_SYNC = 16422,               /**< RFC 6311 */
    IKE2_NOTIFY_REPLAY_COUNTER_SYNC = 16423,           /**< RFC 6311 */
    IKE2_NOTIFY_SECURE_PASSWORD_METHODS = 16424,       /**< RFC 6467 */
    IKE2_NOTIFY_PSK_PERSIST = 16425,                   /**< RFC 6631 */
    IKE2_NOTIFY_PSK_CONFIRM = 16426,                   /**< RFC 6631 */
    IKE2_NOTIFY_ERX_SUPPORTED = 16427,                 /**< RFC 6867 */
    IKE2_NOTIFY_IFOM_CAPABILITY = 16428,               /**< 3GPP TS 24.303 */
    IKE2_NOTIFY_SENDER_REQUEST_ID = 16429,             /**< group key management */
    IKE2_NOTIFY_FRAGMENTATION_SUPPORTED = 16430,       /**< RFC 7383 */
    IKE2_NOTIFY_SIGNATURE_HASH_ALGORITHMS = 16431,     /**< RFC 7427 */
    IKE2_NOTIFY_CLONE_IKE_SA_SUPPORTED = 16432,        /**< RFC 7791 */
    IKE2_NOTIFY_CLONE_IKE_SA = 16433,                  /**< RFC 7791 */
    IKE2_NOTIFY_PUZZLE = 16434,                        /**< RFC 8019 */
    IKE2_NOTIFY_USE_PPK = 16435,                       /**< RFC 8784 */
    IKE2_NOTIFY_PPK_IDENTITY = 16436,                  /**< RFC 8784 */
    IKE2_NOTIFY_NO_PPK_AUTH = 16437,                   /**< RFC 8784 */
    IKE2_NOTIFY_INTERMEDIATE_EXCHANGE_SUPPORTED = 16438, /**< RFC 9242 */
    IKE2_NOTIFY_IP4_ALLOWED = 16439,                   /**< RFC 8983 */
    IKE2_NOTIFY_IP6_ALLOWED = 16440,                   /**< RFC 8983 */
    IKE2_NOTIFY_ADDITIONAL_KEY_EXCHANGE = 16441,       /**< RFC 9370 */
    IKE2_NOTIFY_USE_AGGFRAG = 16442,                   /**< RFC 9347 */
    IKE2_NOTIFY_SUPPORTED_AUTH_METHODS = 16443,        /**< RFC 9593 */
    IKE2_NOTIFY_SA_RESOURCE_INFO = 16444,              /**< RFC 9611 */
    /** draft-ietf-ipsecme-ikev2-downgrade-prevention */
    IKE2_NOTIFY_IKE_SA_INIT_FULL_TRANSCRIPT_AUTH = 16447
};

/** Gateway identity types of REDIRECT, RFC 5685. */
enum {
    IKE2_GATEWAY_IPV4 = 1, /**< IPv4 address */
    IKE2_GATEWAY_IPV6 = 2, /**< IPv6 address */
    IKE2_GATEWAY_FQDN = 3  /**< host name */
};

/** ROHC attributes of ROHC_SUPPORTED, RFC 5857. */
enum {
    IKE2_ROHC_MAX_CID = 1,   /**< maximum context identifier */
    IKE2_ROHC_PROFILE = 2,   /**< ROHC profile */
    IKE2_ROHC_INTEG = 3,     /**< ROHC integrity algorithm */
    IKE2_ROHC_ICV_LEN = 4,   /**< ROHC ICV length in octets */
    IKE2_ROHC_MRRU = 5       /**< maximum reconstructed reception unit */
};

/** Secure password methods, RFC 6467. */
enum {
    IKE2_SECURE_PASSWORD_PACE = 1,    /**< RFC 6631 */
    IKE2_SECURE_PASSWORD_AUGPAKE = 2, /**< RFC 6628 */
    IKE2_SECURE_PASSWORD_SPSK = 3     /**< RFC 6617 */
};

/** Types of a PPK_ID, RFC 8784. */
enum {
    IKE2_PPK_ID_OPAQUE = 1, /**< known to the local system only */
    IKE2_PPK_ID_FIXED = 2   /**< a fixed name of the key */
};

#endif
