/* session.h - one connection from its first attempt to its end: which address is tried, what is
 * told, when it is given up, and the exit code. */
#ifndef CLIENT_SESSION_H
#define CLIENT_SESSION_H

#include "common/host.h"
#include "common/keylog.h"
#include "common/plane.h"
#include "backoff.h"
#include "failure.h"
#include "inside.h"
#include "servers.h"

/* Of the definition of the server. */
enum { SESSION_TAG = 1 };

enum session_stage {
    SESSION_CONNECTING,
    SESSION_WAITING,  /* for traffic */
    SESSION_RETRYING, /* for the time of the next attempt */
    SESSION_CONNECTED,
    SESSION_CLOSING,
    SESSION_OVER
};

/* What a session works with; its owner's. */
struct session_means {
    const struct options *options;
    const struct progress *progress;
    struct plane *plane;
    struct credentials *credentials;
    struct transport *transport;
    struct keylog *keylog;    /* NULL = none */
    struct journal *journal;  /* likewise */
    void (*over)(void *user); /* all handles are closing */
    void *over_user;
};

/* The one in hand. */
struct session_attempt {
    ike2_sa_id sa;
    unsigned refusals; /* ICMP messages that came back */
    bool is_given_up;  /* its end is a silence */
    bool is_abandoned; /* its end is of no interest */
};

/* Of --always-on. */
struct session_retry {
    struct backoff backoff;
    ike2_time up_at;         /* since when the connection is up; 0 = it is not */
    bool is_asking;          /* the resolver */
    char told[FAILURE_TEXT]; /* the failure that was told last */
};

struct session_timers {
    uv_timer_t tell, stage, attempt, childless;
};

struct session {
    struct session_means means;
    struct servers servers;
    struct watch watch;
    struct host host;
    struct host_handlers handlers;
    ike2_trace trace;

    ike2_peer_id peer;
    struct session_attempt attempt;
    enum session_stage stage;
    bool is_up; /* the IKE SA */
    bool is_demanded;   /* by */
    ike2_packet packet; /* which has been waiting since */
    ike2_time begun_at;
    struct session_retry retry;
    struct session_timers timers;
    struct inside inside;
    struct certificate theirs; /* the server's, if `facts` has it */
    struct failure_facts facts;
    struct failure failure; /* `code` is the exit code */
};

/* `s` is zeroed but for `means`, `servers` and `facts.ours`, which its owner gives. After a
 * failure, too, the loop runs until its handles are gone, and then session_finish is called. */
bool session_open(struct session *s, uv_loop_t *loop, struct problem *why);
/* The first attempt; from here on everything comes from the loop. */
void session_start(struct session *s);
/* New keys for the IKE SA and its Child SA, as somebody wishes. */
void session_rekey(struct session *s);
/* Another connection in the place of this one, or the next attempt now; with --always-on. */
void session_renew(struct session *s);
/* The attempt has failed: another one follows if there is to be one. */
void session_fail(struct session *s, const struct failure *f);
/* There is none: it ends. */
void session_give_up(struct session *s, const struct failure *f);
/* Somebody wants it to end: the first time politely, the second time at once. */
void session_stop(struct session *s, const char *why);
/* After the loop. Tells the failure, if there is one, and returns the exit code. */
int session_finish(struct session *s);

#endif
