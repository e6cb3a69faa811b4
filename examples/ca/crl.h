/* crl.h - the list of revoked certificates, RFC 5280 5. */
#ifndef CA_CRL_H
#define CA_CRL_H

#include "certificate.h"
#include "ledger.h"

/* Makes and writes DIR/crl.pem, for servers, and DIR/ca.crl, the same as DER, for the URL in the
 * certificates. `dates` are thisUpdate and nextUpdate. The ledger is saved with the new number. */
bool crl_write(const struct store *s, struct ledger *l, const struct certificate_issuer *ca,
               const struct certificate_dates *dates, struct problem *why);

#endif
