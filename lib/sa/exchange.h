/* sa/exchange.h - an exchange in progress: a received message, or a command, and the script that
 * deals with it step by step.
 *
 * A step runs to its end or asks for something (an answer, a job, the data plane) and is run again
 * when that is there: a step therefore looks first whether it has what it needs. Staged results
 * stay in the exchange; the last steps move them into the SA. What a step could not do for lack of
 * memory is tried again a moment later, and a peer's request that still fails is forgotten like a
 * lost datagram. */
#ifndef SA_EXCHANGE_H
#define SA_EXCHANGE_H

#include "crypto/auth_octets.h"
#include "policy/select.h"
#include "sa/ask.h"
#include "sa/job.h"
#include "sa/sa.h"
#include "wire/message.h"

/* What a step has decided. */
enum verdict {
    VERDICT_NEXT,   /* on to the next step */
    VERDICT_WAIT,   /* the same step again when what it waits for is there */
    VERDICT_JUMP,   /* the script has been replaced: its first step */
    VERDICT_RETRY,  /* the same step again in a moment: no memory, or the provider failed */
    VERDICT_DONE,   /* the script ends here; what it wanted to change is changed */
    VERDICT_IGNORE, /* as if the message had not come */
    VERDICT_REFUSE, /* tell the peer `refusal`; the SA goes on if there was one before */
    VERDICT_END     /* the SA ends, with `refusal` */
};

struct exchange;
typedef enum verdict step(struct sa *sa, struct exchange *x);

struct script {
    const char *name;
    step *const *steps;
    size_t n_steps;
    step *refuse; /* deals with VERDICT_REFUSE: DONE, RETRY or END */
};

/* Why, and what the peer is told. */
struct refusal_notice {
    uint16_t notify;     /* 0 = nothing */
    uint8_t data[2];     /* of the notify */
    uint8_t data_len;
    uint8_t reason;      /* IKE2_REASON_* */
    uint64_t trace;      /* the record that explains it */
};

/* An AUTH value made with a pre-shared key. */
struct psk_value {
    uint8_t octets[AUTH_OCTETS_MAX];
    size_t len;
};

/* What IKE_AUTH stages. */
struct auth_stage {
    const ike2_credential *credential; /* ours, in the definition; NULL: a pre-shared key */
    uint8_t *value;              /* of our AUTH payload */
    size_t value_len;
    uint16_t scheme, peer_scheme; /* IKE2_SIG_* */
    uint8_t peer_method;         /* IKE2_AUTH_METHOD_* */
    ike2_bytes signature;        /* the peer's, or its AUTH value; a view into the message */
    ike2_id id_i, id_r;          /* views into the message, or the definition's */
    ike2_id wanted;              /* a responder's: IDr as received; type 0: none */
    ike2_bytes id_body;          /* the peer's ID payload, as received: AUTH covers it */
    ike2_key *psk_ours, *psk_peers;
    struct definition *former;   /* that an answer has replaced; its identities may be in use */
    bool identity_agreed;
};

/* What the negotiation of a Child SA stages. Large: acquired when it begins. */
struct child_stage;
struct succession;
struct assignment;

/* What an INFORMATIONAL request stages: the inbound SPIs of the pairs it has deleted. */
struct info_stage {
    uint8_t *deleted;         /* as they are written */
    size_t n_deleted, cap_deleted;
    uint16_t failure;         /* AUTHENTICATION_FAILED, INVALID_SYNTAX, or 0 */
    uint64_t trace;           /* the record of it */
    bool deletes_sa;
};

/* The work that a step has handed out: a key exchange, a signature, its verification. */
struct job_wait {
    ike2_job *job;            /* out, or back and not yet used; NULL: none, or it has failed */
    ike2_time by;             /* its deadline */
    bool is_out, is_back;
};

struct exchange {
    struct grave grave;
    struct sa *sa;
    const struct script *script;
    struct {
        size_t step;
        unsigned retries;
        bool is_refusing;     /* the script's `refuse` runs instead of its steps */
    } at;
    bool is_ours;             /* a command, or the response to our request */
    bool is_over;
    bool is_committed;        /* has changed the SA: it cannot be forgotten any more */
    bool waits_for_lane;
    struct message in;        /* views into `octets`; zero for a command */
    ike2_path path;           /* where it came from */
    struct ask ask;
    struct job_wait work;
    struct refusal_notice refusal;
    struct auth_stage auth;
    struct child_stage *child;
    struct succession *succession; /* of the peer's rekeying of the IKE SA */
    struct info_stage info;
    struct assignment *asked;      /* the peer's CFG_REQUEST, 2.19 */
    size_t len;
    uint8_t octets[];         /* the message: whole in IKE_SA_INIT, else its inner chain */
};

/* A message that has passed all checks, on its way to a handler. */
struct arrival {
    struct message message;
    ike2_bytes octets;        /* what of it is to be kept; `message.chain` is its end */
    const ike2_path *path;
};

/* Begins `script` and runs it; `in` is copied, NULL for a command. On IKE2_ERR_MEMORY nothing has
 * happened. */
ike2_err ike2_exchange_begin(struct sa *sa, const struct script *script, bool is_ours,
                             const struct arrival *in);
/* Runs steps until the script waits or ends. Begin, an answer, a finished job call it. */
void ike2_exchange_run(struct exchange *x);
/* Forgets it, with its question and its job. */
void ike2_exchange_abandon(struct exchange *x);
/* TIMER_OURS, TIMER_THEIRS: a deadline, or another try. */
void ike2_exchange_on_timer(struct exchange *x);

/* Goes on with another script, whose `refuse` counts from then on. */
enum verdict ike2_exchange_jump(struct exchange *x, const struct script *script);
/* A step's ways to say no. */
enum verdict ike2_exchange_refuse(struct exchange *x, uint16_t notify, uint8_t reason,
                                  uint64_t trace);
enum verdict ike2_exchange_end(struct exchange *x, uint16_t notify, uint8_t reason, uint64_t trace);
/* Asks, unless it has been asked: WAIT, or NEXT when it has been answered. REFUSE with `notify` (0:
 * the integrator's) when it was refused. */
enum verdict ike2_exchange_ask(struct exchange *x, uint32_t type, uint8_t whose, uint16_t notify,
                               uint8_t reason);

/* Runs the job here and now, or hands it out until the job's deadline: NEXT or WAIT. */
enum verdict ike2_exchange_work(struct exchange *x, ike2_job *job, bool here);

static inline enum timer exchange_timer(const struct exchange *x)
{
    return x->is_ours ? TIMER_OURS : TIMER_THEIRS;
}

#endif
