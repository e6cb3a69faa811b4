#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "call.h"
#include "witness.h"

struct journal {
    FILE *file;
    struct scroll scroll;
    struct witness witness;
    struct stage stage; /* the endpoint is the program's */
};

/* --- Life -------------------------------------------------------------------------------- */

static FILE *file_new(const char *path, struct problem *why)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;

    if (file != NULL)
        return file;
    problem_set(why, "cannot make the journal %s: %s%s", path, strerror(errno),
                errno == EEXIST ? "; remove it first, or name another one" : "");
    if (fd >= 0)
        (void)close(fd);
    return NULL;
}

struct journal *journal_open(const char *path, const ike2_crypto *crypto, struct problem *why)
{
    FILE *file = file_new(path, why);
    struct journal *j = file == NULL ? NULL : calloc(1, sizeof *j);

    if (j == NULL) {
        if (file != NULL) {
            (void)fclose(file);
            problem_set(why, "no memory for the journal");
        }
        return NULL;
    }
    j->file = file;
    scroll_open(&j->scroll, file, false);
    witness_init(&j->witness, crypto, &j->scroll);
    call_header(&j->scroll);
    return j;
}

bool journal_close(struct journal *j, struct problem *why)
{
    bool ok = true;

    if (j == NULL)
        return true;
    if (j->scroll.failed) {
        *why = j->scroll.why;
        problem_prefix(why, "the journal is not complete");
        ok = false;
    }
    (void)fclose(j->file);
    scroll_close(&j->scroll);
    free(j->stage.jobs);
    free(j);
    return ok;
}

const ike2_crypto *journal_crypto(const struct journal *j)
{
    return &j->witness.table;
}

/* --- Calls ------------------------------------------------------------------------------- */

static ike2_err make(struct journal *j, ike2_endpoint *ep, struct call *c, uint64_t *out)
{
    struct stage alone = { .ep = ep };
    uint64_t unwanted;
    uint64_t *to = out != NULL ? out : &unwanted;
    ike2_err err;

    if (j == NULL)
        return call_make(&alone, c, to);
    call_fields(&j->scroll, c);
    err = call_make(&j->stage, c, to);
    call_result(&j->scroll, err, err == IKE2_OK ? *to : 0);
    return err;
}

/* A command or answer that names one thing and has one number at most. */
static ike2_err make_plain(struct journal *j, ike2_endpoint *ep, const struct call *like)
{
    struct call c = *like;

    return make(j, ep, &c, NULL);
}

ike2_err journal_endpoint_new(struct journal *j, const ike2_endpoint_config *cfg, ike2_time now,
                              ike2_endpoint **out)
{
    struct call c = { .verb = CALL_ENDPOINT, .now = now };
    ike2_err err;

    if (j == NULL)
        return ike2_endpoint_new(cfg, now, out);
    terms_take(&c.endpoint, cfg);
    c.endpoint.config.offload = 0;
    err = make(j, NULL, &c, NULL);
    if (err == IKE2_OK)
        *out = j->stage.ep;
    return err;
}

void journal_endpoint_free(struct journal *j, ike2_endpoint *ep)
{
    if (j == NULL || ep == NULL)
        ike2_endpoint_free(ep);
    else
        (void)make_plain(j, ep, &(struct call){ .verb = CALL_END });
}

ike2_err journal_peer_define(struct journal *j, ike2_endpoint *ep, const ike2_peer_config *cfg,
                             ike2_peer_id *out)
{
    struct call c = { .verb = CALL_DEFINE };

    if (j == NULL)
        return ike2_peer_define(ep, cfg, out);
    terms_peer_take(&c.peer, cfg);
    return make(j, ep, &c, out);
}

ike2_err journal_peer_undefine(struct journal *j, ike2_endpoint *ep, ike2_peer_id peer)
{
    return make_plain(j, ep, &(struct call){ .verb = CALL_UNDEFINE, .id = peer });
}

ike2_err journal_input(struct journal *j, ike2_endpoint *ep, ike2_time now, const ike2_path *path,
                       ike2_bytes payload)
{
    return make_plain(j, ep, &(struct call){ .verb = CALL_INPUT, .now = now, .path = *path,
                                             .octets = payload });
}

void journal_expire(struct journal *j, ike2_endpoint *ep, ike2_time now, uint32_t budget)
{
    (void)make_plain(j, ep, &(struct call){ .verb = CALL_EXPIRE, .now = now, .number = budget });
}

const ike2_output *journal_poll(struct journal *j, ike2_endpoint *ep)
{
    struct call c = { .verb = CALL_POLL };
    const ike2_output *out;

    if (j == NULL)
        return ike2_endpoint_poll(ep);
    call_fields(&j->scroll, &c);
    out = ike2_endpoint_poll(ep);
    call_output(&j->scroll, &j->stage, out);
    return out;
}

/* --- Commands ---------------------------------------------------------------------------- */

ike2_err journal_sa_connect(struct journal *j, ike2_endpoint *ep, ike2_time now,
                            const ike2_connect *connect, ike2_sa_id *out)
{
    struct call c = { .verb = CALL_CONNECT, .now = now, .connect = *connect };

    if (j == NULL || connect->path == NULL)
        return ike2_sa_connect(ep, now, connect, out);
    c.path = *connect->path;
    if (connect->packet != NULL)
        c.packet = *connect->packet;
    return make(j, ep, &c, out);
}

ike2_err journal_sa_close(struct journal *j, ike2_endpoint *ep, ike2_time now, ike2_sa_id sa)
{
    return make_plain(j, ep, &(struct call){ .verb = CALL_CLOSE, .now = now, .id = sa });
}

ike2_err journal_sa_drop(struct journal *j, ike2_endpoint *ep, ike2_time now, ike2_sa_id sa)
{
    return make_plain(j, ep, &(struct call){ .verb = CALL_DROP, .now = now, .id = sa });
}

ike2_err journal_sa_rekey(struct journal *j, ike2_endpoint *ep, ike2_time now, ike2_sa_id sa)
{
    return make_plain(j, ep, &(struct call){ .verb = CALL_REKEY, .now = now, .id = sa });
}

ike2_err journal_sa_reauth(struct journal *j, ike2_endpoint *ep, ike2_time now, ike2_sa_id sa)
{
    return make_plain(j, ep, &(struct call){ .verb = CALL_REAUTH, .now = now, .id = sa });
}

ike2_err journal_sa_probe(struct journal *j, ike2_endpoint *ep, ike2_time now, ike2_sa_id sa)
{
    return make_plain(j, ep, &(struct call){ .verb = CALL_PROBE, .now = now, .id = sa });
}

ike2_err journal_child_create(struct journal *j, ike2_endpoint *ep, ike2_time now, ike2_sa_id sa,
                              uint32_t template_index, ike2_child_id *out)
{
    struct call c = { .verb = CALL_CHILD_CREATE, .now = now, .id = sa, .number = template_index };

    return make(j, ep, &c, out);
}

ike2_err journal_child_rekey(struct journal *j, ike2_endpoint *ep, ike2_time now,
                             ike2_child_id child, uint32_t spi_in)
{
    return make_plain(j, ep, &(struct call){ .verb = CALL_CHILD_REKEY, .now = now, .id = child,
                                             .number = spi_in });
}

ike2_err journal_child_close(struct journal *j, ike2_endpoint *ep, ike2_time now,
                             ike2_child_id child)
{
    return make_plain(j, ep, &(struct call){ .verb = CALL_CHILD_CLOSE, .now = now, .id = child });
}

ike2_err journal_child_report(struct journal *j, ike2_endpoint *ep, ike2_time now,
                              const ike2_report *report)
{
    return make_plain(j, ep, &(struct call){ .verb = CALL_REPORT, .now = now,
                                             .report = *report });
}

/* --- Answers ----------------------------------------------------------------------------- */

ike2_err journal_refuse(struct journal *j, ike2_endpoint *ep, ike2_time now, ike2_ask_id ask,
                        uint16_t notify)
{
    return make_plain(j, ep, &(struct call){ .verb = CALL_REFUSE, .now = now, .id = ask,
                                             .number = notify });
}

ike2_err journal_answer_peer(struct journal *j, ike2_endpoint *ep, ike2_time now, ike2_ask_id ask,
                             ike2_peer_id peer)
{
    return make_plain(j, ep, &(struct call){ .verb = CALL_ANSWER_PEER, .now = now, .id = ask,
                                             .number = peer });
}

ike2_err journal_answer_secret(struct journal *j, ike2_endpoint *ep, ike2_time now,
                               ike2_ask_id ask, const ike2_secret_answer *answer)
{
    return make_plain(j, ep, &(struct call){ .verb = CALL_ANSWER_SECRET, .now = now, .id = ask,
                                             .key = answer->key, .octets = answer->octets });
}

ike2_err journal_answer_child(struct journal *j, ike2_endpoint *ep, ike2_time now,
                              ike2_ask_id ask, const ike2_child_spec *spec)
{
    struct call c = { .verb = CALL_ANSWER_CHILD, .now = now, .id = ask, .has_spec = spec != NULL };

    if (spec != NULL)
        c.spec = *spec;
    return make(j, ep, &c, NULL);
}

ike2_err journal_answer_config(struct journal *j, ike2_endpoint *ep, ike2_time now,
                               ike2_ask_id ask, const ike2_cfg_attr *attrs, size_t n)
{
    return make_plain(j, ep, &(struct call){ .verb = CALL_ANSWER_CONFIG, .now = now, .id = ask,
                                             .attrs = attrs, .n_attrs = n });
}

ike2_err journal_answer_spi(struct journal *j, ike2_endpoint *ep, ike2_time now, ike2_ask_id ask,
                            uint32_t spi_in)
{
    return make_plain(j, ep, &(struct call){ .verb = CALL_ANSWER_SPI, .now = now, .id = ask,
                                             .number = spi_in });
}

/* --- Jobs -------------------------------------------------------------------------------- */

static struct call about_job(const struct journal *j, enum call_verb verb, const ike2_job *job)
{
    return (struct call){ .verb = verb, .id = stage_number(&j->stage, job) };
}

void journal_job_set_verdict(struct journal *j, ike2_job *job, const ike2_verdict *verdict)
{
    struct call c;

    if (j == NULL) {
        ike2_job_set_verdict(job, verdict);
        return;
    }
    c = about_job(j, CALL_JOB_VERDICT, job);
    c.verdict = *verdict;
    (void)make(j, j->stage.ep, &c, NULL);
}

ike2_err journal_job_set_signature(struct journal *j, ike2_job *job, ike2_bytes signature)
{
    struct call c;

    if (j == NULL)
        return ike2_job_set_signature(job, signature);
    c = about_job(j, CALL_JOB_SIGNATURE, job);
    c.octets = signature;
    return make(j, j->stage.ep, &c, NULL);
}

void journal_job_free(struct journal *j, ike2_job *job)
{
    struct call c;

    if (j == NULL || job == NULL) {
        ike2_job_free(job);
        return;
    }
    c = about_job(j, CALL_JOB_FREE, job);
    (void)make(j, j->stage.ep, &c, NULL);
}

ike2_err journal_finish(struct journal *j, ike2_endpoint *ep, ike2_time now, ike2_job *job)
{
    struct call c;

    if (j == NULL)
        return ike2_endpoint_finish(ep, now, job);
    c = about_job(j, CALL_FINISH, job);
    c.now = now;
    return make(j, ep, &c, NULL);
}
