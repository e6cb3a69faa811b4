/* further.h - a Child SA beside the first one, as --child describes it:
 * "10.1.1.0/24=10.2.1.0/24,10.2.3.0/24", what is behind us and what is behind the server. */
#ifndef CLIENT_FURTHER_H
#define CLIENT_FURTHER_H

#include "common/connection.h"

/* Adds it to `c`, under that text, which is borrowed, as its name. NULL, or what is wrong, as in
 * common/value.h. */
const char *further_add(struct connection *c, const char *text);
/* Mode and lifetimes are those of the first one. */
void further_complete(struct connection *c);

#endif
