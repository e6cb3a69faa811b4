/* options.h - the command line of both programs, and the peer's definition that follows from it. */
#ifndef MINIMAL_OPTIONS_H
#define MINIMAL_OPTIONS_H

#include <ike2/config.h>

#include "common/value.h"

enum role { INITIATOR = 1, RESPONDER = 2 };

enum { ADDRESSES_MAX = 8 };

struct options {
    enum role role;
    const char *program;
    const char *host; /* initiator: the argument */
    const char *psk_file, *keylog_file;
    struct identity local_id, remote_id;
    struct proposals ike, esp;
    struct selectors ts_local, ts_remote;
    const char *addresses[ADDRESSES_MAX]; /* --local or --listen */
    size_t n_addresses;
    uint16_t port, natt_port;
    uint16_t fragment_octets; /* 0 = the library's default */
    uint32_t hold_seconds, timeout_seconds;
    bool force_encap, trace, cookie, once;
};

/* Fills `*o`, which must stay where it is: views point into it. Returns -1 to go on, or the exit
 * code of a program that has already said why it ends. */
int options_read(struct options *o, enum role role, int argc, char **argv);

/* The definition of the one peer, with one child, as views of `*o` and `*child`. */
void options_peer(const struct options *o, ike2_key *psk, ike2_child_config *child,
                  ike2_peer_config *peer);

#endif
