/* sa/collision.c - the collision table. RFC 7296 2.8.1, 2.25, 2.25.1, 2.25.2. */
#include "sa/collision.h"

#include "sa/attempt.h"

/* Rows by what we do, then by what the peer asks. */
static const struct collision_row rows[] = {
    { DOING_NOTHING, ASKING_CREATE_CHILD, COLLISION_PROCEED, "1.3.1" },
    { DOING_NOTHING, ASKING_REKEY_CHILD, COLLISION_PROCEED, "1.3.3" },
    { DOING_NOTHING, ASKING_REKEY_UNKNOWN, COLLISION_NOT_FOUND,
      "2.25.1: a Child SA that does not exist: CHILD_SA_NOT_FOUND" },
    { DOING_NOTHING, ASKING_REKEY_SA, COLLISION_PROCEED, "1.3.2" },

    { DOING_CREATE_CHILD, ASKING_CREATE_CHILD, COLLISION_PROCEED,
      "2.8.1: both may be wanted" },
    { DOING_CREATE_CHILD, ASKING_REKEY_CHILD, COLLISION_PROCEED, "2.25.1: another Child SA" },
    { DOING_CREATE_CHILD, ASKING_REKEY_UNKNOWN, COLLISION_NOT_FOUND,
      "2.25.1: a Child SA that does not exist: CHILD_SA_NOT_FOUND" },
    { DOING_CREATE_CHILD, ASKING_REKEY_SA, COLLISION_LATER,
      "2.25.1: currently creating a Child SA of that IKE SA: TEMPORARY_FAILURE" },

    { DOING_REKEY_CHILD, ASKING_CREATE_CHILD, COLLISION_PROCEED, "2.25.1: another Child SA" },
    { DOING_REKEY_CHILD, ASKING_REKEY_CHILD, COLLISION_COMPARE,
      "2.25.1: currently rekeying it: reply as usual; the nonces decide, 2.8.1" },
    { DOING_REKEY_CHILD, ASKING_REKEY_UNKNOWN, COLLISION_NOT_FOUND,
      "2.25.1: a Child SA that does not exist: CHILD_SA_NOT_FOUND" },
    { DOING_REKEY_CHILD, ASKING_REKEY_SA, COLLISION_LATER,
      "2.25.1: currently rekeying a Child SA of that IKE SA: TEMPORARY_FAILURE" },

    { DOING_DELETE_CHILD, ASKING_CREATE_CHILD, COLLISION_PROCEED, "2.25.1: another Child SA" },
    { DOING_DELETE_CHILD, ASKING_REKEY_CHILD, COLLISION_LATER,
      "2.25.1: currently trying to close it: TEMPORARY_FAILURE" },
    { DOING_DELETE_CHILD, ASKING_REKEY_UNKNOWN, COLLISION_NOT_FOUND,
      "2.25.1: a Child SA that does not exist: CHILD_SA_NOT_FOUND" },
    { DOING_DELETE_CHILD, ASKING_REKEY_SA, COLLISION_LATER,
      "2.25.1: currently closing a Child SA of that IKE SA: TEMPORARY_FAILURE" },

    { DOING_REKEY_OTHER, ASKING_CREATE_CHILD, COLLISION_PROCEED, "2.25.1: another Child SA" },
    { DOING_REKEY_OTHER, ASKING_REKEY_CHILD, COLLISION_PROCEED, "2.25.1: another Child SA" },
    { DOING_REKEY_OTHER, ASKING_REKEY_UNKNOWN, COLLISION_NOT_FOUND,
      "2.25.1: a Child SA that does not exist: CHILD_SA_NOT_FOUND" },
    { DOING_REKEY_OTHER, ASKING_REKEY_SA, COLLISION_LATER,
      "2.25.1: currently rekeying a Child SA of that IKE SA: TEMPORARY_FAILURE" },

    { DOING_REKEY_SA, ASKING_CREATE_CHILD, COLLISION_LATER,
      "2.25.2: a Child SA while the IKE SA is being rekeyed: TEMPORARY_FAILURE" },
    { DOING_REKEY_SA, ASKING_REKEY_CHILD, COLLISION_LATER,
      "2.25.2: a Child SA while the IKE SA is being rekeyed: TEMPORARY_FAILURE" },
    { DOING_REKEY_SA, ASKING_REKEY_UNKNOWN, COLLISION_LATER,
      "2.25.2: a Child SA while the IKE SA is being rekeyed: TEMPORARY_FAILURE" },
    { DOING_REKEY_SA, ASKING_REKEY_SA, COLLISION_COMPARE,
      "2.25.2: currently rekeying it: reply as usual; the nonces decide, 2.8.1" },

    { DOING_DELETE_SA, ASKING_CREATE_CHILD, COLLISION_LATER,
      "2.25: nothing new in an IKE SA that is being closed" },
    { DOING_DELETE_SA, ASKING_REKEY_CHILD, COLLISION_LATER,
      "2.25: nothing new in an IKE SA that is being closed" },
    { DOING_DELETE_SA, ASKING_REKEY_UNKNOWN, COLLISION_LATER,
      "2.25: nothing new in an IKE SA that is being closed" },
    { DOING_DELETE_SA, ASKING_REKEY_SA, COLLISION_LATER,
      "2.25.2: currently trying to close it: TEMPORARY_FAILURE" },
};

const struct collision_row *ike2_collision(enum doing doing, enum asking asking)
{
    return &rows[(size_t)doing * ASKING_COUNT + asking];
}

/* Our own rekeying of it is complete: its Delete follows as soon as we send on the new pair. */
static bool is_succeeded(const struct pair *old)
{
    CHILD_EACH_PAIR (p, old->child) {
        if (p->is_ours && p->view.replaces == old->view.spi_in && ike2_pair_can_send(p))
            return true;
    }
    return false;
}

/* What the peer has replaced it deletes itself, and may replace once more before. */
static bool is_being_deleted(const struct pair *p)
{
    bool is_retired = p->state == PAIR_REPLACED && p->lane.keep != IKE2_HALF_BOTH;

    return p->wants_delete || p->delete_is_open || p->state >= PAIR_CLOSING || is_retired ||
           is_succeeded(p);
}

static bool deletes_any(const struct sa *sa)
{
    SA_EACH_CHILD (c, sa) {
        CHILD_EACH_PAIR (p, c) {
            if (p->wants_delete || p->delete_is_open)
                return true;
        }
    }
    return false;
}

enum doing ike2_collision_doing(const struct sa *sa, const struct pair *pair)
{
    const struct attempt *a = sa->exchanges.attempt;

    if (sa->state == STATE_CLOSING || sa->intent.is_former)
        return DOING_DELETE_SA;
    if (sa->exchanges.succession != NULL)
        return DOING_REKEY_SA;
    if (pair != NULL && is_being_deleted(pair))
        return DOING_DELETE_CHILD;
    if (a != NULL && a->replaces == 0)
        return DOING_CREATE_CHILD;
    if (a != NULL)
        return pair != NULL && a->replaces == pair->view.spi_in ? DOING_REKEY_CHILD
                                                                : DOING_REKEY_OTHER;
    return pair == NULL && deletes_any(sa) ? DOING_DELETE_CHILD : DOING_NOTHING;
}

uint16_t ike2_collision_notify(enum collision outcome)
{
    static const uint16_t notifies[] = {
        [COLLISION_LATER] = IKE2_NOTIFY_TEMPORARY_FAILURE,
        [COLLISION_NOT_FOUND] = IKE2_NOTIFY_CHILD_SA_NOT_FOUND,
    };

    return outcome == COLLISION_PROCEED || outcome == COLLISION_COMPARE ? 0 : notifies[outcome];
}
