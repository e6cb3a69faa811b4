/* sa/receive.h - a datagram for an SA on its way to a handler: Message ID, ICV, fragments, payload
 * rules. RFC 7296 2.2, 2.3, 2.5, 3.14; RFC 7383 2.6. */
#ifndef SA_RECEIVE_H
#define SA_RECEIVE_H

#include "sa/exchange.h"

/* Deals with one datagram; what does not fit is counted and dropped. Its octets are changed. */
void ike2_sa_receive(struct sa *sa, const struct datagram *d);
/* Deals with what came before the keys, or before its turn, if it can be dealt with now. */
void ike2_sa_unpark(struct sa *sa);

#endif
