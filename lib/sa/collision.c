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
    { DOING_NOTHING, ASKING_DELETE_CHILD, COLLISION_PROCEED, "1.4.1" },
    { DOING_NOTHING, ASKING_DELETE_SA, COLLISION_PROCEED, "1.4.1" },
    { DOING_NOTHING, ASKING_REAUTH, COLLISION_PROCEED, "2.8.3" },

    { DOING_CREATE_CHILD, ASKING_CREATE_CHILD, COLLISION_PROCEED, "2.8.1: both may be wanted" },
    { DOING_CREATE_CHILD, ASKING_REKEY_CHILD, COLLISION_PROCEED, "2.25.1: another Child SA" },
    { DOING_CREATE_CHILD, ASKING_REKEY_UNKNOWN, COLLISION_NOT_FOUND,
      "2.25.1: a Child SA that does not exist: CHILD_SA_NOT_FOUND" },
    { DOING_CREATE_CHILD, ASKING_REKEY_SA, COLLISION_LATER,
      "2.25.1: currently creating a Child SA of that IKE SA: TEMPORARY_FAILURE" },
    { DOING_CREATE_CHILD, ASKING_DELETE_CHILD, COLLISION_PROCEED, "2.25.1: another Child SA" },
    { DOING_CREATE_CHILD, ASKING_DELETE_SA, COLLISION_FORGET,
      "2.25.2: delete the IKE SA: reply as usual, and forget our own request" },
    { DOING_CREATE_CHILD, ASKING_REAUTH, COLLISION_PROCEED,
      "2.8.3: a new IKE SA has Child SAs of its own" },

    { DOING_REKEY_CHILD, ASKING_CREATE_CHILD, COLLISION_PROCEED, "2.25.1: another Child SA" },
    { DOING_REKEY_CHILD, ASKING_REKEY_CHILD, COLLISION_COMPARE,
      "2.25.1: currently rekeying it: reply as usual; the nonces decide, 2.8.1" },
    { DOING_REKEY_CHILD, ASKING_REKEY_UNKNOWN, COLLISION_NOT_FOUND,
      "2.25.1: a Child SA that does not exist: CHILD_SA_NOT_FOUND" },
    { DOING_REKEY_CHILD, ASKING_REKEY_SA, COLLISION_LATER,
      "2.25.1: currently rekeying a Child SA of that IKE SA: TEMPORARY_FAILURE" },
    { DOING_REKEY_CHILD, ASKING_DELETE_CHILD, COLLISION_PROCEED,
      "2.25.1: currently rekeying it: reply as usual with a Delete" },
    { DOING_REKEY_CHILD, ASKING_DELETE_SA, COLLISION_FORGET,
      "2.25.2: delete the IKE SA: reply as usual, and forget our own request" },
    { DOING_REKEY_CHILD, ASKING_REAUTH, COLLISION_PROCEED,
      "2.8.3: a new IKE SA has Child SAs of its own" },

    { DOING_DELETE_CHILD, ASKING_CREATE_CHILD, COLLISION_PROCEED, "2.25.1: another Child SA" },
    { DOING_DELETE_CHILD, ASKING_REKEY_CHILD, COLLISION_LATER,
      "2.25.1: currently trying to close it: TEMPORARY_FAILURE" },
    { DOING_DELETE_CHILD, ASKING_REKEY_UNKNOWN, COLLISION_LATER,
      "2.25.1: perhaps the one that is being closed: TEMPORARY_FAILURE" },
    { DOING_DELETE_CHILD, ASKING_REKEY_SA, COLLISION_LATER,
      "2.25.1: currently closing a Child SA of that IKE SA: TEMPORARY_FAILURE" },
    { DOING_DELETE_CHILD, ASKING_DELETE_CHILD, COLLISION_CROSSED,
      "1.4.1: both close it: the response lists no SPI that our own request does" },
    { DOING_DELETE_CHILD, ASKING_DELETE_SA, COLLISION_FORGET,
      "2.25.2: delete the IKE SA: reply as usual, and forget our own request" },
    { DOING_DELETE_CHILD, ASKING_REAUTH, COLLISION_PROCEED,
      "2.8.3: a new IKE SA has Child SAs of its own" },

    { DOING_REKEY_OTHER, ASKING_CREATE_CHILD, COLLISION_PROCEED, "2.25.1: another Child SA" },
    { DOING_REKEY_OTHER, ASKING_REKEY_CHILD, COLLISION_PROCEED, "2.25.1: another Child SA" },
    { DOING_REKEY_OTHER, ASKING_REKEY_UNKNOWN, COLLISION_NOT_FOUND,
      "2.25.1: a Child SA that does not exist: CHILD_SA_NOT_FOUND" },
    { DOING_REKEY_OTHER, ASKING_REKEY_SA, COLLISION_LATER,
      "2.25.1: currently rekeying a Child SA of that IKE SA: TEMPORARY_FAILURE" },
    { DOING_REKEY_OTHER, ASKING_DELETE_CHILD, COLLISION_PROCEED, "2.25.1: another Child SA" },
    { DOING_REKEY_OTHER, ASKING_DELETE_SA, COLLISION_FORGET,
      "2.25.2: delete the IKE SA: reply as usual, and forget our own request" },
    { DOING_REKEY_OTHER, ASKING_REAUTH, COLLISION_PROCEED,
      "2.8.3: a new IKE SA has Child SAs of its own" },

    { DOING_REKEY_SA, ASKING_CREATE_CHILD, COLLISION_LATER,
      "2.25.2: a Child SA while the IKE SA is being rekeyed: TEMPORARY_FAILURE" },
    { DOING_REKEY_SA, ASKING_REKEY_CHILD, COLLISION_LATER,
      "2.25.2: a Child SA while the IKE SA is being rekeyed: TEMPORARY_FAILURE" },
    { DOING_REKEY_SA, ASKING_REKEY_UNKNOWN, COLLISION_LATER,
      "2.25.2: a Child SA while the IKE SA is being rekeyed: TEMPORARY_FAILURE" },
    { DOING_REKEY_SA, ASKING_REKEY_SA, COLLISION_COMPARE,
      "2.25.2: currently rekeying it: reply as usual; the nonces decide, 2.8.1" },
    { DOING_REKEY_SA, ASKING_DELETE_CHILD, COLLISION_PROCEED,
      "2.25.2: delete a Child SA while the IKE SA is being rekeyed: reply as usual" },
    { DOING_REKEY_SA, ASKING_DELETE_SA, COLLISION_FORGET,
      "2.25.2: currently rekeying it: reply as usual, and forget our own request" },
    { DOING_REKEY_SA, ASKING_REAUTH, COLLISION_PROCEED,
      "2.8.3: a new IKE SA has Child SAs of its own" },

    { DOING_REKEYED_SA, ASKING_CREATE_CHILD, COLLISION_LATER,
      "2.25.2: a Child SA while the IKE SA is being rekeyed: TEMPORARY_FAILURE" },
    { DOING_REKEYED_SA, ASKING_REKEY_CHILD, COLLISION_LATER,
      "2.25.2: a Child SA while the IKE SA is being rekeyed: TEMPORARY_FAILURE" },
    { DOING_REKEYED_SA, ASKING_REKEY_UNKNOWN, COLLISION_LATER,
      "2.25.2: a Child SA while the IKE SA is being rekeyed: TEMPORARY_FAILURE" },
    { DOING_REKEYED_SA, ASKING_REKEY_SA, COLLISION_COMPARE,
      "2.25.2: currently rekeying it: reply as usual; the nonces decide, 2.8.1" },
    { DOING_REKEYED_SA, ASKING_DELETE_CHILD, COLLISION_PROCEED,
      "2.25.2: delete a Child SA while the IKE SA is being rekeyed: reply as usual" },
    { DOING_REKEYED_SA, ASKING_DELETE_SA, COLLISION_UNHEARD,
      "2.8.1: the old SA may be deleted because a new one is there, before we have it" },
    { DOING_REKEYED_SA, ASKING_REAUTH, COLLISION_PROCEED,
      "2.8.3: a new IKE SA has Child SAs of its own" },

    { DOING_DELETE_SA, ASKING_CREATE_CHILD, COLLISION_LATER,
      "2.25: nothing new in an IKE SA that is being closed" },
    { DOING_DELETE_SA, ASKING_REKEY_CHILD, COLLISION_LATER,
      "2.25: nothing new in an IKE SA that is being closed" },
    { DOING_DELETE_SA, ASKING_REKEY_UNKNOWN, COLLISION_LATER,
      "2.25: nothing new in an IKE SA that is being closed" },
    { DOING_DELETE_SA, ASKING_REKEY_SA, COLLISION_LATER,
      "2.25.2: currently trying to close it: TEMPORARY_FAILURE" },
    { DOING_DELETE_SA, ASKING_DELETE_CHILD, COLLISION_PROCEED, "2.25: reply as usual" },
    { DOING_DELETE_SA, ASKING_DELETE_SA, COLLISION_FORGET,
      "2.25.2: currently trying to close it: reply as usual, and forget our own request" },
    { DOING_DELETE_SA, ASKING_REAUTH, COLLISION_PROCEED,
      "2.8.3: a new IKE SA has Child SAs of its own" },

    { DOING_REAUTH, ASKING_CREATE_CHILD, COLLISION_PROCEED,
      "2.8.3: it is made anew in the new IKE SA, as the others are" },
    { DOING_REAUTH, ASKING_REKEY_CHILD, COLLISION_PROCEED,
      "2.8.3: it is made anew in the new IKE SA, as the others are" },
    { DOING_REAUTH, ASKING_REKEY_UNKNOWN, COLLISION_NOT_FOUND,
      "2.25.1: a Child SA that does not exist: CHILD_SA_NOT_FOUND" },
    { DOING_REAUTH, ASKING_REKEY_SA, COLLISION_LATER,
      "2.25.2: the IKE SA is about to be closed: TEMPORARY_FAILURE" },
    { DOING_REAUTH, ASKING_DELETE_CHILD, COLLISION_PROCEED, "1.4.1" },
    { DOING_REAUTH, ASKING_DELETE_SA, COLLISION_UNHEARD,
      "2.8.3: it may be deleted because the new IKE SA is up, before we hear of that" },
    { DOING_REAUTH, ASKING_REAUTH, COLLISION_PROCEED,
      "2.8.3: either end may begin a new IKE SA" },
};

const struct collision_row *ike2_collision(enum doing doing, enum asking asking)
{
    return &rows[(size_t)doing * ASKING_COUNT + asking];
}

const struct collision_row *ike2_collision_row(size_t row)
{
    return row < sizeof rows / sizeof rows[0] ? &rows[row] : NULL;
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

/* A pair whose Delete is under way may be gone already. */
static bool deletes_any(const struct sa *sa)
{
    if (sa->request.parcel != NULL && sa->request.purpose == PURPOSE_DELETE_CHILD)
        return true;
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
        return sa->request.is_answered ? DOING_REKEYED_SA : DOING_REKEY_SA;
    if (pair != NULL && is_being_deleted(pair))
        return DOING_DELETE_CHILD;
    if (a != NULL && a->replaces == 0)
        return DOING_CREATE_CHILD;
    if (a != NULL)
        return pair != NULL && a->replaces == pair->view.spi_in ? DOING_REKEY_CHILD
                                                                : DOING_REKEY_OTHER;
    if (pair == NULL && deletes_any(sa))
        return DOING_DELETE_CHILD;
    return sa->exchanges.renewal != NULL ? DOING_REAUTH : DOING_NOTHING;
}

uint16_t ike2_collision_notify(enum collision outcome)
{
    if (outcome == COLLISION_LATER)
        return IKE2_NOTIFY_TEMPORARY_FAILURE;
    return outcome == COLLISION_NOT_FOUND ? IKE2_NOTIFY_CHILD_SA_NOT_FOUND : 0;
}
