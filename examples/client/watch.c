#include "watch.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { STEP_SENT = 1, STEP_AGAIN, STEP_COOKIE, STEP_METHOD, STEP_UNPROTECTED };

/* --- Fields of a record -------------------------------------------------------------- */

static const ike2_trace_field *find(const ike2_trace_record *rec, const char *name)
{
    size_t i;

    for (i = 0; i < rec->n_fields; i++) {
        if (strcmp(rec->fields[i].name, name) == 0)
            return &rec->fields[i];
    }
    return NULL;
}

static uint64_t number_of(const ike2_trace_record *rec, const char *name)
{
    const ike2_trace_field *f = find(rec, name);

    return f != NULL && f->type == IKE2_FIELD_U64 ? f->v.u64 : 0;
}

/* A name, or the number of what has none. */
static void text_of(const ike2_trace_record *rec, const char *name, char text[NAME_TEXT])
{
    const ike2_trace_field *f = find(rec, name);
    char safe[SAFE_TEXT];

    text[0] = '\0';
    if (f != NULL && f->type == IKE2_FIELD_TEXT && f->v.text != NULL)
        (void)snprintf(text, NAME_TEXT, "%.*s", NAME_TEXT - 1, safe_text(f->v.text, safe));
    else if (f != NULL && f->type == IKE2_FIELD_U64)
        (void)snprintf(text, NAME_TEXT, "%" PRIu64, f->v.u64);
}

static void remote_of(const ike2_trace_record *rec, char text[UDP_ADDR_TEXT])
{
    const ike2_trace_field *f = find(rec, "remote");

    text[0] = '\0';
    if (f != NULL && f->type == IKE2_FIELD_ADDR && f->v.addr != NULL)
        udp_addr_text(f->v.addr, text, UDP_ADDR_TEXT);
}

/* --- From records to steps ----------------------------------------------------------- */

static struct watch_step *add_step(struct watch *w, uint8_t kind)
{
    static struct watch_step none;
    struct watch_step *s = w->n_steps < WATCH_STEPS ? &w->steps[w->n_steps++] : &none;

    *s = (struct watch_step){ .kind = kind };
    return s;
}

static bool is_step(const char *exchange)
{
    return strcmp(exchange, "IKE_SA_INIT") == 0 || strcmp(exchange, "IKE_AUTH") == 0;
}

static struct watch_phase *phase_of(struct watch *w, const char *exchange)
{
    if (!is_step(exchange))
        return NULL;
    return strcmp(exchange, "IKE_AUTH") == 0 ? &w->auth : &w->init;
}

/* An IKE_SA_INIT request that goes out once more and is another one: the server wanted a cookie, or
 * another key exchange (RFC 7296 2.6, 1.2), whose beginning was told before. */
static void on_restart(struct watch *w, const struct watch_phase *phase, uint64_t octets)
{
    if (phase != &w->init || phase->sent == 0 || octets <= phase->octets || w->was_cookie)
        return;
    w->was_cookie = true;
    (void)add_step(w, STEP_COOKIE);
}

static void on_message_out(struct watch *w, const ike2_trace_record *rec)
{
    char exchange[NAME_TEXT];
    struct watch_phase *phase;
    struct watch_step *s;

    text_of(rec, "exchange", exchange);
    phase = phase_of(w, exchange);
    if (number_of(rec, "response") != 0)
        return;
    if (phase != NULL)
        on_restart(w, phase, number_of(rec, "octets"));
    s = add_step(w, STEP_SENT);
    memcpy(s->exchange, exchange, sizeof exchange);
    s->octets = number_of(rec, "octets");
    s->fragments = number_of(rec, "fragments");
    remote_of(rec, s->remote);
    if (phase == NULL)
        return;
    phase->sent++;
    phase->octets = s->octets;
    phase->fragments = s->fragments;
    memcpy(phase->remote, s->remote, sizeof s->remote);
}

/* Follows the message.out that it is about. */
static void on_retransmit(struct watch *w, const ike2_trace_record *rec)
{
    struct watch_step *s = w->n_steps > 0 ? &w->steps[w->n_steps - 1] : NULL;
    struct watch_phase *phase;

    if (s == NULL || s->kind != STEP_SENT)
        return;
    s->kind = STEP_AGAIN;
    s->number = number_of(rec, "try");
    phase = phase_of(w, s->exchange);
    if (phase == NULL)
        return;
    phase->sent--;
    phase->again++;
}

static void on_message_in(struct watch *w, const ike2_trace_record *rec)
{
    char exchange[NAME_TEXT];
    struct watch_phase *phase;

    text_of(rec, "exchange", exchange);
    phase = phase_of(w, exchange);
    if (phase != NULL && number_of(rec, "response") != 0)
        phase->received++;
}

static void on_ke(struct watch *w, const ike2_trace_record *rec)
{
    char step[NAME_TEXT], method[NAME_TEXT];
    struct watch_step *s;

    text_of(rec, "step", step);
    text_of(rec, "method", method);
    if (strcmp(step, "start") != 0)
        return;
    if (w->method[0] != '\0' && strcmp(w->method, method) != 0) {
        s = add_step(w, STEP_METHOD);
        memcpy(s->word, method, sizeof method);
        w->init.octets = UINT64_MAX; /* another length says nothing about a cookie now */
    }
    memcpy(w->method, method, sizeof method);
}

static void on_unprotected(struct watch *w, const ike2_trace_record *rec)
{
    bool is_first = w->unprotected[0] == '\0';
    struct watch_step *s;

    text_of(rec, "notify", w->unprotected);
    if (!is_first)
        return;
    s = add_step(w, STEP_UNPROTECTED);
    memcpy(s->word, w->unprotected, sizeof w->unprotected);
    remote_of(rec, s->remote);
}

static void on_drop(struct watch *w, const ike2_trace_record *rec)
{
    (void)rec;
    w->dropped++;
}

void watch_record(void *watch, const ike2_trace_record *rec)
{
    static const struct {
        const char *name;
        void (*take)(struct watch *w, const ike2_trace_record *rec);
    } rows[] = {
        { "message.out", on_message_out },      { "message.in", on_message_in },
        { "timer.retransmit", on_retransmit },  { "crypto.ke", on_ke },
        { "drop.unprotected", on_unprotected }, { "drop.datagram", on_drop },
    };
    struct watch *w = watch;
    char line[TRAIL_TEXT];
    size_t i;

    if (w->print_all) {
        (void)ike2_trace_text(rec, line, sizeof line);
        (void)fprintf(stderr, "  %s\n", line);
    }
    if (rec->sa != 0 && rec->sa <= w->over)
        return;
    (void)trail_add(&w->trail, rec);
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(rec->name, rows[i].name) == 0)
            rows[i].take(w, rec);
    }
}

void watch_begin(struct watch *w, ike2_sa_id over)
{
    w->over = over;
    w->init = w->auth = (struct watch_phase){ 0 };
    w->method[0] = w->unprotected[0] = '\0';
    w->was_cookie = w->is_agreed = false;
    w->dropped = 0;
    w->n_steps = 0;
}

/* --- Telling ------------------------------------------------------------------------- */

static void tell_sent(const struct watch *w, const struct watch_step *s)
{
    char pieces[40] = "";

    if (!is_step(s->exchange))
        return; /* what keeps an SA alive is none */
    if (s->fragments > 1)
        (void)snprintf(pieces, sizeof pieces, " in %" PRIu64 " fragments", s->fragments);
    progress_tell(w->progress, "sent", s->exchange,
                  json_pack("{s:s, s:s, s:I, s:I}", "exchange", s->exchange, "remote", s->remote,
                            "octets", (json_int_t)s->octets, "fragments", (json_int_t)s->fragments),
                  "-> %s, %" PRIu64 " octets%s", s->remote, s->octets, pieces);
}

static void tell_again(const struct watch *w, const struct watch_step *s)
{
    progress_tell(w->progress, "resent", s->exchange,
                  json_pack("{s:s, s:s, s:I}", "exchange", s->exchange, "remote", s->remote, "try",
                            (json_int_t)s->number),
                  "-> %s again, try %" PRIu64, s->remote, s->number);
}

static void tell_step(const struct watch *w, const struct watch_step *s)
{
    switch (s->kind) {
    case STEP_SENT: tell_sent(w, s); break;
    case STEP_AGAIN: tell_again(w, s); break;
    case STEP_COOKIE:
        progress_tell(w->progress, "retry", "IKE_SA_INIT", json_pack("{s:s}", "why", "cookie"),
                      "<- the server is under load and wants to see a cookie first");
        break;
    case STEP_METHOD:
        progress_tell(w->progress, "retry", "IKE_SA_INIT",
                      json_pack("{s:s, s:s}", "why", "key-exchange", "method", s->word),
                      "<- the server wants another key exchange: %s", s->word);
        break;
    default:
        progress_tell(w->progress, "doubt", "IKE_SA_INIT",
                      json_pack("{s:s, s:s}", "notify", s->word, "remote", s->remote),
                      "<- %s, unprotected: waiting for something better", s->word);
        break;
    }
}

static const char *nat_text(const struct watch *w, const ike2_sa_info *info)
{
    if (info->nat_local && w->is_forced)
        return info->nat_remote ? "the server is behind a NAT" : "we pretend a NAT";
    if (info->nat_local)
        return info->nat_remote ? "both sides are behind a NAT" : "we are behind a NAT";
    return "the server is behind a NAT";
}

static void tell_nat(const struct watch *w, const ike2_sa_info *info)
{
    progress_tell(w->progress, "nat", "NAT",
                  json_pack("{s:b, s:b, s:b, s:i}", "local", info->nat_local, "remote",
                            info->nat_remote, "forced", w->is_forced, "port",
                            (int)info->path.remote.port),
                  "%s: going on at port %u", nat_text(w, info), info->path.remote.port);
}

/* What IKE_SA_INIT has brought: known before the first IKE_AUTH request goes out. */
static void tell_agreed(struct watch *w, ike2_sa_id sa)
{
    ike2_sa_info info = IKE2_INIT(ike2_sa_info);
    char suite[SUITE_TEXT];

    if (w->is_agreed || ike2_sa_get(w->ep, sa, &info) != IKE2_OK || info.suite.encr.type == 0)
        return;
    w->is_agreed = true;
    suite_text(&info.suite, suite);
    progress_tell(w->progress, "agreed", "IKE_SA_INIT",
                  json_pack("{s:s, s:b, s:b}", "suite", suite, "fragmentation", info.fragmentation,
                            "full_transcript", info.full_transcript),
                  "<- agreed on %s", suite);
    if (info.nat_local || info.nat_remote)
        tell_nat(w, &info);
}

void watch_tell(struct watch *w, ike2_sa_id sa)
{
    size_t i;

    for (i = 0; i < w->n_steps; i++) {
        if (strcmp(w->steps[i].exchange, "IKE_AUTH") == 0)
            tell_agreed(w, sa);
        tell_step(w, &w->steps[i]);
    }
    w->n_steps = 0;
}
