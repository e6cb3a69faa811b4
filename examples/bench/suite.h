/* suite.h - one way to set up an IKE SA: its algorithms, and how the two sides prove themselves. */
#ifndef BENCH_SUITE_H
#define BENCH_SUITE_H

#include <ike2/ike2.h>
#include <ike2/x509.h>

#include "common/problem.h"
#include "common/provider.h"
#include "common/value.h"
#include "pki.h"

enum { SUITES = 3, SUITE_SIDES = PKI_SIDES, SUITE_SCHEMES = 8, KEY_HASH = 20 };
enum { SUITE_INITIATOR, SUITE_RESPONDER };

struct suite_row {
    const char *name; /* as on the command line */
    const char *text; /* for people */
    const char *ike, *esp;
    bool is_signed;      /* else by a pre-shared key */
    enum pki_kind kind;  /* of the certificates */
};
extern const struct suite_row suite_rows[SUITES];
extern const char *const suite_side_names[SUITE_SIDES];

/* It must not be moved. */
struct suite {
    const struct suite_row *row;
    const struct provider *provider;
    struct proposals ike, esp;
    ike2_key *psk;
    struct pki pki;
    ike2_key *keys[SUITE_SIDES];
    uint16_t schemes[SUITE_SCHEMES];
    size_t n_schemes;
    uint8_t ca_hash[KEY_HASH];
    ike2_bytes trusted; /* that hash */
    ike2_bytes anchor;  /* the CA's certificate */
};

bool suite_open(struct suite *s, const struct suite_row *row, const struct provider *provider,
                struct problem *why);
/* A zeroed suite is allowed. */
void suite_close(struct suite *s);

/* Defines the peer of side `i`: the other side. */
ike2_err suite_define(const struct suite *s, size_t i, ike2_endpoint *ep, ike2_peer_id *out);
/* What either side trusts. */
ike2_x509_policy suite_policy(const struct suite *s);

#endif
