/* endpoint/endpoint.c - an endpoint's life, and three of its four verbs; the fourth, input, is in
 * demux.c. */
#include "endpoint/endpoint.h"

#include <string.h>

#include "crypto/provider.h"
#include "sa/job.h"
#include "sa/receive.h"
#include "sa/remnant.h"

enum { STATELESS_PER_SECOND = 1000, STATELESS_BURST = 2000, REFUSALS_PER_SECOND = 100 };

/* --- Life ---------------------------------------------------------------------------- */

static ike2_err maps_init(ike2_endpoint *ep)
{
    struct host *host = &ep->host;
    const ike2_crypto *c = host->crypto;
    uint8_t seed[16];
    ike2_err err = c->random(c->user, seed, sizeof seed);

    if (err != IKE2_OK)
        return err;
    ike2_map_init(&host->sas, seed);
    ike2_map_init(&host->children, seed);
    ike2_map_init(&host->asks, seed);
    ike2_map_init(&host->spis, seed);
    ike2_map_init(&host->esp_spis, seed);
    ike2_map_init(&host->half_open.by_spi, seed);
    ike2_map_init(&host->half_open.by_addr, seed);
    ike2_map_init(&host->contacts, seed);
    ike2_map_init(&ep->peers, seed);
    return IKE2_OK;
}

static bool room_init(struct host *host, struct room *room)
{
    room->cap = host->settings.limits.message_octets;
    room->ptr = ike2_mem_acquire(&host->mem, room->cap);
    return room->ptr != NULL;
}

/* Everything that can fail; ike2_endpoint_free undoes it. */
static ike2_err endpoint_init(ike2_endpoint *ep)
{
    struct host *host = &ep->host;
    ike2_err err = maps_init(ep);

    if (err == IKE2_OK && (!room_init(host, &host->in) || !room_init(host, &host->out)))
        err = IKE2_ERR_MEMORY;
    if (err == IKE2_OK)
        err = ike2_cookie_init(&ep->cookies, host->crypto, host->now);
    return err;
}

/* A first endpoint on the stack holds the allocator until the real one exists. */
static ike2_endpoint *endpoint_acquire(const ike2_endpoint_config *cfg)
{
    struct mem mem;
    ike2_endpoint *ep;

    ike2_mem_init(&mem, cfg->mem);
    ep = ike2_mem_acquire(&mem, sizeof *ep);
    if (ep != NULL) {
        ep->host.mem = mem;
        ep->size = sizeof *ep;
    }
    return ep;
}

ike2_err ike2_endpoint_new(const ike2_endpoint_config *cfg, ike2_time now, ike2_endpoint **out)
{
    struct settings settings = { 0 };
    ike2_endpoint *ep;
    ike2_err err = ike2_settings_read(cfg, &settings);

    if (err == IKE2_OK)
        err = ike2_provider_check(cfg->crypto);
    if (err != IKE2_OK)
        return err;
    ep = endpoint_acquire(cfg);
    if (ep == NULL)
        return IKE2_ERR_MEMORY;
    ep->host.crypto = cfg->crypto;
    ep->host.now = now;
    ep->host.settings = settings;
    if (settings.policy != NULL)
        ep->host.settings.policy = &ep->host.settings.policy_copy;
    ike2_tracer_init(&ep->host.tracer, cfg->trace);
    ike2_outputs_init(&ep->host.outputs);
    list_init(&ep->host.jobs);
    list_init(&ep->host.remnants.list);
    ike2_limit_init(&ep->stateless, STATELESS_PER_SECOND, STATELESS_BURST, now);
    ike2_limit_init(&ep->refusals, REFUSALS_PER_SECOND, REFUSALS_PER_SECOND, now);
    err = endpoint_init(ep);
    if (err != IKE2_OK) {
        ike2_endpoint_free(ep);
        return err;
    }
    *out = ep;
    return IKE2_OK;
}

/* Jobs that the integrator has are its own from now on; the others go with their SAs. */
static void orphan_jobs(struct host *host)
{
    struct list_node *n = list_first(&host->jobs), *next;

    for (; n != NULL; n = next) {
        ike2_job *job = LIST_ENTRY(n, struct ike2_job, node);

        next = list_next(&host->jobs, n);
        if (job->is_posted)
            ike2_job_orphan(job);
    }
}

/* By their SPIs: also those that have lost their name to another one. What is to take the place of
 * an SA goes with it. */
static struct sa *next_sa(const struct host *host)
{
    const struct map_slot *slot = ike2_map_above(&host->spis, 0);
    struct sa *sa;

    for (; slot != NULL; slot = ike2_map_above(&host->spis, slot->key)) {
        sa = slot->value;
        if (sa->state != STATE_HEIR && sa->exchanges.predecessor == NULL)
            return sa;
    }
    return NULL;
}

void ike2_endpoint_free(ike2_endpoint *ep)
{
    struct host *host;
    const struct map_slot *slot;
    struct sa *sa;
    struct mem mem;

    if (ep == NULL)
        return;
    host = &ep->host;
    orphan_jobs(host);
    while ((sa = next_sa(host)) != NULL)
        ike2_sa_destroy(sa);
    while ((slot = ike2_map_above(&ep->peers, 0)) != NULL) {
        struct definition *d = slot->value;

        ike2_map_remove(&ep->peers, d->id);
        ike2_definition_unref(host, d);
    }
    ike2_outputs_clear(host);
    ike2_remnants_clear(host);
    ike2_cookie_clear(&ep->cookies);
    ike2_map_clear(&host->sas, &host->mem);
    ike2_map_clear(&host->children, &host->mem);
    ike2_map_clear(&host->asks, &host->mem);
    ike2_map_clear(&host->spis, &host->mem);
    ike2_map_clear(&host->esp_spis, &host->mem);
    ike2_map_clear(&host->half_open.by_spi, &host->mem);
    ike2_map_clear(&host->half_open.by_addr, &host->mem);
    ike2_map_clear(&host->contacts, &host->mem);
    ike2_map_clear(&ep->peers, &host->mem);
    ike2_heap_clear(&host->timers, &host->mem);
    ike2_mem_release(&host->mem, host->in.ptr, host->in.cap);
    ike2_mem_release(&host->mem, host->out.ptr, host->out.cap);
    mem = host->mem;
    ike2_mem_release(&mem, ep, ep->size);
}

/* --- Verbs --------------------------------------------------------------------------- */

const ike2_output *ike2_endpoint_poll(ike2_endpoint *ep)
{
    return ike2_outputs_next(&ep->host);
}

ike2_time ike2_endpoint_deadline(const ike2_endpoint *ep)
{
    const struct heap_node *first = ike2_heap_first(&ep->host.timers);
    ike2_time remnants = ike2_remnants_due(&ep->host);

    return first == NULL || remnants < first->at ? remnants : first->at;
}

static bool expire_one(struct host *host)
{
    struct heap_node *first = ike2_heap_first(&host->timers);
    struct sa *sa;
    enum timer due;

    if (first == NULL || first->at > host->now)
        return false;
    sa = LIST_ENTRY(first, struct sa, clock.timers.node);
    due = ike2_timer_due(host, &sa->clock.timers);
    ike2_sa_on_timer(sa, due);
    ike2_sa_unpark(sa);
    return true;
}

void ike2_endpoint_expire(ike2_endpoint *ep, ike2_time now, uint32_t budget)
{
    endpoint_enter(ep, now);
    ike2_remnants_forget(&ep->host);
    while (budget-- > 0 && ike2_outputs_have_room(&ep->host) && expire_one(&ep->host))
        ;
}
