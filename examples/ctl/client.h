/* client.h - one request to a running ikev2-server, and its answer. */
#ifndef CTL_CLIENT_H
#define CTL_CLIENT_H

#include <jansson.h>

#include "common/problem.h"

/* Takes `request`. The "result" of the answer, a new reference; or NULL and why: `*refused` says
 * whether it was the server that said no. */
json_t *client_ask(const char *path, json_t *request, int *refused, struct problem *why);

#endif
