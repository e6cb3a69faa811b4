/* host.h - what the library leaves to its host: the clock, and the wish to stop. */
#ifndef MINIMAL_HOST_H
#define MINIMAL_HOST_H

#include <ike2/types.h>

/* Milliseconds on the monotonic clock: the only kind of time the library is told. */
ike2_time host_now(void);

/* The argument of poll(2) that waits from `now` until `deadline`; -1, for ever, if that is
 * IKE2_TIME_NEVER. */
int host_wait_ms(ike2_time now, ike2_time deadline);

/* A descriptor that becomes readable with SIGINT or SIGTERM; -1 after a message on stderr. */
int host_stop_open(void);

/* Takes one such signal off the descriptor. False if there is none. */
bool host_stop_taken(int fd);

#endif
