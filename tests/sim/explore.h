/* sim/explore.h - all that can happen in a story: every order of every move, until both sides are
 * quiet. States that are alike are looked at once.
 *
 * Depth first, in an arena: at every fork the state is copied, and put back for the next move. */
#ifndef SIM_EXPLORE_H
#define SIM_EXPLORE_H

#include "sim/scene.h"

enum { EXPLORE_FINDINGS = 16 };

/* A rule that does not hold, and the shortest way that leads there. */
struct finding {
    const char *rule;
    const char *side;    /* "" = of both */
    uint64_t n;          /* how often it was met */
    struct way way;
};

struct exploration {
    struct story story;
    uint64_t states, ends, moves;
    uint64_t alike;      /* moves that led to a state that is known */
    uint64_t samples;    /* of these: compared, in what can happen next */
    size_t deepest, copy_octets;
    struct finding findings[EXPLORE_FINDINGS];
    size_t n_findings;
    uint64_t violations;
};

void explore(const struct story *story, struct exploration *out);
/* One way through it, which may be told by its ladder. Returns the rule that did not hold, or
 * NULL. */
const char *explore_replay(const struct story *story, const struct way *way, bool tells);

#endif
