/* support/proof.h - one proof and one policy, and the verdict on them. */
#ifndef SUPPORT_PROOF_H
#define SUPPORT_PROOF_H

#include <ike2/x509.h>

#include "support/pki.h"

enum { PROOF_CERTS_MAX = 80, PROOF_ANCHORS_MAX = 8 };

struct proof {
    struct pki *pki;
    ike2_cert certs[PROOF_CERTS_MAX];
    ike2_bytes anchors[PROOF_ANCHORS_MAX];
    ike2_bytes signed_octets;
    ike2_proof given;
    ike2_x509_policy policy;
    int64_t utc_seconds;
    ike2_verdict verdict;
};

/* A proof without certificates, of the FQDN peer.test, in 2025; nothing is trusted. The signature
 * is made by PKI_PEER unless the test makes another. */
void proof_init(struct proof *p, struct pki *pki);
/* As for proof_init, with the usual chain: the root trusted, peer and CA sent. */
void proof_usual(struct proof *p, struct pki *pki);
/* Fixtures of a group of tests: a struct pki. */
int proof_setup(void **pki);
int proof_teardown(void **pki);

/* Points into `p`, which must not be moved. */
void proof_send(struct proof *p, ike2_bytes certificate);
void proof_trust(struct proof *p, ike2_bytes certificate);
void proof_claim(struct proof *p, uint8_t type, ike2_bytes data);
void proof_sign(struct proof *p, enum pki_key key, uint16_t scheme);

/* Fails the running test unless the verdict is this one, and its text contains `words`. */
void proof_expect(struct proof *p, uint32_t reason, const char *words);

#endif
