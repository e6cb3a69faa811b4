/* sa/output.c - the ordered queue of outputs; fills the public structure when one is polled. */
#include "sa/output.h"

#include <string.h>

#include "sa/ask.h"
#include "sa/assignment.h"
#include "sa/child.h"
#include "sa/job.h"
#include "sa/parcel.h"
#include "sa/sa.h"

/* Advice about a question that has gone; an object of its own. */
struct cancel {
    struct grave grave;
    struct output out;
    ike2_sa_id sa;
    ike2_ask_id ask;
};

void ike2_outputs_init(struct outputs *o)
{
    *o = (struct outputs){ 0 };
    list_init(&o->queue);
}

void ike2_output_push(struct host *host, struct output *o, uint32_t type, void *owner)
{
    if (list_node_is_linked(&o->node))
        return;
    o->type = type;
    o->owner = owner;
    list_append(&host->outputs.queue, &o->node);
    host->outputs.n++;
}

void ike2_output_withdraw(struct host *host, struct output *o)
{
    if (!list_node_is_linked(&o->node))
        return;
    list_remove(&o->node);
    host->outputs.n--;
}

void ike2_output_bury(struct host *host, struct grave *grave, size_t size)
{
    grave->size = size;
    grave->next = host->outputs.graves;
    host->outputs.graves = grave;
}

static void outputs_release_graves(struct host *host)
{
    struct grave *g = host->outputs.graves, *next;

    host->outputs.graves = NULL;
    for (; g != NULL; g = next) {
        next = g->next;
        ike2_mem_release(&host->mem, g, g->size);
    }
}

bool ike2_outputs_have_room(const struct host *host)
{
    return host->outputs.n < host->settings.limits.queued_outputs;
}

void ike2_output_cancel_ask(struct host *host, ike2_sa_id sa, ike2_ask_id ask)
{
    struct cancel *c = ike2_mem_acquire(&host->mem, sizeof *c);

    if (c == NULL)
        return;
    c->sa = sa;
    c->ask = ask;
    ike2_output_push(host, &c->out, IKE2_EVENT_ASK_CANCEL, c);
}

static void fill_send(struct send *s, ike2_output *out)
{
    out->sa = s->sa;
    out->peer_tag = s->peer_tag;
    ike2_send_fill(s, &out->u.send);
}

/* Polled once, and gone at the next poll. */
static void fill_cancel(struct host *host, struct cancel *c, ike2_output *out)
{
    out->sa = c->sa;
    out->ask = c->ask;
    ike2_output_bury(host, &c->grave, sizeof *c);
}

static void fill_job(ike2_job *job, bool is_cancel, ike2_output *out)
{
    ike2_job_fill(job, out);
    out->u.job = job;
    if (!is_cancel)
        job->is_posted = true;
}

static void output_fill(struct host *host, const struct output *o, ike2_output *out)
{
    *out = (ike2_output){ .type = o->type };
    switch (o->type) {
    case IKE2_SEND:
        fill_send(o->owner, out);
        break;
    case IKE2_JOB:
    case IKE2_EVENT_JOB_CANCEL:
        fill_job(o->owner, o->type == IKE2_EVENT_JOB_CANCEL, out);
        break;
    case IKE2_EVENT_SA_UP:
    case IKE2_EVENT_SA_REKEYED:
    case IKE2_EVENT_SA_MOVED:
        ike2_sa_fill(o->owner, out);
        break;
    case IKE2_EVENT_SA_DOWN:
    case OUTPUT_SILENT:
        ike2_sa_fill_down(o->owner, out);
        break;
    case IKE2_EVENT_CONFIG:
        ike2_assignment_fill(o->owner, out);
        break;
    case IKE2_EVENT_CHILD_UP:
        ike2_child_fill(o->owner, out);
        break;
    case IKE2_EVENT_CHILD_REKEYED:
        ike2_pair_fill_rekeyed(o->owner, out);
        break;
    case IKE2_EVENT_CHILD_DOWN:
        ike2_child_fill_down(o->owner, out);
        break;
    case IKE2_EVENT_ASK_CANCEL:
        fill_cancel(host, o->owner, out);
        break;
    default:
        ike2_ask_fill(o->owner, out);
        break;
    }
}

const ike2_output *ike2_outputs_next(struct host *host)
{
    struct outputs *q = &host->outputs;
    struct list_node *n;
    struct output *o;

    if (q->current != NULL)
        ike2_send_free(host, q->current);
    q->current = NULL;
    outputs_release_graves(host);
    do {
        n = list_first(&q->queue);
        if (n == NULL)
            return NULL;
        o = LIST_ENTRY(n, struct output, node);
        ike2_output_withdraw(host, o);
        output_fill(host, o, &q->view);
    } while (o->type == OUTPUT_SILENT);
    if (o->type == IKE2_SEND)
        q->current = o->owner;
    return &q->view;
}

/* Outputs whose filling buries what they are about. */
static bool is_last_of_owner(uint32_t type)
{
    return type == IKE2_EVENT_SA_DOWN || type == IKE2_EVENT_CHILD_DOWN ||
           type == IKE2_EVENT_ASK_CANCEL || type == OUTPUT_SILENT;
}

void ike2_outputs_clear(struct host *host)
{
    struct outputs *q = &host->outputs;
    struct list_node *n;

    if (q->current != NULL)
        ike2_send_free(host, q->current);
    q->current = NULL;
    while ((n = list_first(&q->queue)) != NULL) {
        struct output *o = LIST_ENTRY(n, struct output, node);

        ike2_output_withdraw(host, o);
        if (o->type == IKE2_SEND)
            ike2_send_free(host, o->owner);
        else if (is_last_of_owner(o->type))
            output_fill(host, o, &q->view);
    }
    outputs_release_graves(host);
}
