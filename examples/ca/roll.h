/* roll.h - what has been issued: shown to a person, found by name or number, revoked. */
#ifndef CA_ROLL_H
#define CA_ROLL_H

#include "authority.h"

/* On stdout; the last column is "good", "over" or why it was revoked. */
void roll_print(const struct authority *a, bool json);
/* All of that name that are not revoked, or the one of that serial number; renews the CRL. Says on
 * stdout what was revoked. `reason` is a CRLReason. */
bool roll_revoke(struct authority *a, const char *which, int reason, struct problem *why);

#endif
