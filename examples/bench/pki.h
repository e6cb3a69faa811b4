/* pki.h - keys and certificates for one run, made by mbedTLS: a CA, and below it one end entity for
 * each side. */
#ifndef BENCH_PKI_H
#define BENCH_PKI_H

#include <ike2/crypto.h>

#include "common/problem.h"

enum { PKI_SIDES = 2, PKI_DER = 2048, PKI_UTC = 1767225600 /* 2026: all of them are valid */ };

enum pki_kind {
    PKI_ECDSA, /* P-256 */
    PKI_RSA    /* 2048 bits */
};

struct pki_der {
    size_t len;
    uint8_t octets[PKI_DER];
};

struct pki_identity {
    const char *name; /* an FQDN */
    struct pki_der certificate;
    struct pki_der key;        /* private */
    struct pki_der public_key; /* SubjectPublicKeyInfo */
    ike2_bytes tbs, signature; /* what of the certificate is signed, and with what */
};

extern const char *const pki_names[PKI_SIDES];

/* It must not be moved. */
struct pki {
    uint16_t scheme; /* of the certificates' signatures, IKE2_SIG_* */
    struct pki_identity ca, sides[PKI_SIDES];
};

/* Randomness is the provider's. */
bool pki_make(struct pki *p, enum pki_kind kind, const ike2_crypto *crypto, struct problem *why);

#endif
