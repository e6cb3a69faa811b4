/* support/pki.h - certificates made to order when a test runs, and the keys to sign with. */
#ifndef SUPPORT_PKI_H
#define SUPPORT_PKI_H

#include <mbedtls/md.h>
#include <mbedtls/x509.h>

#include <ike2/mbedtls.h>

#include "support/script.h"

enum pki_key {
    PKI_ROOT,
    PKI_CA,
    PKI_OTHER,
    PKI_PEER,
    PKI_P384,
    PKI_P521,
    PKI_BRAINPOOL,
    PKI_RSA,
    PKI_RSA_1024,
    PKI_KEYS
};

enum { PKI_EXTENSIONS_MAX = 4 };

struct pki;

struct pki_extension {
    ike2_bytes oid; /* empty: none */
    bool is_critical;
    ike2_bytes value; /* DER */
};

/* A certificate's contents; what is zero is left out, unless it says otherwise. */
struct pki_certificate {
    const char *subject; /* "CN=moon.test, O=Test" */
    enum pki_key key;
    const char *issuer;
    enum pki_key issuer_key;
    const char *from, *until; /* "YYYYMMDDhhmmss"; NULL: 2020 to 2040 */
    bool is_ca;               /* basicConstraints with cA */
    bool has_path_len;
    int path_len;
    unsigned usage;       /* MBEDTLS_X509_KU_* */
    mbedtls_md_type_t md; /* 0: SHA-256 */
    bool is_v1;
    struct pki_extension extensions[PKI_EXTENSIONS_MAX];
};

/* GeneralName by its number: 1 is an rfc822Name, 2 a dNSName, 7 an iPAddress. */
struct pki_name {
    uint8_t number;
    ike2_bytes value;
};

/* A failure ends the test program. Everything lives until pki_free. */
struct pki *pki_new(void);
void pki_free(struct pki *p);

ike2_bytes pki_make(struct pki *p, struct pki_certificate c);
struct pki_extension pki_alt_names(struct pki *p, const struct pki_name *names, size_t n);
struct pki_extension pki_host(struct pki *p, const char *name);
struct pki_extension pki_purpose(struct pki *p, ike2_bytes oid);
/* A copy with the octet there changed. */
ike2_bytes pki_spoil(struct pki *p, ike2_bytes der, size_t at);

/* Certificates of a usual chain: root, CA below it, peer.test below that. */
struct pki_certificate pki_root(void);
struct pki_certificate pki_ca(void);
struct pki_certificate pki_peer(struct pki *p);

/* The private key, to be freed with the provider's key_free; NULL if the provider refuses it. */
ike2_key *pki_private_key(struct pki *p, enum pki_key key);
const ike2_crypto *pki_crypto(const struct pki *p);
/* As AUTH carries it. */
ike2_bytes pki_sign(struct pki *p, enum pki_key key, uint16_t scheme, ike2_bytes octets);

#endif
