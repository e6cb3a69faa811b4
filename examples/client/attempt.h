/* attempt.h - one server may have several addresses: they are tried one after the other. */
#ifndef CLIENT_ATTEMPT_H
#define CLIENT_ATTEMPT_H

#include "session.h"

/* Begins with the first address. If none can be tried, the session fails. */
void attempt_start(struct session *s);
/* Begins with the address that is due, or one behind it, likewise. */
void attempt_go_on(struct session *s);
/* Is there another address behind the one that is tried? */
bool attempt_has_more(const struct session *s);
/* Ends the attempt: its EVENT_SA_DOWN follows. */
void attempt_give_up(struct session *s);

#endif
