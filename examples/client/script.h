/* script.h - a program of the user's that is told of the connection, as vpnc-script is: run without
 * a shell, with an environment of its own, its output line by line among our steps, and no longer
 * than it may take. The loop goes on meanwhile; several runs take place one after the other. */
#ifndef CLIENT_SCRIPT_H
#define CLIENT_SCRIPT_H

#include <uv.h>

#include "environment.h"
#include "progress.h"

enum { SCRIPT_RUNS = 4, SCRIPT_MS = 30000, SCRIPT_LINE = 512 };

/* `why` is NULL if it ended as it should. */
typedef void script_done(void *user, const struct problem *why);

struct script_run {
    struct environment environment;
    const char *reason; /* constant */
    script_done *done;
};

struct script {
    const char *path; /* NULL = there is none */
    uv_loop_t *loop;
    const struct progress *progress;
    void *user;        /* first argument of `done` */
    uint32_t limit_ms; /* of one run */
    struct script_run runs[SCRIPT_RUNS];
    size_t first, n; /* the one that is running, and how many there are */
    uv_process_t process;
    uv_pipe_t output;
    uv_timer_t timer;
    char line[SCRIPT_LINE];
    size_t len;
    struct problem why;
    bool is_running, is_late, has_process;
    unsigned open; /* handles */
};

/* Runs it when those before have ended; then `done` is called, never from inside of here. False,
 * and it is not run, if too many wait already. */
bool script_run(struct script *s, const struct environment_facts *facts, script_done *done);

#endif
