/* sa/path.h - where the peer is, when a NAT changes its mind. RFC 7296 2.23. */
#ifndef SA_PATH_H
#define SA_PATH_H

#include "sa/sa.h"

/* Something authentic and new has come from `remote`: from here on messages, retransmissions and
 * the pairs of all children go there, if the peer is behind a NAT and we are not. */
void ike2_path_follow(struct sa *sa, const ike2_addr *remote);

#endif
