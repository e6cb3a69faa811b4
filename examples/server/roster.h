/* roster.h - the connections of the configuration as definitions of the endpoint, and which of them
 * a peer is meant by: first by its address and proposals, then by its identity. A reload brings a
 * new generation; SAs keep the one they began with until they end. */
#ifndef SERVER_ROSTER_H
#define SERVER_ROSTER_H

#include "common/config.h"
#include "common/credentials.h"
#include "common/explain.h"
#include "pool.h"

struct roster_entry {
    uint64_t tag; /* of the definition */
    ike2_peer_id peer;
    ike2_peer_id welcome; /* until the peer has said who it is */
    const struct connection *connection;
    struct credentials credentials;
    uint64_t stamp; /* of their files */
};

struct generation {
    struct generation *older;
    struct config *config;
    struct roster_entry *entries;
    size_t n;
};

struct roster {
    const struct host *host; /* of its endpoint */
    const struct provider *provider;
    bool force_encap; /* what the data plane demands */
    uint64_t last_tag;
    struct generation *current; /* newest first */
    struct pools pools;         /* of all generations; assign.h */
};

/* Loads all files that `config` names. What is wrong becomes problems of `config`. */
bool roster_load(const struct provider *provider, struct config *config, const struct log *log,
                 struct generation **out);
/* Frees what was not adopted, with its configuration; NULL is allowed. */
void generation_free(struct generation *g);

/* Takes `g`: its connections are those that new SAs get. False, with `g` unused and problems in its
 * configuration, if the library refuses one. */
bool roster_adopt(struct roster *r, struct generation *g);
/* Frees generations that are not current and have no SA left. */
void roster_sweep(struct roster *r);
/* After the endpoint has been freed. */
void roster_clear(struct roster *r);

/* Who is in its first messages belongs to no connection yet: tag 0. By the tag of an output; NULL
 * if there is none. */
const struct roster_entry *roster_find(const struct roster *r, uint64_t tag);

/* Adds the connections that a peer may be meant by: that of the tag, or, as long as it has none,
 * all of the current ones that its address fits; NULL is no address. */
void roster_suspects(const struct roster *r, uint64_t tag, const ike2_addr *remote,
                     struct explain_ours *out);

/* Answers to ASK_PEER and ASK_IDENTITY: the definition, or NULL and why there is none. */
const struct roster_entry *roster_by_request(const struct roster *r, const ike2_output *out,
                                             struct problem *why);
const struct roster_entry *roster_by_identity(const struct roster *r, const ike2_output *out,
                                              struct problem *why);

#endif
