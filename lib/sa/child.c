/* sa/child.c - a Child SA: made, laid, ended. RFC 7296 1.2, 1.4.1, 2.17. */
#include "sa/child.h"

#include <string.h>

#include "sa/exchange.h"
#include "sa/note.h"

/* RFC 4303 2.1: SPIs 1 to 255 are reserved, 0 is for local use. */
enum { SPI_MIN = 256, SPI_TRIES = 16 };

const char *ike2_child_state_name(enum child_state s)
{
    static const char *const names[] = {
        [CHILD_NEW] = "NEW", [CHILD_LAID] = "LAID", [CHILD_UP] = "UP",
        [CHILD_CLOSING] = "CLOSING", [CHILD_GONE] = "GONE",
    };

    return names[s];
}

/* The selectors of a pair, local, then remote; outputs view them. */
struct pair_selectors {
    struct grave grave;
    ike2_ts list[];
};

static size_t pair_selectors_size(size_t n)
{
    return sizeof(struct pair_selectors) + n * sizeof(ike2_ts);
}

/* What outputs may view goes at the next poll. */
static void child_release(struct host *host, struct child *c)
{
    if (c->selectors != NULL)
        ike2_output_bury(host, &c->selectors->grave, pair_selectors_size(c->n_ts));
    c->selectors = NULL;
    if (c->lane.job != NULL)
        ike2_job_release(c->lane.job);
    c->lane.job = NULL;
}

ike2_err ike2_child_new(struct sa *sa, uint64_t tag, struct child **out)
{
    struct host *host = sa->host;
    struct child *c = ike2_mem_acquire(&host->mem, sizeof *c);
    ike2_err err;

    if (c == NULL)
        return IKE2_ERR_MEMORY;
    c->sa = sa;
    c->tag = tag;
    c->id = ++host->serial;
    c->created_at = host->now;
    c->lane.job = ike2_job_new_lane(c);
    err = c->lane.job == NULL ? IKE2_ERR_MEMORY
                              : ike2_map_add(&host->children, &host->mem, c->id, c);
    if (err != IKE2_OK) {
        child_release(host, c);
        ike2_mem_release(&host->mem, c, sizeof *c);
        return err;
    }
    list_append(&sa->children.list, &c->node);
    sa->children.n++;
    host->stats.children++;
    *out = c;
    return IKE2_OK;
}

/* Off every list; its memory lives until the next poll. */
static void child_remove(struct child *c)
{
    struct host *host = c->sa->host;

    if (c->pair.spi_in != 0)
        ike2_map_remove(&host->esp_spis, c->pair.spi_in);
    ike2_map_remove(&host->children, c->id);
    list_remove(&c->node);
    c->sa->children.n--;
    host->stats.children--;
}

ike2_err ike2_child_take_spi(struct child *child, uint32_t spi_in)
{
    struct host *host = child->sa->host;
    ike2_err err;

    if (spi_in < SPI_MIN)
        return IKE2_ERR_ARGUMENT;
    err = ike2_map_add(&host->esp_spis, &host->mem, spi_in, child);
    if (err == IKE2_OK) /* all that a RELEASE says, should it come to that */
        child->pair = (ike2_pair){
            .child = child->id, .tag = child->tag, .spi_in = spi_in,
            .protocol = IKE2_PROTOCOL_ESP, .path = child->sa->path,
        };
    return err;
}

ike2_err ike2_child_draw_spi(struct child *child)
{
    const ike2_crypto *c = child->sa->host->crypto;
    ike2_err err = IKE2_ERR_CRYPTO;

    for (int i = 0; i < SPI_TRIES; i++) {
        uint8_t octets[ESP_SPI_OCTETS];

        if (c->random(c->user, octets, sizeof octets) != IKE2_OK)
            return IKE2_ERR_CRYPTO;
        err = ike2_child_take_spi(child, spi_read((ike2_bytes){ octets, sizeof octets }));
        if (err != IKE2_ERR_ARGUMENT)
            break;
    }
    return err;
}

static void child_fill_pair(struct child *c, const struct child_stage *stage, uint32_t spi_out)
{
    const struct sa *sa = c->sa;
    ike2_pair *p = &c->pair;
    ike2_ts *ts = c->selectors->list;

    memcpy(ts, stage->local.ts, stage->local.n * sizeof *ts);
    memcpy(ts + stage->local.n, stage->remote.ts, stage->remote.n * sizeof *ts);
    p->spi_out = spi_out;
    /* RFC 7296 2.23: UDP encapsulation if there is a NAT, real or pretended. */
    p->encap = sa->nat.local || sa->nat.remote ? IKE2_ENCAP_UDP : IKE2_ENCAP_NONE;
    p->esn = stage->selection.suite.esn.id == IKE2_ESN_YES;
    p->path = sa->path;
    p->suite = stage->selection.suite;
    p->ts_local = ts;
    p->n_ts_local = stage->local.n;
    p->ts_remote = ts + stage->local.n;
    p->n_ts_remote = stage->remote.n;
    c->has_pair = true;
}

static void child_move_keys(struct child *c, struct child_keys *keys)
{
    bool initiator = c->sa->role == INITIATOR;
    ike2_pair *p = &c->lane.job->u.lane.pair;

    *p = c->pair;
    p->encr_out = initiator ? keys->encr_i : keys->encr_r;
    p->integ_out = initiator ? keys->integ_i : keys->integ_r;
    p->encr_in = initiator ? keys->encr_r : keys->encr_i;
    p->integ_in = initiator ? keys->integ_r : keys->integ_i;
    *keys = (struct child_keys){ 0 };
}

ike2_err ike2_child_prepare(struct child *child, const struct child_stage *stage)
{
    size_t n = stage->local.n + stage->remote.n;

    if (child->selectors != NULL)
        return IKE2_OK;
    child->selectors = ike2_mem_acquire(&child->sa->host->mem, pair_selectors_size(n));
    if (child->selectors == NULL)
        return IKE2_ERR_MEMORY;
    child->n_ts = n;
    return IKE2_OK;
}

void ike2_child_lay(struct child *child, struct child_stage *stage, uint32_t spi_out)
{
    child_fill_pair(child, stage, spi_out);
    child_move_keys(child, &stage->keys);
    stage->owns_child = false;
    child->state = CHILD_LAID;
    ike2_lane_advance(child);
}

void ike2_child_end(struct child *child, bool tell, uint8_t reason, uint16_t notify, uint64_t trace)
{
    if (child->state == CHILD_CLOSING || child->state == CHILD_GONE)
        return;
    child->wants_delete = tell && child->pair.spi_in != 0;
    child->ending = (struct ending){ .reason = reason, .notify = notify, .trace = trace };
    child->state = CHILD_CLOSING;
    ike2_lane_advance(child);
}

void ike2_child_bury(struct child *child)
{
    child_remove(child);
    ike2_output_withdraw(child->sa->host, &child->up);
    ike2_output_push(child->sa->host, &child->down, IKE2_EVENT_CHILD_DOWN, child);
}

/* Never laid: the integrator has not heard of it, unless it was asked about it. */
static void child_discard(struct child *c)
{
    struct host *host = c->sa->host;

    child_remove(c);
    child_release(host, c);
    ike2_output_bury(host, &c->grave, sizeof *c);
}

struct grave *ike2_child_leave_job(struct child *child)
{
    struct grave *kept = NULL;

    if (child->selectors != NULL) {
        kept = &child->selectors->grave;
        kept->size = pair_selectors_size(child->n_ts);
    }
    child->selectors = NULL;
    child->lane.job = NULL;
    child->lane.out = 0;
    return kept;
}

void ike2_child_destroy(struct child *child)
{
    ike2_output_withdraw(child->sa->host, &child->up);
    child_discard(child);
}

struct child *ike2_child_by_spi_out(const struct sa *sa, uint32_t spi_out)
{
    for (struct list_node *n = list_first(&sa->children.list); n != NULL;
         n = list_next(&sa->children.list, n)) {
        struct child *c = LIST_ENTRY(n, struct child, node);

        if (c->has_pair && c->pair.spi_out == spi_out)
            return c;
    }
    return NULL;
}

struct child_stage *ike2_child_stage_new(struct host *host)
{
    struct child_stage *stage = ike2_mem_acquire(&host->mem, sizeof *stage);

    if (stage != NULL)
        stage->template_index = UINT32_MAX;
    return stage;
}

void ike2_child_stage_free(struct host *host, struct child_stage *stage)
{
    if (stage == NULL)
        return;
    ike2_child_keys_clear(host->crypto, &stage->keys);
    if (stage->owns_child && stage->child->state == CHILD_NEW) {
        if (stage->child->lane.is_reserved)
            ike2_child_end(stage->child, false, IKE2_REASON_NONE, 0, 0);
        else
            child_discard(stage->child);
    }
    ike2_output_bury(host, &stage->grave, sizeof *stage);
}

/* --- Outputs ------------------------------------------------------------------------- */

static void child_fill(const struct child *c, ike2_output *out)
{
    out->sa = c->sa->id;
    out->child = c->id;
    out->child_tag = c->tag;
    out->peer_tag = sa_peer_tag(c->sa);
    out->u.child.pair = c->has_pair ? &c->pair : NULL;
}

void ike2_child_fill_up(const struct child *child, ike2_output *out)
{
    child_fill(child, out);
}

void ike2_child_fill_down(struct child *child, ike2_output *out)
{
    struct host *host = child->sa->host;

    child_fill(child, out);
    out->u.child.reason = child->ending.reason;
    out->u.child.notify = child->ending.notify;
    out->u.child.trace = child->ending.trace;
    child_release(host, child);
    ike2_output_bury(host, &child->grave, sizeof *child);
}

void ike2_child_fill_ask(const struct exchange *x, ike2_output *out)
{
    const struct child_stage *stage = x->child;

    if (stage->child != NULL) {
        out->child = stage->child->id;
        out->child_tag = stage->child->tag;
    }
    if (x->ask.type == IKE2_ASK_SPI) {
        out->u.ask_spi.path = x->sa->path;
        out->u.ask_spi.protocol = IKE2_PROTOCOL_ESP;
        return;
    }
    out->u.ask_child.local = stage->asked_local.ts;
    out->u.ask_child.n_local = stage->asked_local.n;
    out->u.ask_child.remote = stage->asked_remote.ts;
    out->u.ask_child.n_remote = stage->asked_remote.n;
    out->u.ask_child.template_index = stage->template_index;
}
