/* service.h - the running server: what lives in its event loop, from the sockets to the control
 * socket. */
#ifndef SERVER_SERVICE_H
#define SERVER_SERVICE_H

#include "common/book.h"
#include "common/control.h"
#include "common/explain.h"
#include "common/host.h"
#include "common/keylog.h"
#include "common/log.h"
#include "common/plane.h"
#include "common/provider.h"
#include "common/trail.h"
#include "limiter.h"
#include "recent.h"
#include "roster.h"

/* What is to be said when an SA goes. */
struct sa_note {
    ike2_sa_id sa;
    char text[EXPLAIN_TEXT];
};

enum { SA_NOTES_KEPT = 16 };

/* The last ones; `next` is the oldest. */
struct sa_notes {
    struct sa_note list[SA_NOTES_KEPT];
    size_t next;
};

struct service {
    struct {
        const char *config;
        const char *journal; /* a new file for all that happens; NULL = none */
    } paths;
    bool json; /* what is said on stdout */
    uv_loop_t loop;
    struct log log;
    struct limiter failures; /* of peers that have proven nothing: they must not fill the disk */
    struct trail trail;
    struct keylog keylog;
    ike2_trace trace;
    struct provider provider;
    struct transport transport;
    struct host_handlers handlers;
    struct host host;
    struct plane plane;
    struct control control;
    struct book book;
    json_t *fixed; /* options that count from the start */
    struct roster roster;
    uv_signal_t signals[3];
    struct {
        struct sa_notes refusals; /* why an identity was refused, or a token did not sign */
        struct sa_notes claims;   /* identities that are not proven yet */
        struct recent recent;
    } failed;
    bool listening; /* signals and the host have handles in the loop */
};

/* Runs until a signal ends it; the exit code. `config` is taken. */
int service_run(struct service *s, struct config *config);

/* Reads the configuration again: new SAs get the new connections. `*changes` says what is different
 * (changes.h), a new reference. What is wrong goes to the log, and, as texts, into `problems`; then
 * everything stays as it is. Either may be NULL. */
bool service_reload(struct service *s, json_t **changes, json_t *problems);

#endif
