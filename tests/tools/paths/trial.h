/* tools/paths/trial.h - one path of a file of vectors, and what judges it: lib/x509 in judge.c, or
 * OpenSSL in tools/openssl. */
#ifndef PATHS_TRIAL_H
#define PATHS_TRIAL_H

#include "x509/path.h"
#include "x509/refusal.h"
#include "x509/revocation.h"

enum { TRIAL_CERTIFICATES_MAX = 64, TRIAL_CRLS_MAX = 64, TRIAL_POLICIES_MAX = 8 };

/* As the vectors have it, whether lib/x509 can parse it or not. */
struct given {
    ike2_bytes der;
    bool is_anchor;
};

struct trial {
    struct given given[TRIAL_CERTIFICATES_MAX]; /* the end entity, if there is one, anywhere */
    size_t n_given, given_end_entity;
    ike2_bytes given_crls[TRIAL_CRLS_MAX];
    size_t n_given_crls;
    struct certificate certificates[TRIAL_CERTIFICATES_MAX];
    size_t n_certificates;
    struct crl crls[TRIAL_CRLS_MAX];
    size_t n_crls;
    struct rules rules;
    ike2_bytes policies[TRIAL_POLICIES_MAX];
    const char *fault; /* of the end entity that does not parse */
    size_t end_entity; /* its index, or SIZE_MAX */
};

/* The provider's, and what it refuses of old vectors. */
extern const ike2_x509_crypto trial_crypto;

/* Rules of a usual validator at that time, in memory that is zero. */
void trial_begin(struct trial *t, int64_t now);
/* What does not parse is left out, but of what is given. */
void trial_add(struct trial *t, ike2_bytes der, bool is_anchor);
void trial_add_end_entity(struct trial *t, ike2_bytes der);
void trial_add_crl(struct trial *t, ike2_bytes der);
/* The end entity is an anchor too. */
void trial_trust_end_entity(struct trial *t);
/* One OID of those that are accepted. */
void trial_accept_policy(struct trial *t, ike2_bytes oid);

/* The verdict on the path. */
bool trial_judge(const struct trial *t, ike2_verdict *verdict);
/* The status of the end entity, whose path may be any. */
enum status trial_status(const struct trial *t, ike2_verdict *verdict);

/* Digits of year (two or four), month, day, hour, minute and second, and other characters between
 * them, as seconds since 1970. */
int64_t trial_time(const char *text, size_t year_digits);

/* Has the end entity this name? "DNS:example.com", "IP:192.0.2.1", "IP:::1". */
bool trial_is_named(const struct trial *t, const char *name);

#endif
