/* endpoint/script.h - an input of fuzz_endpoint as a script: settings of two sides, then operations
 * on them and on the network between them. Octets that are missing are zero. */
#ifndef ENDPOINT_SCRIPT_H
#define ENDPOINT_SCRIPT_H

#include "base/reader.h"
#include "check.h"
#include "sim/world.h"
#include "tally.h"

enum { SETTINGS_OCTETS = 10, OPERATIONS_MAX = 100 };

/* A command that comes between two outputs. */
struct cut_in {
    unsigned wait; /* polls until then; 0: none */
    unsigned what;
};

struct script {
    struct world *world;
    ike2_bytes tape;       /* not yet read */
    unsigned n_defined[2]; /* definitions, per side */
    struct cut_in cut_ins[2];
    bool ends_abruptly;    /* the endpoints are freed in the middle of everything */
};

/* --- The tape ---------------------------------------------------------------------------- */

static inline ike2_bytes tape_octets(struct script *s, size_t len)
{
    ike2_bytes out = { .ptr = s->tape.ptr, .len = len < s->tape.len ? len : s->tape.len };

    if (out.len != 0)
        s->tape.ptr += out.len;
    s->tape.len -= out.len;
    return out;
}

static inline uint8_t tape_u8(struct script *s)
{
    ike2_bytes b = tape_octets(s, 1);

    return b.len == 0 ? 0 : b.ptr[0];
}

static inline uint16_t tape_u16(struct script *s)
{
    unsigned high = tape_u8(s);

    return (uint16_t)(high << 8 | tape_u8(s));
}

/* --- Settings ---------------------------------------------------------------------------- */

/* Reads the first octets of the tape; the sides have not been started. */
void settings_apply(struct script *s);
/* What a definition says, from one octet. */
void settings_define(struct side *side, uint8_t choice);

/* --- Operations -------------------------------------------------------------------------- */

typedef void operation(struct script *s);

/* On what flies: ops_net.c. */
operation op_run, op_deliver, op_duplicate, op_drop, op_flip, op_truncate, op_splice, op_inject,
    op_edit, op_batch, op_nat;
/* By a peer that has keys, and by somebody without: ops_peer.c, ops_reseal.c. */
operation op_forge, op_seal, op_deletes, op_reseal;
/* By the integrator: ops_host.c. */
operation op_connect, op_wait, op_deadline, op_late, op_answer, op_finish, op_command,
    op_child, op_define, op_plan, op_restart;
/* By everybody, in more than one step: ops_life.c. */
operation op_renew, op_cut_in, op_lossy, op_live, op_feature;
/* By the machine: ops_fault.c. */
operation op_fail_alloc, op_fail_crypto;

/* The side that the tape names. */
struct side *side_pick(struct script *s);
struct side *side_other(const struct script *s, const struct side *side);
/* An SA of the side, or 0: there is none. */
ike2_sa_id sa_pick(const struct side *side, uint8_t choice);
/* The n-th datagram that flies, counted around; NULL: none does. */
struct packet *packet_pick(const struct script *s, uint8_t choice);
/* It arrives where it is addressed to, if there is a side, and flies on. */
void packet_arrive(struct script *s, const struct packet *p);
/* Time goes on to the next deadline of either side; false: there is none. */
bool next_deadline(struct script *s);
/* The side's definition, as its setup is now, is the one that is used from now on. */
void define_again(struct script *s, size_t side);
/* Sealed with the keys of `side`, and received by the other one. */
void seal_and_send(struct script *s, struct side *side, struct sa *sa,
                   const struct seal_task *task);
/* Brings octets to a side, now, from the other side's address; port 4500 with UDP encapsulation. */
void side_receive(struct script *s, struct side *side, uint16_t port, ike2_bytes octets);
/* Looks at all that can be looked at: the SAs, the children, the counters. */
void side_look(const struct side *side);
/* Reads every octet that an output, or a job, views. */
void views_read(const ike2_output *out);
void job_read(ike2_job *job);
/* Does everything that waits, starts nothing; afterwards no SA is left. */
void script_wind_up(struct script *s);

/* --- Reached ----------------------------------------------------------------------------- */

/* A side's statistics, before its endpoint is freed. */
void tally_side(const struct side *side);
/* Did an allocation or a call of the provider fail? */
void tally_faults(const struct side *side);
/* The side's trace records are counted from now on. */
void tally_watch(struct side *side);

#endif
