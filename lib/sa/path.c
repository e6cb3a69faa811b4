/* sa/path.c - where the peer is, when a NAT changes its mind. RFC 7296 2.23. */
#include "sa/path.h"

#include <string.h>

#include "sa/child.h"
#include "sa/note.h"
#include "sa/request.h"

static bool is_same(const ike2_addr *a, const ike2_addr *b)
{
    return a->family == b->family && a->port == b->port && a->scope == b->scope &&
           memcmp(a->ip, b->ip, a->family == 4 ? 4 : 16) == 0;
}

/* RFC 7296 2.23: only who is not behind a NAT follows, and only a peer that is: else whoever can
 * replay or forge addresses could lead us astray. */
static bool may_follow(const struct sa *sa)
{
    return sa->state == STATE_UP && sa->nat.remote && !sa->nat.is_behind &&
           sa->path.encap == IKE2_ENCAP_UDP;
}

static void move_pairs(struct sa *sa)
{
    SA_EACH_CHILD (c, sa) {
        CHILD_EACH_PAIR (p, c) {
            if (p->state == PAIR_NEW || p->state >= PAIR_CLOSING)
                continue;
            p->view.path.remote = sa->path.remote;
            p->lane.wants_move = true;
        }
        ike2_lane_advance(c);
    }
}

void ike2_path_follow(struct sa *sa, const ike2_addr *remote)
{
    if (!may_follow(sa) || is_same(&sa->path.remote, remote))
        return;
    (void)ike2_note_moved(sa, remote);
    sa->path.remote = *remote;
    ike2_request_move(sa, remote);
    move_pairs(sa);
    ike2_output_push(sa->host, &sa->events.moved, IKE2_EVENT_SA_MOVED, sa);
}
