/* vectors/x509.h - proofs made from certificates of the vectors. */
#ifndef VECTORS_X509_H
#define VECTORS_X509_H

#include <ike2/x509.h>

#include "vectors/run.h"

enum { X509_CERTS_MAX = 64 };

/* A chain to be judged. The signature is none, so that the best verdict is IKE2_X509_SIGNATURE. */
struct chain {
    ike2_cert certs[X509_CERTS_MAX]; /* end entity first */
    ike2_bytes anchors[X509_CERTS_MAX];
    ike2_bytes crls[X509_CERTS_MAX]; /* of the policy */
    size_t n_certs, n_anchors, n_crls;
    ike2_id id;
    uint32_t revocation; /* IKE2_X509_REVOCATION_* */
    int64_t utc_seconds;
};

void chain_send(struct chain *c, ike2_bytes certificate);
void chain_send_crl(struct chain *c, ike2_bytes crl);
void chain_trust(struct chain *c, ike2_bytes certificate);
void chain_give_crl(struct chain *c, ike2_bytes crl);
/* Claims the end entity's own subject: what is not about names shall not fail by one. False if it
 * does not parse. */
bool chain_claim_subject(struct chain *c);
/* The reason of the verdict; `text` may be NULL. */
uint32_t chain_verdict(const struct chain *c, char text[96]);
/* Was everything good, but for the signature? */
bool chain_is_good(const struct chain *c);

#endif
