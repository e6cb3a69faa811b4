/* wire/rules.h - which payloads each message may and must carry: RFC 7296 Appendix C as one table.
 * Checked before any handler runs, so that handlers never ask "is it there, is it twice, was it
 * encrypted". */
#ifndef WIRE_RULES_H
#define WIRE_RULES_H

#include "wire/message.h"

/* IKE2_OK; or IKE2_ERR_MALFORMED, and `*payload` is the type of the payload that breaks the rule,
 * IKE2_PAYLOAD_NONE for an exchange without a rule.
 * A message that carries an error notify (and, in IKE_SA_INIT, COOKIE or INVALID_KE_PAYLOAD)
 * instead of its payloads is a message of its own, as in Appendix C. Every payload's body that has
 * no nesting is read once here, so that later reads cannot fail; SA, TS and CP are walked.
 *
 * What depends on the state is the handler's: an IKE_AUTH request without AUTH asks for EAP (2.16),
 * and one without IDi, or a response without IDr, is legal only after EAP has begun. */
ike2_err ike2_rules_check(const struct message *m, uint8_t *payload);

#endif
