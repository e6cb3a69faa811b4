/* assign.h - addresses and settings for clients, while the server runs: answers to Configuration
 * payloads from the pools of the connection. RFC 7296 2.19, 3.15.4. */
#ifndef SERVER_ASSIGN_H
#define SERVER_ASSIGN_H

#include "service.h"

/* Takes over the pools of a configuration. What this machine and its name servers have is not given
 * out. False without memory: the pools stay as they are. */
bool assign_configure(struct pools *p, const struct config *c);

/* Answers ASK_CONFIG; false refuses it. */
bool assign_config(struct service *s, const ike2_output *ask);
/* Answers ASK_CHILD; false refuses it. */
bool assign_child(struct service *s, const ike2_output *ask);

#endif
