/* trail.h - the last records of the library's trace, kept to explain later why an SA went down. */
#ifndef COMMON_TRAIL_H
#define COMMON_TRAIL_H

#include <ike2/trace.h>

#include "platform.h"

enum { TRAIL_KEPT = 128, TRAIL_TEXT = 1024, TRAIL_VALUE = 640, TRAIL_LEVEL = 16 };

/* One record. The texts of a refusal are kept apart; what a peer sent in them is escaped. */
struct trail_record {
    uint64_t id, cls;
    const char *name; /* constant, from IKE2_TRACE_LIST */
    const char *section;
    ike2_sa_id sa;
    uint64_t protocol;     /* of policy.proposal: IKE2_PROTOCOL_* */
    uint64_t because;      /* of sa.down: the id of the record that explains it, or 0 */
    char text[TRAIL_TEXT]; /* as ike2_trace_text has it */
    enum platform platform; /* of peer.init, peer.vendor: whom it shows */
    char offered[TRAIL_VALUE], accepted[TRAIL_VALUE], difference[TRAIL_VALUE], cause[TRAIL_VALUE];
    char peer_change[TRAIL_VALUE], our_change[TRAIL_VALUE], our_lack[TRAIL_VALUE];
    char our_level[TRAIL_LEVEL];
};

struct trail {
    size_t next;
    struct trail_record kept[TRAIL_KEPT];
};

/* Of a trace sink. Only what explains something is kept; the rest does not push it out.
 * Returns what was kept, or NULL. */
const struct trail_record *trail_add(struct trail *t, const ike2_trace_record *rec);
/* By the id in a DOWN event; NULL if it is not kept. */
const struct trail_record *trail_find(const struct trail *t, uint64_t id);
/* What was last refused to the peer of `sa`, though the SA may be up; NULL if nothing is kept. */
const struct trail_record *trail_refusal(const struct trail *t, ike2_sa_id sa);
/* The last record of this name about `sa`, or NULL. */
const struct trail_record *trail_last(const struct trail *t, ike2_sa_id sa, const char *name);

/* Who the peer of `sa` seems to be; nothing of it is proven. */
enum platform trail_platform(const struct trail *t, ike2_sa_id sa);

/* A "policy.auth" record: was it our own proof that could not be made? */
bool trail_is_our_proof(const struct trail_record *r);

#endif
