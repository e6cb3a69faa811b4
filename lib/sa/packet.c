/* sa/packet.c - the packet that waits for a Child SA. RFC 7296 2.9. */
#include "sa/packet.h"

#include <string.h>

bool ike2_packet_is_valid(const ike2_packet *p)
{
    return ike2_selector_is_one_address(&p->local) && ike2_selector_is_one_address(&p->remote) &&
           p->local.type == p->remote.type;
}

ike2_err ike2_packet_keep(struct host *host, const ike2_packet *p, ike2_packet **out)
{
    *out = p == NULL ? NULL : ike2_mem_acquire(&host->mem, sizeof **out);
    if (*out != NULL)
        **out = *p;
    return *out == NULL && p != NULL ? IKE2_ERR_MEMORY : IKE2_OK;
}

void ike2_packet_free(struct host *host, ike2_packet **p)
{
    if (*p != NULL)
        ike2_mem_release(&host->mem, *p, sizeof **p);
    *p = NULL;
}

static void put_first(struct selectors *s, const ike2_ts *ts)
{
    memmove(&s->ts[1], &s->ts[0], s->n * sizeof s->ts[0]);
    s->ts[0] = *ts;
    s->n++;
}

void ike2_packet_apply(const struct child *child, struct child_stage *stage)
{
    struct selectors *local = &stage->ours.local, *remote = &stage->ours.remote;
    const ike2_packet *p = child->packet;

    if (p == NULL || local->n == NARROW_MAX || remote->n == NARROW_MAX ||
        !ike2_selectors_hold(local, &p->local) || !ike2_selectors_hold(remote, &p->remote))
        return;
    put_first(local, &p->local);
    put_first(remote, &p->remote);
}
