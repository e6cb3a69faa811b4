/* sa/definition.h - a peer's definition, copied once into one block and counted: an SA that began
 * with it keeps it until it ends. */
#ifndef SA_DEFINITION_H
#define SA_DEFINITION_H

#include "sa/host.h"

/* Limits of one definition, so that no configuration can exhaust a message. */
enum {
    DEFINITION_PROPOSALS_MAX = 32,
    DEFINITION_CHILDREN_MAX = 64,
    DEFINITION_TRANSFORMS_MAX = 62, /* of one proposal: what policy/offer.c considers */
    DEFINITION_CREDENTIALS_MAX = 16,
    DEFINITION_CHAIN_MAX = 16, /* certificates, and places of certificates */
    DEFINITION_KEY_SCHEMES_MAX = 16, /* of one credential */
    DEFINITION_SCHEMES_MAX = 32, /* that a peer may use */
    DEFINITION_TRUSTED_MAX = 1024,
    WINDOW_MAX = 16
};

struct definition {
    struct grave grave;     /* outputs view identities */
    size_t size;
    uint32_t refs;
    ike2_peer_id id;        /* 0 once it has been undefined */
    ike2_peer_config peer;  /* pointers lead into this block */
    const ike2_child_config *children; /* packed: no stride any more */
    const ike2_credential *credentials; /* likewise */
    ike2_policy policy_copy;
};

/* IKE2_ERR_ARGUMENT for what config.h forbids; IKE2_ERR_MEMORY. refs 1. */
ike2_err ike2_definition_new(struct host *host, const ike2_peer_config *cfg,
                             struct definition **out);
struct definition *ike2_definition_ref(struct definition *d);
void ike2_definition_unref(struct host *host, struct definition *d);

#endif
