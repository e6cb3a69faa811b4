/* vectors/x509.h - proofs made from the vectors below x509/ and malformed/, and what is known to
 * come out otherwise than they say. */
#ifndef VECTORS_X509_H
#define VECTORS_X509_H

#include <ike2/x509.h>

#include "vectors/run.h"

enum { X509_CERTS_MAX = 64 };

/* A chain to be judged. The signature is none, so that the best verdict is IKE2_X509_SIGNATURE. */
struct chain {
    ike2_cert certs[X509_CERTS_MAX]; /* end entity first */
    ike2_bytes anchors[X509_CERTS_MAX];
    size_t n_certs, n_anchors;
    ike2_id id;
    int64_t utc_seconds;
};

void chain_send(struct chain *c, ike2_bytes certificate);
void chain_trust(struct chain *c, ike2_bytes certificate);
/* Claims the end entity's own subject: what is not about names shall not fail by one. False if it
 * does not parse. */
bool chain_claim_subject(struct chain *c);
/* The reason of the verdict; `text` may be NULL. */
uint32_t chain_verdict(const struct chain *c, char text[96]);
/* Was everything good, but for the signature? */
bool chain_is_good(const struct chain *c);

/* Digits of year (two or four), month, day, hour, minute and second, and other characters between
 * them, as seconds since 1970. */
int64_t chain_time(const char *text, size_t year_digits);

/* A record that comes out otherwise than it says, and why. */
struct exception {
    const char *name, *reason;
};

/* Reports the record as run, or as skipped if it is an exception. An exception that comes out as
 * the record says is a failure. */
void chain_report(struct run *run, const struct kv_record *r, const struct exception *list,
                  const struct chain *c);

/* What is below malformed/. */
bool x509_malformed(struct run *run);

extern const struct exception x509_pkits_exceptions[];
extern const struct exception x509_boringssl_exceptions[];
extern const struct exception x509_limbo_exceptions[];

#endif
