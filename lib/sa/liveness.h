/* sa/liveness.h - is the peer alive? Whatever is authentic is a sign of life; after a silence it is
 * asked. RFC 7296 2.4. */
#ifndef SA_LIVENESS_H
#define SA_LIVENESS_H

#include "sa/sa.h"

/* TIMER_LIVENESS, or a command: see whether the peer is alive. */
void ike2_liveness_probe(struct sa *sa);
/* The data plane has had authentic packets, the last one then: a sign of life as well. */
void ike2_liveness_traffic(struct sa *sa, ike2_time last);
/* Something authentic has come from the peer. */
void ike2_liveness_heard(struct sa *sa);

#endif
