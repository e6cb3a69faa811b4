/* certificate.h - certificates as Windows, Apple, Android and strongSwan take them (RFC 5280, RFC
 * 4945 5.1.3; doc/certificates.md has the rules). */
#ifndef CA_CERTIFICATE_H
#define CA_CERTIFICATE_H

#include <stdint.h>

#include <openssl/x509.h>

#include "subject.h"

enum { CERTIFICATE_SERIAL_TEXT = 48 };

/* Seconds since 1970, both included. */
struct certificate_dates {
    int64_t from, until;
};

/* An hour before `now`, for clocks that are slow, and so many days after that. */
struct certificate_dates certificate_dates_of(int64_t now, uint32_t days);

/* A CA that signs itself. `organization` may be NULL. */
X509 *certificate_of_ca(EVP_PKEY *key, const char *name, const char *organization,
                        const struct certificate_dates *dates, struct problem *why);

/* Who signs, and what it says in each certificate. */
struct certificate_issuer {
    X509 *certificate;
    EVP_PKEY *key;
    const char *crl_url; /* "" = none */
};

/* For the public key. */
X509 *certificate_issue(const struct certificate_issuer *ca, EVP_PKEY *key,
                        const struct subject *subject, const struct certificate_dates *dates,
                        struct problem *why);

/* Upper case hexadecimal without leading zeros. */
void certificate_serial(const X509 *x, char text[CERTIFICATE_SERIAL_TEXT]);
/* "2027-03-01". */
enum { CERTIFICATE_DAY_TEXT = 16 };
void certificate_day(int64_t when, char text[CERTIFICATE_DAY_TEXT]);

#endif
