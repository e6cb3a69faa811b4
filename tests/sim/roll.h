/* sim/roll.h - the Child SAs that a side has heard of by jobs and events: each belongs to one IKE
 * SA, whatever takes the place of that, and CHILD_DOWN is the last that is heard of it. */
#ifndef SIM_ROLL_H
#define SIM_ROLL_H

#include <ike2/ike2.h>

struct roll_entry {
    ike2_child_id id;
    ike2_sa_id sa;
    bool is_down;
};

struct roll {
    struct roll_entry *entries; /* as they were first heard of */
    size_t n, cap;
    const char *fault;          /* what the library did wrong, or NULL */
};

/* Any output, in the order of the polls. */
void roll_output(struct roll *r, const ike2_output *out);
/* Another endpoint gives its ids anew. */
void roll_clear(struct roll *r);

#endif
