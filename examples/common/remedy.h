/* remedy.h - what has to be done on a peer that is recognized, so that it meets a connection of
 * ours: with its IKE SA and with all its Child SAs, since that is set in one go. */
#ifndef COMMON_REMEDY_H
#define COMMON_REMEDY_H

#include <stdbool.h>

#include "connection.h"
#include "platform.h"

enum { REMEDY_TEXT = 640 };

/* False: nothing that such a peer can be set to would do, or nothing is known. */
bool remedy_find(enum platform platform, const struct connection *c, char out[REMEDY_TEXT]);

#endif
