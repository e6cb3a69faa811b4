/* sa/halfopen.h - responder SAs whose initiator has not proven itself: found by the initiator's SPI
 * and address, since a repeated IKE_SA_INIT request names no SPI of ours; counted, in all and by
 * address. RFC 7296 2.1, 2.6. */
#ifndef SA_HALFOPEN_H
#define SA_HALFOPEN_H

#include "sa/sa.h"

/* IKE2_ERR_MEMORY; IKE2_ERR_ARGUMENT: another one has the same key. */
ike2_err ike2_half_open_add(struct sa *sa);
/* Harmless if it is none. */
void ike2_half_open_remove(struct sa *sa);
/* The half-open SA that this initiator has begun, or NULL. */
struct sa *ike2_half_open_find(const struct host *host, uint64_t spi_i, const ike2_path *path);
/* May one more begin, from this address? */
bool ike2_half_open_has_room(const struct host *host, const ike2_path *path);

#endif
