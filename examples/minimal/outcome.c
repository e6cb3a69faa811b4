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

const char *outcome_hint(int code)
{
    switch (code) {
    case EXIT_OK: return "ended as asked";
    case EXIT_NO_ANSWER:
        return "the peer does not answer: check its address, that it runs, and that firewalls pass "
               "UDP 500 and 4500; if only IKE_SA_INIT gets through, try --fragment-size 576";
    case EXIT_PROPOSAL:
        return "no common proposal: compare --proposal (IKE) and --esp-proposal with the peer's";
    case EXIT_AUTH:
        return "authentication failed: the pre-shared keys differ, or --id and --remote-id do not "
               "mirror the peer's";
    case EXIT_SELECTORS:
        return "no common traffic selectors: --local-ts must meet what the peer has as remote, and "
               "--remote-ts what it has as local";
    case EXIT_LOCAL: return "a local failure: look at the lines above, or run again with --trace";
    default: return "the peer broke off: look at its log, or run again with --trace";
    }
}

const char *outcome_help(void)
{
    return "exit codes: 0 ok, 1 other, 2 usage, 3 no answer, 4 no common proposal,\n"
           "  5 authentication failed, 7 traffic selectors, 8 local (file, port, memory)\n";
}
