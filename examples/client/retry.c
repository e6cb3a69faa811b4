#include "retry.h"

#include <string.h>

#include "attempt.h"
#include "common/outcome.h"
#include "step.h"

enum { STEADY_MS = 10000 };

static uint32_t chance(void)
{
    uint32_t n = 0;

    (void)uv_random(NULL, NULL, &n, sizeof n, 0, NULL);
    return n;
}

/* What only a person can change; but who knows when one does. */
static bool is_final(const struct failure *f)
{
    return f->code == EXIT_PROPOSAL || f->code == EXIT_AUTH || f->code == EXIT_CERTIFICATE ||
           f->code == EXIT_SELECTORS;
}

static void on_found(void *user)
{
    static const char hint[] = "check the name, and this machine's name servers";
    struct session *s = user;
    struct failure f;

    s->retry.is_asking = false;
    if (s->stage != SESSION_RETRYING)
        return;
    servers_take(&s->servers);
    if (s->servers.n == 0) {
        failure_plain(EXIT_LOCAL, &s->servers.found.why, hint, &f);
        retry_begin(s, &f, false);
        return;
    }
    if (s->servers.found.n == 0)
        progress_warn(s->means.progress, &s->servers.found.why);
    s->stage = SESSION_CONNECTING;
    attempt_start(s);
}

static void on_due(uv_timer_t *timer)
{
    retry_now(timer->data);
}

void retry_now(struct session *s)
{
    if (s->retry.is_asking)
        return;
    (void)uv_timer_stop(&s->timers.stage);
    s->retry.is_asking = true;
    servers_look_up(&s->servers, s->host.loop, on_found, s);
}

/* All about a failure is told once, until there is another one. */
static void tell(struct session *s, const struct failure *f, uint32_t ms, bool at_once)
{
    bool is_new = !at_once && strcmp(s->retry.told, f->what) != 0;

    memcpy(s->retry.told, f->what, sizeof s->retry.told);
    if (at_once)
        step_retrying(s, ms);
    else
        failure_tell_retry(s->means.progress, f, ms, is_new);
}

void retry_begin(struct session *s, const struct failure *f, bool at_once)
{
    struct backoff *b = &s->retry.backoff;
    uint32_t ms;

    b->longest_ms = s->means.options->retry_max_seconds * 1000u;
    if (s->retry.up_at != 0 && host_now() - s->retry.up_at >= STEADY_MS)
        b->n = 0;
    s->retry.up_at = 0;
    s->stage = SESSION_RETRYING;
    ms = is_final(f) ? backoff_last(b, chance()) : backoff_next(b, at_once, chance());
    tell(s, f, ms, at_once);
    (void)uv_timer_stop(&s->timers.attempt);
    (void)uv_timer_start(&s->timers.stage, on_due, ms, 0);
}

void retry_connected(struct session *s)
{
    s->retry.up_at = host_now();
    s->retry.told[0] = '\0';
}
