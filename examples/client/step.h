/* step.h - the steps that a session tells; those on the wire are told by watch.h. */
#ifndef CLIENT_STEP_H
#define CLIENT_STEP_H

#include "session.h"

void step_connecting(const struct session *s, const ike2_path *path);
/* The server's, which has been found good. */
void step_certificate(const struct session *s);
void step_authenticated(const struct session *s, const ike2_output *out);
void step_child(const struct session *s, const ike2_pair *p);
void step_connected(const struct session *s);
/* `is_late`: our Delete was not answered. */
void step_disconnected(const struct session *s, const ike2_output *out, bool is_late);

#endif
