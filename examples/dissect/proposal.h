/* proposal.h - the proposals of an SA payload, for people. RFC 7296 3.3. */
#ifndef DISSECT_PROPOSAL_H
#define DISSECT_PROPOSAL_H

#include "tree.h"

void proposals_show(const struct tree *t, ike2_bytes body);

#endif
