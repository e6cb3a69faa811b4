/* sa/dispatch.h - which message is legal when, and who deals with it: one table. */
#ifndef SA_DISPATCH_H
#define SA_DISPATCH_H

#include "sa/exchange.h"

/* Hands the message to its handler. IKE2_ERR_STATE: it is not legal now, and leaves no trace on the
 * SA. IKE2_ERR_MEMORY: as if it had been lost. */
ike2_err ike2_dispatch(struct sa *sa, const struct arrival *in);

#endif
