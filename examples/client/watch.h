/* watch.h - follows one attempt by the library's trace: tells each step as it happens, and
 * remembers what explains it later if nobody answers. */
#ifndef CLIENT_WATCH_H
#define CLIENT_WATCH_H

#include <ike2/info.h>

#include "common/names.h"
#include "common/trail.h"
#include "common/udp.h"
#include "progress.h"

/* The messages of one exchange of ours. */
struct watch_phase {
    unsigned sent, again;       /* requests, and transmissions of them that followed */
    unsigned received;          /* responses, whatever they said */
    uint64_t octets, fragments; /* of the last request */
    char remote[UDP_ADDR_TEXT];
};

/* A step that has not been told yet. */
struct watch_step {
    uint8_t kind; /* STEP_* of watch.c */
    uint64_t octets, fragments, number;
    char exchange[NAME_TEXT], remote[UDP_ADDR_TEXT], word[NAME_TEXT];
};

enum { WATCH_STEPS = 16 };

struct watch {
    const struct progress *progress;
    bool print_all; /* every record on stderr */
    bool is_forced; /* a NAT on our side may be pretended */
    const ike2_endpoint *ep;
    ike2_sa_id over; /* attempts up to this one are no more of interest */
    struct trail trail;

    struct watch_phase init, auth;
    char method[NAME_TEXT];      /* of the key exchange in hand */
    char unprotected[NAME_TEXT]; /* an error that anybody may have sent; "" = none */
    bool was_cookie, is_agreed;
    uint64_t dropped; /* datagrams that came and were of no use */

    struct watch_step steps[WATCH_STEPS];
    size_t n_steps;
};

/* A new attempt begins; `over` is the one before it, or 0. */
void watch_begin(struct watch *w, ike2_sa_id over);
/* Of the trace sink; `watch` is a struct watch. A leaf: nothing is told yet. */
void watch_record(void *watch, const ike2_trace_record *rec);
/* Tells what has happened since, of this SA; 0 if it has no name yet. */
void watch_tell(struct watch *w, ike2_sa_id sa);

#endif
