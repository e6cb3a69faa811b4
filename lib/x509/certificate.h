/* x509/certificate.h - one certificate, parsed once into views of its octets. RFC 5280 4.1, 4.2. */
#ifndef X509_CERTIFICATE_H
#define X509_CERTIFICATE_H

#include <ike2/x509.h>

#include "x509/algorithm.h"
#include "x509/oid.h"

/* What the signature covers, and is: of certificates and of CRLs. */
struct signed_octets {
    ike2_bytes covered; /* the tbs, with tag and length */
    ike2_bytes signature;
    uint16_t scheme; /* IKE2_SIG_*, or 0 */
};

/* KeyUsage, RFC 5280 4.2.1.3. */
enum {
    USAGE_DIGITAL_SIGNATURE = 1 << 0,
    USAGE_NON_REPUDIATION = 1 << 1,
    USAGE_CERT_SIGN = 1 << 5,
    USAGE_CRL_SIGN = 1 << 6
};

/* ExtKeyUsageSyntax, RFC 5280 4.2.1.12; also as sets in rules. */
enum {
    PURPOSE_ANY = IKE2_X509_FOR_ANY,
    PURPOSE_SERVER_AUTH = IKE2_X509_FOR_SERVER_AUTH,
    PURPOSE_CLIENT_AUTH = IKE2_X509_FOR_CLIENT_AUTH,
    PURPOSE_IPSEC_IKE = IKE2_X509_FOR_IPSEC_IKE,
    PURPOSE_IKE_INTERMEDIATE = IKE2_X509_FOR_IKE_INTERMEDIATE,
    PURPOSE_ABSENT = IKE2_X509_FOR_ABSENT, /* there is no such extension */
    PURPOSE_OTHER = 1 << 6,                /* is accepted by no rule */
    PURPOSE_OBJECTS = 1 << 7,              /* code, times, OCSP: what is signed stands for itself */
    PURPOSE_OWN = 1 << 8                   /* one of the rules' own OIDs */
};

/* PolicyConstraints, InhibitAnyPolicy, pathLenConstraint: a number that need not be there. */
struct limit {
    bool is_set;
    uint32_t value;
};

/* PolicyConstraints and InhibitAnyPolicy, RFC 5280 4.2.1.11, 4.2.1.14. */
struct policy_limits {
    struct limit explicit_policy, inhibit_mapping, inhibit_any;
};

/* What the extensions say; what is absent is zero, or what its absence means. */
struct extensions {
    uint32_t present, critical; /* a bit by enum oid; each at most once */
    bool is_ca;
    struct limit path_len;
    bool has_usage;
    uint32_t usage;    /* USAGE_*, if there is `has_usage` */
    uint32_t purposes; /* PURPOSE_* */
    struct policy_limits limits;
    ike2_bytes key_id;          /* subjectKeyIdentifier */
    ike2_bytes issuer_key_id;   /* authorityKeyIdentifier */
    bool names_issuer;          /* authorityKeyIdentifier has issuer and serial number */
    bool has_unknown_qualifier; /* of a policy, that may matter if policies are critical */
    /* Contents of the SEQUENCE that they are; they have been read once and are well formed. */
    ike2_bytes alt_names, name_constraints, policies, mappings, crl_points, purpose_list;
    ike2_bytes unknown_critical; /* OID of one that nobody here knows */
};

struct certificate {
    ike2_bytes der;
    struct signed_octets seal;
    ike2_bytes serial, issuer, subject, spki; /* names and keys with tag and length */
    int64_t not_before, not_after;
    uint8_t version; /* 1 to 3 */
    struct key key;
    struct extensions ext;
    bool is_anchor; /* trusted for what it is */
};

/* Parses `der`, which is borrowed. NULL, or in constant words what is wrong with it; then `*out` is
 * of no use. */
const char *ike2_x509_certificate(ike2_bytes der, struct certificate *out);
bool ike2_x509_has(const struct certificate *c, enum oid extension);
bool ike2_x509_is_self_issued(const struct certificate *c);

/* The outer form of certificates and CRLs: tbs, AlgorithmIdentifier, signature. The algorithm, with
 * tag and length, is to be the same within the tbs. RFC 5280 4.1.1, 5.1.1 */
bool ike2_x509_signed(ike2_bytes der, struct signed_octets *out, ike2_bytes *algorithm);

#endif
