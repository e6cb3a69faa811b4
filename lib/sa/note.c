/* sa/note.c - what an SA tells the trace. */
#include "sa/note.h"

#include <ike2/iana.h>

struct note {
    uint64_t cls;
    const char *name, *section;
    ike2_child_id child;
    const ike2_trace_field *fields;
    size_t n;
};

enum { REFUSAL_FIELDS = 16 };

#define FIELDS(f) .fields = (f), .n = sizeof(f) / sizeof(f)[0]

static uint64_t note(struct host *host, const struct sa *sa, const struct note *n)
{
    return ike2_tracer_emit(&host->tracer, &(ike2_trace_record){
        .cls = n->cls, .name = n->name, .section = n->section, .when = host->now,
        .sa = sa == NULL ? 0 : sa->id, .child = n->child, .fields = n->fields, .n_fields = n->n,
    });
}

/* Names are for people; a code point without a name is shown as a number. */
static ike2_trace_field field_notify(const char *name, uint16_t type)
{
    const char *text = ike2_notify_name(type);

    return text != NULL ? field_text(name, text) : field_u64(name, type);
}

static ike2_trace_field field_exchange(uint8_t exchange)
{
    const char *text = ike2_exchange_name(exchange);

    return text != NULL ? field_text("exchange", text) : field_u64("exchange", exchange);
}

static const char *reason_text(uint8_t reason)
{
    static const char *const texts[] = {
        [IKE2_REASON_NONE] = "none",           [IKE2_REASON_LOCAL] = "local",
        [IKE2_REASON_PEER] = "peer",           [IKE2_REASON_TIMEOUT] = "timeout",
        [IKE2_REASON_EXPIRED] = "expired",     [IKE2_REASON_REPLACED] = "replaced",
        [IKE2_REASON_AUTH] = "auth",           [IKE2_REASON_PROPOSAL] = "proposal",
        [IKE2_REASON_SELECTORS] = "selectors", [IKE2_REASON_PROTOCOL] = "protocol",
        [IKE2_REASON_DATAPLANE] = "dataplane", [IKE2_REASON_UNANSWERED] = "unanswered",
        [IKE2_REASON_DOUBT] = "doubt",         [IKE2_REASON_RESOURCE] = "resource",
    };

    return reason < sizeof texts / sizeof texts[0] ? texts[reason] : "unknown";
}

uint64_t ike2_note_state(const struct sa *sa, enum state from, enum state to)
{
    const ike2_trace_field f[] = {
        field_text("from", ike2_sa_state_name(from)), field_text("to", ike2_sa_state_name(to)),
    };

    return note(sa->host, sa, &(struct note){ IKE2_TRACE_SA, "sa.state", NULL, 0, FIELDS(f) });
}

uint64_t ike2_note_down(const struct sa *sa)
{
    const ike2_trace_field f[] = {
        field_text("reason", reason_text(sa->ending.reason)),
        field_notify("notify", sa->ending.notify), field_u64("cause", sa->ending.trace),
    };

    return note(sa->host, sa, &(struct note){ IKE2_TRACE_SA, "sa.down", NULL, 0, FIELDS(f) });
}

uint64_t ike2_note_message_in(const struct sa *sa, const struct datagram *d, size_t fragments)
{
    const ike2_header *h = &d->header;
    const ike2_trace_field f[] = {
        field_exchange(h->exchange), field_u64("response", (h->flags & IKE2_FLAG_RESPONSE) != 0),
        field_u64("id", h->message_id), field_u64("spi_i", h->spi_i), field_u64("spi_r", h->spi_r),
        field_u64("octets", d->len), field_u64("fragments", fragments),
        field_addr("local", &d->path->local), field_addr("remote", &d->path->remote),
    };

    return note(sa->host, sa, &(struct note){ IKE2_TRACE_MESSAGE, "message.in", NULL, 0,
                                              FIELDS(f) });
}

uint64_t ike2_note_message_out(const struct sa *sa, const struct parcel *p, const ike2_path *path)
{
    const ike2_trace_field f[] = {
        field_exchange(p->exchange), field_u64("response", (p->flags & IKE2_FLAG_RESPONSE) != 0),
        field_u64("id", p->message_id), field_u64("spi_i", p->spi_i), field_u64("spi_r", p->spi_r),
        field_u64("octets", p->len - p->n * MARKER_OCTETS), field_u64("fragments", p->n),
        field_addr("local", &path->local), field_addr("remote", &path->remote),
    };

    return note(sa->host, sa, &(struct note){ IKE2_TRACE_MESSAGE, "message.out", NULL, 0,
                                              FIELDS(f) });
}

uint64_t ike2_note_notify_in(const struct sa *sa, const ike2_notify *n)
{
    const ike2_trace_field f[] = {
        field_notify("type", n->type), field_u64("protocol", n->protocol),
    };

    return note(sa->host, sa, &(struct note){ IKE2_TRACE_MESSAGE, "notify.in", NULL, 0,
                                              FIELDS(f) });
}

uint64_t ike2_note_notify_out(const struct sa *sa, uint16_t type)
{
    const ike2_trace_field f[] = { field_notify("type", type) };

    return note(sa->host, sa, &(struct note){ IKE2_TRACE_MESSAGE, "notify.out", NULL, 0,
                                              FIELDS(f) });
}

uint64_t ike2_note_unprotected(const struct sa *sa, uint16_t notify, const ike2_addr *from)
{
    const ike2_trace_field f[] = { field_notify("notify", notify), field_addr("remote", from) };

    return note(sa->host, sa, &(struct note){ IKE2_TRACE_DROP, "drop.unprotected",
                                              "RFC 7296 2.21.1", 0, FIELDS(f) });
}

uint64_t ike2_note_timer(const struct sa *sa, enum timer which)
{
    const ike2_trace_field f[] = { field_text("what", ike2_timer_name(which)) };

    return note(sa->host, sa, &(struct note){ IKE2_TRACE_TIMER, "timer.expired", NULL, 0,
                                              FIELDS(f) });
}

uint64_t ike2_note_retransmit(const struct sa *sa, uint32_t wait_ms)
{
    const ike2_trace_field f[] = {
        field_u64("id", sa->request.parcel->message_id), field_u64("try", sa->request.tries),
        field_u64("wait_ms", wait_ms),
    };

    return note(sa->host, sa, &(struct note){ IKE2_TRACE_TIMER, "timer.retransmit",
                                              "RFC 7296 2.1", 0, FIELDS(f) });
}

uint64_t ike2_note_ke(const struct sa *sa, uint16_t method, const char *step)
{
    const char *text = ike2_transform_name(IKE2_TRANSFORM_KE, method);
    const ike2_trace_field f[] = {
        text != NULL ? field_text("method", text) : field_u64("method", method),
        field_text("step", step),
    };

    return note(sa->host, sa, &(struct note){ IKE2_TRACE_CRYPTO, "crypto.ke", NULL, 0,
                                              FIELDS(f) });
}

uint64_t ike2_note_lane(const struct pair *pair, uint8_t op, const char *result)
{
    const struct child *child = pair->child;
    static const char *const ops[] = {
        [IKE2_LANE_INSTALL] = "install", [IKE2_LANE_SWITCH] = "switch",
        [IKE2_LANE_MOVE] = "move",       [IKE2_LANE_REMOVE] = "remove",
        [IKE2_LANE_RELEASE] = "release",
    };
    const ike2_trace_field f[] = {
        field_text("op", ops[op]), field_u64("child", child->id),
        field_u64("spi_in", pair->view.spi_in), field_text("result", result),
    };

    return note(child->sa->host, child->sa, &(struct note){ IKE2_TRACE_DATAPLANE, "dataplane.job",
                                                            NULL, child->id, FIELDS(f) });
}

uint64_t ike2_note_moved(const struct sa *sa, const ike2_addr *to)
{
    const ike2_trace_field f[] = {
        field_addr("from", &sa->path.remote), field_addr("to", to),
    };

    return note(sa->host, sa, &(struct note){ IKE2_TRACE_SA, "sa.moved", "RFC 7296 2.23", 0,
                                              FIELDS(f) });
}

uint64_t ike2_note_expired(const struct pair *pair)
{
    const struct child *child = pair->child;
    const ike2_trace_field f[] = {
        field_u64("child", child->id), field_u64("spi_in", pair->view.spi_in),
    };

    return note(child->sa->host, child->sa, &(struct note){ IKE2_TRACE_TIMER, "child.expired",
                                                            "RFC 7296 2.8", child->id,
                                                            FIELDS(f) });
}

uint64_t ike2_note_collision(const struct sa *sa, const char *rule, uint16_t notify)
{
    const ike2_trace_field f[] = { field_text("rule", rule), field_notify("notify", notify) };

    return note(sa->host, sa, &(struct note){ IKE2_TRACE_SA, "exchange.collision",
                                              "RFC 7296 2.25", 0, FIELDS(f) });
}

/* The fields that every refusal begins with, and those of its own. */
uint64_t ike2_note_refusal(const struct sa *sa, const struct note_refusal *why)
{
    ike2_trace_field f[REFUSAL_FIELDS] = {
        field_text("offered", why->offered), field_text("accepted", why->accepted),
        field_text("difference", why->difference),
    };
    size_t n = 3;

    if (why->protocol != 0)
        f[n++] = field_u64("protocol", why->protocol);
    f[n++] = field_text("peer_change", why->peer_change);
    f[n++] = field_text("our_change", why->our_change);
    for (size_t i = 0; i < why->n_more && n < REFUSAL_FIELDS; i++)
        f[n++] = why->more[i];
    return note(sa->host, sa, &(struct note){ IKE2_TRACE_POLICY, why->name, why->section, 0, f,
                                              n });
}

void ike2_note_message(const struct sa *sa, const char *name, ike2_trace_field field)
{
    (void)note(sa->host, sa, &(struct note){ IKE2_TRACE_MESSAGE, name, NULL, 0, &field, 1 });
}

uint64_t ike2_note_proposal(const struct sa *sa, const struct select_args *args, ike2_bytes body)
{
    struct refusal why = { .our_level = "" };

    /* A peer can make this work hard: it is not done for nobody. */
    if (ike2_tracer_wants(&sa->host->tracer, IKE2_TRACE_POLICY))
        ike2_select_explain(args, body, &why);
    return ike2_note_refusal(sa, &(struct note_refusal){
        .name = "policy.proposal", .section = "RFC 7296 2.7", .offered = why.offered,
        .accepted = why.accepted, .difference = why.difference, .protocol = args->protocol,
        .peer_change = why.peer_change, .our_change = why.our_change,
        .more = (const ike2_trace_field[]){
            field_text("our_level", why.our_level), field_text("our_lack", why.our_lack),
            field_u64("n_offered", why.n_offered), field_u64("n_accepted", why.n_accepted),
            field_u64("nearest_offered", why.nearest_offered),
            field_u64("nearest_accepted", why.nearest_accepted),
            field_u64("transform", why.parted),
        },
        .n_more = 7,
    });
}

static void note_passed_over(const struct sa *sa, const struct select_args *args,
                             const struct passed_over *p)
{
    char candidate[160];
    const ike2_trace_field f[] = {
        field_u64("proposal", p->number), field_text("candidate", candidate),
        field_text("reason", p->reason), field_u64("protocol", args->protocol),
    };

    if (p->reason == NULL)
        return;
    ike2_suite_words(&p->suite, candidate, sizeof candidate);
    (void)note(sa->host, sa, &(struct note){ IKE2_TRACE_POLICY, "policy.passed_over", NULL, 0,
                                             FIELDS(f) });
}

static void note_legacy(const struct sa *sa, const struct select_args *args,
                        const ike2_suite *suite)
{
    char words[160], legacy[160];
    const ike2_trace_field f[] = {
        field_text("suite", words), field_text("algorithms", legacy),
        field_u64("protocol", args->protocol),
    };

    if (!ike2_suite_legacy(suite, legacy, sizeof legacy))
        return;
    ike2_suite_words(suite, words, sizeof words);
    (void)note(sa->host, sa, &(struct note){ IKE2_TRACE_SA, "sa.legacy", NULL, 0, FIELDS(f) });
}

void ike2_note_choice(const struct sa *sa, const struct select_args *args,
                      const struct selection *chosen)
{
    note_passed_over(sa, args, &chosen->passed_over);
    note_legacy(sa, args, &chosen->suite);
}

void ike2_note_drop(struct host *host, const struct sa *sa, uint32_t cause, const ike2_path *path,
                    size_t octets)
{
    const ike2_trace_field f[] = {
        field_text("cause", ike2_drop_text(cause)), field_addr("remote", &path->remote),
        field_u64("octets", octets),
    };

    host->stats.drops[cause]++;
    (void)note(host, sa, &(struct note){ IKE2_TRACE_DROP, "drop.datagram", NULL, 0, FIELDS(f) });
}
