/* sa/child.h - a Child SA: its pairs of SPIs, and the lane of data plane jobs that it owns. It
 * keeps its id over rekeyings. RFC 7296 1.2, 1.3, 1.4.1, 2.8. */
#ifndef SA_CHILD_H
#define SA_CHILD_H

#include "sa/job.h"
#include "sa/pair.h"
#include "sa/sa.h"

struct exchange;

enum child_state {
    CHILD_NEW,    /* no pair of it has carried traffic yet */
    CHILD_UP,
    CHILD_CLOSING /* all its pairs are leaving */
};

enum { CHILD_PAIRS_MAX = 8 };

/* One data plane job at a time. */
struct lane {
    ike2_job *job;     /* made with the child, used for every operation */
    struct pair *pair; /* that is worked on; NULL: nothing is out */
    uint8_t op;        /* IKE2_LANE_*, while it is out */
    ike2_time due;     /* of an INSTALL; else IKE2_TIME_NEVER */
};

/* What we want to do with the child when the window is free. */
struct child_plan {
    bool wants_create;     /* it has been commanded, and not been asked of the peer yet */
    uint32_t rekey_spi_in; /* the pair to be replaced; 0: none */
    ike2_time not_before;  /* after a refusal that was not final */
    unsigned failures;
};

struct child {
    struct grave grave;
    struct output up, down;
    struct list_node node; /* in sa->children.list */
    struct sa *sa;
    ike2_child_id id;
    uint64_t tag;
    uint32_t template_index; /* into the definition; UINT32_MAX: none any more */
    enum child_state state;
    struct list pairs;     /* oldest first */
    size_t n_pairs;
    struct lane lane;
    struct child_plan plan;
    struct { uint8_t local, remote; } part; /* the only selectors of the template, from 1; 0: all */
    ike2_packet *packet; /* waits for it, 2.9; NULL: none, or it is up */
    struct ending ending;
    ike2_sa_id buried_in; /* its SA at its burial: an heir may bear that id since; 0: none yet */
    ike2_time created_at;
};

/* Every pair of `child`, as `p`; none may be removed by the body. */
#define CHILD_EACH_PAIR(p, child)                                                          \
    for (struct pair *p = ike2_child_pair_after(child, NULL); p != NULL;                   \
         p = ike2_child_pair_after(child, p))
/* Every child of `sa`, as `c`; likewise. */
#define SA_EACH_CHILD(c, sa)                                                               \
    for (struct child *c = ike2_child_after(sa, NULL); c != NULL; c = ike2_child_after(sa, c))

/* --- Life ---------------------------------------------------------------------------- */

/* A child in CHILD_NEW with its id and its lane's job. */
ike2_err ike2_child_new(struct sa *sa, uint32_t template_index, struct child **out);
/* Ends the child: all pairs leave the data plane, then CHILD_DOWN. With `tell`, the peer gets a
 * Delete for each that it knows. */
void ike2_child_end(struct child *child, bool tell, uint8_t reason, uint16_t notify,
                    uint64_t trace);
/* Ends children that have no pair left, removes pairs that are gone: pointers to them are void
 * afterwards, but for those that are held. */
void ike2_children_sweep(struct sa *sa);
/* The child that never was: the integrator has not heard of it, unless it was asked about it. */
void ike2_child_discard(struct child *child);
/* Releases everything at once: the endpoint goes away. */
void ike2_child_destroy(struct child *child);
/* Before that: the lane's job stays with the integrator, and with it what the job views. NULL, or a
 * block that is the job's from now on. */
struct grave *ike2_child_leave_job(struct child *child);

/* --- Looking ------------------------------------------------------------------------- */

struct child *ike2_child_after(const struct sa *sa, const struct child *child);
struct pair *ike2_child_pair_after(const struct child *child, const struct pair *pair);
/* The pair that we send on, else the newest that is agreed; NULL: there is none. */
struct pair *ike2_child_current(const struct child *child);
/* The pair that the peer calls `spi`; NULL: it is unknown or gone. */
struct pair *ike2_pair_by_spi_out(const struct sa *sa, uint32_t spi_out);
const char *ike2_child_state_name(const struct child *child);

/* --- Lane ---------------------------------------------------------------------------- */

/* Asks the data plane for what is due next. */
void ike2_lane_advance(struct child *child);
/* Send on the pair from now on, as soon as it is installed. */
void ike2_lane_switch(struct pair *pair);
/* A lane's job has come back; it is the lane's again. */
void ike2_lane_on_finished(struct child *child);
/* An exchange of the peer's may wait for what has been done. */
void ike2_lane_wake(struct sa *sa);
/* An INSTALL that is late has failed; the lane stays held. ike2_lane_wake is due. */
void ike2_lane_on_late(struct child *child);
/* Is anything of this pair still to be done by the data plane before a response may say so? */
bool ike2_lane_is_busy(const struct pair *pair);

/* --- Outputs ------------------------------------------------------------------------- */

void ike2_child_fill(const struct child *child, ike2_output *out);
void ike2_child_fill_down(struct child *child, ike2_output *out);

#endif
