/* replay.h - makes the calls of a tape again, without the protocol around them. */
#ifndef BENCH_REPLAY_H
#define BENCH_REPLAY_H

#include "tape.h"

/* What the call makes is freed at once. Does it end as it did? */
bool replay_call(const ike2_crypto *crypto, const struct call *c);
/* All calls, in their order. */
bool replay_tape(const struct tape *t);

#endif
