/* x509/rules.h - what a path has to fulfil, and what judges it. Read only. */
#ifndef X509_RULES_H
#define X509_RULES_H

#include <ike2/x509.h>

#include "x509/certificate.h"

struct refusal;

/* How long keys are. */
struct key_rules {
    uint16_t min_rsa_bits, min_ec_bits;
    uint16_t max_ec_bits; /* 0 = of any size */
};

/* What keys are for. */
struct usage_rules {
    uint32_t key_usage;       /* USAGE_*: the end entity's has one; 0 = not looked at */
    uint32_t purposes;        /* PURPOSE_* that are enough, of the end entity; 0 = not looked at */
    uint32_t refused;         /* PURPOSE_* that it must not have */
    bool ca_any_purpose;      /* anyExtendedKeyUsage of a CA allows all */
    bool end_entity_is_no_ca; /* basic constraints say so, or nothing */
    const ike2_bytes *own;    /* OIDs that are PURPOSE_OWN */
    size_t n_own;
};

/* Inputs of RFC 5280 6.1.1 (c), (e) to (g). */
struct policy_rules {
    const ike2_bytes *accepted; /* OIDs; none = any policy */
    size_t n_accepted;
    bool is_explicit, inhibit_mapping, inhibit_any;
};

/* Of revocation: SOFT refuses what is known to be revoked, HARD also what is not known not to be.
 */
enum revocation_mode { REVOCATION_OFF, REVOCATION_SOFT, REVOCATION_HARD };

struct rules {
    int64_t now;             /* seconds since 1970 */
    uint16_t max_depth;      /* certificates between end entity and anchor */
    uint16_t max_signatures; /* that are checked, in all */
    struct key_rules keys;
    bool allow_sha1;         /* in signatures of certificates and CRLs */
    bool free_anchor_dates;  /* an anchor holds at any time */
    bool free_anchor_limits; /* an anchor's extensions limit nothing: RFC 5280 6.1.1 (d) */
    bool strict;             /* refuse what RFC 5280 4 forbids CAs, even if harmless */
    bool web;                /* and what the web forbids its CAs */
    bool indirect_crls;      /* CRLs of others than the issuer count */
    bool common_names;       /* a CN is a host name where there is no dNSName */
    struct usage_rules usage;
    struct policy_rules policy;
    enum revocation_mode revocation;
    uint32_t max_crl_age; /* seconds since thisUpdate; 0 = as long as the CRL says */
    const ike2_x509_crypto *crypto;
    /* May this refusal be passed over? NULL: none may. Asked about dates, and about revocation
     * that is not known. */
    bool (*overrule)(void *user, const struct refusal *refusal);
    /* Of this certificate no CRL has told the status, whether that refuses the path or not. NULL:
     * it need not be known. */
    void (*unknown)(void *user, const struct refusal *refusal);
    void *user;
};

#endif
