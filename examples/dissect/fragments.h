/* fragments.h - SKF messages put together again. RFC 7383 2.6. Memory is bounded: so many messages
 * that are not complete, and so many fragments and octets of each. */
#ifndef DISSECT_FRAGMENTS_H
#define DISSECT_FRAGMENTS_H

#include <ike2/message.h>

enum {
    FRAGMENTS_MESSAGES = 16, /* the one begun first makes room for the next */
    FRAGMENTS_EACH = 256,
    FRAGMENTS_OCTETS = 65536
};

/* To which message a fragment belongs. `capture` must outlive the fragments. */
struct fragment_key {
    ike2_bytes capture;
    uint64_t spi_i, spi_r;
    uint32_t message_id;
    uint8_t flags; /* INITIATOR and RESPONSE: the direction */
};

/* One opened fragment. */
struct fragment {
    uint16_t number, total; /* from 1 */
    uint8_t first;          /* type of the first inner payload, in fragment 1 */
    ike2_bytes slice;       /* copied */
};

/* A message whose fragments are all there. */
struct whole {
    uint8_t first;
    ike2_bytes chain; /* valid until the next call */
};

enum fragments_outcome {
    FRAGMENTS_WAIT,   /* kept, or known already */
    FRAGMENTS_WHOLE,  /* this one completed the message */
    FRAGMENTS_BEYOND, /* more than the bounds above: not put together */
    FRAGMENTS_MEMORY
};

struct fragments;

struct fragments *fragments_new(void);
void fragments_free(struct fragments *all);
/* `*out` is written with FRAGMENTS_WHOLE only. */
enum fragments_outcome fragments_add(struct fragments *all, const struct fragment_key *key,
                                     const struct fragment *fragment, struct whole *out);

#endif
