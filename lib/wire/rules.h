/* wire/rules.h - which payloads each message may and must carry: RFC 7296 Appendix C as one table.
 * Checked before any handler runs, so that handlers never ask "is it there, is it twice, was it
 * encrypted". */
#ifndef WIRE_RULES_H
#define WIRE_RULES_H

#include "wire/message.h"

/* One form of a message. The first whose condition holds is the one that counts. Sets of payloads:
 * 1 << (type - MESSAGE_FIRST). */
struct message_form {
    const char *rule;    /* the section of RFC 7296, and which message it is there */
    uint8_t exchange;
    bool is_response;
    bool is_refused;     /* condition: an error notify or COOKIE, and no SA payload */
    uint16_t has, lacks; /* conditions: all of these there, none of those */
    uint16_t once;       /* exactly one */
    uint16_t maybe;      /* at most one */
    uint16_t many;       /* any number; never needed */
};

/* The forms in their order; NULL: there are no more. Besides what they list, Notify and Vendor ID
 * payloads may be anywhere, any number of them (3.10.1, Appendix C). */
const struct message_form *ike2_rules_form(size_t row);
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
