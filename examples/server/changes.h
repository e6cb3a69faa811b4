/* changes.h - what a reload changes: connections, by name, and options that only a restart changes.
 */
#ifndef SERVER_CHANGES_H
#define SERVER_CHANGES_H

#include <jansson.h>

#include "roster.h"

/* What counts from the start of the process, as values to compare with. */
json_t *changes_fixed(const struct config *c);
/* {"added": [...], "removed": [...], "changed": [...], "restart": [...]}: the first three are names
 * of connections, the last one are options whose new values do not count before a restart. `start`
 * is changes_fixed of that time. */
json_t *changes_between(const json_t *start, const struct generation *now,
                        const struct generation *next);

#endif
