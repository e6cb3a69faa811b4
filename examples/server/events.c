#include "events.h"

#include <stdio.h>

#include "assign.h"
#include "common/explain.h"
#include "common/json.h"
#include "common/names.h"
#include "common/outcome.h"
#include "common/policy.h"
#include "common/printable.h"

/* --- Trace ------------------------------------------------------------------------------- */

void event_record(void *service, const ike2_trace_record *rec)
{
    struct service *s = service;
    char text[TRAIL_TEXT];

    (void)trail_add(&s->trail, rec);
    if (!log_wants(&s->log, LEVEL_TRACE))
        return;
    (void)ike2_trace_text(rec, text, sizeof text);
    if (s->log.json)
        log_event(&s->log, LEVEL_TRACE, "trace", json_pack("{s:s}", "record", text));
    else
        log_say(&s->log, LEVEL_TRACE, "%s", text);
}

void event_key(void *service, const char *line)
{
    struct service *s = service;

    keylog_line(&s->keylog, line);
}

/* --- Log lines --------------------------------------------------------------------------- */

/* Takes `fields`. */
static void add_connection(const struct service *s, json_t *fields, uint64_t tag)
{
    const struct roster_entry *e = roster_find(&s->roster, tag);

    if (e != NULL)
        (void)json_object_set_new(fields, "connection", json_string(e->connection->name));
}

static void add_explanation(const struct explanation *e, json_t *fields)
{
    json_t *evidence = json_array();
    size_t i;

    for (i = 0; i < EXPLAIN_EVIDENCE && e->evidence[i][0] != '\0'; i++)
        (void)json_array_append_new(evidence, json_safe(e->evidence[i]));
    (void)json_object_set_new(fields, "what", json_string(e->what));
    (void)json_object_set_new(fields, "evidence", evidence);
    (void)json_object_set_new(fields, "cause", json_string(e->cause));
    (void)json_object_set_new(fields, "try", json_safe(e->hint));
}

/* For people: one line each, below the event's. */
static void print_explanation(const struct service *s, const struct explanation *e)
{
    size_t i;

    (void)fprintf(s->log.out, "      what      %s\n", e->what);
    for (i = 0; i < EXPLAIN_EVIDENCE && e->evidence[i][0] != '\0'; i++) {
        (void)fputs("      evidence  ", s->log.out);
        printable_put(s->log.out, e->evidence[i]);
        (void)fputc('\n', s->log.out);
    }
    (void)fprintf(s->log.out, "      cause     %s\n      try       ", e->cause);
    printable_put(s->log.out, e->hint);
    (void)fputc('\n', s->log.out);
    (void)fflush(s->log.out);
}

/* Who it was, of an SA that is still there. */
static void add_peer(const struct service *s, ike2_sa_id sa, json_t *fields)
{
    json_t *object = json_sa(s->host.ep, sa, host_now());
    static const char *const keys[] = { "remote", "remote_id" };
    size_t i;

    for (i = 0; object != NULL && i < sizeof keys / sizeof keys[0]; i++) {
        if (json_object_get(fields, keys[i]) == NULL)
            (void)json_object_set(fields, keys[i], json_object_get(object, keys[i]));
    }
    json_decref(object);
}

/* Who it says it is, if that was never proven. */
static void add_claim(const struct service *s, ike2_sa_id sa, json_t *fields)
{
    size_t i;

    if (json_is_string(json_object_get(fields, "remote_id")))
        return;
    for (i = 0; i < SA_NOTES_KEPT; i++) {
        const struct sa_note *n = &s->failed.claims.list[i];

        if (n->sa == sa)
            (void)json_object_set_new(fields, "claimed_id", json_safe(n->text));
    }
}

static void keep_failure(struct service *s, ike2_sa_id sa, const char *event, json_t *fields,
                         const struct explanation *e)
{
    json_t *kept = json_copy(fields);

    if (kept == NULL)
        return;
    add_peer(s, sa, kept);
    add_claim(s, sa, kept);
    add_explanation(e, kept);
    recent_add(&s->failed.recent, event, kept);
}

/* Takes `fields`. */
static void log_failure(struct service *s, ike2_sa_id sa, const char *event, json_t *fields,
                        const struct explanation *e)
{
    keep_failure(s, sa, event, fields, e);
    if (s->log.json)
        add_explanation(e, fields);
    log_event(&s->log, LEVEL_WARN, event, fields);
    if (!s->log.json && log_wants(&s->log, LEVEL_WARN))
        print_explanation(s, e);
}

/* May one more failure of a peer that nobody knows be logged? */
static bool may_log(struct service *s)
{
    unsigned left_out = s->failures.left_out;

    if (!limiter_take(&s->failures, host_now()))
        return false;
    if (left_out > 0)
        log_say(&s->log, LEVEL_WARN, "%u failures of unknown peers were not logged", left_out);
    s->failures.left_out = 0;
    return true;
}

/* --- What is too old --------------------------------------------------------------------- */

/* Each time: nobody shall forget that it is so. */
static void log_legacy(const struct service *s, const ike2_output *out, const char *kind,
                       const ike2_suite *suite)
{
    const struct roster_entry *e = roster_find(&s->roster, out->peer_tag);
    char text[POLICY_LEGACY_TEXT];
    json_t *fields;

    if (!policy_legacy(suite, text))
        return;
    fields = json_pack("{s:I, s:s, s:s}", "sa", (json_int_t)out->sa, "for", kind, "algorithms",
                       text);
    if (e != NULL && e->connection->policy.name != NULL)
        (void)json_object_set_new(fields, "policy", json_string(e->connection->policy.name));
    add_connection(s, fields, out->peer_tag);
    log_event(&s->log, LEVEL_WARN, "legacy-algorithms", fields);
}

static void log_legacy_sa(const struct service *s, const ike2_output *out)
{
    ike2_sa_info info = IKE2_INIT(ike2_sa_info);

    if (ike2_sa_get(s->host.ep, out->sa, &info) == IKE2_OK)
        log_legacy(s, out, "ike", &info.suite);
}

static void log_legacy_child(const struct service *s, const ike2_output *out)
{
    if (out->u.child.pair != NULL)
        log_legacy(s, out, "esp", &out->u.child.pair->suite);
}

/* --- Events ------------------------------------------------------------------------------ */

static void explain_missing_child(struct service *s, const ike2_output *out)
{
    const struct trail_record *r = trail_refusal(&s->trail, out->sa);
    struct explain_ours ours = { .words = EXPLAIN_CONFIG };
    struct explanation e;
    json_t *fields;

    if (r == NULL) /* RFC 7296 1.2: it is up all the same */
        return;
    roster_suspects(&s->roster, out->peer_tag, NULL, &ours);
    explain_refusal(r, &s->trail, &ours, &e);
    fields = json_pack("{s:I}", "sa", (json_int_t)out->sa);
    add_connection(s, fields, out->peer_tag);
    log_failure(s, out->sa, "child-sa-refused", fields, &e);
}

static void on_sa_up(void *user, const ike2_output *out)
{
    struct service *s = user;
    json_t *fields = json_sa_event(s->host.ep, out);

    add_connection(s, fields, out->peer_tag);
    log_event(&s->log, LEVEL_INFO, "ike-sa-up", fields);
    log_legacy_sa(s, out);
    explain_missing_child(s, out);
}

static void add_refusal(const struct service *s, ike2_sa_id sa, struct explanation *e)
{
    size_t i;

    for (i = 0; i < SA_NOTES_KEPT; i++) {
        if (s->failed.refusals.list[i].sa == sa)
            explain_add(e, "", s->failed.refusals.list[i].text);
    }
}

static void on_sa_down(void *user, const ike2_output *out)
{
    struct service *s = user;
    bool known = out->u.sa.remote_id != NULL && out->u.sa.remote_id->type != 0;
    struct explain_ours ours = { .words = EXPLAIN_CONFIG };
    struct explanation e;
    json_t *fields;

    roster_suspects(&s->roster, out->peer_tag, &out->u.sa.path->remote, &ours);
    explain_down(out, &s->trail, &ours, &e);
    if (e.code == EXIT_OK || known || may_log(s)) {
        fields = json_sa_event(s->host.ep, out);
        add_connection(s, fields, out->peer_tag);
        add_refusal(s, out->sa, &e);
        if (e.code == EXIT_OK)
            log_event(&s->log, LEVEL_INFO, "ike-sa-down", fields);
        else
            log_failure(s, out->sa, "ike-sa-failed", fields, &e);
    }
    pools_release(&s->roster.pools, out->sa);
    if (s->roster.current->older != NULL)
        roster_sweep(&s->roster);
}

static void add_child_name(const struct service *s, const ike2_output *out, json_t *fields)
{
    const struct roster_entry *e = roster_find(&s->roster, out->peer_tag);

    add_connection(s, fields, out->peer_tag);
    if (e != NULL && out->child_tag > 0 && out->child_tag <= e->connection->n_children)
        (void)json_object_set_new(fields, "name",
                                  json_string(e->connection->children[out->child_tag - 1].name));
}

static void on_child_up(void *user, const ike2_output *out)
{
    struct service *s = user;
    json_t *fields = json_child_event(out);

    add_child_name(s, out, fields);
    log_event(&s->log, LEVEL_INFO, "child-sa-up", fields);
    log_legacy_child(s, out);
}

static void on_sa_changed(void *user, const ike2_output *out)
{
    struct service *s = user;
    json_t *fields = json_sa_event(s->host.ep, out);
    bool is_rekeyed = out->type == IKE2_EVENT_SA_REKEYED;

    add_connection(s, fields, out->peer_tag);
    log_event(&s->log, LEVEL_INFO, is_rekeyed ? "ike-sa-rekeyed" : "ike-sa-moved", fields);
    if (is_rekeyed)
        log_legacy_sa(s, out);
}

static void on_child_rekeyed(void *user, const ike2_output *out)
{
    struct service *s = user;
    json_t *fields = json_child_event(out);

    add_child_name(s, out, fields);
    log_event(&s->log, LEVEL_INFO, "child-sa-rekeyed", fields);
    log_legacy_child(s, out);
}

static void on_child_down(void *user, const ike2_output *out)
{
    struct service *s = user;
    json_t *fields = json_child_event(out);
    struct explain_ours ours = { .words = EXPLAIN_CONFIG };
    struct explanation e;

    add_child_name(s, out, fields);
    roster_suspects(&s->roster, out->peer_tag, NULL, &ours);
    explain_down(out, &s->trail, &ours, &e);
    if (e.code == EXIT_OK)
        log_event(&s->log, LEVEL_INFO, "child-sa-down", fields);
    else
        log_failure(s, out->sa, "child-sa-failed", fields, &e);
}

/* --- Questions --------------------------------------------------------------------------- */

static void keep_note(struct sa_notes *notes, ike2_sa_id sa, const char *text)
{
    struct sa_note *n = &notes->list[notes->next];

    notes->next = (notes->next + 1) % SA_NOTES_KEPT;
    n->sa = sa;
    (void)snprintf(n->text, sizeof n->text, "%s", text);
}

static void keep_claim(struct service *s, const ike2_output *out)
{
    char text[ID_TEXT];

    id_text(&out->u.ask_identity.remote, text);
    keep_note(&s->failed.claims, out->sa, text);
}

/* Before anything is known but its address, no event tells of its end. */
static void log_refused_request(struct service *s, const ike2_output *out,
                                const struct problem *why)
{
    char remote[UDP_ADDR_TEXT];
    json_t *fields;

    if (!may_log(s))
        return;
    udp_addr_text(&out->u.ask_peer.path.remote, remote, sizeof remote);
    fields = json_pack("{s:s, s:s}", "remote", remote, "why", why->text);
    recent_add(&s->failed.recent, "request-refused", json_incref(fields));
    log_event(&s->log, LEVEL_WARN, "request-refused", fields);
}

/* A connection with a table of keys: the one for this identity. */
static bool answer_psk(struct service *s, const ike2_output *out)
{
    const struct roster_entry *e = roster_find(&s->roster, out->peer_tag);
    ike2_secret_answer answer = IKE2_INIT(ike2_secret_answer);
    struct problem why = { "" };
    char id[ID_TEXT];

    if (e != NULL)
        answer.key = psk_table_find(e->credentials.psks, &out->u.ask_secret.remote);
    if (answer.key != NULL)
        return journal_answer_secret(s->host.journal, s->host.ep, host_now(), out->ask,
                                     &answer) == IKE2_OK;
    id_text(&out->u.ask_secret.remote, id);
    problem_set(&why, "no line of psk-table is for %s", id);
    keep_note(&s->failed.refusals, out->sa, why.text);
    return false;
}

static bool on_ask(void *user, const ike2_output *out)
{
    struct service *s = user;
    bool first = out->type == IKE2_ASK_PEER;
    const struct roster_entry *e = NULL;
    struct problem why = { "" };

    if (out->type == IKE2_ASK_SPI)
        return plane_ask_spi(&s->plane, out);
    if (out->type == IKE2_ASK_CONFIG)
        return assign_config(s, out);
    if (out->type == IKE2_ASK_CHILD)
        return assign_child(s, out);
    if (out->type == IKE2_ASK_PSK)
        return answer_psk(s, out);
    if (out->type == IKE2_ASK_IDENTITY)
        keep_claim(s, out);
    if (first)
        e = roster_by_request(&s->roster, out, &why);
    else if (out->type == IKE2_ASK_IDENTITY)
        e = roster_by_identity(&s->roster, out, &why);
    if (e == NULL && first)
        log_refused_request(s, out, &why);
    else if (e == NULL)
        keep_note(&s->failed.refusals, out->sa, why.text);
    return e != NULL && journal_answer_peer(s->host.journal, s->host.ep, host_now(), out->ask,
                                         first ? e->welcome : e->peer) == IKE2_OK;
}

/* --- Work -------------------------------------------------------------------------------- */

static void on_dataplane(void *user, ike2_job *job)
{
    struct service *s = user;

    plane_job(&s->plane, &s->host, job);
}

static void on_esp(void *user, const ike2_path *path, ike2_bytes packet)
{
    struct service *s = user;

    plane_esp(&s->plane, path, packet);
}

static struct trust *on_trust(void *user, uint64_t peer_tag)
{
    const struct service *s = user;
    const struct roster_entry *e = roster_find(&s->roster, peer_tag);

    return e != NULL ? e->credentials.trust : NULL;
}

static struct token *on_sign(void *user, const ike2_job *job)
{
    const struct service *s = user;
    const struct roster_entry *e = roster_find(&s->roster, ike2_job_peer_tag(job));

    return e != NULL ? credentials_token(&e->credentials, job) : NULL;
}

static void on_lost(void *user, const struct problem *why)
{
    const struct service *s = user;

    log_say(&s->log, LEVEL_WARN, "%s", why->text);
}

static void on_fetched(void *user, const char *url)
{
    const struct service *s = user;

    log_say(&s->log, LEVEL_INFO, "certificate fetched from %s", url);
}

/* Strangers choose what is fetched. */
static void on_unfetched(void *user, const struct problem *why)
{
    struct service *s = user;

    if (may_log(s))
        log_say(&s->log, LEVEL_WARN, "%s", why->text);
}

/* Its SA goes down for that. */
static void on_unsigned(void *user, const ike2_job *job, const struct problem *why)
{
    struct service *s = user;

    log_say(&s->log, LEVEL_WARN, "%s", why->text);
    keep_note(&s->failed.refusals, ike2_job_sa(job), why->text);
}

const struct host_handlers event_handlers = {
    .sa_up = on_sa_up,
    .sa_down = on_sa_down,
    .sa_changed = on_sa_changed,
    .child_up = on_child_up,
    .child_rekeyed = on_child_rekeyed,
    .child_down = on_child_down,
    .ask = on_ask,
    .dataplane = on_dataplane,
    .esp = on_esp,
    .trust = on_trust,
    .token = on_sign,
    .unsigned_job = on_unsigned,
    .fetched = on_fetched,
    .unfetched = on_unfetched,
    .lost = on_lost,
};
