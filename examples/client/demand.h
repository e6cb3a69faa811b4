/* demand.h - waiting for traffic: a trap in the data plane, and what to do when a packet is in it.
 */
#ifndef CLIENT_DEMAND_H
#define CLIENT_DEMAND_H

#include "session.h"

/* Sets the trap, with the addresses of the first server. It goes with the data plane; until then
 * traffic without a connection falls into it, and not in the clear. The first packet in it ends
 * SESSION_WAITING, and is what the connection is for. */
bool demand_begin(struct session *s, struct problem *why);

#endif
