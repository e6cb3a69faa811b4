/* sim/middle.h - somebody between two sides, who changes what he passes on. The network is held. */
#ifndef SIM_MIDDLE_H
#define SIM_MIDDLE_H

#include "sim/voice.h"

enum { MIDDLE_OCTETS = 2048 };

/* A message as its receiver has heard it. */
struct overheard {
    uint8_t octets[MIDDLE_OCTETS];
    size_t len;
};

/* What becomes of a payload: true if it has been dealt with, false if it is to stay as it is. */
typedef bool middle_edit(ike2_writer *w, const ike2_payload *p, uint16_t what);
/* Notifies of the type `what`, and payloads of that type, are left out. */
bool middle_without_notify(ike2_writer *w, const ike2_payload *p, uint16_t what);
bool middle_without_payload(ike2_writer *w, const ike2_payload *p, uint16_t what);
/* The key exchange method `what`, and the cipher, are left out of all proposals. */
bool middle_without_ke(ike2_writer *w, const ike2_payload *p, uint16_t what);
bool middle_without_cipher(ike2_writer *w, const ike2_payload *p, uint16_t what);
/* A Vendor ID of `what` octets stands behind the nonce. */
bool middle_with_vendor_id(ike2_writer *w, const ike2_payload *p, uint16_t what);

/* The oldest message on its way to `to` is one of IKE_SA_INIT; it arrives as `edit` makes it, NULL:
 * as it is. `out` may be NULL. */
void middle_pass(struct side *from, struct side *to, middle_edit *edit, uint16_t what,
                 struct overheard *out);
/* It is the IKE_AUTH request of `from`, whose pre-shared key is known, as well as the keys of the
 * IKE SA: it arrives with an AUTH that is right for `to`, who has heard `request`; it covers the
 * answer to that as well, or not. */
void middle_forge_auth(struct side *from, struct side *to, const struct overheard *request,
                       bool covers_both);

#endif
