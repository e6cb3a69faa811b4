/* witness.h - a crypto provider for a journal. As a witness it hands each call on to a real
 * provider and writes down what was asked and answered; as a puppet it has no provider and gives
 * the answers that were written down, to the questions that were asked then. Keys never appear:
 * they are handles in both cases, and a puppet's are empty. What was sealed and opened appears. */
#ifndef COMMON_WITNESS_H
#define COMMON_WITNESS_H

#include <ike2/crypto.h>

#include "scroll.h"

struct witness {
    ike2_crypto table;       /* what the endpoint is given */
    const ike2_crypto *real; /* NULL: a puppet */
    struct scroll *scroll;
};

void witness_init(struct witness *w, const ike2_crypto *real, struct scroll *scroll);
/* A puppet's key, with one owner, for arguments that had a key. */
ike2_key *witness_key(void);

#endif
