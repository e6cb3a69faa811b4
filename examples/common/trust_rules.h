/* trust_rules.h - how peers' certificates are judged, besides by whom they are signed: as words of
 * a configuration or of a command line. Zeroed: any purpose, soft revocation, no pins. */
#ifndef COMMON_TRUST_RULES_H
#define COMMON_TRUST_RULES_H

#include <stddef.h>
#include <stdint.h>

#include "value.h"

enum { TRUST_PINS_MAX = 64, TRUST_CRL_FILES_MAX = 16 };

/* SHA-256 of keys or certificates. */
struct trust_pins {
    uint8_t list[TRUST_PINS_MAX][32];
    size_t n;
};

/* Whether CRLs are fetched from where certificates say they are, and certificates from where their
 * owners do (RFC 7296 3.6). */
struct trust_fetching {
    bool is_on; /* CRLs */
    bool certificates;
    const char *cache;         /* a directory; borrowed; NULL: what was fetched is forgotten */
    struct selectors networks; /* fetched from even if reach.h forbids it */
};

struct trust_rules {
    struct trust_pins anchors; /* CAs that are known by their hashes only */
    struct trust_pins pins;    /* one of them is on the path; none = any path */
    uint32_t purposes;         /* IKE2_X509_FOR_*; 0 = all of them */
    uint32_t revocation;       /* IKE2_X509_REVOCATION_* */
    uint32_t flags;            /* IKE2_X509_* */
    const char *crl_files[TRUST_CRL_FILES_MAX]; /* PEM or DER; texts are borrowed */
    size_t n_crl_files;
    struct trust_fetching fetching;
};

/* Each takes one word, and returns NULL, or what is wrong as the end of a sentence that begins with
 * "it"; such texts are valid until the next call on the same thread. */
/* 64 hexadecimal digits; ":" between octets and "sha256:" in front are allowed. */
const char *trust_rules_pin(const char *text, struct trust_pins *out);
/* "serverAuth" and the like: RFC 5280 4.2.1.12. */
const char *trust_rules_purpose(const char *text, struct trust_rules *out);
/* "off", "soft" or "hard". */
const char *trust_rules_revocation(const char *text, struct trust_rules *out);
/* A file more. The text is borrowed. */
const char *trust_rules_crl_file(const char *path, struct trust_rules *out);
/* A directory that we may write into. The text is borrowed. */
const char *trust_rules_cache(const char *path, struct trust_rules *out);
/* What cannot be meant all at once, as a whole sentence; NULL: nothing. */
const char *trust_rules_conflict(const struct trust_rules *r);
/* "yes" or "no", for a flag. */
const char *trust_rules_flag(const char *text, uint32_t flag, struct trust_rules *out);

#endif
