/* step.h - the steps that a session tells; those on the wire are told by watch.h. */
#ifndef CLIENT_STEP_H
#define CLIENT_STEP_H

#include "session.h"

/* For traffic to what is behind the server. */
void step_waiting(const struct session *s, const struct selectors *remote);
/* It has come. */
void step_demanded(const struct session *s, const struct dataplane_report *report);
void step_connecting(const struct session *s, const ike2_path *path);
/* A certificate of a server that has been found good was at this URL. */
void step_fetched(const struct session *s, const char *url);
/* The server's, which has been found good. */
void step_certificate(const struct session *s);
void step_authenticated(const struct session *s, const ike2_output *out);
void step_child(const struct session *s, const ike2_pair *p);
/* What the server has given us. */
void step_assigned(const struct session *s, const struct assigned *a);
/* EVENT_CHILD_REKEYED; EVENT_SA_REKEYED and EVENT_SA_MOVED. */
void step_child_rekeyed(const struct session *s, const ike2_output *out);
void step_sa_changed(const struct session *s, const ike2_output *out);
void step_connected(const struct session *s);
/* With --always-on: the connection has gone, and what follows. */
void step_lost(const struct session *s, const char *reason, const char *why);
void step_retrying(const struct session *s, uint32_t ms);
/* `is_late`: our Delete was not answered. */
void step_disconnected(const struct session *s, const ike2_output *out, bool is_late);

#endif
