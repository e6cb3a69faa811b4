/* sa/note.h - what an SA tells the trace. RFC sections stand in the records. */
#ifndef SA_NOTE_H
#define SA_NOTE_H

#include "policy/select.h"
#include "sa/child.h"
#include "sa/parcel.h"
#include "sa/sa.h"

struct child_stage;
struct message;

/* Each returns the id of its record. */
uint64_t ike2_note_state(const struct sa *sa, enum state from, enum state to);
uint64_t ike2_note_down(const struct sa *sa);
uint64_t ike2_note_message_in(const struct sa *sa, const struct datagram *d, size_t fragments);
uint64_t ike2_note_message_out(const struct sa *sa, const struct parcel *p, const ike2_path *path);
uint64_t ike2_note_notify_in(const struct sa *sa, const ike2_notify *n);
uint64_t ike2_note_notify_out(const struct sa *sa, uint16_t type);
uint64_t ike2_note_unprotected(const struct sa *sa, uint16_t notify, const ike2_addr *from);
uint64_t ike2_note_timer(const struct sa *sa, enum timer which);
uint64_t ike2_note_retransmit(const struct sa *sa, uint32_t wait_ms);
uint64_t ike2_note_ke(const struct sa *sa, uint16_t method, const char *step);
uint64_t ike2_note_lane(const struct pair *pair, uint8_t op, const char *result);
/* The peer is somewhere else. */
uint64_t ike2_note_moved(const struct sa *sa, const ike2_addr *to);
uint64_t ike2_note_expired(const struct pair *pair);
/* A request met something of ours: the row of the collision table, and what the peer is told. */
uint64_t ike2_note_collision(const struct sa *sa, const char *rule, uint16_t notify);

/* A refusal: "policy.proposal", "policy.selectors", "policy.identity" or "policy.auth". */
struct note_refusal {
    const char *name, *section;
    const char *offered, *accepted, *difference;
    uint8_t protocol;                     /* proposal only */
    const char *peer_change, *our_change; /* what would have helped; NULL: nothing would */
    const ike2_trace_field *more;         /* those of its kind, in the order of IKE2_TRACE_LIST */
    size_t n_more;
};
uint64_t ike2_note_refusal(const struct sa *sa, const struct note_refusal *why);

/* An IKE_SA_INIT message: "peer.init", and "peer.vendor" for each of its Vendor ID payloads. */
void ike2_note_peer(const struct sa *sa, const struct message *m);
/* A record of class MESSAGE with one field. */
void ike2_note_message(const struct sa *sa, const char *name, ike2_trace_field field);

/* What was asked for in `stage` and what we allow have nothing in common. Overwrites what has been
 * narrowed. */
uint64_t ike2_note_selectors(const struct sa *sa, struct child_stage *stage);
/* Nothing in the SA payload's body fits. */
uint64_t ike2_note_proposal(const struct sa *sa, const struct select_args *args, ike2_bytes body);

/* What a policy refused on the way to this choice, if anything: "policy.passed_over". And what of
 * the choice is too old for everybody else, if anything: "sa.legacy". */
void ike2_note_choice(const struct sa *sa, const struct select_args *args,
                      const struct selection *chosen);

/* Counts the cause as well; `sa` NULL: none is known. */
void ike2_note_drop(struct host *host, const struct sa *sa, uint32_t cause, const ike2_path *path,
                    size_t octets);

#endif
