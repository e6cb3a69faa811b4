/* sa/stage.c - the negotiation of one Child SA, staged in an exchange. RFC 7296 2.9, 2.9.2. */
#include "sa/stage.h"

#include <string.h>

#include "sa/assignment.h"

struct child_stage *ike2_child_stage_new(struct host *host)
{
    struct child_stage *stage = ike2_mem_acquire(&host->mem, sizeof *stage);

    if (stage != NULL)
        stage->template_index = UINT32_MAX;
    return stage;
}

/* The integrator has heard of a child only if it was asked about it, or is to give an SPI back. */
static void drop_child(struct child_stage *stage)
{
    const struct pair *p = stage->pair;

    if (p != NULL && p->lane.is_reserved)
        ike2_child_end(stage->child, false, IKE2_REASON_NONE, 0, 0);
    else
        ike2_child_discard(stage->child);
}

void ike2_stage_let_go(struct child_stage *stage)
{
    if (!stage->holds_pair)
        return;
    stage->holds_pair = stage->pair->is_held = false;
    if (stage->pair->state == PAIR_NEW && !stage->owns_child)
        ike2_pair_end(stage->pair, false);
}

void ike2_child_stage_free(struct child_stage *stage, struct sa *sa)
{
    struct host *host = sa->host;
    bool is_held;

    if (stage == NULL)
        return;
    is_held = stage->holds_pair;
    ike2_child_keys_clear(host->crypto, &stage->keys);
    ike2_ke_clear(host, &stage->ke);
    ike2_stage_let_go(stage);
    if (is_held && stage->pair->child->state == CHILD_CLOSING) /* which has waited for it */
        ike2_pair_end(stage->pair, false);
    if (stage->owns_child)
        drop_child(stage);
    ike2_output_bury(host, &stage->grave, sizeof *stage);
}

/* --- What we allow ------------------------------------------------------------------- */

static void copy(struct selectors *to, const ike2_ts *ts, size_t n)
{
    if (n != 0)
        memcpy(to->ts, ts, n * sizeof *ts);
    to->n = n;
}

/* Everything from or to one address. */
static void allow_address(struct selectors *to, const ike2_addr *addr)
{
    size_t len = addr->family == 4 ? 4 : 16;
    ike2_ts *ts = &to->ts[0];

    *ts = (ike2_ts){
        .type = addr->family == 4 ? IKE2_TS_IPV4_ADDR_RANGE : IKE2_TS_IPV6_ADDR_RANGE,
        .port_last = UINT16_MAX,
    };
    memcpy(ts->first, addr->ip, len);
    memcpy(ts->last, addr->ip, len);
    to->n = 1;
}

void ike2_stage_allow_template(struct child_stage *stage, const struct sa *sa,
                               uint32_t template_index)
{
    const ike2_child_config *cfg = &sa->peer->children[template_index];

    copy(&stage->ours.local, cfg->ts_local, cfg->n_ts_local);
    copy(&stage->ours.remote, cfg->ts_remote, cfg->n_ts_remote);
    if (cfg->n_ts_local == 0 && !ike2_assignment_allow(sa, true, &stage->ours.local))
        allow_address(&stage->ours.local, &sa->path.local);
    if (cfg->n_ts_remote == 0 && !ike2_assignment_allow(sa, false, &stage->ours.remote))
        allow_address(&stage->ours.remote, &sa->path.remote);
}

void ike2_stage_allow_pair(struct child_stage *stage, const struct pair *pair)
{
    copy(&stage->ours.local, pair->view.ts_local, pair->view.n_ts_local);
    copy(&stage->ours.remote, pair->view.ts_remote, pair->view.n_ts_remote);
}

enum verdict ike2_stage_refuse(struct child_stage *stage, uint16_t notify, uint8_t reason,
                               uint64_t trace)
{
    stage->refusal = (struct stage_refusal){ .notify = notify, .reason = reason, .trace = trace };
    return VERDICT_NEXT;
}

/* --- Outputs ------------------------------------------------------------------------- */

void ike2_stage_fill_ask(const struct exchange *x, ike2_output *out)
{
    const struct child_stage *stage = x->child;

    if (stage->child != NULL) {
        out->child = stage->child->id;
        out->child_tag = stage->child->tag;
    }
    if (x->ask.type == IKE2_ASK_SPI) {
        out->u.ask_spi.path = x->sa->path;
        out->u.ask_spi.replaces = stage->replaces;
        out->u.ask_spi.protocol = IKE2_PROTOCOL_ESP;
        out->u.ask_spi.transport = stage->is_transport;
        return;
    }
    out->u.ask_child.local = stage->asked.local.ts;
    out->u.ask_child.n_local = stage->asked.local.n;
    out->u.ask_child.remote = stage->asked.remote.ts;
    out->u.ask_child.n_remote = stage->asked.remote.n;
    out->u.ask_child.template_index = stage->template_index;
    out->u.ask_child.transport = stage->is_transport;
}
