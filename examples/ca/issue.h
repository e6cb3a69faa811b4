/* issue.h - a certificate with its key, from the wish to the files. */
#ifndef CA_ISSUE_H
#define CA_ISSUE_H

#include "authority.h"

struct issue_wish {
    struct subject subject;
    const char *key; /* of key_kinds */
    uint32_t days;
    bool renew; /* beside one that still counts, for the same key */
};

/* What is there now. Texts of `entry` live as long as the ledger is not changed. */
struct issue {
    char stem[SUBJECT_STEM];
    struct ledger_entry entry;
    EVP_PKEY *key;
    X509 *certificate;
    bool finished; /* of an earlier call that was interrupted; nothing was issued */
    bool cut;      /* it ends with the CA's own */
};

bool issue_make(struct issue *i, struct authority *a, const struct issue_wish *wish,
                struct problem *why);
/* After a failure, too. */
void issue_free(struct issue *i);

#endif
