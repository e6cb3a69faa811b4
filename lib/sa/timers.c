/* sa/timers.c - the timers of one SA. */
#include "sa/timers.h"

void ike2_timers_init(struct timers *t)
{
    t->node = (struct heap_node){ .at = IKE2_TIME_NEVER };
    for (size_t i = 0; i < TIMER_COUNT; i++)
        t->at[i] = IKE2_TIME_NEVER;
}

static void timers_schedule(struct host *host, struct timers *t)
{
    ike2_time first = IKE2_TIME_NEVER;

    for (size_t i = 0; i < TIMER_COUNT; i++) {
        if (t->at[i] < first)
            first = t->at[i];
    }
    ike2_heap_set(&host->timers, &t->node, first);
}

void ike2_timer_set(struct host *host, struct timers *t, enum timer which, ike2_time at)
{
    t->at[which] = at;
    timers_schedule(host, t);
}

void ike2_timers_stop(struct host *host, struct timers *t)
{
    for (size_t i = 0; i < TIMER_COUNT; i++)
        t->at[i] = IKE2_TIME_NEVER;
    timers_schedule(host, t);
}

enum timer ike2_timer_due(struct host *host, struct timers *t)
{
    for (enum timer i = 0; i < TIMER_COUNT; i++) {
        if (t->at[i] <= host->now) {
            ike2_timer_set(host, t, i, IKE2_TIME_NEVER);
            return i;
        }
    }
    return TIMER_COUNT;
}

const char *ike2_timer_name(enum timer which)
{
    static const char *const names[TIMER_COUNT] = {
        [TIMER_RETRANSMIT] = "retransmit", [TIMER_DOUBT] = "doubt",
        [TIMER_HALF_OPEN] = "half-open",   [TIMER_OURS] = "our exchange",
        [TIMER_THEIRS] = "their exchange", [TIMER_CHILDREN] = "children",
        [TIMER_REKEY] = "rekeying",        [TIMER_REAUTH] = "authentication",
        [TIMER_LIVENESS] = "liveness",     [TIMER_KEEPALIVE] = "keepalive",
        [TIMER_ASSEMBLY] = "reassembly",
    };

    return which < TIMER_COUNT ? names[which] : "none";
}
