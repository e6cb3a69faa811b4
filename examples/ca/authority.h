/* authority.h - a CA as a whole: its directory, its key and certificate, and what it has issued.
 *
 *   ca.pem ca.cer       its certificate, as PEM and as DER; ca.key its private key
 *   crl.pem ca.crl      what it has revoked, as PEM and as DER
 *   ledger.json         what it has issued
 *   servers/ clients/   NAME.pem, NAME.key and what else a side needs
 *   issued/SERIAL.pem   every certificate there ever was
 *   retired/            keys of certificates that are revoked or over */
#ifndef CA_AUTHORITY_H
#define CA_AUTHORITY_H

#include "certificate.h"
#include "ledger.h"

struct authority {
    struct store store;
    struct ledger ledger;
    struct certificate_issuer issuer;
    int64_t now; /* the time of this call, seconds since 1970 */
};

struct authority_plan {
    const char *name, *organization; /* NULL = one that no other CA has, none */
    const char *key;                 /* of key_kinds */
    uint32_t days;
    struct ledger_setup setup;
};

/* Makes one; there must be none in the directory. */
bool authority_init(struct authority *a, const char *dir, const struct authority_plan *plan,
                    struct problem *why);
bool authority_open(struct authority *a, const char *dir, struct problem *why);
/* After a failure, too. */
void authority_close(struct authority *a);

/* The end of its own certificate. */
int64_t authority_until(const struct authority *a);
/* A CRL that counts from now, for so many days; 0 = as `init` was told. */
bool authority_renew_crl(struct authority *a, uint32_t days, struct problem *why);

#endif
