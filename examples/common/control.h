/* control.h - a UNIX socket on which a running program is asked and told things: one JSON object
 * per line, {"command": "...", ...}, answered by one line, {"ok": true, "result": ...} or {"ok":
 * false, "error": "..."}. Everything about a client is bounded: how many there are, how long a
 * request is, and how long it may take. */
#ifndef COMMON_CONTROL_H
#define COMMON_CONTROL_H

#include <stdbool.h>

#include <jansson.h>
#include <uv.h>

#include "problem.h"

enum {
    CONTROL_CLIENTS_MAX = 8,
    CONTROL_REQUEST_MAX = 4096,  /* octets of a line */
    CONTROL_PATIENCE_MS = 10000, /* for a whole request, and for its answer to be taken */
    CONTROL_DEPTH_MAX = 16,
    CONTROL_SETS_MAX = 4
};

/* One command. Returns what becomes "result" (a new reference), or NULL and why. */
struct control_command {
    const char *name;
    json_t *(*run)(void *user, const json_t *request, struct problem *why);
};

/* Commands that share a user, the first argument of each. */
struct control_set {
    const struct control_command *commands;
    size_t n_commands;
    void *user;
};

/* What a control socket offers. The path and the commands are borrowed until control_close. */
struct control_config {
    const char *path;
    struct control_set sets[CONTROL_SETS_MAX];
    size_t n_sets;
};

struct control_client;

struct control {
    uv_pipe_t listener;
    struct control_config config;
    struct control_client *clients[CONTROL_CLIENTS_MAX];
    bool open;
};

/* Only the owner may connect. A socket that a dead process left is replaced, one of a live process
 * is not. */
bool control_open(struct control *c, uv_loop_t *loop, const struct control_config *config,
                  struct problem *why);
/* Removes the socket; the loop must run until its handles are gone. A zeroed control is allowed. */
void control_close(struct control *c);

#endif
