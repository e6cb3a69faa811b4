/* check.h - `ikev2-server check`: everything that can be known to be wrong without opening a
 * socket. */
#ifndef SERVER_CHECK_H
#define SERVER_CHECK_H

#include "common/config.h"

/* Loads the files that the configuration names, and shows its connections to the library. Says what
 * is wrong; or what is there, and which algorithms the RFCs advise against. Takes `config`. The
 * exit code. */
int check_config(struct config *config, bool json);

#endif
