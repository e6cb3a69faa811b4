/* show.h - one line on stdout for each event: a word, then key=value pairs for scripts. */
#ifndef MINIMAL_SHOW_H
#define MINIMAL_SHOW_H

#include <ike2/endpoint.h>

#include "common/udp.h"
#include "options.h"

/* A responder's two sockets of one address; and, once, that all of them are open. */
void show_listening(const struct udp_socket pair[2]);
void show_ready(void);

/* Each takes an output of the type in its name. Both roles print the SPIs of an IKE SA in the same
 * order, the initiator's first. */
void show_sa_up(const ike2_endpoint *ep, const ike2_output *out, enum role role);
void show_sa_down(const ike2_output *out, enum role role);
void show_child_up(const ike2_output *out);
void show_child_down(const ike2_output *out);

/* What did not work, as one line on stderr. */
void show_problem(const char *program, const struct problem *why);
/* Why an SA or a child failed, as one line on stderr: a hint, and the trace record that explains
 * it, which may be "". */
void show_failure(const char *program, int code, const char *record);

#endif
