/* sa/packet.h - the packet that waits for a Child SA: its selectors come first in the request. RFC
 * 7296 2.9. */
#ifndef SA_PACKET_H
#define SA_PACKET_H

#include "sa/stage.h"

/* From one address to another one of the same family. */
bool ike2_packet_is_valid(const ike2_packet *p);
/* A copy, which is NULL of NULL. */
ike2_err ike2_packet_keep(struct host *host, const ike2_packet *p, ike2_packet **out);
/* NULL is allowed, and left behind. */
void ike2_packet_free(struct host *host, ike2_packet **p);
/* Of what is allowed, the packet of this child first; one that is not allowed is left out. */
void ike2_packet_apply(const struct child *child, struct child_stage *stage);

#endif
