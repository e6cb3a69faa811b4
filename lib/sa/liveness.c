/* sa/liveness.c - is the peer alive? RFC 7296 2.4. */
#include "sa/liveness.h"

/* The peer was alive then. */
static void put_off(struct sa *sa, ike2_time then)
{
    uint32_t seconds = sa->peer->peer.liveness_seconds;
    ike2_time next = then + seconds * UINT64_C(1000), planned;

    if (sa->state != STATE_UP || seconds == IKE2_NEVER || sa->intent.is_former ||
        sa->exchanges.predecessor != NULL)
        return;
    planned = sa->clock.timers.at[TIMER_LIVENESS];
    if (planned == IKE2_TIME_NEVER || next > planned)
        ike2_timer_set(sa->host, &sa->clock.timers, TIMER_LIVENESS, next);
}

void ike2_liveness_heard(struct sa *sa)
{
    sa->clock.last_in_at = sa->host->now;
    put_off(sa, sa->host->now);
}

void ike2_liveness_traffic(struct sa *sa, ike2_time last)
{
    put_off(sa, last < sa->host->now ? last : sa->host->now);
}

void ike2_liveness_probe(struct sa *sa)
{
    if (sa->state != STATE_UP)
        return;
    /* An open request shows the same when it is answered. */
    sa->intent.wants_probe = sa->request.parcel == NULL;
    ike2_sa_settle(sa);
}
