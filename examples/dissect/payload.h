/* payload.h - a payload with every field, for people. RFC 7296 3.2 to 3.16. */
#ifndef DISSECT_PAYLOAD_H
#define DISSECT_PAYLOAD_H

#include <ike2/message.h>

#include "tree.h"

/* Its heading and what its body says; of an SK or SKF payload the heading only. */
void payload_show(const struct tree *t, const ike2_payload *payload);

#endif
