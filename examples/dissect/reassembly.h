/* reassembly.h - IP fragments put together. RFC 791 3.2, RFC 8200 4.5. Bounded: so many packets
 * that are not complete, so many fragments and octets of each, and so much time between its first
 * and its last. Packets whose fragments overlap are refused, RFC 5722 3, in IPv4 as well. */
#ifndef DISSECT_REASSEMBLY_H
#define DISSECT_REASSEMBLY_H

#include "ip.h"

enum {
    REASSEMBLY_PACKETS = 32, /* the one begun first makes room for the next */
    REASSEMBLY_EACH = 128,
    REASSEMBLY_OCTETS = 65535,
    REASSEMBLY_SECONDS = 60
};

enum reassembly_outcome {
    REASSEMBLY_WAIT,    /* kept, known already, or of a packet that has been refused */
    REASSEMBLY_WHOLE,   /* this one completed the packet */
    REASSEMBLY_OVERLAP, /* refused: from now on its fragments are of no use */
    REASSEMBLY_BEYOND,  /* likewise: more than the bounds above */
    REASSEMBLY_MEMORY
};

/* Where a fragment comes from. */
struct reassembly_place {
    uint64_t packet; /* number in the capture */
    int64_t seconds;
};

struct reassembly;

struct reassembly *reassembly_new(void);
void reassembly_free(struct reassembly *r);
/* `*whole`, written with REASSEMBLY_WHOLE only, is `piece` with all of the payload, which is valid
 * until the next call. A fragment that was cut short by the capture is not for here. */
enum reassembly_outcome reassembly_add(struct reassembly *r, const struct ip_packet *piece,
                                       const struct reassembly_place *place,
                                       struct ip_packet *whole);
/* Gives up one packet that is older than REASSEMBLY_SECONDS at `seconds`, or one too many for
 * another to begin. True if it lacks fragments: `*packet` is where its first one came from. Call it
 * until it is false, before each reassembly_add, and with INT64_MAX at the end. */
bool reassembly_lost(struct reassembly *r, int64_t seconds, uint64_t *packet);

#endif
