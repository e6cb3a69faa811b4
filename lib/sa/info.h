/* sa/info.h - INFORMATIONAL: Delete, liveness, reports of failure. RFC 7296 1.4, 2.4, 2.21.2. */
#ifndef SA_INFO_H
#define SA_INFO_H

#include "sa/exchange.h"

extern const struct script ike2_info_request;

/* Sends the next request that is wanted, if none is open: a Delete, a report, a probe. */
void ike2_info_next(struct sa *sa);
/* The response to one of these. */
void ike2_info_on_response(struct sa *sa, const struct message *m);
/* TIMER_LIVENESS, or a command: see whether the peer is alive, 2.4. */
void ike2_info_probe(struct sa *sa);
/* The data plane has had authentic packets, the last one then: a sign of life as well, 2.4. */
void ike2_info_traffic(struct sa *sa, ike2_time last);
/* Does the request delete the IKE SA itself, 1.4.1? */
bool ike2_info_deletes_sa(const struct message *m);
/* Something authentic has come from the peer. */
void ike2_info_heard(struct sa *sa);

#endif
