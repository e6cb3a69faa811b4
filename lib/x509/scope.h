/* x509/scope.h - which CRL is about which certificate. RFC 5280 4.2.1.13, 5.2.5, 6.3.3 (b), (d). */
#ifndef X509_SCOPE_H
#define X509_SCOPE_H

#include "x509/crl.h"
#include "x509/der.h"

/* One DistributionPoint of a certificate. */
struct crl_point {
    uint8_t name_tag;      /* [0] fullName, [1] nameRelativeToCRLIssuer, or none */
    ike2_bytes name;       /* contents of that */
    uint32_t reasons;      /* REASONS_ALL if it does not say */
    ike2_bytes crl_issuer; /* whole Name, or nothing: the certificate's issuer */
    bool is_malformed;
};

/* The next one of a certificate's; a certificate without any has one that says nothing. */
struct crl_points {
    struct reader rest;
    bool is_implied;
};
struct crl_points ike2_x509_crl_points(const struct certificate *c);
bool ike2_x509_crl_point_next(struct crl_points *points, struct crl_point *out);

/* Is `crl` about `c`, as far as this point goes? */
bool ike2_x509_crl_covers(const struct crl *crl, const struct certificate *c,
                          const struct crl_point *point);

#endif
