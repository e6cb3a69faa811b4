/* sim/invariants.c - what is true at any time. */
#include "sim/invariants.h"

#include "sa/child.h"
#include "sa/exchange.h"
#include "sa/init.h"
#include "sa/window.h"

static void require(const struct world *w, const struct side *s, bool ok, const char *rule)
{
    if (!ok)
        world_fail(w, s, rule);
}

static void check_faults(const struct world *w, const struct side *s)
{
    const char *const faults[] = { s->fault, s->alloc.fault, s->fake.fault, s->record.fault,
                                   s->dataplane.fault, s->roll.fault };

    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        if (faults[i] != NULL)
            world_fail(w, s, faults[i]);
    }
}

/* --- Timers --------------------------------------------------------------------------- */

static void check_heap(const struct world *w, const struct side *s, const struct heap *h)
{
    require(w, s, h->n <= h->n_reserved && h->n_reserved <= h->cap, "room for all timers");
    for (size_t i = 0; i < h->n; i++) {
        require(w, s, h->nodes[i]->index == i + 1, "a timer knows its place");
        require(w, s, i == 0 || h->nodes[(i - 1) / 2]->at <= h->nodes[i]->at,
                "no timer is later than those below it");
    }
}

static ike2_time earliest(const struct timers *t)
{
    ike2_time first = IKE2_TIME_NEVER;

    for (size_t i = 0; i < TIMER_COUNT; i++)
        first = t->at[i] < first ? t->at[i] : first;
    return first;
}

/* --- One SA --------------------------------------------------------------------------- */

static void check_child(const struct world *w, const struct side *s, const struct child *c)
{
    const struct host *host = &s->ep->host;
    size_t n_sending = 0;

    require(w, s, ike2_map_get(&host->children, c->id) == c, "a child is known by its id");
    require(w, s, c->n_pairs <= CHILD_PAIRS_MAX + 1, "pairs do not heap up");
    CHILD_EACH_PAIR (p, c) {
        require(w, s, p->child == c, "a pair knows its child");
        require(w, s, p->view.spi_in == 0 || p->state == PAIR_GONE ||
                          ike2_map_get(&host->esp_spis, p->view.spi_in) == p,
                "an inbound SPI has one owner");
        require(w, s, p->state != PAIR_SENDING ||
                          dataplane_find(&s->dataplane, p->view.spi_in) != NULL,
                "a pair that sends is in the data plane");
        n_sending += p->state == PAIR_SENDING ? 1 : 0;
    }
    require(w, s, n_sending <= 1, "a child sends on one pair");
}

static size_t check_children(const struct world *w, const struct side *s, const struct sa *sa)
{
    size_t n = 0;

    for (struct list_node *node = list_first(&sa->children.list); node != NULL;
         node = list_next(&sa->children.list, node)) {
        check_child(w, s, LIST_ENTRY(node, struct child, node));
        n++;
    }
    require(w, s, n == sa->children.n, "the children are counted");
    return n;
}

/* Something has to be on its way, or nobody would ever hear of the SA again. */
static bool can_go_on(const struct side *s, const struct sa *sa)
{
    if (earliest(&sa->clock.timers) != IKE2_TIME_NEVER || dataplane_jobs(&s->dataplane) != 0)
        return true;
    if (sa->state == STATE_HEIR || sa->exchanges.predecessor != NULL)
        return true; /* another SA decides about it */
    return sa->state == STATE_UP && sa->peer->peer.liveness_seconds == IKE2_NEVER;
}

static size_t octets_parked(const struct park *park)
{
    size_t sum = 0;

    if (park->n == 0)
        return 0;
    for (struct list_node *n = list_first(&park->list); n != NULL; n = list_next(&park->list, n))
        sum += LIST_ENTRY(n, struct parked, node)->len;
    return sum;
}

static size_t octets_waiting(const struct sa *sa)
{
    size_t sum = sa->window.assembly[0].octets + sa->window.assembly[1].octets;

    if (sa->init != NULL)
        sum += octets_parked(&sa->init->park);
    if (sa->window.backlog != NULL)
        sum += octets_parked(&sa->window.backlog->early);
    return sum;
}

static void check_exchanges(const struct world *w, const struct side *s, const struct sa *sa)
{
    const struct exchange *ours = sa->exchanges.ours, *theirs = sa->exchanges.theirs;

    require(w, s, ours == NULL || (ours->is_ours && !ours->is_over), "our exchange is ours");
    require(w, s, theirs == NULL || (!theirs->is_ours && !theirs->is_over),
            "their exchange is theirs");
}

static void check_sa(const struct world *w, const struct side *s, const struct sa *sa)
{
    const struct host *host = &s->ep->host;
    const struct timers *t = &sa->clock.timers;
    bool needs_init = sa->state < STATE_HEIR && !sa->intent.is_ending;

    require(w, s, ike2_map_get(&host->spis, sa_spi_local(sa)) == sa, "a local SPI has one owner");
    require(w, s, sa->state != STATE_DEAD, "a dead SA is on no list");
    require(w, s, t->node.at == earliest(t), "the earliest timer is in the heap");
    require(w, s, sa->request.parcel == NULL || sa->request.is_answered ||
                      t->at[TIMER_RETRANSMIT] != IKE2_TIME_NEVER || sa->intent.is_ending,
            "an open request is sent again");
    check_exchanges(w, s, sa);
    require(w, s, !needs_init || sa->init != NULL, "what IKE_AUTH needs is kept until it is over");
    require(w, s, can_go_on(s, sa), "an SA waits for something");
}

/* --- All ------------------------------------------------------------------------------ */

/* It is to replace the one that has it, RFC 7296 2.8.3. */
static bool bears_others_name(const struct sa *sa)
{
    const struct sa *old = sa->exchanges.renews;

    return old != NULL && old->exchanges.renewal == sa && old->id == sa->id;
}

static void check_sas(const struct world *w, const struct side *s)
{
    const struct host *host = &s->ep->host;
    const struct map_slot *slot = ike2_map_above(&host->spis, 0);
    size_t n = 0, n_named = 0, n_children = 0, octets = 0;

    for (; slot != NULL; slot = ike2_map_above(&host->spis, slot->key)) {
        const struct sa *sa = slot->value;

        n_named += sa->id != 0 && !bears_others_name(sa) ? 1 : 0;
        require(w, s, sa->id == 0 || bears_others_name(sa) ||
                          ike2_map_get(&host->sas, sa->id) == sa,
                "an SA is known by its id");
        check_sa(w, s, sa);
        n_children += check_children(w, s, sa);
        octets += octets_waiting(sa);
        n++;
    }
    require(w, s, n == host->stats.sas && n_named == host->sas.n, "the SAs are counted");
    require(w, s, n_children == host->stats.children && n_children == host->children.n,
            "all children are counted");
    require(w, s, octets == host->stats.reassembly_octets, "the reassembly memory is counted");
    require(w, s, host->half_open.by_spi.n == host->stats.half_open, "half-open SAs are counted");
    require(w, s, n >= host->stats.half_open, "a half-open SA is an SA");
    require(w, s, n != 0 || (host->asks.n == 0 && host->esp_spis.n == 0),
            "nothing is left of an SA");
}

/* Pairs of all children. */
static size_t pairs_of(const struct side *s)
{
    const struct map_slot *slot = ike2_map_above(&s->ep->host.children, 0);
    size_t n = 0;

    for (; slot != NULL; slot = ike2_map_above(&s->ep->host.children, slot->key))
        n += ((const struct child *)slot->value)->n_pairs;
    return n;
}

void invariants_check(const struct world *w, const struct side *s)
{
    ike2_stats stats = side_stats(s);

    check_faults(w, s);
    if (s->ep == NULL)
        return;
    check_heap(w, s, &s->ep->host.timers);
    check_sas(w, s);
    require(w, s, stats.outputs_queued == 0, "all outputs have been polled");
    require(w, s, stats.octets_held == s->alloc.octets_held, "the octets held are counted");
    require(w, s, dataplane_count(&s->dataplane) <= pairs_of(s) + dataplane_jobs(&s->dataplane),
            "nothing is in the data plane without a pair");
}

void invariants_at_end(const struct world *w, const struct side *s)
{
    check_faults(w, s);
    require(w, s, s->alloc.octets_held == 0 && s->alloc.n_blocks == 0, "all memory is released");
    require(w, s, s->fake.keys_alive == 0, "all keys are released");
}
