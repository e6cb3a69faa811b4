/* sa/collision.h - what becomes of a request that meets something of ours that is under way. RFC
 * 7296 2.8.1, 2.25. One table. */
#ifndef SA_COLLISION_H
#define SA_COLLISION_H

#include "sa/child.h"

/* What we are doing, as seen from what the request is about. */
enum doing {
    DOING_NOTHING,      /* that the request could meet */
    DOING_CREATE_CHILD,
    DOING_REKEY_CHILD,  /* of the pair that the request names */
    DOING_DELETE_CHILD, /* likewise: our Delete is due or under way */
    DOING_REKEY_OTHER,  /* of another pair */
    DOING_REKEY_SA,     /* the IKE SA itself */
    DOING_REKEYED_SA,   /* likewise, and the peer has answered: the response is being dealt with */
    DOING_DELETE_SA,    /* or it is deleted, or has been replaced */
    DOING_REAUTH,       /* another IKE SA is being made that is to take its place */
    DOING_COUNT
};

/* What the peer asks for. */
enum asking {
    ASKING_CREATE_CHILD,
    ASKING_REKEY_CHILD,
    ASKING_REKEY_UNKNOWN, /* of a pair that we do not have */
    ASKING_REKEY_SA,
    ASKING_DELETE_CHILD,  /* of the pair that the request names */
    ASKING_DELETE_SA,
    ASKING_REAUTH,        /* a new IKE SA between the same identities is up */
    ASKING_COUNT
};

enum collision {
    COLLISION_PROCEED,   /* as if nothing were under way */
    COLLISION_COMPARE,   /* as usual; the nonces decide which of the two goes */
    COLLISION_LATER,     /* TEMPORARY_FAILURE */
    COLLISION_NOT_FOUND, /* CHILD_SA_NOT_FOUND */
    COLLISION_CROSSED,   /* answered without a word of it: our own request says it already */
    COLLISION_FORGET,    /* as usual, and what we are doing is forgotten */
    COLLISION_UNHEARD    /* as if it were lost, while ours is answered: the peer asks again, 2.1 */
};

struct collision_row {
    enum doing doing;
    enum asking asking;
    enum collision outcome;
    const char *rule; /* the section of RFC 7296, and what it says */
};

/* The row of this pair. There is one for each. */
const struct collision_row *ike2_collision(enum doing doing, enum asking asking);
/* The rows in their order; NULL: there are no more. */
const struct collision_row *ike2_collision_row(size_t row);
/* `pair` is the one that the request names; NULL: none. */
enum doing ike2_collision_doing(const struct sa *sa, const struct pair *pair);
/* The notify of an outcome; 0: none. */
uint16_t ike2_collision_notify(enum collision outcome);

#endif
