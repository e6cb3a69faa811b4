/* host.h - drives one endpoint from an event loop: datagrams and time go in, outputs are dispatched
 * to a table of handlers, jobs that compute run in the loop's thread pool. A handler may call the
 * endpoint's commands and answers; what follows is polled by itself before the loop sleeps. */
#ifndef COMMON_HOST_H
#define COMMON_HOST_H

#include <ike2/ike2.h>

#include "inquiry.h"
#include "journal.h"
#include "signing.h"
#include "transport.h"
#include "trust.h"

/* All are called on the loop thread. NULL ignores events and refuses questions. */
struct host_handlers {
    void *user; /* first argument of each */
    void (*sa_up)(void *user, const ike2_output *out);
    void (*sa_down)(void *user, const ike2_output *out);
    /* The same SA: new keys, or another address of the peer's. */
    void (*sa_changed)(void *user, const ike2_output *out);
    /* What the peer has assigned to us (RFC 7296 2.19). */
    void (*config)(void *user, const ike2_output *out);
    void (*child_up)(void *user, const ike2_output *out);
    void (*child_rekeyed)(void *user, const ike2_output *out);
    void (*child_down)(void *user, const ike2_output *out);
    /* An IKE2_ASK_*: false refuses it. */
    bool (*ask)(void *user, const ike2_output *out);
    /* A DATAPLANE job: it is the callee's, who ends it with host_finish. NULL: agreed to and done.
     */
    void (*dataplane)(void *user, ike2_job *job);
    /* Who may prove themselves to the definition of this tag; the host takes a reference. NULL: no
     * signature is believed. */
    struct trust *(*trust)(void *user, uint64_t peer_tag);
    /* What signs for this SIGN job; the host takes a reference. NULL: the key is in the process. */
    struct token *(*token)(void *user, const ike2_job *job);
    /* A token has not signed; the job is about to go back without. */
    void (*unsigned_job)(void *user, const ike2_job *job, const struct problem *why);
    /* A certificate of a peer that has proven itself was at this URL (RFC 7296 3.6). */
    void (*fetched)(void *user, const char *url);
    /* A certificate has not come from where a peer says that it is, nor a CRL from where a
     * certificate does; or a CRL cannot be kept. */
    void (*unfetched)(void *user, const struct problem *why);
    /* What a peer has shown to prove itself, URLs replaced by what is there, and what was said of
     * it. */
    void (*judged)(void *user, const ike2_proof *proof, const ike2_verdict *verdict);
    /* ESP in UDP (RFC 3948), which the endpoint does not want. NULL: dropped. */
    void (*esp)(void *user, const ike2_path *path, ike2_bytes packet);
    /* A datagram could not be sent: once for each time that the reason changes. */
    void (*lost)(void *user, const struct problem *why);
    /* After host_stop: no IKE SA is left, or the time is over. */
    void (*stopped)(void *user);
};

struct host {
    uv_loop_t *loop;
    struct transport *transport;
    const struct host_handlers *handlers;
    ike2_endpoint *ep;
    struct journal *journal; /* of all that it is asked; set before host_open; NULL: none */
    uv_timer_t timer, pace_timer, stop_timer;
    uv_prepare_t prepare;
    bool stopping, stopped;
    uint32_t patience_ms; /* for the answers to our last Deletes */
    ike2_sa_id closed;    /* SAs up to this one are on their way out */
    size_t unanswered;    /* those that were given up in the end */
    unsigned works;       /* other jobs in the thread pool */
    struct signing signing; /* those that wait for a token */
    struct inquiries inquiries; /* those about a peer's proof */
    struct problem lost;  /* last said */
};

/* Creates the endpoint and takes over the transport's datagrams. `config` needs `crypto`; the host
 * sets `offload`, and `crypto` to the journal's, if there is one. Everything that is named must
 * stay where it is until host_close. */
bool host_open(struct host *h, uv_loop_t *loop, struct transport *transport,
               const ike2_endpoint_config *config, const struct host_handlers *handlers,
               struct problem *why);

/* The time of the endpoint's calls: milliseconds on the monotonic clock. */
ike2_time host_now(void);

/* Polls outputs now instead of before the loop sleeps. */
void host_drain(struct host *h);
/* Hands back a job of `dataplane`. */
void host_finish(struct host *h, ike2_job *job);

/* Takes no new IKE SAs, deletes all that there are, a few at a time so that neither their answers
 * nor our own queue are too many at once, and waits for the last answers, at most `ms`; then
 * `stopped` is called, from the loop. 0 drops them without a word, and so does a second call. */
void host_stop(struct host *h, uint32_t ms);
/* Closes the handles; let the loop run until it has no more, then call host_free. */
void host_close(struct host *h);
/* Frees the endpoint. A zeroed host is allowed. */
void host_free(struct host *h);

#endif
