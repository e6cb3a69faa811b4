#include "signing.h"

#include <stdlib.h>

struct signing_task {
    struct signing_task *next;
    struct signing *signing;
    uv_work_t request;
    ike2_job *job;
    struct token *token;
    uint8_t octets[TOKEN_SIGNATURE_MAX];
    ike2_buffer signature;
    struct problem why;
};

static void begin_next(struct signing *s);

/* Takes out what `at` points to. */
static struct signing_task *take(struct signing *s, struct signing_task **at)
{
    struct signing_task *t = *at;

    *at = t->next;
    if (s->end == &t->next)
        s->end = at;
    return t;
}

static void give_back(struct signing *s, struct signing_task *t)
{
    const ike2_bytes signature = { t->octets, t->signature.len };
    ike2_job *job = t->job;

    token_close(t->token);
    s->done(s->user, job, signature, &t->why);
    free(t);
}

/* --- In the thread pool ------------------------------------------------------------------ */

static void run(uv_work_t *request)
{
    struct signing_task *t = request->data;

    (void)token_sign(t->token, ike2_job_sign_task(t->job), &t->signature, &t->why);
}

/* --- On the loop thread ------------------------------------------------------------------ */

static void on_done(uv_work_t *request, int status)
{
    struct signing_task *t = request->data;
    struct signing *s = t->signing;

    (void)status; /* nobody cancels what has begun */
    (void)take(s, &s->first);
    begin_next(s);
    give_back(s, t);
}

/* The thread pool takes everything: uv_queue_work fails for want of a function alone. */
static void begin_next(struct signing *s)
{
    if (s->first != NULL)
        (void)uv_queue_work(s->loop, &s->first->request, run, on_done);
}

void signing_init(struct signing *s, uv_loop_t *loop)
{
    s->loop = loop;
    s->first = NULL;
    s->end = &s->first;
}

bool signing_put(struct signing *s, ike2_job *job, struct token *token)
{
    struct signing_task *t = calloc(1, sizeof *t);
    bool is_idle = s->first == NULL;

    if (t == NULL)
        return false;
    t->signing = s;
    t->request.data = t;
    t->job = job;
    t->token = token_ref(token);
    t->signature = (ike2_buffer){ .ptr = t->octets, .cap = sizeof t->octets };
    *s->end = t;
    s->end = &t->next;
    if (is_idle)
        begin_next(s);
    return true;
}

void signing_cancel(struct signing *s, const ike2_job *job)
{
    struct signing_task **at = s->first != NULL ? &s->first->next : NULL;

    while (at != NULL && *at != NULL && (*at)->job != job)
        at = &(*at)->next;
    if (at != NULL && *at != NULL)
        give_back(s, take(s, at));
}
