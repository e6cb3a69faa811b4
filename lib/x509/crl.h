/* x509/crl.h - one certificate revocation list, parsed once into views of its octets. RFC 5280 5.
 */
#ifndef X509_CRL_H
#define X509_CRL_H

#include "x509/certificate.h"

/* ReasonFlags, RFC 5280 4.2.1.13: bit n is reason n; 0 is not used. */
enum { REASONS_ALL = 0x1fe };

/* CRLReason, RFC 5280 5.3.1: the one that takes an entry back, in deltas. */
enum { REASON_UNSPECIFIED = 0, REASON_REMOVE = 8 };

/* IssuingDistributionPoint, RFC 5280 5.2.5: what the CRL is about. */
struct issuing_point {
    bool is_there;
    ike2_bytes whole;  /* the extension's value */
    ike2_bytes point;  /* contents of DistributionPointName's choice, as peeked by `point_tag` */
    uint8_t point_tag; /* [0] fullName, [1] nameRelativeToCRLIssuer, or none */
    bool only_users, only_cas, only_attributes, is_indirect;
    uint32_t reasons; /* REASONS_ALL if it does not say */
};

struct crl {
    ike2_bytes der;
    struct signed_octets seal;
    ike2_bytes issuer; /* with tag and length */
    int64_t this_update, next_update;
    bool has_next_update, is_delta;
    uint8_t version;                /* 1 or 2 */
    ike2_bytes entries;             /* contents of revokedCertificates */
    ike2_bytes number, base_number; /* INTEGERs, if there */
    ike2_bytes issuer_key_id;
    struct issuing_point point;
    bool has_unknown_critical; /* of the CRL or of one of its entries */
};

struct crl_entry {
    ike2_bytes serial;
    ike2_bytes issuer; /* whole Name of the certificate's issuer, RFC 5280 5.3.3; or nothing */
    int64_t date;
    uint8_t reason;
    bool has_unknown_critical;
};

/* Parses `der`, which is borrowed. NULL, or in constant words what is wrong with it. */
const char *ike2_x509_crl(ike2_bytes der, struct crl *out);
/* Is the certificate with this serial number, of this issuer, on the list? The last entry of it
 * counts. */
bool ike2_x509_crl_find(const struct crl *crl, ike2_bytes issuer, ike2_bytes serial,
                        struct crl_entry *out);

#endif
