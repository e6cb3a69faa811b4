/* call.h - one call of the library, with its arguments, as a value that a journal can hold and that
 * can be made again; and the outputs that come of it. ike2/endpoint.h, ike2/job.h. */
#ifndef COMMON_CALL_H
#define COMMON_CALL_H

#include <ike2/ike2.h>

#include "scroll.h"
#include "terms.h"

/* Each as a word of the journal. */
#define CALL_LIST(X)                                                                              \
    X(ENDPOINT, "endpoint") X(END, "end") X(DEFINE, "define") X(UNDEFINE, "undefine")             \
    X(INPUT, "input") X(EXPIRE, "expire") X(POLL, "poll") X(CONNECT, "connect")                   \
    X(CLOSE, "close") X(DROP, "drop") X(REKEY, "rekey") X(REAUTH, "reauth") X(PROBE, "probe")     \
    X(CHILD_CREATE, "child_create") X(CHILD_REKEY, "child_rekey") X(CHILD_CLOSE, "child_close")   \
    X(REPORT, "report") X(REFUSE, "refuse") X(ANSWER_PEER, "answer_peer")                         \
    X(ANSWER_SECRET, "answer_secret") X(ANSWER_CHILD, "answer_child")                             \
    X(ANSWER_CONFIG, "answer_config") X(ANSWER_SPI, "answer_spi") X(JOB_VERDICT, "job_verdict")   \
    X(JOB_SIGNATURE, "job_signature") X(FINISH, "finish") X(JOB_FREE, "job_free")

enum call_verb {
#define X(name, word) CALL_##name,
    CALL_LIST(X)
#undef X
    CALL_VERBS
};

/* Which members count depends on the verb. */
struct call {
    enum call_verb verb;
    ike2_time now;
    uint64_t id;       /* of a peer, an SA, a child or a question; of a job its number */
    uint64_t number;   /* budget, template index, SPI, notify, peer */
    ike2_path path;    /* INPUT, CONNECT */
    ike2_bytes octets; /* of a datagram, a secret, a signature */
    struct endpoint_terms endpoint;
    ike2_peer_config peer;
    ike2_connect connect;
    ike2_packet packet; /* CONNECT */
    ike2_report report;
    bool has_spec;
    ike2_child_spec spec;
    const ike2_cfg_attr *attrs;
    size_t n_attrs;
    ike2_key *key;     /* ANSWER_SECRET */
    ike2_verdict verdict;
};

/* An endpoint, and its jobs that are out, by the numbers that the journal gives them. */
struct stage {
    ike2_endpoint *ep;
    ike2_job **jobs; /* NULL: the number is free */
    size_t n_jobs;
};

void stage_clear(struct stage *stage);
/* The number of a job that has come out; `n_jobs` if there is none such. */
uint64_t stage_number(const struct stage *stage, const ike2_job *job);

const char *call_word(enum call_verb verb);
/* The first line of a journal, written or read: which format it has. */
void call_header(struct scroll *s);
/* The line of the call, written or read. */
void call_fields(struct scroll *s, struct call *c);
/* Makes it. `*out` is what it returns besides: an endpoint's, SA's, child's or peer's name. */
ike2_err call_make(struct stage *stage, struct call *c, uint64_t *out);
/* What came of it: written, or compared. */
void call_result(struct scroll *s, ike2_err err, uint64_t out);
/* One output, or NULL: written, or compared. A job gets its number. */
void call_output(struct scroll *s, struct stage *stage, const ike2_output *out);

#endif
