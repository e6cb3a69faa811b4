/* sim/story.h - what an exploration is about: which side begins what, whose nonce is the lowest,
 * and how much the network may do. As text:
 *
 *     a=rekey_child,b=rekey_sa,low=a.ni,slow=0,traffic=0,losses=1,copies=0,early=0 */
#ifndef SIM_STORY_H
#define SIM_STORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum operation {
    OP_NOTHING,
    OP_CREATE_CHILD,
    OP_REKEY_CHILD,
    OP_DELETE_CHILD,
    OP_REKEY_SA,
    OP_DELETE_SA,
    OP_PROBE,
    OP_REAUTH, /* a's only: it has begun the IKE SA */
    OPERATIONS
};

enum { STARTS_MAX = 4 };

/* Who begins what. */
struct start {
    size_t side;
    enum operation operation;
};

/* Whose nonce is the lowest of four, and in whose exchange: RFC 7296 2.8.1. */
enum lowest { LOWEST_A_I, LOWEST_B_I, LOWEST_A_R, LOWEST_B_R, LOWESTS };

/* How often the network may do that. */
struct bounds {
    unsigned losses, copies;
    unsigned early; /* timers that fire while a datagram is in flight */
};

/* How the data planes behave. */
struct manners {
    unsigned slow;    /* what a side is asked for, and its key exchanges, take their time */
    unsigned traffic; /* a packet may arrive at any moment, and is reported: 2.8 */
};

struct story {
    struct start starts[STARTS_MAX];
    size_t n_starts;
    enum lowest lowest;
    struct manners manners;
    struct bounds bounds;
};

/* A way through a story: at each fork the number of the move; behind the last one always 0. */
enum { WAY_MAX = 600, STORY_TEXT = 4 * WAY_MAX };

struct way {
    size_t n;
    uint8_t choices[WAY_MAX];
};

const char *operation_name(enum operation op);
const char *lowest_name(enum lowest l);

/* The text; `way` NULL: none. Room for STORY_TEXT octets. */
void story_write(const struct story *s, const struct way *way, char *text);
/* What the text does not say stays as it is. False: it is no such text. */
bool story_read(const char *text, struct story *s, struct way *way);

#endif
