/* policy.h - the named policy of a connection: which one a word names, and what of a connection
 * goes beyond it. */
#ifndef COMMON_POLICY_H
#define COMMON_POLICY_H

#include "connection.h"
#include "problem.h"

/* NULL, or what is wrong with the word, as the end of a sentence that begins with "it"; valid until
 * the next call on the same thread. */
const char *policy_read(const char *text, ike2_named_policy *out);
/* The connection's, or the one that holds where none is named. */
ike2_named_policy policy_of(const struct connection *c);

/* Does the connection keep to the policy that it names? If not: what goes beyond it, and the
 * remedy; `*line` is where that stands in a configuration's text, or 0. */
bool policy_is_kept(const struct connection *c, int *line, struct problem *why);

/* What holds because of the policy where the connection says nothing and the library is not asked:
 * how we sign. */
void policy_settle(struct connection *c);

/* The algorithms of a suite that only a legacy policy has, as "3des-sha1"; "" if there are none. */
enum { POLICY_LEGACY_TEXT = 160 };
bool policy_legacy(const ike2_suite *suite, char text[POLICY_LEGACY_TEXT]);

#endif
