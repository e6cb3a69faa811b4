/* signing.h - SIGN jobs whose keys are in tokens: one after the other in the loop's thread pool, so
 * that a slow token keeps one thread of it and no more. All calls are of the loop thread. */
#ifndef COMMON_SIGNING_H
#define COMMON_SIGNING_H

#include <uv.h>

#include "token.h"

struct signing_task;

struct signing {
    uv_loop_t *loop;
    /* A job comes back: with a signature, or without one and `why`, or, if it was cancelled, with
     * neither. */
    void (*done)(void *user, ike2_job *job, ike2_bytes signature, const struct problem *why);
    void *user; /* first argument of `done` */
    struct signing_task *first, **end; /* private; the first one is under way */
};

void signing_init(struct signing *s, uv_loop_t *loop);
/* Takes a reference to the token. False: no memory, and the job stays the caller's. */
bool signing_put(struct signing *s, ike2_job *job, struct token *token);
/* IKE2_EVENT_JOB_CANCEL: unless the token has begun, the job comes back at once. */
void signing_cancel(struct signing *s, const ike2_job *job);

#endif
