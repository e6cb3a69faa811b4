/* sa/split.c - a Child SA for each pair of selectors. RFC 7296 2.9. */
#include "sa/split.h"

#include <string.h>

#include "sa/exchange.h"
#include "sa/note.h"

enum { PARTS_MAX = 16 };

/* --- Initiator ----------------------------------------------------------------------- */

void ike2_split_apply(const struct child *child, struct child_stage *stage)
{
    struct selectors *local = &stage->ours.local, *remote = &stage->ours.remote;

    if (child->part.local == 0 || child->part.local > local->n || child->part.remote > remote->n)
        return;
    local->ts[0] = local->ts[child->part.local - 1];
    remote->ts[0] = remote->ts[child->part.remote - 1];
    local->n = remote->n = 1;
}

static bool has_room(const struct sa *sa, size_t parts)
{
    return parts > 1 && parts <= PARTS_MAX &&
           sa->children.n + parts - 1 <= sa->host->settings.limits.children_per_sa;
}

/* What finds no memory is the integrator's to ask for again. */
static void plan_part(struct child *first, size_t local, size_t remote)
{
    struct child *child = first;

    if ((local != 1 || remote != 1) &&
        ike2_child_new(first->sa, first->template_index, &child) != IKE2_OK)
        return;
    child->part.local = (uint8_t)local;
    child->part.remote = (uint8_t)remote;
    child->plan.wants_create = true;
}

static void plan_parts(struct child *first, const struct both_selectors *whole)
{
    for (size_t i = 1; i <= whole->local.n; i++) {
        for (size_t j = 1; j <= whole->remote.n; j++)
            plan_part(first, i, j);
    }
}

bool ike2_split_begin(struct child *child)
{
    struct sa *sa = child->sa;
    struct child_stage *stage;
    bool has_parts;

    if (child->part.local != 0 || child->state != CHILD_NEW || child->template_index == UINT32_MAX)
        return false;
    stage = ike2_child_stage_new(sa->host);
    if (stage == NULL)
        return false;
    ike2_stage_allow_template(stage, sa, child->template_index);
    has_parts = has_room(sa, stage->ours.local.n * stage->ours.remote.n);
    if (has_parts)
        plan_parts(child, &stage->ours);
    ike2_child_stage_free(stage, sa);
    return has_parts;
}

/* --- Responder ----------------------------------------------------------------------- */

static bool is_one_address(const struct selectors *s)
{
    return s->n == 1 && ike2_selector_is_one_address(&s->ts[0]);
}

/* The first selectors of a request may be those of the packet that asks for the child: its
 * addresses, with whatever protocols and ports both sides allow between them. */
static bool begins_with_one(const struct selectors *asked, struct selectors *narrowed)
{
    const struct selectors first = { .ts = { asked->ts[0] }, .n = 1 };
    ike2_ts *out = &narrowed->ts[0];

    if (is_one_address(narrowed))
        return true;
    for (size_t i = 0; is_one_address(&first) && i < narrowed->n; i++) {
        if (!ike2_selectors_within(&first, &narrowed->ts[i], 1))
            continue;
        *out = narrowed->ts[i];
        memcpy(out->first, first.ts[0].first, sizeof out->first);
        memcpy(out->last, first.ts[0].last, sizeof out->last);
        narrowed->n = 1;
        return true;
    }
    return false;
}

enum verdict ike2_split_require(const struct sa *sa, struct child_stage *stage)
{
    const ike2_child_config *cfg = &sa->peer->children[stage->template_index];
    const struct note_refusal why = {
        .name = "policy.selectors", .section = "RFC 7296 2.9", .offered = "several addresses",
        .accepted = "a single pair of addresses",
        .difference = "traffic selectors: the template wants a Child SA for each pair of addresses",
    };

    if (cfg->single_pair != IKE2_ON || (begins_with_one(&stage->asked.local, &stage->local) &&
                                        begins_with_one(&stage->asked.remote, &stage->remote)))
        return VERDICT_NEXT;
    return ike2_stage_refuse(stage, IKE2_NOTIFY_SINGLE_PAIR_REQUIRED, IKE2_REASON_SELECTORS,
                             ike2_note_refusal(sa, &why));
}
