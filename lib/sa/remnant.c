/* sa/remnant.c - the last answers of IKE SAs that have ended. RFC 7296 2.1. */
#include "sa/remnant.h"

#include <ike2/iana.h>

#include "base/bytes.h"

/* As long as a peer retransmits in earnest; and so many at a time, the oldest goes. */
enum { REMNANT_MS = 30 * 1000, REMNANTS_MAX = 64 };

static struct remnant *first(const struct host *host)
{
    struct list_node *n = list_first(&host->remnants.list);

    return n == NULL ? NULL : LIST_ENTRY(n, struct remnant, node);
}

static void release(struct host *host, struct remnant *r)
{
    list_remove(&r->node);
    host->remnants.n--;
    ike2_parcel_unref(host, r->response);
    ike2_mem_release(&host->mem, r, sizeof *r);
}

void ike2_remnants_forget(struct host *host)
{
    struct remnant *r;

    while ((r = first(host)) != NULL && (r->until <= host->now || host->remnants.n > REMNANTS_MAX))
        release(host, r);
}

void ike2_remnant_keep(struct sa *sa)
{
    struct host *host = sa->host;
    struct remnant *r;

    if (!sa->intent.keeps_answer || sa->window.last_response == NULL ||
        sa->window.last_request == 0)
        return;
    r = ike2_mem_acquire(&host->mem, sizeof *r);
    if (r == NULL)
        return;
    r->spi_local = sa_spi_local(sa);
    r->request = sa->window.last_request;
    r->until = host->now + REMNANT_MS;
    r->response = sa->window.last_response;
    sa->window.last_response = NULL;
    list_append(&host->remnants.list, &r->node);
    host->remnants.n++;
    ike2_remnants_forget(host);
}

static struct remnant *find(const struct host *host, uint64_t spi_local, uint64_t request)
{
    struct list_node *n = list_first(&host->remnants.list);

    for (; n != NULL; n = list_next(&host->remnants.list, n)) {
        struct remnant *r = LIST_ENTRY(n, struct remnant, node);

        if (r->spi_local == spi_local && r->request == request)
            return r;
    }
    return NULL;
}

bool ike2_remnant_answer(struct host *host, const struct datagram *d)
{
    const ike2_header *h = &d->header;
    bool from_initiator = (h->flags & IKE2_FLAG_INITIATOR) != 0;
    struct send what = { .path = *d->path };
    const struct remnant *r;

    ike2_remnants_forget(host);
    if ((h->flags & IKE2_FLAG_RESPONSE) != 0 || first(host) == NULL)
        return false;
    r = find(host, from_initiator ? h->spi_r : h->spi_i,
             ike2_map_hash(&host->spis, bytes_of(d->octets, d->len)));
    if (r == NULL)
        return false;
    host->stats.retransmits_in++;
    what.parcel = r->response;
    if (ike2_send_push(host, &what) == IKE2_OK)
        host->stats.messages_out++;
    return true;
}

ike2_time ike2_remnants_due(const struct host *host)
{
    const struct remnant *r = first(host);

    return r == NULL ? IKE2_TIME_NEVER : r->until;
}

void ike2_remnants_clear(struct host *host)
{
    struct remnant *r;

    while ((r = first(host)) != NULL)
        release(host, r);
}
