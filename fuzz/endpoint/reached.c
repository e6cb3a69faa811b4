/* endpoint/reached.c - what the scripts have reached: traces, events and counters. */
#include <string.h>

#include "endpoint/script.h"

/* --- From the trace ---------------------------------------------------------------------- */

/* A record that counts if a field has this text or, without a text, at least the value two; `field`
 * NULL: any. */
struct milestone {
    struct tally tally;
    const char *record, *field, *text;
};

static struct milestone milestones[] = {
    { { "SA up", 0 }, "sa.state", "to", "UP" },
    { { "SA closing", 0 }, "sa.state", "to", "CLOSING" },
    { { "SA replaced", 0 }, "sa.down", "reason", "replaced" },
    { { "reassembled from fragments", 0 }, "message.in", "fragments", NULL },
    { { "sent in fragments", 0 }, "message.out", "fragments", NULL },
    { { "INVALID_KE_PAYLOAD", 0 }, "notify.out", "type", "INVALID_KE_PAYLOAD" },
    { { "NO_PROPOSAL_CHOSEN", 0 }, "notify.out", "type", "NO_PROPOSAL_CHOSEN" },
    { { "AUTHENTICATION_FAILED", 0 }, "notify.out", "type", "AUTHENTICATION_FAILED" },
    { { "explained: proposal", 0 }, "policy.proposal", NULL, NULL },
    { { "explained: selectors", 0 }, "policy.selectors", NULL, NULL },
    { { "explained: identity", 0 }, "policy.identity", NULL, NULL },
    { { "explained: AUTH", 0 }, "policy.auth", NULL, NULL },
    { { "unprotected error noted", 0 }, "drop.unprotected", NULL, NULL },
    { { "notify received", 0 }, "notify.in", NULL, NULL },
    { { "collision", 0 }, "exchange.collision", NULL, NULL },
};

enum { MILESTONES = sizeof milestones / sizeof milestones[0] };

static bool field_fits(const struct milestone *m, const ike2_trace_field *f)
{
    if (strcmp(f->name, m->field) != 0)
        return false;
    if (m->text == NULL)
        return f->type == IKE2_FIELD_U64 && f->v.u64 >= 2;
    return f->type == IKE2_FIELD_TEXT && strcmp(f->v.text, m->text) == 0;
}

static bool record_fits(const struct milestone *m, const ike2_trace_record *rec)
{
    if (strcmp(rec->name, m->record) != 0)
        return false;
    for (size_t i = 0; i < rec->n_fields && m->field != NULL; i++) {
        if (field_fits(m, &rec->fields[i]))
            return true;
    }
    return m->field == NULL;
}

/* In front of the side's own sink, which is the same for all sides. */
static void (*sink)(void *user, const ike2_trace_record *rec);

static void on_record(void *user, const ike2_trace_record *rec)
{
    for (size_t i = 0; i < MILESTONES; i++)
        milestones[i].tally.n += record_fits(&milestones[i], rec) ? 1 : 0;
    sink(user, rec);
}

void tally_watch(struct side *side)
{
    if (side->record.trace.record == on_record)
        return;
    sink = side->record.trace.record;
    side->record.trace.record = on_record;
}

/* --- From events and counters ------------------------------------------------------------ */

enum {
    ROW_SA_REKEYED, ROW_CONFIG, ROW_CHILD_UP, ROW_CHILD_REKEYED, ROW_CHILD_DOWN, ROW_CONNECT,
    ROW_ACCEPT, ROW_COOKIE, ROW_RETRANSMIT_IN,
    ROW_RETRANSMIT_OUT, ROW_AUTH_FAILURE, ROW_ASK_EXPIRED, ROW_JOB_EXPIRED, ROW_LANE_FAILURE,
    ROW_KEEPALIVE, ROW_STALE, ROW_ASK_CANCEL, ROW_JOB_CANCEL, ROW_ALLOC_FAILED, ROW_CRYPTO_FAILED,
    ROWS
};

static struct tally rows[ROWS] = {
    { "SA rekeyed", 0 }, { "configured", 0 },
    { "child up", 0 }, { "child rekeyed", 0 }, { "child down", 0 }, { "connect", 0 },
    { "accept", 0 }, { "cookie", 0 },
    { "retransmission received", 0 }, { "retransmission sent", 0 }, { "auth failure", 0 },
    { "question expired", 0 }, { "job expired", 0 }, { "lane failed", 0 },
    { "NAT keepalive", 0 }, { "stale answer", 0 }, { "question cancelled", 0 },
    { "job cancelled", 0 }, { "allocation failed", 0 }, { "provider failed", 0 },
};

/* Questions and jobs. */
static struct tally matters[MATTERS] = {
    [ON_PEER] = { "asked: peer", 0 },         [ON_PSK] = { "asked: PSK", 0 },
    [ON_IDENTITY] = { "asked: identity", 0 }, [ON_CHILD] = { "asked: child", 0 },
    [ON_CONFIG] = { "asked: config", 0 },
    [ON_SPI] = { "asked: SPI", 0 },           [ON_KE] = { "job: KE", 0 },
    [ON_SIGN] = { "job: sign", 0 },           [ON_VERIFY] = { "job: verify", 0 },
    [ON_INSTALL] = { "job: install", 0 },     [ON_SWITCH] = { "job: switch", 0 },
    [ON_MOVE] = { "job: move", 0 },
    [ON_REMOVE] = { "job: remove", 0 },       [ON_RELEASE] = { "job: release", 0 },
};

/* By IKE2_REASON_*; those of features that are not there have no name. */
static struct tally reasons[] = {
    { NULL, 0 }, { "SA down: local", 0 }, { "SA down: peer", 0 }, { "SA down: timeout", 0 },
    { NULL, 0 }, { NULL, 0 }, { "SA down: auth", 0 }, { "SA down: proposal", 0 }, { NULL, 0 },
    { "SA down: protocol", 0 }, { NULL, 0 }, { "SA down: unanswered", 0 },
    { "SA down: doubt", 0 }, { "SA down: resource", 0 },
};

enum { REASONS = sizeof reasons / sizeof reasons[0] };

static struct tally drops[] = {
#define X(name, text) { "drop: " text, 0 },
    IKE2_DROP_LIST(X)
#undef X
};

enum { DROPS = sizeof drops / sizeof drops[0] };

static void tally_events(const struct record *r)
{
    size_t n = r->n_events < RECORD_EVENTS ? r->n_events : RECORD_EVENTS;

    for (size_t i = 0; i < n; i++) {
        const struct event *e = &r->events[i];

        if (e->type == IKE2_EVENT_SA_DOWN && e->reason < REASONS)
            reasons[e->reason].n++;
        rows[ROW_SA_REKEYED].n += e->type == IKE2_EVENT_SA_REKEYED ? 1 : 0;
        rows[ROW_CONFIG].n += e->type == IKE2_EVENT_CONFIG ? 1 : 0;
        rows[ROW_CHILD_UP].n += e->type == IKE2_EVENT_CHILD_UP ? 1 : 0;
        rows[ROW_CHILD_REKEYED].n += e->type == IKE2_EVENT_CHILD_REKEYED ? 1 : 0;
        rows[ROW_CHILD_DOWN].n += e->type == IKE2_EVENT_CHILD_DOWN ? 1 : 0;
    }
}

static void tally_stats(const ike2_stats *stats)
{
    rows[ROW_CONNECT].n += stats->connects;
    rows[ROW_ACCEPT].n += stats->accepts;
    rows[ROW_COOKIE].n += stats->cookies_sent;
    rows[ROW_RETRANSMIT_IN].n += stats->retransmits_in;
    rows[ROW_RETRANSMIT_OUT].n += stats->retransmits_out;
    rows[ROW_AUTH_FAILURE].n += stats->auth_failures;
    rows[ROW_ASK_EXPIRED].n += stats->asks_expired;
    rows[ROW_JOB_EXPIRED].n += stats->jobs_expired;
    rows[ROW_LANE_FAILURE].n += stats->lane_failures;
    for (size_t i = 0; i < DROPS; i++)
        drops[i].n += stats->drops[i];
}

void tally_side(const struct side *side)
{
    ike2_stats stats = side_stats(side);

    tally_events(&side->record);
    tally_stats(&stats);
    rows[ROW_KEEPALIVE].n += side->counts.keepalives;
    rows[ROW_STALE].n += side->counts.stale;
    rows[ROW_ASK_CANCEL].n += side->counts.asks_cancelled;
    rows[ROW_JOB_CANCEL].n += side->counts.jobs_cancelled;
    for (size_t i = 0; i < MATTERS; i++)
        matters[i].n += side->counts.asked[i];
}

static bool has_failed(uint64_t from, uint64_t n_calls)
{
    return from != 0 && n_calls >= from;
}

void tally_faults(const struct side *side)
{
    const struct alloc *a = &side->alloc;
    const struct fake_crypto *f = &side->fake;

    rows[ROW_ALLOC_FAILED].n += has_failed(a->fail_from, a->n_calls) ? 1 : 0;
    rows[ROW_CRYPTO_FAILED].n += has_failed(f->fail_from, f->n_calls) ? 1 : 0;
}

void fuzz_report(void)
{
    for (size_t i = 0; i < MILESTONES; i++)
        tally_report(&milestones[i].tally, 1);
    tally_report(rows, ROWS);
    tally_report(matters, MATTERS);
    for (size_t i = 0; i < REASONS; i++)
        tally_report(&reasons[i], reasons[i].name != NULL ? 1 : 0);
    tally_report(drops, DROPS);
}
