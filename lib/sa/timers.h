/* sa/timers.h - the timers of one SA as one array; the earliest of them stands in the endpoint's
 * heap. */
#ifndef SA_TIMERS_H
#define SA_TIMERS_H

#include "sa/host.h"

enum timer {
    TIMER_RETRANSMIT, /* of our open request, 2.1 */
    TIMER_DOUBT,      /* an attempt after an unprotected error, 2.21 */
    TIMER_HALF_OPEN,  /* an unauthenticated SA */
    TIMER_OURS,       /* what our exchange waits for: an answer, a job, memory */
    TIMER_THEIRS,     /* the same for the peer's */
    TIMER_CHILDREN,   /* the first time of any child: INSTALL, lifetimes, ... */
    TIMER_REKEY,      /* the IKE SA has been in use for long, 2.8; or, once it is a former one,
                         the peer has not deleted it */
    TIMER_REAUTH,     /* it is to be authenticated anew, 2.8.3, or has not been */
    TIMER_LIVENESS,   /* silence, 2.4 */
    TIMER_KEEPALIVE,  /* NAT keepalive, RFC 3948 2.3 */
    TIMER_ASSEMBLY,   /* an incomplete set of fragments, RFC 7383 2.6 */
    TIMER_COUNT
};

struct timers {
    struct heap_node node;
    ike2_time at[TIMER_COUNT];
};

void ike2_timers_init(struct timers *t);
/* IKE2_TIME_NEVER stops it. */
void ike2_timer_set(struct host *host, struct timers *t, enum timer which, ike2_time at);
void ike2_timers_stop(struct host *host, struct timers *t);
/* The first timer that is due, stopped by this call; TIMER_COUNT if none is. */
enum timer ike2_timer_due(struct host *host, struct timers *t);
/* For the trace. */
const char *ike2_timer_name(enum timer which);

#endif
