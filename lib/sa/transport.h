/* sa/transport.h - transport mode, and what a NAT does to its traffic selectors. RFC 7296 1.3.1,
 * 2.23.1. */
#ifndef SA_TRANSPORT_H
#define SA_TRANSPORT_H

#include "sa/stage.h"

/* Is transport mode to be asked for, or to be agreed to, with this template? */
bool ike2_transport_is_offered(const struct sa *sa, uint32_t template_index);
bool ike2_transport_is_allowed(const struct sa *sa, uint32_t template_index);
void ike2_transport_write(ike2_writer *w);
bool ike2_transport_is_asked(const struct exchange *x);

/* Responder: the addresses that the peer knows become those that packets have here; the former are
 * noted in the stage. */
void ike2_transport_substitute(struct child_stage *stage, const struct sa *sa);
/* Initiator: the same for what the peer has agreed to. What the other one's addresses were before
 * its NAT is not known here. */
void ike2_transport_accept(struct child_stage *stage, const struct sa *sa);
/* The selectors of the pair as the peer knows them. */
void ike2_transport_restore(const ike2_pair *pair, struct both_selectors *out);

#endif
