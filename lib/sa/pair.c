/* sa/pair.c - one pair of SPIs: named, agreed, replaced, ended. RFC 7296 1.4.1, 2.17, 2.23. */
#include "sa/pair.h"

#include <string.h>

#include "sa/lifetime.h"
#include "sa/stage.h"

/* RFC 4303 2.1: SPIs 1 to 255 are reserved, 0 is for local use. */
enum { SPI_MIN = 256, SPI_TRIES = 16 };
/* Of CHILD_PAIRS_MAX, so many may be there for packets under way only. */
enum { LINGERING_MAX = 4 };

/* --- Life ---------------------------------------------------------------------------- */

struct pair *ike2_pair_new(struct child *child, bool is_ours)
{
    struct host *host = child->sa->host;
    struct pair *p = ike2_mem_acquire(&host->mem, sizeof *p);

    if (p == NULL)
        return NULL;
    p->child = child;
    p->is_ours = is_ours;
    p->times = (struct pair_times){ IKE2_TIME_NEVER, IKE2_TIME_NEVER, IKE2_TIME_NEVER,
                                    IKE2_TIME_NEVER };
    list_append(&child->pairs, &p->node);
    child->n_pairs++;
    return p;
}

void ike2_pair_unname(struct pair *pair)
{
    struct map *spis = &pair->child->sa->host->esp_spis;

    if (ike2_map_get(spis, pair->view.spi_in) == pair)
        ike2_map_remove(spis, pair->view.spi_in);
}

void ike2_pair_remove(struct pair *pair)
{
    struct host *host = pair->child->sa->host;

    ike2_pair_unname(pair);
    list_remove(&pair->node);
    pair->child->n_pairs--;
    ike2_output_withdraw(host, &pair->rekeyed);
    ike2_child_keys_clear(host->crypto, &pair->keys);
    ike2_pair_bury_selectors(pair);
    ike2_output_bury(host, &pair->grave, sizeof *pair);
}

/* --- SPI ----------------------------------------------------------------------------- */

ike2_err ike2_pair_take_spi(struct pair *pair, uint32_t spi_in)
{
    const struct child *child = pair->child;
    struct host *host = child->sa->host;
    ike2_err err;

    if (spi_in < SPI_MIN)
        return IKE2_ERR_ARGUMENT;
    err = ike2_map_add(&host->esp_spis, &host->mem, spi_in, pair);
    if (err == IKE2_OK) { /* all that a RELEASE says, should it come to that */
        pair->view.child = child->id;
        pair->view.tag = child->tag;
        pair->view.spi_in = spi_in;
        pair->view.protocol = IKE2_PROTOCOL_ESP;
        pair->view.path = child->sa->path;
    }
    return err;
}

ike2_err ike2_pair_draw_spi(struct pair *pair)
{
    const ike2_crypto *c = pair->child->sa->host->crypto;
    ike2_err err = IKE2_ERR_CRYPTO;

    for (int i = 0; i < SPI_TRIES; i++) {
        uint8_t octets[ESP_SPI_OCTETS];

        if (c->random(c->user, octets, sizeof octets) != IKE2_OK)
            return IKE2_ERR_CRYPTO;
        err = ike2_pair_take_spi(pair, spi_read((ike2_bytes){ octets, sizeof octets }));
        if (err != IKE2_ERR_ARGUMENT)
            break;
    }
    return err;
}

/* --- Agreement ----------------------------------------------------------------------- */

/* The selectors of a pair, local, then remote; outputs view them. */
struct pair_selectors {
    struct grave grave;
    ike2_ts list[];
};

static size_t selectors_size(size_t n)
{
    return sizeof(struct pair_selectors) + n * sizeof(ike2_ts);
}

ike2_err ike2_pair_prepare(struct pair *pair, const struct child_stage *stage)
{
    size_t n = stage->local.n + stage->remote.n;

    if (pair->selectors != NULL)
        return IKE2_OK;
    pair->selectors = ike2_mem_acquire(&pair->child->sa->host->mem, selectors_size(n));
    if (pair->selectors == NULL)
        return IKE2_ERR_MEMORY;
    pair->n_ts = n;
    return IKE2_OK;
}

void ike2_pair_bury_selectors(struct pair *pair)
{
    if (pair->selectors != NULL)
        ike2_output_bury(pair->child->sa->host, &pair->selectors->grave,
                         selectors_size(pair->n_ts));
    pair->selectors = NULL;
}

struct grave *ike2_pair_leave_selectors(struct pair *pair)
{
    struct grave *kept = pair->selectors == NULL ? NULL : &pair->selectors->grave;

    if (kept != NULL)
        kept->size = selectors_size(pair->n_ts);
    pair->selectors = NULL;
    return kept;
}

static void fill_selectors(struct pair *pair, const struct child_stage *stage)
{
    ike2_ts *ts = pair->selectors->list;
    ike2_pair *view = &pair->view;

    memcpy(ts, stage->local.ts, stage->local.n * sizeof *ts);
    memcpy(ts + stage->local.n, stage->remote.ts, stage->remote.n * sizeof *ts);
    view->ts_local = ts;
    view->n_ts_local = stage->local.n;
    view->ts_remote = ts + stage->local.n;
    view->n_ts_remote = stage->remote.n;
}

void ike2_pair_lay(struct pair *pair, struct child_stage *stage, uint32_t spi_out)
{
    const struct sa *sa = pair->child->sa;
    ike2_pair *view = &pair->view;

    fill_selectors(pair, stage);
    view->spi_out = spi_out;
    view->replaces = stage->replaces;
    /* RFC 7296 2.23: UDP encapsulation if there is a NAT, real or pretended. */
    view->encap = sa->nat.local || sa->nat.remote ? IKE2_ENCAP_UDP : IKE2_ENCAP_NONE;
    view->esn = stage->selection.suite.esn.id == IKE2_ESN_YES;
    view->transport = stage->is_transport;
    view->original_local = stage->original_local;
    view->original_remote = stage->original_remote;
    view->path = sa->path;
    view->suite = stage->selection.suite;
    ike2_lifetime_plan(pair);
    pair->keys = stage->keys;
    stage->keys = (struct child_keys){ 0 };
    stage->owns_child = false; /* it has a life of its own */
    pair->lane.keep = IKE2_HALF_BOTH;
    pair->state = PAIR_LAID;
    ike2_lane_advance(pair->child);
}

/* --- End ----------------------------------------------------------------------------- */

bool ike2_pair_is_live(const struct pair *pair)
{
    return pair->state <= PAIR_SENDING;
}

bool ike2_pair_can_send(const struct pair *pair)
{
    return !pair->is_redundant && pair->state >= PAIR_LAID && pair->state <= PAIR_SENDING;
}

/* Its Delete has been exchanged: it only receives what is under way. */
static bool is_retired(const struct pair *pair)
{
    return pair->state == PAIR_REPLACED && pair->lane.keep != IKE2_HALF_BOTH;
}

void ike2_pair_end(struct pair *pair, bool tell)
{
    if (pair->state >= PAIR_CLOSING)
        return;
    pair->wants_delete = tell && pair->view.spi_in != 0 && !pair->delete_is_open &&
                         !pair->is_orphan && !is_retired(pair);
    pair->lane.keep = 0;
    pair->lane.wants_switch = pair->lane.wants_move = false;
    pair->state = PAIR_CLOSING;
    ike2_lane_advance(pair->child);
}

/* Rekeyings in quick succession need the room: the oldest goes before its time. */
static void limit_lingering(const struct child *child)
{
    struct pair *oldest = NULL;
    size_t n = 0;

    CHILD_EACH_PAIR (p, child) {
        if (p->state != PAIR_REPLACED || p->times.linger_until == IKE2_TIME_NEVER)
            continue;
        if (n++ == 0)
            oldest = p;
    }
    if (n > LINGERING_MAX)
        ike2_pair_end(oldest, false);
}

void ike2_pair_retire(struct pair *pair)
{
    const struct host *host = pair->child->sa->host;

    if (pair->state >= PAIR_CLOSING)
        return;
    pair->state = PAIR_REPLACED;
    pair->wants_delete = false;
    pair->lane.keep &= IKE2_HALF_IN;
    pair->times.linger_until = host->now + host->settings.linger_ms;
    limit_lingering(pair->child);
    ike2_lifetime_arm(pair->child->sa);
    ike2_lane_advance(pair->child);
}

void ike2_pair_on_deleted(struct pair *pair)
{
    pair->delete_is_open = false;
    if (pair->is_redundant)
        ike2_pair_end(pair, false);
    else
        ike2_pair_retire(pair);
}

/* --- Outputs ------------------------------------------------------------------------- */

void ike2_pair_fill_rekeyed(const struct pair *pair, ike2_output *out)
{
    ike2_child_fill(pair->child, out);
    out->u.child.pair = &pair->view;
    out->u.child.old_spi_in = pair->view.replaces;
}
