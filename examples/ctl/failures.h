/* failures.h - the last failures and refusals, laid out as the log has them. */
#ifndef CTL_FAILURES_H
#define CTL_FAILURES_H

#include <jansson.h>

/* Of log: a list of failures, or the level that is now set. */
void show_log(json_t *result);

#endif
