/* sa/info.h - INFORMATIONAL: Delete, reports of failure, liveness checks. RFC 7296 1.4, 2.21.2. */
#ifndef SA_INFO_H
#define SA_INFO_H

#include "sa/exchange.h"

extern const struct script ike2_info_request;

/* Sends the next request that is wanted, if none is open: a Delete, a report, a probe. */
void ike2_info_next(struct sa *sa);
/* The response to one of these. */
void ike2_info_on_response(struct sa *sa, const struct message *m);
/* Does the request delete the IKE SA itself, 1.4.1? */
bool ike2_info_deletes_sa(const struct message *m);
/* RFC 7296 2.21.2: these notifies end the IKE SA by themselves, no other does. */
static inline bool info_ends_sa(uint16_t notify)
{
    return notify == IKE2_NOTIFY_AUTHENTICATION_FAILED || notify == IKE2_NOTIFY_INVALID_SYNTAX;
}

#endif
