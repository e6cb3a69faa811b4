/* children.h - the Child SAs of a session that IKE_AUTH does not make: those of --child, and all of
 * an IKE SA that comes up childless (RFC 6023). */
#ifndef CLIENT_CHILDREN_H
#define CLIENT_CHILDREN_H

#include "session.h"

/* The IKE SA is up. False if they have to be asked for, and cannot be. */
bool children_begin(struct session *s, struct problem *why);
/* EVENT_CHILD_UP and EVENT_CHILD_DOWN of another one than the first. */
void children_up(struct session *s, const ike2_output *out);
void children_down(struct session *s, const ike2_output *out);
/* Does the IKE SA have any? */
bool children_any(const struct session *s);

#endif
