/* sim/scene.h - two sides with an IKE SA and a Child SA, some operations that they begin at any
 * moment, and a network that loses and doubles so many datagrams and delays any: one state of this,
 * and every move there is in it. What the clock shows changes only when a timer fires; nothing
 * takes time by itself. */
#ifndef SIM_SCENE_H
#define SIM_SCENE_H

#include "sim/story.h"
#include "sim/world.h"

/* A request is sent SCENE_TRIES times. */
enum { MOVES_MAX = 64, SCENE_SIDES = 2, SCENE_TRIES = 8 };

/* A start that has been made. */
struct outcome {
    bool is_made;
    ike2_err err;
    ike2_child_id child; /* that has been commanded; 0: none */
};

/* What a side had at first. */
struct beginning {
    ike2_sa_id sa;
    ike2_child_id child;
    uint64_t ike_spi;
    uint32_t spi_in;
};

struct scene {
    struct world *w;
    struct story story;
    struct bounds left;
    struct outcome outcomes[STARTS_MAX];
    struct beginning at_first[SCENE_SIDES];
    size_t n_events[SCENE_SIDES]; /* that have been looked at */
};

enum move_kind {
    MOVE_START,   /* a side begins an operation */
    MOVE_FINISH,  /* a side answers a question, or finishes a job */
    MOVE_DELIVER,
    MOVE_TRAFFIC, /* the first packet of a pair arrives */
    MOVE_TIME,    /* a side's next timer fires; nothing is in flight */
    MOVE_LOSE,
    MOVE_COPY,    /* a copy arrives, the datagram is still in flight */
    MOVE_EARLY    /* as MOVE_TIME, while something is in flight */
};

struct move {
    enum move_kind kind;
    size_t which;          /* START: of the starts; else the side */
    size_t pending;        /* FINISH: of those of the side */
    uint32_t spi_in;       /* TRAFFIC: of the pair */
    struct packet *packet; /* DELIVER, LOSE, COPY */
};

/* Both are up and settled. With a ladder it can be printed. */
struct scene *scene_new(const struct story *story, bool with_ladder);
void scene_free(struct scene *s);
/* All moves, the most ordinary one first. None: everything is quiet. */
size_t scene_moves(const struct scene *s, struct move moves[MOVES_MAX]);
/* Makes it, and checks the invariants. */
void scene_make(struct scene *s, const struct move *m);
/* Does the story have such an operation? Was one accepted? */
bool scene_has(const struct scene *s, enum operation op);
bool scene_did(const struct scene *s, enum operation op);

#endif
