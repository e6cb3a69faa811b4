/* retry.h - with --always-on: what follows when a connection was lost, or did not come up. */
#ifndef CLIENT_RETRY_H
#define CLIENT_RETRY_H

#include "session.h"

/* Waits, looks the server up again, and begins with the next attempt. `f` is why; `at_once`: a
 * connection that was up has been lost, which was told already. */
void retry_begin(struct session *s, const struct failure *f, bool at_once);
/* The wait is over. */
void retry_now(struct session *s);
/* A connection is up. One that does not stay is not taken for the end of the trouble. */
void retry_connected(struct session *s);

#endif
