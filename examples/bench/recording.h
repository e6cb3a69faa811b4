/* recording.h - one handshake of a suite, taken down: the calls that each side makes of its
 * provider, and the first messages. */
#ifndef BENCH_RECORDING_H
#define BENCH_RECORDING_H

#include "pair.h"

enum { MESSAGE_ROOM = 16384 };

struct recording {
    struct tape *tapes[SUITE_SIDES];
    struct datagram request;  /* of IKE_SA_INIT, as the responder got it */
    uint8_t chain_first;      /* of the IKE_AUTH request: type of the first inner payload */
    size_t chain_len;
    uint8_t chain[MESSAGE_ROOM]; /* its inner payloads */
};

/* NULL: why. */
struct recording *recording_make(const struct suite *suite, struct problem *why);
/* NULL is allowed. */
void recording_free(struct recording *r);

#endif
