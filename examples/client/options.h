/* options.h - what the client is asked to do: by its command line, and by a file that the command
 * line may name. Both know the same words. */
#ifndef CLIENT_OPTIONS_H
#define CLIENT_OPTIONS_H

#include "common/connection.h"
#include "common/problem.h"
#include "request.h"

enum { ADDRESSES_MAX = 4, WORDS_MAX = 64 };

struct options {
    const char *host;
    struct connection connection;       /* the first child, then those of --child */
    const char *dataplane;              /* a name that dataplane_find knows */
    const char *keylog_file;            /* NULL = none */
    const char *journal_file;           /* likewise */
    ike2_addr addresses[ADDRESSES_MAX]; /* ours inside of the tunnel */
    size_t n_addresses;
    struct request request;   /* what we ask the server for */
    const char *script;       /* NULL = none */
    uint16_t port, natt_port; /* the server's */
    uint32_t hold_seconds;    /* how long to stay connected; IKE2_NEVER = until a signal */
    uint32_t timeout_seconds; /* for the connection to come up; 0 = the library's patience */
    bool json, trace;
    bool on_demand;             /* waits for traffic */
    bool always_on;             /* goes on until it is told to end */
    uint32_t retry_max_seconds; /* the longest wait between two attempts of `always_on` */
    const char *control;        /* where the control socket is; NULL = none */
    bool virtual_ip;            /* asks for the usual */
    char *kept[WORDS_MAX];      /* texts of the file, which the rest views */
    size_t n_kept;
};

/* Fills `*o`, which must stay where it is: views point into it. Returns -1 to go on, or the exit
 * code of a program that ends here; `why` says why if it is not EXIT_OK. Prints the help, if asked
 * for. */
int options_read(struct options *o, int argc, char **argv, struct problem *why);
void options_clear(struct options *o);

#endif
