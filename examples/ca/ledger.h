/* ledger.h - what a CA has issued and revoked, and what it was set up with: DIR/ledger.json. Each
 * certificate is in here before anybody gets it, so that there is none that cannot be revoked. */
#ifndef CA_LEDGER_H
#define CA_LEDGER_H

#include <stdint.h>

#include <jansson.h>

#include "store.h"

/* CRLReason, RFC 5280 5.3.1; those that a person gives. */
struct ledger_reason {
    const char *word;
    int code;
};
extern const struct ledger_reason ledger_reasons[];
extern const size_t ledger_n_reasons;

struct ledger {
    json_t *root;
};

/* One issued certificate. Texts are borrowed of the ledger. */
struct ledger_entry {
    const char *serial;  /* upper case hexadecimal */
    const char *kind;    /* "server" or "client" */
    const char *name;    /* as it was asked for */
    const char *stem;    /* its files without their ends: "servers/vpn.example.org" */
    int64_t from, until; /* seconds since 1970 */
    int64_t revoked;     /* 0 = it is not */
    int reason;          /* CRLReason */
};

/* What `init` was told. */
struct ledger_setup {
    const char *crl_url; /* "" = none */
    uint32_t crl_days;
};

bool ledger_new(struct ledger *l, const struct ledger_setup *setup, struct problem *why);
bool ledger_load(struct ledger *l, const struct store *s, struct problem *why);
bool ledger_save(const struct ledger *l, const struct store *s, struct problem *why);
/* A zeroed ledger is allowed. */
void ledger_free(struct ledger *l);

void ledger_setup_of(const struct ledger *l, struct ledger_setup *out);
/* The number of the next CRL, RFC 5280 5.2.3; counts. */
int64_t ledger_next_crl(struct ledger *l);

size_t ledger_count(const struct ledger *l);
/* False if the entry has not what it needs. */
bool ledger_get(const struct ledger *l, size_t i, struct ledger_entry *out);
bool ledger_add(struct ledger *l, const struct ledger_entry *e);
bool ledger_revoke(struct ledger *l, size_t i, int64_t when, int reason);

/* Neither revoked nor over. */
bool ledger_is_good(const struct ledger_entry *e, int64_t now);
/* The newest one that is good for these files; false if there is none. */
bool ledger_find_good(const struct ledger *l, const char *stem, int64_t now,
                      struct ledger_entry *out);
const char *ledger_reason_word(int code);

#endif
