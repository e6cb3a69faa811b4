/* sa/note_selectors.c - why there are no traffic selectors for a Child SA. RFC 7296 2.9. */
#include <string.h>

#include "sa/note.h"
#include "sa/stage.h"

enum { SELECTORS_TEXT_MAX = 512 };

/* What we call our side and the peer's, as a set. */
enum { SIDE_LOCAL = 1, SIDE_REMOTE = 2, SIDE_BOTH = 3 };

static const char *const side_names[] = {
    [0] = "", [SIDE_LOCAL] = "local", [SIDE_REMOTE] = "remote", [SIDE_BOTH] = "both",
};

/* "local <=> remote", or one of them. */
static void sides_text(const struct both_selectors *both, unsigned sides,
                       char text[SELECTORS_TEXT_MAX])
{
    static const char joint[] = " <=> ";
    size_t len = 0;

    text[0] = '\0';
    if ((sides & SIDE_LOCAL) != 0) {
        ike2_selectors_text(both->local.ts, both->local.n, text,
                            sides == SIDE_BOTH ? SELECTORS_TEXT_MAX / 2 : SELECTORS_TEXT_MAX);
        len = strlen(text);
    }
    if (sides == SIDE_BOTH) {
        memcpy(text + len, joint, sizeof joint);
        len += sizeof joint - 1;
    }
    if ((sides & SIDE_REMOTE) != 0)
        ike2_selectors_text(both->remote.ts, both->remote.n, text + len, SELECTORS_TEXT_MAX - len);
}

/* Where the two have nothing in common, or else where more is asked for than is allowed. The
 * narrowed selectors serve no one any more: the child has been refused. */
static unsigned parted_sides(struct child_stage *stage)
{
    const struct both_selectors *asked = &stage->asked, *ours = &stage->ours;
    unsigned sides = 0;

    ike2_narrow(&asked->local, &ours->local, &stage->local);
    ike2_narrow(&asked->remote, &ours->remote, &stage->remote);
    sides |= stage->local.n == 0 ? SIDE_LOCAL : 0;
    sides |= stage->remote.n == 0 ? SIDE_REMOTE : 0;
    if (sides != 0)
        return sides;
    sides |= ike2_selectors_within(&asked->local, ours->local.ts, ours->local.n) ? 0 : SIDE_LOCAL;
    sides |=
        ike2_selectors_within(&asked->remote, ours->remote.ts, ours->remote.n) ? 0 : SIDE_REMOTE;
    return sides;
}

/* The template that gets furthest, of equals the first: it is the one that is explained. */
static unsigned nearest_template(const struct sa *sa, struct child_stage *stage)
{
    uint32_t nearest = 0;

    for (uint32_t i = 0; i < sa->peer->peer.n_children; i++) {
        ike2_stage_allow_template(stage, sa, i);
        if (parted_sides(stage) != SIDE_BOTH) {
            nearest = i;
            break;
        }
    }
    ike2_stage_allow_template(stage, sa, nearest);
    return parted_sides(stage);
}

uint64_t ike2_note_selectors(const struct sa *sa, struct child_stage *stage)
{
    char offered[SELECTORS_TEXT_MAX], accepted[SELECTORS_TEXT_MAX];
    char missing[SELECTORS_TEXT_MAX], allowed[SELECTORS_TEXT_MAX];
    unsigned sides =
        stage->replaces == 0 ? nearest_template(sa, stage) : parted_sides(stage);

    sides_text(&stage->asked, SIDE_BOTH, offered);
    sides_text(&stage->ours, SIDE_BOTH, accepted);
    sides_text(&stage->asked, sides, missing);
    sides_text(&stage->ours, sides, allowed);
    return ike2_note_refusal(sa, &(struct note_refusal){
        .name = "policy.selectors", .section = "RFC 7296 2.9", .offered = offered,
        .accepted = accepted,
        .difference = "traffic selectors: no template has anything in common with the request",
        .peer_change = allowed, .our_change = missing,
        .more = (const ike2_trace_field[]){ field_text("side", side_names[sides]) },
        .n_more = 1,
    });
}
