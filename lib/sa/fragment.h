/* sa/fragment.h - reassembly of the fragments of one message. RFC 7383 2.6. Pieces are stored after
 * authentication only, within the endpoint's budget. */
#ifndef SA_FRAGMENT_H
#define SA_FRAGMENT_H

#include "crypto/protect.h"
#include "sa/host.h"

enum { FRAGMENTS_MAX = 512 };

struct piece {
    uint8_t *ptr; /* NULL: not here yet */
    size_t len;
};

struct assembly {
    uint32_t message_id;
    uint16_t total, n;    /* `total` 0: empty */
    uint8_t first;        /* type of the first inner payload, from the first fragment */
    size_t octets;
    size_t datagrams;     /* octets of the messages that brought the pieces, for the trace */
    struct piece *pieces; /* `total` of them */
};

enum assembly_result {
    ASSEMBLY_STORED,  /* more are missing */
    ASSEMBLY_WHOLE,   /* all are here */
    ASSEMBLY_IGNORED, /* a duplicate, or of a set that has been replaced */
    ASSEMBLY_BUDGET,
    ASSEMBLY_MEMORY
};

/* Adds one opened fragment. */
enum assembly_result ike2_assembly_add(struct host *host, struct assembly *a, uint32_t message_id,
                                       const struct opened *piece);
/* Copies the whole chain to `room`, which holds a message of the greatest size, and empties the
 * set. */
struct opened ike2_assembly_take(struct host *host, struct assembly *a, uint8_t *room);
void ike2_assembly_clear(struct host *host, struct assembly *a);

#endif
