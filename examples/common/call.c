#include "call.h"

#include <stdlib.h>
#include <string.h>

#include "witness.h"

#define NUMBER(member) scroll_number(s, #member, &v->member, sizeof v->member);

/* It changes with every line that gains or loses a field. */
enum { FORMAT = 2 };

static const char *const words[] = {
#define X(name, word) [CALL_##name] = word,
    CALL_LIST(X)
#undef X
};

/* --- Jobs -------------------------------------------------------------------------------- */

uint64_t stage_number(const struct stage *stage, const ike2_job *job)
{
    size_t i = 0;

    while (i < stage->n_jobs && stage->jobs[i] != job)
        i++;
    return i;
}

static ike2_job *job_of(const struct stage *stage, uint64_t number)
{
    return number < stage->n_jobs ? stage->jobs[number] : NULL;
}

/* The lowest number that is free. */
static uint64_t job_add(struct stage *stage, ike2_job *job)
{
    size_t i = (size_t)stage_number(stage, NULL);

    if (i == stage->n_jobs) {
        ike2_job **more = realloc(stage->jobs, (i + 1) * sizeof(*more));

        if (more == NULL)
            abort();
        stage->jobs = more;
        stage->n_jobs++;
    }
    stage->jobs[i] = job;
    return i;
}

static void job_forget(struct stage *stage, uint64_t number)
{
    if (number < stage->n_jobs)
        stage->jobs[number] = NULL;
}

void stage_clear(struct stage *stage)
{
    ike2_endpoint_free(stage->ep);
    for (size_t i = 0; i < stage->n_jobs; i++)
        ike2_job_free(stage->jobs[i]);
    free(stage->jobs);
    *stage = (struct stage){ 0 };
}

/* --- Fields ------------------------------------------------------------------------------ */

const char *call_word(enum call_verb verb)
{
    return words[verb];
}

void call_header(struct scroll *s)
{
    scroll_begin(s, "journal");
    scroll_expect(s, "format", FORMAT);
    scroll_end(s);
}

static void verb_field(struct scroll *s, struct call *c)
{
    char word[SCROLL_WORD];

    if (s->is_reading) {
        (void)scroll_peek(s, word);
        c->verb = 0;
        while (c->verb < CALL_VERBS && strcmp(words[c->verb], word) != 0)
            c->verb++;
        if (c->verb == CALL_VERBS) {
            scroll_fail(s, "%s, where a call belongs", word[0] == '\0' ? "the end" : word);
            c->verb = 0;
        }
    }
    scroll_begin(s, words[c->verb]);
}

static void connect_fields(struct scroll *s, struct call *c)
{
    ike2_connect *v = &c->connect;
    bool has_packet = v->packet != NULL;

    if (s->is_reading)
        *v = (ike2_connect)IKE2_INIT(ike2_connect);
    NUMBER(peer)
    terms_path(s, &c->path);
    NUMBER(nat_port_local)
    NUMBER(nat_port_remote)
    v->path = &c->path;
    scroll_flag(s, "packet", &has_packet);
    v->packet = has_packet ? &c->packet : NULL;
    if (has_packet)
        terms_packet(s, &c->packet);
}
static void report_fields(struct scroll *s, ike2_report *v)
{
    if (s->is_reading)
        *v = (ike2_report)IKE2_INIT(ike2_report);
    NUMBER(spi_in)
    NUMBER(what)
    NUMBER(value)
    terms_address(s, &v->source);
}

/* A secret's length is all that is told of it. */
static void secret_fields(struct scroll *s, struct call *c)
{
    bool has_key = c->key != NULL;
    size_t len = c->octets.len;
    void *zeros;

    scroll_flag(s, "key", &has_key);
    zeros = scroll_array(s, "len", &len, c->octets.ptr, 1);
    if (!s->is_reading)
        return;
    c->octets = (ike2_bytes){ .ptr = zeros, .len = len };
    c->key = has_key ? witness_key() : NULL;
}

static void spec_fields(struct scroll *s, struct call *c)
{
    ike2_child_spec *v = &c->spec;

    scroll_flag(s, "spec", &c->has_spec);
    if (!c->has_spec)
        return;
    if (s->is_reading)
        *v = (ike2_child_spec)IKE2_INIT(ike2_child_spec);
    NUMBER(template_index)
    terms_selectors(s, "local", &v->ts_local, &v->n_ts_local);
    terms_selectors(s, "remote", &v->ts_remote, &v->n_ts_remote);
}

static void verdict_fields(struct scroll *s, ike2_verdict *v)
{
    if (s->is_reading)
        *v = (ike2_verdict)IKE2_INIT(ike2_verdict);
    scroll_flag(s, "ok", &v->ok);
    NUMBER(notify)
    NUMBER(reason)
    scroll_octets(s, "text", (uint8_t *)v->text, sizeof v->text);
    v->text[sizeof v->text - 1] = '\0';
}

static void detail_fields(struct scroll *s, struct call *c)
{
    switch (c->verb) {
    case CALL_ENDPOINT: terms_endpoint(s, &c->endpoint); break;
    case CALL_DEFINE: terms_peer(s, &c->peer); break;
    case CALL_INPUT:
        terms_path(s, &c->path);
        scroll_bytes(s, "octets", &c->octets);
        break;
    case CALL_CONNECT: connect_fields(s, c); break;
    case CALL_REPORT: report_fields(s, &c->report); break;
    case CALL_ANSWER_SECRET: secret_fields(s, c); break;
    case CALL_ANSWER_CHILD: spec_fields(s, c); break;
    case CALL_ANSWER_CONFIG: terms_attributes(s, &c->attrs, &c->n_attrs); break;
    case CALL_JOB_VERDICT: verdict_fields(s, &c->verdict); break;
    case CALL_JOB_SIGNATURE: scroll_bytes(s, "octets", &c->octets); break;
    default: break; /* the numbers say it all */
    }
}

void call_fields(struct scroll *s, struct call *c)
{
    struct call *v = c;

    if (s->is_reading)
        *c = (struct call){ 0 };
    verb_field(s, c);
    NUMBER(now)
    NUMBER(id)
    NUMBER(number)
    detail_fields(s, c);
    scroll_end(s);
}

/* --- Making it ---------------------------------------------------------------------------- */

static ike2_err make_answer(struct stage *stage, struct call *c)
{
    ike2_secret_answer secret = IKE2_INIT(ike2_secret_answer);

    switch (c->verb) {
    case CALL_REFUSE: return ike2_refuse(stage->ep, c->now, c->id, (uint16_t)c->number);
    case CALL_ANSWER_PEER: return ike2_answer_peer(stage->ep, c->now, c->id, c->number);
    case CALL_ANSWER_SECRET:
        secret.key = c->key;
        if (c->key == NULL)
            secret.octets = c->octets;
        return ike2_answer_secret(stage->ep, c->now, c->id, &secret);
    case CALL_ANSWER_CHILD:
        return ike2_answer_child(stage->ep, c->now, c->id, c->has_spec ? &c->spec : NULL);
    case CALL_ANSWER_CONFIG:
        return ike2_answer_config(stage->ep, c->now, c->id, c->attrs, c->n_attrs);
    default: return ike2_answer_spi(stage->ep, c->now, c->id, (uint32_t)c->number);
    }
}

static ike2_err make_for_job(struct stage *stage, struct call *c)
{
    ike2_job *job = job_of(stage, c->id);

    if (job == NULL)
        return IKE2_ERR_ARGUMENT;
    switch (c->verb) {
    case CALL_JOB_VERDICT: ike2_job_set_verdict(job, &c->verdict); return IKE2_OK;
    case CALL_JOB_SIGNATURE: return ike2_job_set_signature(job, c->octets);
    case CALL_FINISH:
        job_forget(stage, c->id);
        return ike2_endpoint_finish(stage->ep, c->now, job);
    default:
        job_forget(stage, c->id);
        ike2_job_free(job);
        return IKE2_OK;
    }
}

static ike2_err make_command(struct stage *stage, struct call *c, uint64_t *out)
{
    ike2_endpoint *ep = stage->ep;

    switch (c->verb) {
    case CALL_CONNECT: return ike2_sa_connect(ep, c->now, &c->connect, out);
    case CALL_CLOSE: return ike2_sa_close(ep, c->now, c->id);
    case CALL_DROP: return ike2_sa_drop(ep, c->now, c->id);
    case CALL_REKEY: return ike2_sa_rekey(ep, c->now, c->id);
    case CALL_REAUTH: return ike2_sa_reauth(ep, c->now, c->id);
    case CALL_PROBE: return ike2_sa_probe(ep, c->now, c->id);
    case CALL_CHILD_CREATE:
        return ike2_child_create(ep, c->now, c->id, (uint32_t)c->number, out);
    case CALL_CHILD_REKEY: return ike2_child_rekey(ep, c->now, c->id, (uint32_t)c->number);
    case CALL_CHILD_CLOSE: return ike2_child_close(ep, c->now, c->id);
    default: return ike2_child_report(ep, c->now, &c->report);
    }
}

ike2_err call_make(struct stage *stage, struct call *c, uint64_t *out)
{
    *out = 0;
    if (c->verb == CALL_ENDPOINT)
        return ike2_endpoint_new(&c->endpoint.config, c->now, &stage->ep);
    if (c->verb >= CALL_JOB_VERDICT)
        return make_for_job(stage, c);
    if (stage->ep == NULL)
        return IKE2_ERR_STATE;
    if (c->verb >= CALL_REFUSE)
        return make_answer(stage, c);
    switch (c->verb) {
    case CALL_END:
        ike2_endpoint_free(stage->ep);
        stage->ep = NULL;
        return IKE2_OK;
    case CALL_DEFINE: return ike2_peer_define(stage->ep, &c->peer, out);
    case CALL_UNDEFINE: return ike2_peer_undefine(stage->ep, c->id);
    case CALL_INPUT: return ike2_endpoint_input(stage->ep, c->now, &c->path, c->octets);
    case CALL_EXPIRE:
        ike2_endpoint_expire(stage->ep, c->now, (uint32_t)c->number);
        return IKE2_OK;
    default: return make_command(stage, c, out);
    }
}

void call_result(struct scroll *s, ike2_err err, uint64_t out)
{
    scroll_begin(s, "=");
    scroll_expect(s, "err", (uint64_t)-(int)err); /* failures are negative */
    scroll_expect(s, "out", out);
    scroll_end(s);
}

/* --- Outputs ------------------------------------------------------------------------------ */

static void expect_address(struct scroll *s, const ike2_addr *addr)
{
    const ike2_bytes ip = { .ptr = addr->ip, .len = addr->family == 6 ? 16 : 4 };

    scroll_expect_bytes(s, "ip", ip);
    scroll_expect(s, "port", addr->port);
}

static void send_fields(struct scroll *s, const ike2_send *send)
{
    expect_address(s, &send->path.local);
    expect_address(s, &send->path.remote);
    scroll_expect(s, "encap", send->path.encap);
    scroll_expect(s, "tag", send->path.tag);
    scroll_expect(s, "n", send->n_payloads);
    for (size_t i = 0; i < send->n_payloads; i++)
        scroll_expect_bytes(s, "octets", send->payloads[i]);
}

static void pair_fields(struct scroll *s, const ike2_pair *pair)
{
    scroll_expect(s, "spi_in", pair == NULL ? 0 : pair->spi_in);
    scroll_expect(s, "spi_out", pair == NULL ? 0 : pair->spi_out);
}

static void job_fields(struct scroll *s, struct stage *stage, ike2_job *job)
{
    const ike2_lane_task *task = ike2_job_lane(job);

    scroll_expect(s, "number", job_add(stage, job));
    scroll_expect(s, "kind", ike2_job_kind(job));
    scroll_expect(s, "op", task == NULL ? 0 : task->op);
    scroll_expect(s, "halves", task == NULL ? 0 : task->halves);
    pair_fields(s, task == NULL ? NULL : task->pair);
}

static void sa_event_fields(struct scroll *s, const ike2_sa_event *e)
{
    scroll_expect(s, "spi_local", e->spi_local);
    scroll_expect(s, "spi_remote", e->spi_remote);
    scroll_expect(s, "reason", e->reason);
    scroll_expect(s, "notify", e->notify);
    scroll_expect(s, "how", e->how);
}

static void child_event_fields(struct scroll *s, const ike2_child_event *e)
{
    pair_fields(s, e->pair);
    scroll_expect(s, "reason", e->reason);
    scroll_expect(s, "notify", e->notify);
}

static void output_detail(struct scroll *s, struct stage *stage, const ike2_output *out)
{
    switch (out->type) {
    case IKE2_SEND: send_fields(s, &out->u.send); break;
    case IKE2_JOB: job_fields(s, stage, out->u.job); break;
    case IKE2_EVENT_SA_UP:
    case IKE2_EVENT_SA_REKEYED:
    case IKE2_EVENT_SA_MOVED:
    case IKE2_EVENT_SA_DOWN: sa_event_fields(s, &out->u.sa); break;
    case IKE2_EVENT_CHILD_UP:
    case IKE2_EVENT_CHILD_REKEYED:
    case IKE2_EVENT_CHILD_DOWN: child_event_fields(s, &out->u.child); break;
    default: break; /* the number of the question, and what kind it is */
    }
}

void call_output(struct scroll *s, struct stage *stage, const ike2_output *out)
{
    scroll_begin(s, "!");
    scroll_expect(s, "type", out == NULL ? 0 : out->type);
    if (out != NULL) {
        scroll_expect(s, "sa", out->sa);
        scroll_expect(s, "child", out->child);
        scroll_expect(s, "ask", out->ask);
        scroll_expect(s, "answer_by", out->answer_by);
        output_detail(s, stage, out);
    }
    scroll_end(s);
}
