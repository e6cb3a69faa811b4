/* outcome.h - why an SA ended, as an exit code and as a word for scripts. */
#ifndef COMMON_OUTCOME_H
#define COMMON_OUTCOME_H

#include <ike2/output.h>

/* EXIT_OK and EXIT_OTHER are what <stdlib.h> calls EXIT_SUCCESS and EXIT_FAILURE. */
enum {
    EXIT_OK = 0,
    EXIT_OTHER = 1,
    EXIT_USAGE = 2,
    EXIT_NO_ANSWER = 3,
    EXIT_PROPOSAL = 4,
    EXIT_AUTH = 5,
    EXIT_CERTIFICATE = 6,
    EXIT_SELECTORS = 7,
    EXIT_LOCAL = 8
};

/* From IKE2_REASON_* and IKE2_NOTIFY_*, as in the DOWN events. */
int outcome_code(uint8_t reason, uint16_t notify);
/* "timeout", "auth": one word for each reason. */
const char *outcome_reason(uint8_t reason);

#endif
