#include "outcome.h"

#include <stddef.h>

#include <ike2/iana.h>

struct reason_row {
    const char *word;
    int code;
};

/* Ends that somebody wanted are no failure. */
static const struct reason_row reasons[] = {
    [IKE2_REASON_NONE] = { "none", EXIT_OTHER },
    [IKE2_REASON_LOCAL] = { "local", EXIT_OK },
    [IKE2_REASON_PEER] = { "peer", EXIT_OK },
    [IKE2_REASON_TIMEOUT] = { "timeout", EXIT_NO_ANSWER },
    [IKE2_REASON_EXPIRED] = { "expired", EXIT_NO_ANSWER },
    [IKE2_REASON_REPLACED] = { "replaced", EXIT_OK },
    [IKE2_REASON_AUTH] = { "auth", EXIT_AUTH },
    [IKE2_REASON_PROPOSAL] = { "proposal", EXIT_PROPOSAL },
    [IKE2_REASON_SELECTORS] = { "selectors", EXIT_SELECTORS },
    [IKE2_REASON_PROTOCOL] = { "protocol", EXIT_OTHER },
    [IKE2_REASON_DATAPLANE] = { "dataplane", EXIT_LOCAL },
    [IKE2_REASON_UNANSWERED] = { "unanswered", EXIT_LOCAL },
    [IKE2_REASON_DOUBT] = { "doubt", EXIT_OTHER },
    [IKE2_REASON_RESOURCE] = { "resource", EXIT_LOCAL },
};
enum { N_REASONS = sizeof reasons / sizeof reasons[0] };

const char *outcome_reason(uint8_t reason)
{
    return reason < N_REASONS ? reasons[reason].word : "unknown";
}

int outcome_code(uint8_t reason, uint16_t notify)
{
    switch (notify) { /* what the peer was told, or told us, says more than the reason */
    case IKE2_NOTIFY_NO_PROPOSAL_CHOSEN:
    case IKE2_NOTIFY_INVALID_KE_PAYLOAD: return EXIT_PROPOSAL;
    case IKE2_NOTIFY_AUTHENTICATION_FAILED: return EXIT_AUTH;
    case IKE2_NOTIFY_TS_UNACCEPTABLE:
    case IKE2_NOTIFY_INTERNAL_ADDRESS_FAILURE:
    case IKE2_NOTIFY_FAILED_CP_REQUIRED: return EXIT_SELECTORS;
    default: return reason < N_REASONS ? reasons[reason].code : EXIT_OTHER;
    }
}
