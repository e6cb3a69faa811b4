/* key_strength.h - the key of a certificate: what RFC 8247 has against its length, and whether a
 * named policy takes it. */
#ifndef COMMON_KEY_STRENGTH_H
#define COMMON_KEY_STRENGTH_H

#include <stdbool.h>

#include <ike2/policy.h>

enum { KEY_STRENGTH_TEXT = 384 };

/* Does RFC 8247 3.1.1 advise against the key of this DER certificate? Then `text` names the
 * subject, and what stands there in which line of its table. */
bool key_strength_is_discouraged(ike2_bytes certificate, char text[KEY_STRENGTH_TEXT]);

/* Is it one that the policy takes, of a peer or of ours? If not, `text` says whose it is, and what
 * is expected. */
bool key_strength_is_kept(ike2_bytes certificate, const ike2_named_policy *policy,
                          char text[KEY_STRENGTH_TEXT]);

#endif
