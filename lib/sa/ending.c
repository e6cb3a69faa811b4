/* sa/ending.c - the end of one IKE SA: at once, politely, or later; first what is under way, then
 * the children, then the SA. RFC 7296 1.4.1, 2.4, 2.21. */
#include "sa/sa.h"

#include "sa/assignment.h"
#include "sa/attempt.h"
#include "sa/contact.h"
#include "sa/exchange.h"
#include "sa/halfopen.h"
#include "sa/info.h"
#include "sa/init.h"
#include "sa/note.h"
#include "sa/remnant.h"
#include "sa/renewal.h"
#include "sa/request.h"
#include "sa/succession.h"
#include "sa/window.h"

/* Off every list; nothing of it can be found any more. */
static void sa_unregister(struct sa *sa)
{
    struct host *host = sa->host;

    ike2_half_open_remove(sa);
    ike2_contact_remove(sa);
    ike2_timers_stop(host, &sa->clock.timers);
    ike2_heap_unreserve(&host->timers);
    ike2_map_remove(&host->spis, sa_spi_local(sa));
    if (ike2_map_get(&host->sas, sa->id) == sa)
        ike2_map_remove(&host->sas, sa->id);
    host->stats.sas--;
}

static void sa_release(struct sa *sa)
{
    struct host *host = sa->host;

    ike2_request_close(sa);
    ike2_window_close(sa);
    ike2_assembly_clear(host, &sa->window.assembly[0]);
    ike2_assembly_clear(host, &sa->window.assembly[1]);
    ike2_init_stage_free(sa);
    ike2_sa_keys_clear(host->crypto, &sa->protection.keys);
    sa->protection.has_keys = false;
}

static void sa_bury(struct sa *sa)
{
    struct host *host = sa->host;

    ike2_definition_unref(host, sa->peer);
    sa->peer = NULL;
    ike2_sa_bury_ids(sa);
    ike2_assignment_bury(host, sa->who.assignment);
    sa->who.assignment = NULL;
    ike2_output_bury(host, &sa->grave, sizeof *sa);
}

/* The lanes are empty. */
static void sa_finish(struct sa *sa)
{
    struct host *host = sa->host;

    ike2_sa_enter(sa, STATE_DEAD);
    sa_unregister(sa);
    ike2_remnant_keep(sa);
    sa_release(sa);
    ike2_renewal_on_finished(sa);
    ike2_output_withdraw(host, &sa->events.up);
    ike2_output_withdraw(host, &sa->events.rekeyed);
    ike2_output_withdraw(host, &sa->events.moved);
    /* Also without a word: what its children have to say goes before. */
    ike2_output_push(host, &sa->events.down,
                     sa->intent.is_announced ? IKE2_EVENT_SA_DOWN : OUTPUT_SILENT, sa);
}

static void ending_set(struct sa *sa, uint8_t reason, uint16_t notify, uint64_t trace)
{
    if (sa->ending.reason != IKE2_REASON_NONE)
        return; /* the first reason is the true one */
    sa->ending.reason = sa->intent.leave_reason != 0 ? sa->intent.leave_reason : reason;
    sa->ending.notify = sa->intent.leave_reason != 0 ? 0 : notify;
    sa->ending.trace = trace;
    trace = ike2_note_down(sa);
    if (sa->ending.trace == 0)
        sa->ending.trace = trace; /* nothing says more than this record */
}

/* What is under way goes first: it holds pairs. */
static void sa_end_children(struct sa *sa)
{
    ike2_exchange_abandon(sa->exchanges.ours);
    ike2_exchange_abandon(sa->exchanges.theirs);
    ike2_attempt_free(sa);
    ike2_succession_free(sa);
    ike2_init_drop_pair(sa);
    ike2_renewal_part(sa);
    SA_EACH_CHILD (c, sa)
        ike2_child_end(c, false, sa->ending.reason, sa->ending.notify, sa->ending.trace);
}

uint8_t ike2_reason_of(uint16_t notify)
{
    switch (notify) {
    case IKE2_NOTIFY_AUTHENTICATION_FAILED:
        return IKE2_REASON_AUTH;
    case IKE2_NOTIFY_NO_PROPOSAL_CHOSEN:
    case IKE2_NOTIFY_INVALID_KE_PAYLOAD:
        return IKE2_REASON_PROPOSAL;
    case IKE2_NOTIFY_TS_UNACCEPTABLE:
    case IKE2_NOTIFY_SINGLE_PAIR_REQUIRED:
        return IKE2_REASON_SELECTORS;
    case IKE2_NOTIFY_NO_ADDITIONAL_SAS:
    case IKE2_NOTIFY_INTERNAL_ADDRESS_FAILURE:
    case IKE2_NOTIFY_FAILED_CP_REQUIRED:
    case IKE2_NOTIFY_TEMPORARY_FAILURE:
        return IKE2_REASON_RESOURCE;
    default:
        return IKE2_REASON_PROTOCOL;
    }
}

void ike2_sa_end(struct sa *sa, uint8_t reason, uint16_t notify, uint64_t trace)
{
    if (sa_is_over(sa))
        return;
    ending_set(sa, reason, notify, trace);
    ike2_contact_yield(sa);
    sa->intent.is_ending = true;
    ike2_timers_stop(sa->host, &sa->clock.timers);
    sa_end_children(sa);
    ike2_sa_settle(sa);
}

/* Our rekeying is open, or the peer has made an heir beside ours. */
static bool heir_may_exist(const struct sa *sa)
{
    const struct succession *s = sa->exchanges.succession;

    return sa->state == STATE_UP && s != NULL && (sa->request.parcel != NULL || s->rival != NULL);
}

/* The peer may have an heir already, which nobody would delete if this one went alone. */
static void leave_later(struct sa *sa, uint8_t reason, uint64_t trace)
{
    sa->intent.leave_reason = reason;
    sa->intent.leave_trace = trace;
    SA_EACH_CHILD (c, sa)
        ike2_child_end(c, false, reason, 0, trace);
    if (sa->request.parcel == NULL) { /* the peer's heir is the only one */
        ike2_exchange_abandon(sa->exchanges.ours);
        ike2_succession_free(sa);
    }
    ike2_sa_settle(sa);
}

void ike2_sa_leave_now(struct sa *from, struct sa *to)
{
    uint8_t reason = from->intent.leave_reason;

    from->intent.leave_reason = 0;
    if (reason != 0)
        ike2_sa_leave(to, reason, 0, from->intent.leave_trace);
}

void ike2_sa_leave(struct sa *sa, uint8_t reason, uint16_t notify, uint64_t trace)
{
    if (sa_is_over(sa) || sa->state == STATE_CLOSING)
        return;
    if (notify == 0 && heir_may_exist(sa)) {
        leave_later(sa, reason, trace);
        return;
    }
    if (!sa->protection.has_keys || (reason == IKE2_REASON_LOCAL && sa->state != STATE_UP)) {
        ike2_sa_end(sa, reason, notify, trace);
        return;
    }
    ending_set(sa, reason, notify, trace);
    ike2_contact_yield(sa);
    ike2_sa_enter(sa, STATE_CLOSING);
    sa->intent.wants_report = notify;
    sa->intent.wants_delete = notify == 0;
    sa_end_children(sa);
    if (sa->request.is_answered) /* by a response that nobody deals with any more */
        ike2_request_close(sa);
    ike2_sa_settle(sa);
}

void ike2_sa_settle(struct sa *sa)
{
    if (sa->state == STATE_DEAD)
        return;
    ike2_children_sweep(sa);
    if (!sa->intent.is_ending) {
        ike2_info_next(sa);
        ike2_renewal_settle(sa);
        ike2_children_sweep(sa); /* what owed a Delete may owe it no more */
    } else if (sa->children.n == 0 && sa->exchanges.renewal == NULL) {
        sa_finish(sa);
    }
}

void ike2_sa_destroy(struct sa *sa)
{
    struct host *host = sa->host;
    struct list_node *n;

    ike2_exchange_abandon(sa->exchanges.ours);
    ike2_exchange_abandon(sa->exchanges.theirs);
    ike2_attempt_free(sa);
    ike2_succession_free(sa);
    ike2_init_drop_pair(sa);
    ike2_renewal_cut(sa);
    while ((n = list_first(&sa->children.list)) != NULL)
        ike2_child_destroy(LIST_ENTRY(n, struct child, node));
    ike2_output_withdraw(host, &sa->events.up);
    ike2_output_withdraw(host, &sa->events.rekeyed);
    ike2_output_withdraw(host, &sa->events.moved);
    sa_unregister(sa);
    sa_release(sa);
    sa_bury(sa);
}

void ike2_sa_fill_down(struct sa *sa, ike2_output *out)
{
    ike2_sa_fill(sa, out);
    out->u.sa.reason = sa->ending.reason;
    out->u.sa.notify = sa->ending.notify;
    out->u.sa.trace = sa->ending.trace;
    sa_bury(sa);
}
