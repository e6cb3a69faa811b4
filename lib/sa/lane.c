/* sa/lane.c - one lane of data plane jobs per child: at most one is out, and what depends on it
 * waits. The lane's job was made with the child, so that a removal can never lack memory. */
#include "sa/child.h"
#include "sa/exchange.h"
#include "sa/note.h"

static void lane_post(struct child *c, uint8_t op, uint8_t halves)
{
    struct lane *lane = &c->lane;
    struct host *host = c->sa->host;
    struct lane_work *work = &lane->job->u.lane;
    bool has_deadline = op == IKE2_LANE_INSTALL;

    if (op != IKE2_LANE_INSTALL)
        work->pair = c->pair; /* without keys */
    work->task = (ike2_lane_task){ .op = op, .halves = halves, .pair = &work->pair };
    work->verdict = (ike2_verdict){ .struct_size = sizeof work->verdict };
    lane->out = op;
    lane->job->answer_by = has_deadline ? host->now + host->settings.job_ms : IKE2_TIME_NEVER;
    if (has_deadline)
        ike2_timer_set(host, &c->sa->clock.timers, TIMER_LANE, lane->job->answer_by);
    ike2_job_post(lane->job);
}

/* Nothing is left in the data plane. */
static void lane_on_empty(struct child *c)
{
    struct sa *sa = c->sa;

    c->state = CHILD_GONE;
    if (!c->wants_delete || sa->intent.is_ending || sa->state == STATE_CLOSING)
        ike2_child_bury(c);
    ike2_sa_settle(sa);
}

void ike2_lane_advance(struct child *child)
{
    struct lane *lane = &child->lane;

    if (lane->out != 0)
        return;
    if (child->state == CHILD_CLOSING) {
        if (lane->is_installed)
            lane_post(child, IKE2_LANE_REMOVE, IKE2_HALF_BOTH);
        else if (lane->is_reserved)
            lane_post(child, IKE2_LANE_RELEASE, 0);
        else
            lane_on_empty(child);
        return;
    }
    if (child->state == CHILD_LAID && !lane->is_installed && !lane->install_failed)
        lane_post(child, IKE2_LANE_INSTALL, 0);
    else if (lane->is_installed && lane->wants_switch)
        lane_post(child, IKE2_LANE_SWITCH, 0);
}

void ike2_lane_switch(struct child *child)
{
    child->lane.wants_switch = true;
    ike2_lane_advance(child);
}

/* RFC 7296 says nothing of data planes: a failed install is a failed negotiation. An initiator has
 * the peer's answer already, so it takes the child back; a responder has not answered yet. */
static void lane_on_install_failed(struct child *c)
{
    c->lane.install_failed = true;
    c->sa->host->stats.lane_failures++;
    if (c->sa->role == INITIATOR || c->sa->exchanges.theirs == NULL)
        ike2_child_end(c, true, IKE2_REASON_DATAPLANE, 0,
                       ike2_note_lane(c, IKE2_LANE_INSTALL, "failed"));
}

static void lane_on_install(struct child *c, bool ok)
{
    ike2_timer_set(c->sa->host, &c->sa->clock.timers, TIMER_LANE, IKE2_TIME_NEVER);
    ike2_job_drop_keys(c->lane.job);
    if (!ok && !c->lane.is_late)
        lane_on_install_failed(c);
    c->lane.is_installed = ok; /* also when it is late: REMOVE follows */
    if (ok && c->state == CHILD_LAID && c->sa->role == INITIATOR)
        c->lane.wants_switch = true;
}

static void lane_on_switch(struct child *c, bool ok)
{
    c->lane.wants_switch = false;
    if (c->state != CHILD_LAID)
        return;
    if (!ok) {
        c->sa->host->stats.lane_failures++;
        ike2_child_end(c, true, IKE2_REASON_DATAPLANE, 0,
                       ike2_note_lane(c, IKE2_LANE_SWITCH, "failed"));
        return;
    }
    c->state = CHILD_UP;
    ike2_output_push(c->sa->host, &c->up, IKE2_EVENT_CHILD_UP, c);
}

/* A failed removal is taken as done: there is nobody left to repair it. */
static void lane_on_removed(struct child *c, uint8_t op, bool ok)
{
    if (!ok) {
        c->sa->host->stats.lane_failures++;
        (void)ike2_note_lane(c, op, "failed");
    }
    c->lane.is_installed = false;
    c->lane.is_reserved = false;
}

void ike2_lane_on_finished(struct child *child)
{
    struct lane *lane = &child->lane;
    struct sa *sa = child->sa;
    uint8_t op = lane->out;
    bool ok = lane->job->u.lane.verdict.ok;

    lane->out = 0;
    switch (op) {
    case IKE2_LANE_INSTALL:
        lane_on_install(child, ok);
        break;
    case IKE2_LANE_SWITCH:
        lane_on_switch(child, ok);
        break;
    default:
        lane_on_removed(child, op, ok);
        break;
    }
    ike2_lane_advance(child);
    if (sa->exchanges.theirs != NULL && sa->exchanges.theirs->waits_for_lane)
        ike2_exchange_run(sa->exchanges.theirs);
    ike2_sa_settle(sa);
}

void ike2_lane_on_late(struct child *child)
{
    struct sa *sa = child->sa;

    if (child->lane.out != IKE2_LANE_INSTALL || child->lane.is_late)
        return;
    child->lane.is_late = true;
    sa->host->stats.jobs_expired++;
    lane_on_install_failed(child);
    if (sa->exchanges.theirs != NULL && sa->exchanges.theirs->waits_for_lane)
        ike2_exchange_run(sa->exchanges.theirs);
}
