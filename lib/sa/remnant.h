/* sa/remnant.h - what is left of an IKE SA that ended with an answer to the peer: that answer, for
 * a while, since it may be lost. RFC 7296 2.1. No keys are kept: a request that is repeated is the
 * same octet by octet, so its hash is enough to know it by. */
#ifndef SA_REMNANT_H
#define SA_REMNANT_H

#include "sa/sa.h"

struct remnant {
    struct list_node node; /* in host->remnants, oldest first */
    uint64_t spi_local;
    uint64_t request;      /* its hash */
    ike2_time until;
    struct parcel *response;
};

/* Keeps the last answer of an SA that ends, if it is worth it. Without memory it does not. */
void ike2_remnant_keep(struct sa *sa);
/* The datagram is for no SA: is it a request that one answered before it ended? Then it gets that
 * answer again. `d` is as it was received. */
bool ike2_remnant_answer(struct host *host, const struct datagram *d);
/* When the oldest one has been kept long enough; IKE2_TIME_NEVER: there is none. */
ike2_time ike2_remnants_due(const struct host *host);
/* Those that have been. */
void ike2_remnants_forget(struct host *host);
void ike2_remnants_clear(struct host *host);

#endif
