/* sa/child.c - a Child SA: made, looked for, ended. RFC 7296 1.2, 1.3, 1.4.1. */
#include "sa/child.h"

#include "sa/exchange.h"
#include "sa/note.h"
#include "sa/packet.h"

const char *ike2_child_state_name(const struct child *child)
{
    static const char *const names[] = {
        [CHILD_NEW] = "NEW", [CHILD_UP] = "UP", [CHILD_CLOSING] = "CLOSING",
    };
    const struct pair *current = ike2_child_current(child);

    if (child->state == CHILD_NEW && current != NULL && current->state == PAIR_LAID)
        return "LAID";
    return names[child->state];
}

/* --- Life ---------------------------------------------------------------------------- */

static uint64_t template_tag(const struct sa *sa, uint32_t template_index)
{
    return template_index < sa->peer->peer.n_children ? sa->peer->children[template_index].tag : 0;
}

ike2_err ike2_child_new(struct sa *sa, uint32_t template_index, struct child **out)
{
    struct host *host = sa->host;
    struct child *c = ike2_mem_acquire(&host->mem, sizeof *c);
    ike2_err err;

    if (c == NULL)
        return IKE2_ERR_MEMORY;
    c->sa = sa;
    c->template_index = template_index;
    c->tag = template_tag(sa, template_index);
    c->id = ++host->serial;
    c->created_at = host->now;
    list_init(&c->pairs);
    c->lane.job = ike2_job_new_lane(c);
    err = c->lane.job == NULL ? IKE2_ERR_MEMORY
                              : ike2_map_add(&host->children, &host->mem, c->id, c);
    if (err != IKE2_OK) {
        if (c->lane.job != NULL)
            ike2_job_release(c->lane.job);
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
static void child_unlist(struct child *c)
{
    struct host *host = c->sa->host;

    ike2_map_remove(&host->children, c->id);
    list_remove(&c->node);
    c->sa->children.n--;
    host->stats.children--;
}

/* What outputs may view goes at the next poll. */
static void child_release(struct child *c)
{
    struct host *host = c->sa->host;
    struct list_node *n;

    while ((n = list_first(&c->pairs)) != NULL)
        ike2_pair_remove(LIST_ENTRY(n, struct pair, node));
    if (c->lane.job != NULL)
        ike2_job_release(c->lane.job);
    c->lane.job = NULL;
    ike2_packet_free(host, &c->packet);
    ike2_output_bury(host, &c->grave, sizeof *c);
}

void ike2_child_discard(struct child *child)
{
    child_unlist(child);
    child_release(child);
}

void ike2_child_end(struct child *child, bool tell, uint8_t reason, uint16_t notify,
                    uint64_t trace)
{
    if (child->state == CHILD_CLOSING)
        return;
    child->ending = (struct ending){ .reason = reason, .notify = notify, .trace = trace };
    child->state = CHILD_CLOSING;
    child->plan = (struct child_plan){ 0 };
    CHILD_EACH_PAIR (p, child) {
        if (!p->is_held)
            ike2_pair_end(p, tell);
    }
}

/* The child is off every list; CHILD_DOWN still shows it. */
static void child_bury(struct child *child)
{
    struct host *host = child->sa->host;

    child_unlist(child);
    child->buried_in = child->sa->id;
    CHILD_EACH_PAIR (p, child)
        ike2_pair_unname(p);
    ike2_output_withdraw(host, &child->up);
    ike2_output_push(host, &child->down, IKE2_EVENT_CHILD_DOWN, child);
}

struct grave *ike2_child_leave_job(struct child *child)
{
    struct grave *kept = NULL;

    if (child->lane.pair != NULL)
        kept = ike2_pair_leave_selectors(child->lane.pair);
    child->lane.job = NULL;
    child->lane.pair = NULL;
    return kept;
}

void ike2_child_destroy(struct child *child)
{
    ike2_output_withdraw(child->sa->host, &child->up);
    ike2_child_discard(child);
}

/* --- Cleaning up --------------------------------------------------------------------- */

static bool deletes_matter(const struct sa *sa)
{
    return sa->state == STATE_UP && !sa->intent.is_ending;
}

/* CHILD_DOWN shows the last pair there was, so that one stays with the child. */
static void sweep_pairs(struct child *c)
{
    struct pair *p = ike2_child_pair_after(c, NULL), *next;

    for (; p != NULL; p = next) {
        next = ike2_child_pair_after(c, p);
        if (p->state == PAIR_GONE && !p->is_held && c->n_pairs > 1 &&
            !(p->wants_delete && deletes_matter(c->sa)))
            ike2_pair_remove(p);
    }
}

static bool child_is_done(const struct child *c)
{
    CHILD_EACH_PAIR (p, c) {
        if (p->state != PAIR_GONE || p->is_held || (p->wants_delete && deletes_matter(c->sa)))
            return false;
    }
    return true;
}

static bool child_has_future(const struct child *c)
{
    if (c->plan.wants_create)
        return true;
    CHILD_EACH_PAIR (p, c) {
        if (ike2_pair_is_live(p))
            return true;
    }
    return false;
}

void ike2_children_sweep(struct sa *sa)
{
    struct child *c = ike2_child_after(sa, NULL), *next;

    for (; c != NULL; c = next) {
        next = ike2_child_after(sa, c);
        if (c->state != CHILD_CLOSING && !child_has_future(c))
            ike2_child_end(c, true, IKE2_REASON_PEER, 0, 0);
        sweep_pairs(c);
        if (c->state == CHILD_CLOSING && child_is_done(c))
            child_bury(c);
    }
}

/* --- Looking ------------------------------------------------------------------------- */

struct child *ike2_child_after(const struct sa *sa, const struct child *child)
{
    struct list_node *n = child == NULL ? list_first(&sa->children.list)
                                        : list_next(&sa->children.list, &child->node);

    return n == NULL ? NULL : LIST_ENTRY(n, struct child, node);
}

struct pair *ike2_child_pair_after(const struct child *child, const struct pair *pair)
{
    struct list_node *n = pair == NULL ? list_first(&child->pairs)
                                       : list_next(&child->pairs, &pair->node);

    return n == NULL ? NULL : LIST_ENTRY(n, struct pair, node);
}

struct pair *ike2_child_current(const struct child *child)
{
    struct pair *newest = NULL;

    CHILD_EACH_PAIR (p, child) {
        if (p->state == PAIR_SENDING)
            return p;
        if (p->state != PAIR_NEW)
            newest = p;
    }
    return newest;
}

struct pair *ike2_pair_by_spi_out(const struct sa *sa, uint32_t spi_out)
{
    SA_EACH_CHILD (c, sa) {
        CHILD_EACH_PAIR (p, c) {
            if (p->state != PAIR_NEW && p->view.spi_out == spi_out && !p->is_orphan)
                return p;
        }
    }
    return NULL;
}

/* --- Outputs ------------------------------------------------------------------------- */

void ike2_child_fill(const struct child *child, ike2_output *out)
{
    const struct pair *current = ike2_child_current(child);

    out->sa = child->buried_in != 0 ? child->buried_in : child->sa->id;
    out->child = child->id;
    out->child_tag = child->tag;
    out->peer_tag = sa_peer_tag(child->sa);
    out->u.child.pair = current == NULL ? NULL : &current->view;
}

void ike2_child_fill_down(struct child *child, ike2_output *out)
{
    ike2_child_fill(child, out);
    out->u.child.reason = child->ending.reason;
    out->u.child.notify = child->ending.notify;
    out->u.child.trace = child->ending.trace;
    child_release(child);
}
