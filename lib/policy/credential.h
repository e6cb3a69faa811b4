/* policy/credential.h - which of our credentials proves us to this peer, and how. RFC 7296 1.2,
 * 3.7, RFC 7427 4. Pure. */
#ifndef POLICY_CREDENTIAL_H
#define POLICY_CREDENTIAL_H

#include <ike2/config.h>

#include "wire/message.h"

/* What the peer has said. */
struct credential_wish {
    const struct message *certreqs; /* the message with its CERTREQ payloads, if any */
    ike2_id wanted;                 /* IDr, for a responder; type 0: any */
    ike2_id local_id;               /* of a credential without its own */
    uint32_t quirks;                /* IKE2_QUIRK_*: what it is known not to verify */
    uint32_t hashes;                /* set of 1 << IKE2_HASH_* that it verifies; 0: no RFC 7427 */
};

struct credential_choice {
    const ike2_credential *credential; /* NULL: none fits */
    ike2_id id;
    uint16_t scheme;
    const char *difference, *section; /* why the last one that was tried does not fit */
};

/* The first credential that fits identity, hashes and CERTREQ; or, if only CERTREQ is against it,
 * the first that fits the rest: many peers ask for less than they accept. What the quirks are
 * about is used only if nothing else fits: what is known of a peer may be out of date. */
struct credential_choice ike2_credential_choose(const ike2_credential *list, size_t n,
                                                const struct credential_wish *wish);

#endif
