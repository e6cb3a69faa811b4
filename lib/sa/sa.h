/* sa/sa.h - one IKE SA. It knows no other SA and no socket; it talks upward by outputs only. */
#ifndef SA_SA_H
#define SA_SA_H

#include "crypto/keys.h"
#include "crypto/protect.h"
#include "sa/definition.h"
#include "sa/fragment.h"
#include "sa/parcel.h"
#include "sa/timers.h"

struct assignment;
struct backlog;
struct attempt;
struct exchange;
struct identities;
struct init_stage;

enum role { INITIATOR = 1, RESPONDER = 2, EITHER = 3 }; /* a set */

/* A state exists only if a different set of messages is legal in it. */
enum state {
    STATE_START,   /* nothing sent or answered yet */
    STATE_INIT,    /* IKE_SA_INIT is under way, or answered: 1.2 */
    STATE_AUTH,    /* keys are in use, nobody is authenticated: IKE_AUTH */
    STATE_HEIR,    /* a rekeyed SA that is not in use yet: 1.3.2 */
    STATE_UP,      /* both are authenticated */
    STATE_CLOSING, /* our Delete is under way: 1.4.1 */
    STATE_DEAD,    /* SA_DOWN is queued or was not due */
    STATE_COUNT
};

struct sa_move {
    enum state from, to;
    const char *when; /* with sections of RFC 7296 */
};

enum purpose {
    PURPOSE_INIT, PURPOSE_AUTH, PURPOSE_CREATE, PURPOSE_REKEY_SA, PURPOSE_PROBE,
    PURPOSE_DELETE_CHILD, PURPOSE_DELETE_SA,
    PURPOSE_REPORT /* AUTHENTICATION_FAILED by an initiator, 2.21.2 */
};

/* Our one open request, 2.3: the window is 1. */
struct request {
    struct parcel *parcel;   /* NULL = none is open */
    ike2_path path;
    uint16_t tries;          /* transmissions so far */
    uint32_t wait_ms;        /* before the next one, without jitter */
    bool is_answered;        /* the response is being dealt with: no retransmission */
    ike2_time due;           /* of the retransmission that rests meanwhile */
    enum purpose purpose;
};

/* Message IDs, 2.2. */
struct window {
    uint32_t next_in, next_out;
    uint64_t last_request;        /* hash of the datagram that is being, or was, dealt with */
    struct parcel *last_response; /* for `next_in` - 1, sent again when it is asked for again */
    struct backlog *backlog;      /* of a window that is larger than one, 2.3; else NULL */
    uint16_t repeats;             /* of the last response */
    struct assembly assembly[2];  /* fragments of requests, of responses */
};

/* Keys and what follows from them. */
struct protection {
    ike2_suite suite;
    struct suite_sizes sizes;
    struct sa_keys keys;
    struct protector seal, open;
    bool has_keys;
};

/* Why the SA ends, or might. */
struct ending {
    uint8_t reason;
    uint16_t notify;
    uint64_t trace;
    uint16_t doubt_notify;   /* of an unprotected error, 2.21; 0 = none so far */
    uint64_t doubt_trace;
};

/* When what happened, and what is to happen. */
struct clock {
    struct timers timers;
    ike2_time created_at, established_at, keyed_at, last_in_at, last_out_at;
    uint32_t retransmits;
};

/* What is to come, and what has been agreed on the way. */
struct intent {
    bool is_announced;       /* the integrator knows the id: SA_DOWN is due */
    bool is_ending;          /* waits for its lanes only */
    bool wants_delete, wants_probe, wants_rekey;
    bool wants_reauth;
    bool began;              /* we sent the first message of all: it is ours to authenticate anew */
    bool keeps_answer;       /* ends with an answer, which may have to be given again, 2.1 */
    bool is_former;          /* another SA has taken its place, and its name: it has none */
    bool fragmentation;      /* RFC 7383 was agreed */
    bool full_transcript;    /* AUTH covers both messages of IKE_SA_INIT: both have announced it */
    bool small_fragments;    /* larger ones seem not to get through */
    uint16_t wants_report;   /* a failure to be told, 2.21.2; 0 = none */
    uint8_t leave_reason;    /* whoever has the name after a rekeying leaves; 0 = nobody is to */
    uint64_t leave_trace;
};

/* RFC 7296 2.23. */
struct nat {
    bool local, remote;      /* a NAT was seen on our side, on the peer's; or ours is pretended */
    bool is_behind;          /* ours was seen */
    uint16_t port_local, port_remote; /* an initiator's, once one has been seen */
};

/* Who the two ends are, as proven. */
struct who {
    ike2_id local, remote;
    uint8_t local_method, remote_method; /* IKE2_AUTH_METHOD_*; 0: not yet */
    struct identities *octets;     /* of both */
    struct assignment *assignment; /* addresses by Configuration payload, 2.19; NULL: none */
    struct { uint64_t key; struct sa *next; } contact; /* 2.4: where it is noted; 0: nowhere */
};

struct sa {
    struct grave grave;
    struct { struct output up, rekeyed, moved, down; } events;
    struct host *host;
    struct definition *peer; /* NULL: a responder that has not been told */
    ike2_sa_id id;
    enum role role;
    enum state state;
    struct {
        uint64_t i, r;
        uint64_t old_local, old_remote; /* of the SA whose place it took; 0: of none */
        bool is_renewed;                /* it was authenticated anew for that */
    } spi;
    ike2_path path;
    struct nat nat;
    struct intent intent;
    struct who who;
    struct init_stage *init; /* NULL once the SA is up */
    struct protection protection;
    struct window window;
    struct request request;
    struct {
        struct exchange *ours, *theirs; /* a message or a command that is being dealt with */
        struct attempt *attempt;        /* our CREATE_CHILD_SA, from request to response */
        struct succession *succession;  /* the same for the IKE SA itself */
        struct sa *predecessor;         /* whose succession this one is the rival of */
        struct sa *renewal;             /* ours, that is to replace it, authenticated anew */
        struct sa *renews;              /* the other way round, until the old one is deleted */
    } exchanges;                        /* in progress, or NULL */
    struct { struct list list; size_t n; } children;
    struct ending ending;
    struct clock clock;
};

/* One received message for an SA, its octets in the host's own room. */
struct datagram {
    const ike2_path *path;
    ike2_header header;
    uint8_t *octets;
    size_t len;
};

/* --- Life ---------------------------------------------------------------------------- */

/* Makes an SA in STATE_START with a fresh local SPI; IKE2_ERR_MEMORY, _LIMIT, _CRYPTO. */
ike2_err ike2_sa_new(struct host *host, enum role role, const ike2_path *path, struct sa **out);
/* Makes one in STATE_HEIR that may take the place of `old`; it is known by its SPI only. */
ike2_err ike2_sa_new_heir(struct sa *old, enum role role, struct sa **out);
/* Makes one in STATE_START that is to authenticate anew what `old` was, under its name. */
ike2_err ike2_sa_new_renewal(struct sa *old, struct sa **out);
/* The only assignment of the state; traces, and asserts that the move is in the list. */
void ike2_sa_enter(struct sa *sa, enum state to);
const char *ike2_sa_state_name(enum state s);
/* A row of the moves there are; NULL: there are no more. */
const struct sa_move *ike2_sa_move(size_t row);
/* The IKE2_REASON_* that an error notify of the peer's amounts to. */
uint8_t ike2_reason_of(uint16_t notify);
/* Ends the SA: nothing more is sent; children leave the data plane first, then SA_DOWN. */
void ike2_sa_end(struct sa *sa, uint8_t reason, uint16_t notify, uint64_t trace);
/* Ends it politely: Delete, or a report of `notify`, then ike2_sa_end. */
void ike2_sa_leave(struct sa *sa, uint8_t reason, uint16_t notify, uint64_t trace);
/* A rekeying is over that the end of `from` had to wait for: `to` has the name now, and leaves. */
void ike2_sa_leave_now(struct sa *from, struct sa *to);
/* Goes on with what waited: the next request, or the end. After every change. */
void ike2_sa_settle(struct sa *sa);
/* One of its timers. */
void ike2_sa_on_timer(struct sa *sa, enum timer which);
/* Releases everything at once, sending nothing: the endpoint goes away. */
void ike2_sa_destroy(struct sa *sa);
/* Copies the two identities into the SA, in place of those before. */
ike2_err ike2_sa_set_ids(struct sa *sa, const ike2_id *local, const ike2_id *remote);
/* Outputs may still view them: released at the next poll. */
void ike2_sa_bury_ids(struct sa *sa);
/* Puts the derived keys in use, 2.14. */
void ike2_sa_use_keys(struct sa *sa, const struct protection *p);

static inline uint64_t sa_spi_local(const struct sa *sa)
{
    return sa->role == INITIATOR ? sa->spi.i : sa->spi.r;
}

static inline uint64_t sa_spi_remote(const struct sa *sa)
{
    return sa->role == INITIATOR ? sa->spi.r : sa->spi.i;
}

static inline uint64_t sa_peer_tag(const struct sa *sa)
{
    return sa->peer == NULL ? 0 : sa->peer->peer.tag;
}

static inline bool sa_is_up(const struct sa *sa)
{
    return sa->state == STATE_UP && sa->intent.leave_reason == 0;
}

static inline bool sa_is_over(const struct sa *sa)
{
    return sa->intent.is_ending || sa->state == STATE_DEAD;
}

/* SA_UP, SA_REKEYED, SA_MOVED: as it is now. */
void ike2_sa_fill(const struct sa *sa, ike2_output *out);
/* Filled as the last thing that happens to the SA: it is buried. */
void ike2_sa_fill_down(struct sa *sa, ike2_output *out);

#endif
