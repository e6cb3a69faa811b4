/* replay/party.h - two endpoints that talk to each other in memory, on a clock that the test moves.
 * All their calls go through journals. */
#ifndef REPLAY_PARTY_H
#define REPLAY_PARTY_H

#include <ike2/ike2.h>

#include "common/journal.h"

enum { PARTIES = 2, PARTY_PATH = 64 };

struct letter;

struct party {
    struct affair *affair;
    char file[PARTY_PATH];       /* of the journal */
    struct journal *journal;
    ike2_endpoint *ep;
    ike2_addr addr;
    ike2_peer_id peer;
    ike2_sa_id sa;
    ike2_child_id child;
    uint32_t next_spi;
    unsigned n_sent, n_up;       /* SENDs; EVENT_SA_UP */
    struct letter *first, **end; /* what has been sent to it */
};

/* What the test may change before affair_begin. */
struct affair {
    ike2_endpoint_config endpoint;
    ike2_peer_config peer;       /* of both; the identities are filled in */
    const ike2_credential *credentials[PARTIES]; /* NULL: the secret */
    bool asks_secret;
    bool answers_child;          /* by a spec of its own */
    ike2_key *keys[PARTIES];     /* for SIGN jobs */
    bool disbelieves, abandons;  /* what becomes of VERIFY jobs: a no, or nothing */
    const ike2_crypto *crypto;
    ike2_time now;
    unsigned lose;               /* so many of the next messages */
    struct party parties[PARTIES];
};

/* Party 0 is "a", 1 is "b"; the files are made in the directory TMPDIR, or /tmp. */
void affair_init(struct affair *a, const ike2_crypto *crypto);
void affair_begin(struct affair *a);
/* a begins an SA with b, and it comes up. */
void affair_connect(struct affair *a);
/* Time passes, with what is due and what is said meanwhile. */
void affair_pass(struct affair *a, uint64_t ms);
/* Ends both endpoints and journals; the files stay. */
void affair_end(struct affair *a);
/* Removes the files. */
void affair_clear(struct affair *a);

#endif
