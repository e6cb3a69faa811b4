/* policy/quirk.h - what peers are known not to verify, whatever they announce. RFC 7427 4 tells
 * hashes, but not whether PSS is understood. Pure. */
#ifndef POLICY_QUIRK_H
#define POLICY_QUIRK_H

#include <ike2/config.h>

#include "wire/message.h"

/* IKE2_QUIRK_* of whoever sends such Vendor IDs, RFC 7296 3.12; 0: nobody who is known. They are
 * not authenticated: use them for nothing but a choice among what is allowed anyway. */
uint32_t ike2_quirks_read(const struct message *m);
/* Is `scheme` one of those that they are about? */
bool ike2_quirks_forbid(uint32_t quirks, uint16_t scheme);

#endif
