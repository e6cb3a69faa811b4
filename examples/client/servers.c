#include "servers.h"

#include <string.h>

#include "common/udp.h"
#include "common/value.h"

static void find(const char *host, struct servers_found *out)
{
    *out = (struct servers_found){ .n = 0 };
    if (value_address(host, &out->list[0]) == NULL)
        out->n = 1;
    else
        out->n = udp_resolve_all(host, 0, out->list, SERVERS_MAX, &out->why);
}

void servers_take(struct servers *s)
{
    if (s->found.n == 0)
        return;
    memcpy(s->list, s->found.list, sizeof s->list);
    s->n = s->found.n;
}

bool servers_find(struct servers *s, struct problem *why)
{
    find(s->host, &s->found);
    servers_take(s);
    if (s->n == 0)
        *why = s->found.why;
    return s->n > 0;
}

static void on_work(uv_work_t *work)
{
    struct servers *s = work->data;

    find(s->host, &s->found);
}

static void on_done(uv_work_t *work, int status)
{
    struct servers *s = work->data;

    (void)status; /* nobody cancels */
    s->done(s->user);
}

void servers_look_up(struct servers *s, uv_loop_t *loop, void (*done)(void *user), void *user)
{
    s->done = done;
    s->user = user;
    s->work.data = s;
    if (uv_queue_work(loop, &s->work, on_work, on_done) == 0)
        return;
    find(s->host, &s->found);
    done(user);
}

bool servers_have(const struct servers *s, uint8_t family)
{
    size_t i;

    for (i = 0; i < s->n; i++) {
        if (s->list[i].family == family)
            return true;
    }
    return false;
}
