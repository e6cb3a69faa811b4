/* config.h - a configuration file, read and checked as far as it goes without opening a socket:
 * what is wrong is said with file and line, all of it at once where that is possible. */
#ifndef COMMON_CONFIG_H
#define COMMON_CONFIG_H

#include <ike2/config.h>

#include "connection.h"
#include "log.h"
#include "source.h"
#include "transport.h"

enum { CONFIG_PROBLEMS_MAX = 32 };

/* What is wrong, and where. */
struct config_problem {
    struct source_place place;
    struct problem why;
};

struct config_listen {
    ike2_addr addresses[TRANSPORT_PAIRS_MAX]; /* none = everywhere */
    size_t n_addresses;
    uint16_t port, natt_port;
};

struct config_tun {
    const char *interface_name; /* NULL = the data plane's */
    uint16_t mtu;               /* 0 = the data plane's */
    uint32_t route_table;       /* 0 = the data plane's */
    bool no_routes;
};

struct config_log {
    enum log_level level;
    bool json;
};

struct config_pools {
    struct grant_pool *list;
    struct source_place *places; /* where each of them ends */
    size_t n;
};

struct config {
    struct config_listen listen;
    const char *control;   /* NULL = no control socket */
    const char *dataplane; /* "none", "tun" or "xfrm" */
    struct config_tun tun;
    struct config_log log;
    const char *keylog_file; /* NULL = none */
    ike2_toggle cookie;
    bool answer_unknown;
    ike2_limits limits;
    uint32_t half_open_ms;
    struct config_pools pools;
    struct connection *connections;
    struct source_place *places; /* where each of them ends */
    size_t n_connections;
    struct config_problem problems[CONFIG_PROBLEMS_MAX];
    size_t n_problems;
    struct source source;       /* private: what the texts live in */
    struct config_store *store; /* private */
};

/* Reads `path`. False if anything is wrong: `problems` says what. Free it in either case. */
bool config_read(const char *path, struct config **out);
void config_free(struct config *c); /* NULL is allowed */

/* Do both describe the same connection, in the same words? By index into `connections`. What the
 * files that they name hold is another question. */
bool config_same_connection(const struct config *a, size_t i, const struct config *b, size_t k);

/* "FILE:LINE: what", as a person reads it. */
void config_problem_text(const struct config_problem *p, char *text, size_t cap);
/* Adds one, for who finds more that is wrong. */
void config_complain(struct config *c, struct source_place place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
