/* notice.h - what the server says on stdout and stderr about itself, and to systemd. */
#ifndef SERVER_NOTICE_H
#define SERVER_NOTICE_H

#include "common/config.h"
#include "common/transport.h"

/* On stdout: for each address "listening ike=ADDRESS:PORT natt=ADDRESS:PORT", then "ready
 * port=PORT natt-port=PORT"; or the same as one JSON object. And to systemd. */
void notice_ready(const struct transport *t, bool json);
void notice_stopping(void);

/* Why the server does not start. Text on stderr; JSON on stdout, as `check` says it. */
void notice_problem(bool json, const struct problem *why);
void notice_config(const struct config *c, bool json);
/* That nothing is wrong with `c`; its problems are warnings. */
void notice_checked(const struct config *c, bool json);

#endif
