/* explain.h - why an SA failed, for a person: what happened, the evidence, what most likely is the
 * cause, and what to try. Made of a DOWN event and the trail of the trace. */
#ifndef COMMON_EXPLAIN_H
#define COMMON_EXPLAIN_H

#include <ike2/output.h>

#include "trail.h"

enum { EXPLAIN_EVIDENCE = 8, EXPLAIN_TEXT = 1400, EXPLAIN_HINT = 700 };

/* Who reads it: what to try are options of a command line, or of a configuration file. */
enum explain_words { EXPLAIN_OPTIONS, EXPLAIN_CONFIG };

/* The connections that the peer may be meant by, likeliest first: one, once it is known, and none
 * if nothing is. */
enum { EXPLAIN_CONNECTIONS = 16 };
struct connection;
struct explain_ours {
    enum explain_words words;
    const struct connection *list[EXPLAIN_CONNECTIONS];
    size_t n;
};

struct explanation {
    int code; /* EXIT_* of outcome.h; EXIT_OK: somebody wanted the end, nothing is to explain */
    const char *what;
    char evidence[EXPLAIN_EVIDENCE][EXPLAIN_TEXT]; /* "" = none */
    const char *cause;
    char hint[EXPLAIN_HINT];
};

/* What an IKE SA's (EVENT_SA_DOWN) or Child SA's (EVENT_CHILD_DOWN) end means. */
void explain_down(const ike2_output *out, const struct trail *trail,
                  const struct explain_ours *ours, struct explanation *e);
/* What a policy record means that did not end the SA: a Child SA refused in IKE_AUTH, RFC 7296 1.2.
 */
void explain_refusal(const struct trail_record *r, const struct trail *trail,
                     const struct explain_ours *ours, struct explanation *e);
/* What the program knows besides; "" adds nothing. */
void explain_add(struct explanation *e, const char *label, const char *text);

#endif
