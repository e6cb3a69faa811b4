/* sa/lifetime.c - the times of pairs and children. RFC 7296 2.8, 2.8.3. */
#include "sa/lifetime.h"

#include "sa/create.h"
#include "sa/liveness.h"
#include "sa/jitter.h"
#include "sa/note.h"
#include "sa/path.h"

enum { REKEY_SECONDS = 3600, ROOM_SECONDS = 60, ROOM_PART = 6 };
/* RFC 4303 3.3.3: sequence numbers must not wrap; here rekeying has some time left. */
#define PACKETS_NEAR_WRAP UINT64_C(0xC0000000)

/* --- Planning ------------------------------------------------------------------------ */

uint32_t ike2_lifetime_hard(uint32_t soft, uint32_t configured)
{
    uint32_t room = soft / ROOM_PART > ROOM_SECONDS ? soft / ROOM_PART : ROOM_SECONDS;

    if (configured != 0)
        return configured;
    return room < IKE2_NEVER - soft ? soft + room : IKE2_NEVER;
}

void ike2_lifetime_plan(struct pair *pair)
{
    const struct child *c = pair->child;
    const struct host *host = c->sa->host;
    const ike2_child_config *cfg = &c->sa->peer->children[c->template_index];
    uint32_t rekey = cfg->rekey_seconds != 0 ? cfg->rekey_seconds : REKEY_SECONDS;
    uint32_t expire = ike2_lifetime_hard(rekey, cfg->expire_seconds);

    pair->view.rekey_octets = cfg->rekey_octets;
    if (rekey != IKE2_NEVER)
        pair->times.rekey_at = host->now + ike2_jitter_shorter(host, rekey);
    if (expire != IKE2_NEVER)
        pair->times.expire_at = host->now + expire * UINT64_C(1000);
    ike2_lifetime_arm(c->sa);
}

static ike2_time earlier(ike2_time a, ike2_time b)
{
    return a < b ? a : b;
}

static ike2_time first_of(const struct pair_times *t)
{
    return earlier(earlier(t->switch_at, t->linger_until), earlier(t->rekey_at, t->expire_at));
}

void ike2_lifetime_arm(struct sa *sa)
{
    ike2_time first = ike2_create_due(sa);

    if (sa->intent.is_ending)
        return;
    SA_EACH_CHILD (c, sa) {
        if (c->lane.pair != NULL)
            first = earlier(first, c->lane.due);
        CHILD_EACH_PAIR (p, c) {
            if (p->state < PAIR_CLOSING)
                first = earlier(first, first_of(&p->times));
        }
    }
    ike2_timer_set(sa->host, &sa->clock.timers, TIMER_CHILDREN, first);
}

void ike2_lifetime_wait_on(struct sa *sa)
{
    const struct host *host = sa->host;

    SA_EACH_CHILD (c, sa) {
        CHILD_EACH_PAIR (p, c) {
            if (p->times.switch_at != IKE2_TIME_NEVER)
                p->times.switch_at = host->now + host->settings.switch_ms;
        }
    }
    ike2_lifetime_arm(sa);
}

/* --- What is due --------------------------------------------------------------------- */

static bool is_due(ike2_time *at, ike2_time now)
{
    if (*at > now)
        return false;
    *at = IKE2_TIME_NEVER;
    return true;
}

void ike2_lifetime_expire(struct pair *pair)
{
    struct child *c = pair->child;

    if (pair->state >= PAIR_CLOSING)
        return;
    if (pair->state == PAIR_SENDING || c->n_pairs == 1)
        ike2_child_end(c, true, IKE2_REASON_EXPIRED, 0, ike2_note_expired(pair));
    else
        ike2_pair_end(pair, true);
}

static void pair_on_timer(struct pair *p)
{
    ike2_time now = p->child->sa->host->now;

    if (p->state >= PAIR_CLOSING)
        return;
    if (is_due(&p->times.expire_at, now)) {
        ike2_lifetime_expire(p);
        return;
    }
    if (is_due(&p->times.linger_until, now)) {
        ike2_pair_end(p, false);
        return;
    }
    if (is_due(&p->times.switch_at, now))
        ike2_lane_switch(p);
    if (is_due(&p->times.rekey_at, now) && p->state == PAIR_SENDING)
        ike2_create_plan_rekey(p->child, p->view.spi_in);
}

void ike2_lifetime_on_timer(struct sa *sa)
{
    SA_EACH_CHILD (c, sa) {
        if (c->lane.pair != NULL && c->lane.due <= sa->host->now)
            ike2_lane_on_late(c);
        CHILD_EACH_PAIR (p, c)
            pair_on_timer(p);
    }
    ike2_lane_wake(sa);
    ike2_sa_settle(sa);
    if (sa->state != STATE_DEAD)
        ike2_lifetime_arm(sa);
}

/* --- What the data plane has seen ----------------------------------------------------- */

static ike2_err rekey_soon(struct pair *p)
{
    if (p->state != PAIR_SENDING && p->state != PAIR_READY)
        return IKE2_ERR_STALE;
    ike2_create_plan_rekey(p->child, p->view.spi_in);
    return IKE2_OK;
}

static ike2_err on_amount(struct pair *p, uint64_t value, uint64_t limit)
{
    return limit != 0 && value >= limit ? rekey_soon(p) : IKE2_OK;
}

ike2_err ike2_lifetime_report(struct pair *pair, const ike2_report *report)
{
    switch (report->what) {
    case IKE2_REPORT_FIRST_IN: /* RFC 7296 2.8: the peer is ready */
        if (pair->times.switch_at != IKE2_TIME_NEVER)
            ike2_lane_switch(pair);
        return IKE2_OK;
    case IKE2_REPORT_IN:
        ike2_liveness_traffic(pair->child->sa, report->value);
        return IKE2_OK;
    case IKE2_REPORT_SOURCE:
        ike2_path_follow(pair->child->sa, &report->source);
        return IKE2_OK;
    case IKE2_REPORT_SOFT_EXPIRE:
    case IKE2_REPORT_SEQ_NEAR_WRAP:
        return rekey_soon(pair);
    case IKE2_REPORT_HARD_EXPIRE:
        ike2_lifetime_expire(pair);
        return IKE2_OK;
    case IKE2_REPORT_BYTES:
        return on_amount(pair, report->value, pair->view.rekey_octets);
    case IKE2_REPORT_PACKETS:
        return on_amount(pair, report->value, pair->view.esn ? 0 : PACKETS_NEAR_WRAP);
    default:
        return IKE2_ERR_ARGUMENT;
    }
}
