/* sa/lane.c - one lane of data plane jobs per child: at most one is out, and what depends on it
 * waits. The lane's job was made with the child, so that a removal can never lack memory. What is
 * due follows from what each pair has and what is wanted of it; what lets traffic flow goes before
 * what takes something away. */
#include "sa/child.h"
#include "sa/create.h"
#include "sa/exchange.h"
#include "sa/lifetime.h"
#include "sa/note.h"
#include "sa/packet.h"

/* --- What is due --------------------------------------------------------------------- */

static void give_keys(struct pair *pair, ike2_pair *out)
{
    struct child_keys *keys = &pair->keys;

    out->encr_out = pair->is_ours ? keys->encr_i : keys->encr_r;
    out->integ_out = pair->is_ours ? keys->integ_i : keys->integ_r;
    out->encr_in = pair->is_ours ? keys->encr_r : keys->encr_i;
    out->integ_in = pair->is_ours ? keys->integ_r : keys->integ_i;
    *keys = (struct child_keys){ 0 };
}

static void lane_post(struct pair *pair, uint8_t op, uint8_t halves)
{
    struct child *c = pair->child;
    struct host *host = c->sa->host;
    struct lane *lane = &c->lane;
    struct lane_work *work = &lane->job->u.lane;

    work->pair = pair->view;
    if (op == IKE2_LANE_INSTALL)
        give_keys(pair, &work->pair);
    work->task = (ike2_lane_task){ .op = op, .halves = halves, .pair = &work->pair };
    work->verdict = (ike2_verdict){ .struct_size = sizeof work->verdict };
    if (op == IKE2_LANE_INSTALL || op == IKE2_LANE_MOVE)
        pair->lane.wants_move = false; /* it says where */
    lane->pair = pair;
    lane->op = op;
    lane->due = op == IKE2_LANE_INSTALL ? host->now + host->settings.job_ms : IKE2_TIME_NEVER;
    lane->job->answer_by = lane->due;
    ike2_lifetime_arm(c->sa);
    ike2_job_post(lane->job);
}

static bool post_progress(struct pair *p)
{
    struct pair_lane *lane = &p->lane;

    if (p->state == PAIR_LAID && lane->has == 0 && !lane->install_failed)
        lane_post(p, IKE2_LANE_INSTALL, 0);
    else if (lane->has != 0 && lane->wants_move)
        lane_post(p, IKE2_LANE_MOVE, 0);
    else if (lane->has != 0 && lane->wants_switch)
        lane_post(p, IKE2_LANE_SWITCH, 0);
    else
        return false;
    return true;
}

static bool post_removal(struct pair *p)
{
    struct pair_lane *lane = &p->lane;
    uint8_t surplus = lane->has & (uint8_t)~lane->keep;

    if (surplus != 0)
        lane_post(p, IKE2_LANE_REMOVE, surplus);
    else if (p->state == PAIR_CLOSING && lane->has == 0 && lane->is_reserved)
        lane_post(p, IKE2_LANE_RELEASE, 0);
    else
        return false;
    return true;
}

/* Nothing of it is left in the data plane, nor will be. */
static void pair_on_empty(struct pair *p)
{
    if (p->state == PAIR_CLOSING && p->lane.has == 0 && !p->lane.is_reserved) {
        p->state = PAIR_GONE;
        ike2_pair_unname(p);
    }
}

void ike2_lane_advance(struct child *child)
{
    if (child->lane.pair != NULL)
        return;
    CHILD_EACH_PAIR (p, child) {
        if (post_progress(p))
            return;
    }
    CHILD_EACH_PAIR (p, child) {
        if (post_removal(p))
            return;
        pair_on_empty(p);
    }
}

void ike2_lane_switch(struct pair *pair)
{
    pair->times.switch_at = IKE2_TIME_NEVER;
    if (pair->state != PAIR_LAID && pair->state != PAIR_READY)
        return;
    pair->lane.wants_switch = true;
    ike2_lane_advance(pair->child);
}

bool ike2_lane_is_busy(const struct pair *pair)
{
    return (pair->lane.has & ~pair->lane.keep) != 0 || pair->child->lane.pair == pair;
}

/* --- What has been done -------------------------------------------------------------- */

/* RFC 7296 says nothing of data planes: a failed install is a failed negotiation. Whoever began it
 * has the peer's answer already, so it takes the pair back; the other has not answered yet. */
static void on_install_failed(struct pair *p)
{
    struct child *c = p->child;
    uint64_t trace = ike2_note_lane(p, IKE2_LANE_INSTALL, "failed");

    p->lane.install_failed = true;
    c->sa->host->stats.lane_failures++;
    if (p->is_held)
        return; /* its exchange tells the peer */
    ike2_pair_end(p, true);
    ike2_create_on_pair_failed(c, IKE2_REASON_DATAPLANE, trace);
}

static void on_install(struct pair *p, bool ok)
{
    ike2_job_drop_keys(p->child->lane.job);
    if (!ok && !p->lane.is_late)
        on_install_failed(p);
    if (!ok)
        return;
    p->lane.has = IKE2_HALF_BOTH; /* also when it is late: REMOVE follows */
    if (p->state != PAIR_LAID)
        return;
    p->state = PAIR_READY;
    /* Who began has the peer's answer: it may send. The other one answers first. */
    if (p->is_ours && !p->is_redundant)
        p->lane.wants_switch = true;
}

/* The child sends on `p` from now on. */
static void take_over(struct pair *p)
{
    struct child *c = p->child;

    CHILD_EACH_PAIR (old, c) {
        if (old == p || old->state != PAIR_SENDING)
            continue;
        old->state = PAIR_REPLACED;
        if (p->view.replaces == 0)
            p->view.replaces = old->view.spi_in;
    }
    p->state = PAIR_SENDING;
    c->plan.failures = 0;
    if (c->state == CHILD_UP) {
        ike2_output_push(c->sa->host, &p->rekeyed, IKE2_EVENT_CHILD_REKEYED, p);
    } else {
        c->state = CHILD_UP;
        ike2_packet_free(c->sa->host, &c->packet);
        ike2_output_push(c->sa->host, &c->up, IKE2_EVENT_CHILD_UP, c);
    }
    ike2_create_on_switched(p);
}

/* A child whose older pair still sends goes on with that one. */
static void on_switch(struct pair *p, uint8_t op, bool ok)
{
    struct child *c = p->child;
    uint64_t trace;

    p->lane.wants_switch = false;
    if (p->state != PAIR_READY)
        return;
    if (ok) {
        take_over(p);
        return;
    }
    c->sa->host->stats.lane_failures++;
    trace = ike2_note_lane(p, op, "failed");
    ike2_pair_end(p, true);
    ike2_create_on_pair_failed(c, IKE2_REASON_DATAPLANE, trace);
}

static void on_move(struct pair *p, bool ok)
{
    struct child *c = p->child;

    if (ok || p->state >= PAIR_CLOSING)
        return;
    c->sa->host->stats.lane_failures++;
    ike2_child_end(c, true, IKE2_REASON_DATAPLANE, 0, ike2_note_lane(p, IKE2_LANE_MOVE, "failed"));
}

/* A failed removal is taken as done: there is nobody left to repair it. */
static void on_removed(struct pair *p, uint8_t op, bool ok)
{
    const ike2_lane_task *task = &p->child->lane.job->u.lane.task;

    if (!ok) {
        p->child->sa->host->stats.lane_failures++;
        (void)ike2_note_lane(p, op, "failed");
    }
    p->lane.has &= (uint8_t)~task->halves;
    if (op == IKE2_LANE_RELEASE || (task->halves & IKE2_HALF_IN) != 0)
        p->lane.is_reserved = false;
}

void ike2_lane_on_finished(struct child *child)
{
    struct lane *lane = &child->lane;
    struct sa *sa = child->sa;
    struct pair *p = lane->pair;
    bool ok = lane->job->u.lane.verdict.ok;

    lane->pair = NULL;
    lane->due = IKE2_TIME_NEVER;
    switch (lane->op) {
    case IKE2_LANE_INSTALL:
        on_install(p, ok);
        break;
    case IKE2_LANE_SWITCH:
        on_switch(p, lane->op, ok);
        break;
    case IKE2_LANE_MOVE:
        on_move(p, ok);
        break;
    default:
        on_removed(p, lane->op, ok);
        break;
    }
    ike2_lane_advance(child);
    ike2_lane_wake(sa);
    ike2_sa_settle(sa);
}

/* An exchange of the peer's may wait for what has been done. */
void ike2_lane_wake(struct sa *sa)
{
    if (sa->exchanges.theirs != NULL && sa->exchanges.theirs->waits_for_lane)
        ike2_exchange_run(sa->exchanges.theirs);
}

void ike2_lane_on_late(struct child *child)
{
    struct pair *p = child->lane.pair;

    if (p == NULL || child->lane.op != IKE2_LANE_INSTALL || p->lane.is_late)
        return;
    child->lane.due = IKE2_TIME_NEVER;
    p->lane.is_late = true;
    child->sa->host->stats.jobs_expired++;
    on_install_failed(p);
}
