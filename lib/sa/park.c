/* sa/park.c - datagrams that came before the keys. */
#include "sa/park.h"

#include <string.h>

bool ike2_park_add(struct host *host, struct park *park, const ike2_path *path,
                   ike2_bytes octets)
{
    struct parked *p;

    if (park->list.head.next == NULL)
        list_init(&park->list);
    if (park->n >= PARK_MAX ||
        host->stats.reassembly_octets + octets.len > host->settings.limits.reassembly_octets)
        return false;
    p = ike2_mem_acquire(&host->mem, sizeof *p + octets.len);
    if (p == NULL)
        return false;
    p->path = *path;
    p->len = octets.len;
    memcpy(p->octets, octets.ptr, octets.len);
    list_append(&park->list, &p->node);
    park->n++;
    host->stats.reassembly_octets += p->len;
    return true;
}

void ike2_park_drop_last(struct host *host, struct park *park)
{
    struct parked *p = LIST_ENTRY(park->list.head.prev, struct parked, node);

    list_remove(&p->node);
    park->n--;
    ike2_park_release(host, p);
}

struct parked *ike2_park_take(struct park *park)
{
    struct list_node *n = park->n == 0 ? NULL : list_first(&park->list);

    if (n == NULL)
        return NULL;
    list_remove(n);
    park->n--;
    return LIST_ENTRY(n, struct parked, node);
}

void ike2_park_release(struct host *host, struct parked *p)
{
    host->stats.reassembly_octets -= p->len;
    ike2_mem_release(&host->mem, p, sizeof *p + p->len);
}

void ike2_park_clear(struct host *host, struct park *park)
{
    struct parked *p;

    while ((p = ike2_park_take(park)) != NULL)
        ike2_park_release(host, p);
}
