/* rules.h - the rules of lint.h, one row each. doc/certificates.md lists them. */
#ifndef CA_RULES_H
#define CA_RULES_H

#include <stdint.h>

#include <openssl/x509v3.h>

#include "lint.h"

/* A certificate, looked at once. */
struct look {
    X509 *x;
    enum lint_role role;
    const char *name;             /* NULL = unknown */
    EVP_PKEY *key;                /* of the certificate; NULL if libcrypto does not know it */
    int key_type;                 /* EVP_PKEY_* */
    int hash;                     /* NID of the signature's */
    bool pss;                     /* the signature, or the key is for PSS alone */
    uint32_t flags;               /* EXFLAG_* */
    uint32_t usage;               /* X509v3_KU_*; all bits if there is no such extension */
    EXTENDED_KEY_USAGE *purposes; /* NULL = none */
    GENERAL_NAMES *names;         /* NULL = none */
};

struct rule {
    const char *name;
    unsigned roles; /* bits 1 << enum lint_role */
    bool note;
    const char *who;
    const char *what, *remedy;
    bool (*is_broken)(const struct look *l);
};

/* The first one is of certificates that cannot be read: then no other one can be judged. */
extern const struct rule rules[];
extern const size_t n_rules;

bool rules_has_purpose(const struct look *l, const char *oid);

#endif
