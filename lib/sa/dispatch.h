/* sa/dispatch.h - which message is legal when, and who deals with it: one table. */
#ifndef SA_DISPATCH_H
#define SA_DISPATCH_H

#include "sa/exchange.h"

struct dispatch_row {
    enum role roles;
    unsigned states; /* a set: 1 << STATE_* */
    uint8_t exchange;
    bool is_response;
    ike2_err (*handle)(struct sa *sa, const struct arrival *in);
    const char *rule; /* the section of RFC 7296, and what it says */
};

/* The rows in their order; NULL: there are no more. */
const struct dispatch_row *ike2_dispatch_row(size_t row);
/* Hands the message to its handler. IKE2_ERR_STATE: it is not legal now, and leaves no trace on the
 * SA. IKE2_ERR_MEMORY: as if it had been lost. */
ike2_err ike2_dispatch(struct sa *sa, const struct arrival *in);

#endif
