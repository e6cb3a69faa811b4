/* config_check.h - what no single option of a configuration says: what is missing, and what does
 * not go together. Private to config.c. */
#ifndef COMMON_CONFIG_CHECK_H
#define COMMON_CONFIG_CHECK_H

#include "config.h"

void config_check_connection(struct config *c, const struct connection *n,
                             struct source_place place);
/* All of them, after the connections. */
void config_check_pools(struct config *c);

#endif
